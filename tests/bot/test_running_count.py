"""The number of running videos is the same everywhere: paused ones are counted apart, unknown states as running."""

import pytest

from bot.reply.plain import plain_text
from tests.standins.environment import ANA, INSTAGRAM, LINK, TWITTER, YOUTUBE, rows


@pytest.fixture
async def texts(env):
    """Each place's text while of four videos one runs, one is in a new state, one is paused and one has ended."""
    for link in (LINK, YOUTUBE, INSTAGRAM, TWITTER):
        await env.start(link, 1)
    trackings = env.sandbox.world.account(env.sandbox.key).trackings.values()
    for tracking, status in zip(trackings, ("monitoring", "queued", "paused", "completed"), strict=True):
        tracking.status = status
    env.clock.advance(minutes=6)
    lines = ("/usage", f"/track {LINK[:-3]}999 1", "/videos running", "/videos paused", "/digest now")
    replies = [await env.say(line) for line in lines]
    assert len(rows(replies[2])) == 2
    replies[0] = await env.details("/usage")
    return [plain_text(reply) for reply in (*replies, await env.bot.run("home", {}, ANA))]


async def test_every_place_shows_the_same_count(texts):
    usage, card, running, paused, digest, home = texts
    assert "Committed: $1.08 for 2 running videos and 1 paused" in usage
    assert "2 running videos and 1 paused" in card
    assert "2 running videos, newest first" in running
    assert "1 paused video, newest first" in paused
    assert "from 2 running videos and 1 paused" in digest
    assert "2 running videos" in home


async def test_a_paused_video_is_not_called_running_where_nothing_runs(env):
    await env.start(LINK, 1)
    (tracking,) = env.sandbox.world.account(env.sandbox.key).trackings.values()
    tracking.status = "paused"
    env.clock.advance(hours=3)
    said = plain_text(await env.details("/usage"))
    assert "for 1 paused video" in said
    assert "running video was not read" not in said
    assert "from 1 paused video." in (await env.say("/digest now")).summary
