"""The exported file: every snapshot exactly, and no formula for a spreadsheet to run."""

import asyncio
import csv
import io
import tracemalloc
from collections import Counter

import pytest

from bot.messages.csv_format import HEADER
from bot.reply.model import LargeFile, Tone
from bot.reply.plain import plain_text
from bot.reply.spool import opened
from bot.store.videos import Filters
from bot.wallet.exports import Exports
from tests.standins.environment import ANA, BEN, INSTAGRAM, LINK, LIST, PAGE, TWITTER, YOUTUBE, button, steady


def table(reply):
    (file,) = reply.files
    assert file.media_type == "text/csv"
    content = opened(file.content).read()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def whole(env, line="/export all"):
    """The reply to an export once everything is read: a key's first background call takes a second."""
    reply = await env.say(line)
    while reply.summary.startswith("Reading"):
        reply = await env.press(reply, "Get the file")
    return reply


async def test_a_videos_file_has_every_snapshot_exactly(env):
    (tracking,) = env.track(LINK)
    env.clock.advance(hours=30)
    reply = await env.say(f"/export {LINK}")
    head, *rows = table(reply)
    assert tuple(head) == HEADER
    assert len(rows) == 30
    for hour, row in enumerate(rows, 1):
        counts = tracking.video.growth.counts(hour)
        assert row[:6] == [tracking.id, "tiktok", LINK, tracking.video.title.removeprefix("'"), "steady", "monitoring"]
        assert row[6].startswith(f"2026-03-0{2 + (10 + hour) // 24}T{(10 + hour) % 24:02}:30:00")
        assert row[6].endswith("+00:00")
        assert row[7:] == [str(counts[metric]) for metric in ("views", "likes", "comments", "shares", "saves")]
    assert reply.tone is Tone.SUCCESS
    assert reply.files[0].name == "contentstats-Street-food-in-Osaka-you.csv"
    assert reply.summary == "30 snapshots of 1 video."


async def test_only_a_file_of_all_videos_notes_that_some_may_be_missing(env):
    (tracking,) = env.track(LINK)
    env.clock.advance(hours=2)
    row = {"id": tracking.id, "video_link": LINK, "platform": "tiktok", "status": "monitoring"}
    env.sandbox.faults.add("200", LIST, body={"videos": [row], "limit": 1}, times=None)
    await env.say(f"/campaign new launch {LINK}")
    await env.say(f"/stats {tracking.id}")
    env.clock.advance(minutes=2)
    assert "lists at most 100 videos" in plain_text(await env.say("/export all"))
    assert "lists at most 100 videos" not in plain_text(await env.say("/export launch"))


async def test_a_missing_metric_is_an_empty_cell(env):
    env.track(INSTAGRAM)
    env.clock.advance(hours=2)
    row = table(await env.say(f"/export {INSTAGRAM}"))[1]
    assert [bool(cell) for cell in row[7:]] == [False, True, True, False, True]


@pytest.mark.parametrize(
    ("line", "links"),
    [
        ("launch summary", [YOUTUBE, LINK]), ("summary in launch", [YOUTUBE, LINK]),
        ("summary", [TWITTER, YOUTUBE, LINK]), ("tiktok summary", [LINK]), (f"{LINK} summary", [LINK]),
    ],
)  # fmt: skip
async def test_a_summary_has_a_row_per_video(env, line, links):
    await env.say(f"/campaign new launch {LINK} {YOUTUBE}")
    for link, days in ((LINK, 1), (YOUTUBE, 7), (TWITTER, 7)):
        (tracking,) = env.track(link, days=days)
        env.clock.advance(minutes=1)
    env.clock.advance(hours=29)
    await env.start(LINK)  # a second tracking of the same link
    env.clock.advance(hours=1)
    reply = await whole(env, f"/export {line}")
    assert reply.summary.startswith(f"{len(links)} video")
    head, *rows = table(reply)
    assert sorted(row[0] for row in rows) == sorted(links)
    assert {row[0]: row[head.index("trackings")] for row in rows}[LINK] == "2"
    for row in rows[: len(links) == 3]:  # the newest tracking comes first
        assert row[0] == LINK
    if TWITTER in links:
        (row,) = (dict(zip(head, row, strict=True)) for row in rows if row[0] == TWITTER)
        now, day = (tracking.video.growth.counts(hour)["views"] for hour in (30, 6))
        assert (row["views"], row["views_gained_24h"], row["views_gained_7d"]) == (str(now), str(now - day), "")


async def test_running_finished_and_unread_videos_are_all_read_first(env):
    for link, days in ((LINK, 7), (YOUTUBE, 1), (TWITTER, 7)):
        env.track(link, days=days)
    env.clock.advance(hours=3)
    await env.say(f"/stats {LINK}")
    env.clock.advance(hours=27)
    reply = await whole(env)
    assert reply.summary == "84 snapshots of 3 videos."
    assert Counter(row[1] for row in table(reply)[1:]) == {"tiktok": 30, "twitter": 30, "youtube": 24}
    assert "As of Tue 3 Mar, 16:30 UTC" in plain_text(reply)
    assert len(env.sandbox.calls(PAGE)) == 4
    assert table(await whole(env)) == table(reply)
    assert len(env.sandbox.calls(PAGE)) == 4


async def test_unreadable_videos_are_named_with_the_reason_and_not_retried_for_a_while(env):
    env.track(LINK, YOUTUBE, TWITTER)
    env.clock.advance(hours=3)
    await env.say(f"/stats {LINK}")
    env.clock.advance(hours=2)
    env.sandbox.faults.add("404", PAGE, times=None)
    reply = await whole(env)
    said = plain_text(reply)
    assert reply.tone is Tone.WARNING
    assert reply.summary == "3 snapshots of 1 video. 2 videos couldn't be read."
    assert said.index(": not in the file: ") < said.index(": without the newest snapshots: ")
    assert said.count("have that video") == 3
    assert len(env.sandbox.calls(PAGE)) == 4
    env.sandbox.faults.clear()
    assert (await whole(env)).summary == reply.summary
    env.clock.advance(minutes=6)
    assert (await whole(env)).summary == "15 snapshots of 3 videos."


async def test_during_an_outage_an_export_makes_three_calls_and_never_claims_success(env):
    env.track(*steady(6))
    env.clock.advance(hours=3)
    await env.say("/videos completed")
    env.sandbox.faults.add("503", PAGE, times=None)
    nothing = await whole(env)
    assert nothing.summary.startswith("6 videos couldn't be read, so there's nothing to export.")
    assert (nothing.files, nothing.tone) == ((), Tone.WARNING)
    assert len(env.sandbox.calls(PAGE)) == 3


async def test_simultaneous_exports_show_progress_and_read_each_video_once(env):
    env.track(*steady(90))
    env.clock.advance(hours=1)
    early = await asyncio.gather(*(env.say("/export all", each) for each in (ANA, BEN) * 5))
    assert {" of 90 videos done" in each.summary for each in early} == {True}
    reply = await whole(env)
    assert isinstance(reply.files[0], LargeFile)
    assert len(table(reply)) == 91
    assert len(env.sandbox.calls(PAGE)) == 90


async def test_ten_simultaneous_exports_share_one_file_on_disk(env):
    env.track(*steady(9))
    env.clock.advance(hours=1)
    await whole(env)
    workspace = (await env.bot.accounts.get(ANA.workspace)).workspace
    async with env.store() as (store, _):
        exports = Exports(store)
        exported = await asyncio.gather(*(exports.of_all(workspace, Filters(), "all.csv") for _ in range(10)))
        await exports.aclose()
    assert len({id(each.files[0].content) for each in exported}) == 1


async def peak_of_exports(env, people):
    """The peak of memory in bytes while so many people export everything at once."""
    env.clock.advance(hours=1)
    await whole(env)
    tracemalloc.start()
    try:
        replies = await asyncio.gather(*(env.say("/export all", each) for each in people))
        return tracemalloc.get_traced_memory()[1], {each.summary for each in replies}
    finally:
        tracemalloc.stop()


async def test_ten_exports_at_once_take_hardly_more_memory_than_one(env):
    env.track(*steady(40), days=30)
    env.clock.advance(hours=147)
    await peak_of_exports(env, [ANA])  # imported and prepared only once
    one, _ = await peak_of_exports(env, [ANA])
    ten, summaries = await peak_of_exports(env, (ANA, BEN) * 5)
    assert summaries == {"6,000 snapshots of 40 videos."}
    assert ten < 2 * one


async def test_a_button_gives_the_file_ambiguous_words_a_choice_and_no_data_an_explanation(env):
    env.track(LINK, YOUTUBE)
    empty = await env.say(f"/export {LINK}")
    assert empty.tone is Tone.WARNING
    assert "The first arrives within an hour of starting" in plain_text(empty)
    assert "2 videos match" in (await env.say("/export steady")).summary
    env.clock.advance(hours=2)
    card = await env.say(f"/stats {LINK}")
    assert len(table(await env.run(button(card, "Export")))) == 3
