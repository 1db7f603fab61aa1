"""A list has at most 100 rows, so it may miss a tracked video; a start then takes a second press."""

import pytest

from bot.reply.model import Tone
from bot.reply.plain import plain_text
from tests.standins.environment import ANA, EVE, LIST, PAGE, YOUTUBE, labels, rows

OLDEST = "https://www.tiktok.com/@steady/video/7300000000000000000"
DOUBT = "ContentStats doesn't list every running TikTok video"


def fill(env, numbers):
    """Track these videos of one platform elsewhere; returns their ids, the oldest first."""
    key, now = env.sandbox.key, env.clock()
    return [env.sandbox.world.track(key, f"{OLDEST[:-3]}{number:03}", 1, now).id for number in numbers]


@pytest.fixture
def hidden(env):
    """The id of the oldest of 125 running videos of one platform, which no list contains."""
    return fill(env, range(125))[0]


@pytest.mark.usefixtures("hidden")
async def test_a_video_that_lists_may_miss_needs_a_second_press(env):
    card = await env.say(f"/track {OLDEST} 1")
    assert card.tone is Tone.WARNING
    assert f"It may already be tracked: {DOUBT}." in plain_text(card)
    question = await env.press(card, "Track 1 day")
    assert question.tone is Tone.WARNING
    assert question.summary.startswith("It may already be tracked: ContentStats doesn't list all running")
    assert (env.posts(), env.trackings()) == (0, 125)
    assert (await env.press(card, "Track 1 day")).summary == question.summary
    started = await env.press(question, "Track it anyway · $0.36")
    assert started.title == "Tracking started"
    assert (await env.press(question, "Track it anyway")).title == "Tracking started"
    assert (env.posts(), env.trackings()) == (1, 126)


@pytest.mark.usefixtures("hidden")
async def test_another_platforms_videos_need_one_press(env):
    several = await env.say(f"/track {OLDEST} {YOUTUBE} 1")
    assert [row[1] for row in rows(several, "Links")] == ["may already be tracked", "new"]
    pressed = await env.press(several, "Track 1 day")
    assert pressed.summary.startswith("1 of 2 videos started")
    assert "Track it anyway · $0.36" in labels(pressed)
    assert (await env.press(pressed, "Track it anyway")).summary.startswith("2 of 2 videos started")
    assert env.posts() == 2


async def test_an_account_that_outgrows_its_lists_after_the_card_needs_one_too(env):
    card = await env.say(f"/track {OLDEST} 1")
    assert "may already be tracked" not in plain_text(card)
    fill(env, range(101))
    assert "Track it anyway · $0.36" in labels(await env.press(card, "Track 1 day"))
    assert env.posts() == 0


async def test_a_running_video_of_the_mirror_counts_until_its_own_page_says_otherwise(env):
    await env.start(OLDEST, 7)
    started = next(iter(env.sandbox.world.account(env.sandbox.key).trackings.values()))
    fill(env, range(1, 125))
    env.clock.advance(minutes=2)
    env.sandbox.faults.add("500", PAGE, times=None)
    assert "already being tracked" in (await env.say(f"/track {OLDEST} 1")).summary
    env.sandbox.faults.clear()
    started.status = "completed"
    env.clock.advance(minutes=2)
    card = await env.say(f"/track {OLDEST} 1")
    assert "It may already be tracked" in plain_text(card)
    assert env.posts(PAGE) == 4  # three attempts, then the page itself


@pytest.mark.parametrize("platform", ["tiktok", ""])
async def test_a_running_row_with_an_unreadable_link_may_be_the_video(env, platform):
    strange = {"id": "s1", "video_link": "https://vm.tiktok.com/ZM1/", "platform": platform, "status": "monitoring"}
    body = {"videos": [strange], "total": 1, "limit": 100}
    env.sandbox.faults.add("status", LIST, status=200, body=body, times=None)
    card = await env.say(f"/track {OLDEST} 1")
    assert "It may already be tracked" in plain_text(card)
    assert "may already be tracked" in (await env.press(card, "Track 1 day")).summary
    other = await env.say(f"/track {YOUTUBE} 1")
    assert ("may already be tracked" in plain_text(other)) is (platform == "")


@pytest.mark.parametrize("limit", [1, 100], ids=["a limit obeyed that is smaller", "a row without an id"])
async def test_any_other_list_that_may_miss_rows_needs_one_too(env, limit):
    known = {"id": "v1", "video_link": OLDEST[:-1] + "9", "platform": "tiktok", "status": "monitoring"}
    listed = [known] if limit == 1 else [known, {"video_link": OLDEST}]
    body = {"videos": listed, "total": len(listed), "limit": limit}
    env.sandbox.faults.add("status", LIST, status=200, body=body, times=None)
    card = await env.say(f"/track {OLDEST} 1")
    assert "It may already be tracked" in plain_text(card)
    assert "may already be tracked" in (await env.press(card, "Track 1 day")).summary
    assert env.posts() == 0


async def test_stats_finds_an_unlisted_video_by_its_id(env, hidden):
    assert OLDEST in plain_text(await env.say(f"/stats {hidden}"))
    assert env.posts(PAGE) == 1
    assert "already being tracked" in (await env.say(f"/track {OLDEST} 1")).summary
    missing = await env.say("/stats 00000000-0000-0000-0000-000000000000")
    assert missing.tone is Tone.PROBLEM
    assert "doesn't list every video of this account; /stats finds one by its id" in missing.summary


async def test_the_id_of_another_workspaces_video_is_not_looked_up(env):
    await env.start(OLDEST, 7, ANA)
    theirs = next(iter(env.sandbox.world.account(env.sandbox.key).trackings))
    fill(env, range(1, 125))
    env.clock.advance(minutes=6)
    assert (await env.say(f"/stats {theirs}", EVE)).tone is Tone.PROBLEM
    assert env.posts(PAGE) == 0
