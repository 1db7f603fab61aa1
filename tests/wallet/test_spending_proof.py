"""Evidence that settles an unclear start, and signs that prove nothing."""

from decimal import Decimal

import pytest
from pydantic import SecretStr

from bot.reply.model import Tone
from tests.standins.environment import ANA, EVE, LINK, LIST, TRACK, YOUTUBE, environment_of, sandbox_of, steady

OTHER = "https://www.tiktok.com/@steady/video/7300000000000000001"


async def test_a_start_is_found_even_if_the_machines_clock_is_slow(env, misbehave):
    misbehave("hang")
    reply = await env.start()
    env.track(LINK)
    env.clock.advance(hours=-1)
    await env.say(f"/track {YOUTUBE}", EVE)  # lists the account before it offers
    env.clock.advance(hours=2)
    assert (await env.press(reply, "Check again")).tone is Tone.SUCCESS


async def test_an_older_finished_tracking_is_not_taken_for_the_start(env, misbehave):
    await env.start(days=1)
    env.clock.advance(days=2)
    misbehave("hang")
    reply = await env.start()
    assert reply.title == "Not clear yet"
    env.clock.advance(hours=1, minutes=2)
    for _ in range(3):
        settled = await env.press(reply, "Check again")
    assert settled.title == "Not started"


async def test_a_start_that_ended_before_the_look_is_still_found(env, misbehave):
    await env.start(days=1)
    env.clock.advance(days=2)
    card = await env.say(f"/track {LINK} 1")
    misbehave("hang")
    reply = await env.press(card, "Track 1 day")
    env.clock.advance(seconds=1)
    env.track(LINK, days=1)
    env.clock.advance(days=3)
    found = await env.press(reply, "Check again")
    assert found.title == "Tracking started"


@pytest.mark.parametrize("fault", ["500", "hang", "429"])
async def test_a_start_stays_unclear_as_long_as_the_list_fails(env, misbehave, fault):
    misbehave("reset")
    card = await env.say(f"/track {LINK} 7")
    reply = await env.press(card, "Track 7")
    env.clock.advance(days=2)
    env.sandbox.faults.add(fault, LIST, times=None, seconds=30)
    looked = await env.press(reply, "Check again")
    assert looked.title == "Not clear yet"
    assert "ContentStats" in looked.summary
    assert (await env.say("/status")).tone is Tone.WARNING
    assert env.posts() == 1


async def test_a_list_that_may_hide_videos_proves_nothing(env, misbehave):
    misbehave("reset")
    reply = await env.start()
    env.sandbox.world.add_credit(env.sandbox.key, Decimal(1000))
    env.track(*steady(100), days=1)
    env.clock.advance(hours=2)
    for _ in range(5):
        assert (await env.press(reply, "Check again")).title == "Not clear yet"
    env.clock.advance(days=2)
    assert env.posts() == 1


async def test_another_account_proves_nothing_about_an_unclear_start(clock, sqlite_url):
    keys = {"cs_test_one": "One", "cs_test_two": "Two"}
    locked = {"secret_keys": SecretStr("0123456789abcdef" * 2)}
    async with sandbox_of(clock, keys=keys) as sandbox, environment_of(sandbox, clock, sqlite_url, **locked) as env:
        sandbox.faults.add("reset", TRACK)
        unclear = await env.start()
        await env.bot.run("connect", {"key": "cs_test_two"}, ANA)
        for _ in range(4):
            env.clock.advance(hours=2)
            assert (await env.press(unclear, "Check again")).title == "Not clear yet"


async def test_an_incomplete_or_unreadable_list_proves_nothing(env, misbehave):
    await env.start(OTHER)
    misbehave("reset")
    unclear = await env.start()
    (known,) = env.sandbox.world.account(env.sandbox.key).trackings
    row = {"id": known, "video_link": OTHER, "status": "monitoring"}
    strange = {"id": "strange", "video_link": "https://tiktok.example/x", "platform": "tiktok", "status": "monitoring"}
    for listed in ([], [row, strange], [row, {"video_link": LINK}], [row] * 50):
        body = {"videos": listed, "total": len(listed), "limit": 50}
        for _ in range(4):
            env.clock.advance(hours=2)
            env.sandbox.faults.add("status", LIST, status=200, body=body)
            assert (await env.press(unclear, "Check again")).title == "Not clear yet"


async def test_a_response_about_another_video_is_unclear(env):
    answer = {"id": "v1", "video_link": YOUTUBE, "platform": "youtube", "status": "monitoring"}
    env.sandbox.faults.add("status", TRACK, status=201, body=answer)
    assert (await env.start()).title == "Not clear yet"


async def test_another_persons_longer_tracking_is_not_taken_for_the_start(env, misbehave):
    misbehave("reset")
    unclear = await env.start(days=3)
    env.track(LINK, days=30)
    assert (await env.press(unclear, "Check again")).title == "Not clear yet"
    assert all(entry.cost is None for entry in await env.audit())
