"""The list of videos: ten per page, filtered, sorted, and clear about its metric."""

import asyncio
import re

import pytest

from bot.domain.growth import exact_count, short_change, short_count, signed_count
from bot.domain.money import dollars
from bot.domain.videos import HOUR
from bot.reply.call import Call
from bot.reply.model import Tone
from bot.reply.plain import plain_text
from tests.examples import PRICE
from tests.standins.environment import (
    INSTAGRAM,
    LINK,
    LIST,
    LOOKER,
    PAGE,
    TWITTER,
    YOUTUBE,
    labels,
    listed_ids,
    rows,
    steady,
)

SHAPES = ("viral", "steady", "flat", "corrected")


@pytest.fixture
def account(env):
    """A video of each platform, started two hours apart, and one per status; a day and a half later."""
    world, key = env.sandbox.world, env.sandbox.key
    started = []
    for number, link in enumerate((LINK, YOUTUBE, INSTAGRAM, TWITTER)):
        started.append(world.track(key, link, 2 + number))
        env.clock.advance(hours=2)
    started += [world.track(key, f"https://www.tiktok.com/@{word}/video/{n}", 3) for n, word in enumerate(SHAPES, 1)]
    env.clock.advance(hours=36)
    return started


async def test_each_row_shows_platform_status_age_count_and_change(env, account):
    reply = await env.say("/videos instagram")
    growth = account[2].video.growth
    likes = [growth.counts(hour)["likes"] for hour in (16, 40)]
    (row,) = rows(reply)
    gained = likes[1] - likes[0]
    assert row[1:] == [signed_count(gained), f"{exact_count(likes[1])} likes", "Instagram · ends in 2 d"]
    line = f"{short_count(likes[1])} likes · {short_change(gained)} in 24 h · Instagram · ends in 2 d"
    assert f": {line}" in plain_text(reply)
    assert reply.summary == "1 Instagram video, newest first."
    assert "or likes if there are none" in plain_text(await env.say("/help videos"))


@pytest.mark.parametrize(("hours", "is_over"), [(30, False), (80, True)])
async def test_the_last_day_of_an_ended_video_is_not_labelled_24_h(env, hours, is_over):
    env.track(LINK, days=2)
    env.clock.advance(hours=hours)
    summary = (await env.say(f"/stats {LINK}")).summary
    assert ("in its last 24 h." in summary, " in 24 h · " in summary) == (is_over, not is_over)


ORDERS = {
    "": lambda each: -each.started_at.timestamp(),
    "count": lambda each: -main(each, 0),
    "top": lambda each: -main(each, 0),
    "growth": lambda each: main(each, 24) - main(each, 0),
    "ending": lambda each: each.started_at.timestamp() + each.days * 86_400,
    "cost": lambda each: -len(each.hours),
}


async def test_videos_are_in_the_requested_order(env, account):
    await env.say("/videos")
    by_id = {each.id: each for each in account}
    for sort, order in ORDERS.items():
        reply = await env.say(f"/videos {sort}")
        keys = [order(by_id[id_]) for id_ in listed_ids(reply)]
        assert (keys, len(keys)) == (sorted(keys), 8), sort


async def test_costs_are_shown_only_to_people_who_may_see_money(env, account):
    await env.say("/videos")
    most = max(len(each.hours) for each in account)
    first = rows(await env.say("/videos cost"))[0]
    assert first[-1].startswith(f"{dollars(most * PRICE)} so far · ")
    await env.say("/allowance money managers")
    reply = await env.say("/videos cost", LOOKER)
    assert (rows(reply)[0][0], "$" in plain_text(reply)) == (first[0], False)


def main(tracking, hours_ago):
    hour = tracking.hours[-1] - hours_ago
    counts = tracking.video.growth.counts(hour)
    return counts.get("views", counts["likes"])


@pytest.mark.usefixtures("account")
async def test_filters_are_named_and_an_empty_result_offers_all(env):
    for line, count, scope in (
        ("/videos tiktok", 5, "TikTok videos"),
        ("/videos x", 1, "X video"),
        ("/videos running", 8, "running videos"),
        ("/videos tiktok monitoring", 5, "running TikTok videos"),
    ):
        reply = await env.say(line)
        assert reply.summary.startswith(f"{count} {scope}, ")
        assert len(rows(reply)) == count
    reply = await env.say("/videos cancelled")
    assert reply.summary == "No cancelled videos."
    assert len(rows(await env.press(reply, "All videos"))) == 8


async def test_an_empty_account_shows_how_to_begin_and_a_new_video_no_made_up_numbers(env):
    reply = await env.say("/videos")
    assert reply.summary == "No videos are tracked yet. Send /track with a link to see what it costs."
    assert reply.tone is Tone.INFO
    env.track(LINK, days=1)
    env.clock.advance(minutes=6)
    reply = await env.say("/videos")
    assert rows(reply)[0][1:] == ["–", "–", "TikTok · ends in 24 h"]
    assert "no numbers yet · TikTok" in plain_text(reply)


async def test_pages_have_ten_rows_and_keep_the_filter(env):
    env.track(*steady(23), days=1)
    env.clock.advance(hours=1)
    first = await env.say("/videos tiktok running")
    assert "23 running TikTok videos, page 1 of 3, newest first." in first.summary
    assert labels(first) == ["Next", "Post here"]
    second = await env.press(first, "Next")
    assert labels(second) == ["Previous", "Next", "Post here"]
    assert [row[0].split(". ")[0] for row in rows(second)] == [str(number) for number in range(11, 21)]
    third = await env.press(second, "Next")
    assert "23 running TikTok videos, page 3 of 3, newest first." in third.summary
    assert len(rows(third)) == 3
    assert plain_text(await env.press(third, "Previous")) == plain_text(second)
    assert env.posts(PAGE) == 23
    by_count = await env.say("/videos count")
    assert "highest count first" in by_count.summary
    counts = [int(row[2].split()[0].replace(",", "")) for row in rows(by_count)]
    assert counts == sorted(counts, reverse=True)


async def test_choosing_a_video_shows_it_and_a_page_beyond_the_last_is_the_last(env, account):
    reply = await env.say("/videos")
    name = f"{1 + listed_ids(reply).index(account[0].id)}. "
    assert (await env.press(reply, name)).title == account[0].video.title
    assert len(rows(await env.run(Call("videos", {"page": "99"})))) == 8


@pytest.mark.parametrize(("hours", "window"), [(1, None), (3, 2), (14, 13), (25, 24), (26, 24)])
async def test_a_change_over_another_time_than_24_h_states_it(env, hours, window):
    growth = env.track(LINK)[0].video.growth
    env.clock.advance(hours=hours)
    reply = await env.say("/videos")
    words = "–"
    if window is not None:
        words = signed_count(growth.counts(hours)["views"] - growth.counts(hours - window)["views"])
        words += "" if window == 24 else f" in {window} h"
    assert rows(reply)[0][1] == words
    assert rows(await env.run(Call("home", {})))[0][1] == words


@pytest.mark.parametrize(
    ("taken", "words"), [((0, 1, 3, 25, 26), "+1,900 in 25 h"), ((0, 20, 26), "+1,900 in 6 h"), ((0, 26), "–")]
)
async def test_with_a_gap_24_h_ago_the_change_uses_the_available_window(env, taken, words):
    known = {"id": "v1", "video_link": LINK, "platform": "tiktok", "status": "monitoring", "days_remaining": 3}
    start, counts = env.clock.now, dict.fromkeys(taken, "100") | {taken[-1]: "2000"}
    snapshots = [
        {"id": str(at), "snapshot_time": (start + at * HOUR).isoformat(), "views": None, "likes": likes}
        for at, likes in counts.items()
    ]
    env.sandbox.faults.add("200", LIST, body={"videos": [known], "total": 1, "limit": 100}, times=None)
    env.sandbox.faults.add("200", PAGE, body=known | {"snapshots": snapshots}, times=None)
    env.clock.advance(hours=26)
    reply = await env.say("/videos")
    assert rows(reply)[0][1:3] == [words, "2,000 likes"]
    await env.run(Call("previews", {"on": "yes"}))
    preview = (await env.run(Call("preview", {"link": LINK}))).summary
    assert preview.endswith("2,000 likes." if words == "–" else f"2,000 likes, {words}.")


async def test_growth_ranks_a_young_video_by_its_gain_and_ended_ones_last(env):
    world, key = env.sandbox.world, env.sandbox.key
    ended = world.track(key, "https://www.tiktok.com/@viral/video/1", 1)
    idle = world.track(key, "https://www.tiktok.com/@flat/video/1", 7)
    env.clock.advance(days=4)
    young = world.track(key, "https://www.tiktok.com/@viral/video/2", 7)
    env.clock.advance(hours=14)
    await env.say("/videos")
    reply = await env.say("/videos growth")
    assert listed_ids(reply) == [young.id, idle.id, ended.id]
    gains = [row[1] for row in rows(reply)]
    assert gains[0].endswith(" in 13 h")
    assert [signed(each) > signed(gains[1]) for each in (gains[0], gains[2])] == [True, True]
    assert reply.summary.endswith("fastest growth in 24 h first.")


def signed(words):
    return int(words.split(" in ")[0].replace(",", "").replace("−", "-"))


async def test_a_slow_page_shows_stored_numbers_and_is_read_after_the_reply(env, monkeypatch):
    monkeypatch.setattr("bot.commands.videos.SHOWN_WITHIN", 0.1)
    env.track(LINK, YOUTUBE)
    await env.say("/usage")
    env.clock.advance(hours=2)
    env.sandbox.faults.add("slow", LIST, seconds=0.4)
    env.sandbox.faults.add("slow", PAGE, seconds=0.4, times=2)
    first = await env.say("/videos")
    assert "Reading newer numbers for 2 videos; press Refresh to see them." in plain_text(first)
    assert [row[2] for row in rows(first)] == ["–", "–"]
    while env.posts(PAGE) < 2:  # noqa: ASYNC110 - the sandbox only counts
        await asyncio.sleep(0.01)
    monkeypatch.setattr("bot.commands.videos.SHOWN_WITHIN", 30)
    fresh = await env.press(first, "Refresh")
    assert "being read" not in plain_text(fresh)
    assert "–" not in [row[2] for row in rows(fresh)]
    assert env.posts(PAGE) == 2


async def test_unread_finished_videos_are_counted_and_last(env):
    for link in steady(14):
        env.track(link, days=1)
        env.clock.advance(minutes=1)
    env.track(YOUTUBE)
    env.clock.advance(days=2)
    top = plain_text(await env.say("/videos top"))
    unread = int(re.search(r"(\d+) finished videos not read yet, so they come last\.", top)[1])
    assert unread in {4, 5}
    assert "not read yet" not in plain_text(await env.say("/videos top youtube"))
    assert f"{unread} finished videos are not read yet, so the real spend is higher." in plain_text(
        await env.run(Call("usage.details"))
    )
    await env.run(Call("videos", {"sort": "count", "page": "2"}))
    assert "not read yet" not in plain_text(await env.run(Call("usage.details")))


async def test_a_page_that_cannot_be_read_is_named(env):
    for link in (LINK, YOUTUBE):
        await env.start(link)
    env.clock.advance(hours=2)
    await env.say("/videos")
    env.clock.advance(hours=2)
    env.sandbox.faults.add("404", PAGE, times=1)
    note = plain_text(await env.say("/videos"))
    assert re.search("Couldn't refresh “[^”]+”: ContentStats doesn't have that video", note)
    env.clock.advance(hours=2)
    env.sandbox.faults.add("404", PAGE, times=None)
    assert "Couldn't refresh: ContentStats" in plain_text(await env.say("/videos"))  # all of them
