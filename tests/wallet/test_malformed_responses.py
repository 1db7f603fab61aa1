"""Malformed API responses: no command fails, and no known snapshot is lost."""

import json
import re
from datetime import datetime

import pytest

from adapters.sandbox import wire
from bot.reply.call import Call
from bot.reply.plain import plain_text
from bot.reply.spool import opened
from tests.standins.environment import INSTAGRAM, LINK, PAGE, YOUTUBE, rows

LONE = "\ud83d"
FAR = "9999-12-31T23:59:59Z"


def of_rows(change):
    """A page with changed rows."""
    return lambda page: page | {"snapshots": change(page["snapshots"])}


def serve(env, video_id, change):
    """Serve a changed page of this video from now on; returns the page as it was."""
    page = wire.page(env.sandbox.world.account(env.sandbox.key).trackings[video_id], env.clock())
    env.sandbox.faults.add("status", on=PAGE, status=200, body=change(page), times=None)
    return page


def milliseconds(row):
    return int(datetime.fromisoformat(row["snapshot_time"]).timestamp() * 1000)


def words(row):
    return f"{datetime.fromisoformat(row['snapshot_time']):%Y-%m-%d %H:%M:%S} UTC"


PAGES = {
    "no rows": of_rows(lambda _: None),
    "some rows": of_rows(lambda rows: rows[-3:]),
    "invalid times": of_rows(lambda rows: [row | {"snapshot_time": "soon"} for row in rows]),
    "odd times": of_rows(
        lambda rows: [
            rows[0] | {"snapshot_time": 0},
            rows[0] | {"snapshot_time": "2025-03-02T12:00:00Z"},
            *(row | {"snapshot_time": milliseconds(row)} for row in rows[:20]),
            *(row | {"snapshot_time": words(row)} for row in rows[20:]),
            rows[-1] | {"snapshot_time": "2027-03-02T12:00:00Z"},
        ]
    ),
    "odd counts": of_rows(
        lambda rows: [
            row | {"views": None if number % 2 else 2**63 - 1, "likes": -1, "comments": 2**63, "shares": LONE}
            for number, row in enumerate(rows)
        ]
    ),
    "no metric at all": of_rows(lambda rows: [{"snapshot_time": row["snapshot_time"]} for row in rows]),
    "no status": lambda page: page | {"status": None, "platform": None, "created_at": FAR, "monitoring_started": FAR},
    "odd fields": lambda page: (
        json.loads(json.dumps(page).replace("tiktok", LONE))
        | {LONE: LONE, "monitoring_started": "0001-01-01T00:00:00Z"}
        | {"current_metadata": {"title": [[[{}]]], "creator": {"a": 1}}}
        | {f"field {number}": "x" * 400 for number in range(2_000)}
    ),
}


async def read_everything(env, one, other):
    """The replies of every command that shows videos or money, each of which can be sent."""
    lines = (f"/stats {one}", "/videos", "/usage", "/digest now", f"/compare {one} {other}", f"/export {one}")
    answers = {line: await env.say(line) for line in (*lines, f"/stop {one}", f"/track {LINK} 3")}
    answers["/track another"] = await env.say(f"/track {INSTAGRAM}")
    answers["details"] = await env.run(Call("stats.details", {"video": one}))
    answers["usage details"] = await env.run(Call("usage.details"))
    for line, reply in answers.items():
        said = plain_text(reply)
        assert "Something went wrong" not in said, line
        assert said.encode(), line
    return {line.replace(one, "one"): reply for line, reply in answers.items()}


async def test_a_malformed_page_breaks_no_command_and_loses_no_snapshot(env, grown):
    other = env.track(YOUTUBE)[0].id
    collected = 0
    await read_everything(env, grown, other)
    for kind, malformed in PAGES.items():
        env.clock.advance(hours=2)
        serve(env, grown, malformed)
        answers = await read_everything(env, grown, other)
        env.sandbox.faults.clear()
        found = re.search(r"([\d,]+) of [\d,]+ snapshots", answers["details"].summary)
        assert found, kind
        if kind == "odd times":
            assert "3 rows state times that can't be and are left out." in plain_text(answers["details"])
        assert int(found[1].replace(",", "")) >= collected, kind
        (file,) = answers["/export one"].files
        exported = opened(file.content).read().count(b"\n") - 1
        assert exported >= collected, kind
        collected = exported


@pytest.mark.parametrize("later", [None, "1.2K"], ids=["missing", "rounded"])
async def test_a_list_shows_the_age_of_an_exact_count_that_later_snapshots_lack(env, grown, later):
    serve(env, grown, of_rows(lambda rows: [*rows[:41], *(row | {"views": later} for row in rows[41:])]))
    (row,) = rows(await env.say("/videos"))
    assert row[1] == "–"
    assert row[2].endswith("views (7 h ago)")


def stated_as(write):
    """A page whose rows write views in another way."""
    return of_rows(lambda rows: [row | {"views": write(int(row["views"]))} for row in rows])


@pytest.mark.parametrize(
    ("write", "metric", "note"),
    [
        (lambda views: f"{views / 1_000:.1f}K", "views", "ContentStats states only rounded views here"),
        (lambda views: f"{views / 1_000_000:.3f}".replace(".", ",") + " million", "views", "only rounded views"),
        (lambda views: "many" if views else "", "likes", "ContentStats states views that can't be read as numbers"),
    ],
    ids=["12.3K", "1,234 million", "words"],
)
async def test_rounded_or_unreadable_counts_are_pointed_out(env, grown, write, metric, note):
    exact = int(serve(env, grown, stated_as(write))["snapshots"][-1]["views"])
    card = await env.say(f"/stats {grown}")
    details = plain_text(await env.press(card, "Details"))
    assert metric in card.summary
    assert note in plain_text(card) + details
    assert "rounded counts" not in details
    if metric == "views":
        shown = int(re.search(r"([\d,]+) views", card.summary)[1].replace(",", ""))
        assert abs(shown - exact) <= exact / 100
    (row,) = rows(await env.say("/videos"))
    assert metric in row[2]


def without_every(names, since=0):
    """A page whose rows lack some metrics, from a number on."""
    return of_rows(
        lambda rows: [
            {name: value for name, value in row.items() if number < since or name not in names}
            for number, row in enumerate(rows)
        ]
    )


def with_start(stated):
    return lambda page: page | {"monitoring_started": stated, "created_at": stated}


WHOLE = "48 of 48 snapshots."
SAME_FIGURES = {
    "a start in the future": with_start("2199-12-31T00:00:00Z"),
    "a start in a year": with_start("2027-03-02T10:30:00Z"),
    "a start long ago": with_start("2001-12-31T00:00:00Z"),
    "no start": with_start("0001-01-01T00:00:00+14:00"),
    "no duration": lambda page: page | {"monitoring_duration_days": 10**18, "days_remaining": 1e18},
    "a row two hours ahead": of_rows(lambda rows: [*rows, rows[-1] | {"snapshot_time": "2026-03-04T12:30:00Z"}]),
    "a row of 2001": of_rows(lambda rows: [rows[0] | {"snapshot_time": "2001-01-01T00:00:00Z"}, *rows]),
    "words for no value": lambda page: page | {"status": "null", "platform": "\u200b"},
    "no views in half of the rows": of_rows(
        lambda rows: [row | ({"views": None} if number % 2 else {}) for number, row in enumerate(rows, 1)]
    ),
    "no views lately": without_every({"views"}, since=40),
    "no metric at all": without_every({"views", "likes", "comments", "shares", "saves"}),
}


@pytest.mark.parametrize("kind", SAME_FIGURES)
async def test_malformed_fields_change_no_amount_of_money(env, grown, kind):
    serve(env, grown, SAME_FIGURES[kind])
    card = await env.say(f"/stats {grown}")
    stats = plain_text(card)
    assert "null" not in stats
    details = plain_text(await env.press(card, "Details"))
    assert WHOLE in details
    assert "until Mon 9 Mar, 10:30 UTC" in details
    assert "$1.80 committed" in plain_text(await env.say("/usage"))
    digest = plain_text(await env.say("/digest now"))
    assert "$0.36 spent" in digest
    assert "no snapshot in this period" not in digest
    assert "running" in plain_text(await env.say(f"/track {LINK} 3"))
    assert ("No views yet." in stats) is (kind == "no metric at all")
