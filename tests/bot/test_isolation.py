"""A workspace never sees another one's videos, even if they share a key."""

import pytest

from bot.reply.model import Tone
from bot.reply.plain import plain_text
from tests.standins.environment import EVE, INSTAGRAM, LINK, YOUTUBE, environment_of, labels, rows

HERS = "https://www.tiktok.com/@recipe.steady/video/7301234567890000001"
"""Ana's link, with its own title."""
TITLE = "One-pan pasta"


@pytest.fixture
async def env(sandbox, clock, database_url):
    """Ana's workspace started a video, Eve's another, and a third was started outside the bot."""
    async with environment_of(sandbox, clock, database_url) as opened:
        await opened.start(HERS)
        await opened.start(YOUTUBE, caller=EVE)
        opened.track(INSTAGRAM)
        clock.advance(minutes=6)
        yield opened


async def test_tracking_another_workspaces_video_spends_and_shows_nothing(env):
    trackings = env.sandbox.world.account(env.sandbox.key).trackings.values()
    secrets = (TITLE, "Ana", next(each.id for each in trackings if each.link == HERS))
    posts = env.posts()
    reply = await env.say(f"/track {HERS} 7", EVE)
    assert "Another workspace with the same API key tracks this video. Nothing was spent." in reply.summary
    assert labels(reply) == []
    several = await env.say(f"/track {HERS} {LINK} 1", EVE)
    assert rows(several, "Links")[0][1] == "already tracked from another workspace"
    assert not any(secret in plain_text(reply) + plain_text(several) for secret in secrets)
    assert env.posts() == posts


async def test_a_late_press_shows_nothing_of_another_workspaces_video(env):
    theirs = await env.say(f"/track {LINK} 7", EVE)
    await env.start(LINK)
    reply = await env.press(theirs, "Track 7", EVE)
    assert "already being tracked, so nothing was spent" in reply.summary
    assert labels(reply) == ["My videos"]
    assert "Ana" not in plain_text(reply)


async def test_the_wallet_is_shared_but_not_who_spent_where(env):
    hers, theirs = await env.details("/usage"), await env.details("/usage", EVE)
    assert rows(hers, "Started this month by") == [["Ana", "$2.52"]]
    assert rows(theirs, "Started this month by") == [["Eve", "$2.52"]]
    assert rows(theirs, "Started this month in") == [["C-x", "$2.52"]]


async def test_a_video_seen_before_its_starter_was_known_becomes_theirs_alone(sandbox, clock, database_url):
    async with environment_of(sandbox, clock, database_url) as env:
        sandbox.faults.add("hang", "POST /videos/track", seconds=30)
        unclear = await env.start(HERS)
        sandbox.world.track(sandbox.key, HERS, 7)
        clock.advance(minutes=6)
        assert "No videos are tracked yet" in (await env.say("/videos", EVE)).summary
        assert (await env.press(unclear, "Check again")).tone is Tone.SUCCESS
        assert "No videos are tracked yet" in (await env.say("/videos", EVE)).summary
        assert "1 video" in (await env.say("/videos")).summary
