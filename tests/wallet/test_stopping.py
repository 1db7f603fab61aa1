"""Stopping: confirmed first, done once, looked up if the response is lost, and audited."""

import asyncio
import dataclasses

import pytest

from bot.reply.call import Call
from bot.reply.model import Tone
from bot.reply.plain import plain_spans, plain_text
from tests.standins.environment import ANA, BEN, EVE, LINK, PAGE, STOP, button, environment_of, labels


@pytest.fixture
def video(env):
    """A running video, 7 days long and a day old, started outside the bot."""
    (tracking,) = env.track(LINK)
    env.clock.advance(days=1)
    return tracking


async def stop(env, video, caller=ANA):
    """The reply to a confirmed stop."""
    return await env.press(await env.say(f"/stop {video.id}", caller), "Stop tracking", caller)


async def test_the_confirmation_shows_the_savings_and_stops_nothing(env, video):
    question = await env.say(f"/stop {LINK}")
    assert "saves up to $2.16 (144 snapshots not collected yet)" in question.summary
    assert question.public_line == ()
    assert labels(question) == ["Stop tracking", "Keep it"]
    assert env.posts(STOP) == 0
    assert video.status == "monitoring"


async def test_one_press_stops_and_is_announced_and_a_second_one_is_not(env, video):
    question = await env.say(f"/stop {video.id}")
    reply = await env.press(question, "Stop tracking", BEN)
    assert reply.tone is Tone.SUCCESS
    assert "This saves up to $2.16 (144 snapshots" in reply.summary
    assert plain_spans(reply.public_line).startswith("Ben stopped tracking ")
    again = await env.press(question, "Stop tracking")
    assert "nothing to stop" in again.summary
    assert "(completed)" in again.summary
    assert again.public_line == ()
    assert "nothing to stop" in (await env.say(f"/stop {video.id}")).summary
    assert (env.posts(STOP), video.status) == (1, "completed")


async def test_a_stop_is_audited_with_person_channel_video_and_outcome(env_on_each):
    env = env_on_each
    (video,) = env.track(LINK)
    await stop(env, video, BEN)
    (entry,) = await env.audit()
    assert (entry.person, entry.channel_id, entry.action) == (BEN.person, "C-random", "stop")
    assert (entry.link, entry.video_id, entry.cost, entry.outcome) == (LINK, video.id, None, "completed")
    assert entry.at == env.clock()


@pytest.mark.parametrize(
    "fault", ["effect-then-hang", "effect-then-reset", "effect-then-500", "effect-then-html", "truncated"]
)
async def test_a_stop_whose_response_is_lost_is_looked_up(env, video, fault):
    env.sandbox.faults.add(fault, STOP, seconds=30)
    reply = await stop(env, video)
    assert reply.tone is Tone.SUCCESS
    assert reply.public_line != ()
    assert env.posts(STOP) == 1
    assert (await env.audit())[0].outcome == "completed"


@pytest.mark.parametrize("fault", ["hang", "reset", "500", "garbage"])
async def test_a_stop_without_effect_is_unclear_and_may_be_pressed_again(env, video, fault):
    question = await env.say(f"/stop {video.id}")
    env.sandbox.faults.add(fault, STOP, seconds=30)
    reply = await env.press(question, "Stop tracking")
    assert reply.tone is Tone.PROBLEM
    assert "unclear whether the video was stopped" in reply.summary
    assert "stopping it again does no harm" in reply.summary
    assert reply.public_line == ()
    assert "unclear" in (await env.audit())[0].outcome
    assert (await env.press(question, "Stop tracking")).tone is Tone.SUCCESS
    assert (env.posts(STOP), video.status) == (2, "completed")


async def test_a_stop_that_cannot_be_looked_up_stays_unclear(env, video):
    question = await env.say(f"/stop {video.id}")
    env.sandbox.faults.add("effect-then-reset", STOP)
    env.sandbox.faults.add("500", PAGE, times=None)
    assert "unclear whether the video was stopped" in (await env.press(question, "Stop tracking")).summary


@pytest.mark.parametrize(
    ("status", "words"),
    {
        "401": "doesn't accept the API key", "403": "denies this API key access",
        "404": "doesn't have that video", "409": "refused this (409)", "429": "isn't accepting more calls",
    }.items(),
)  # fmt: skip
async def test_a_refused_stop_shows_the_reason_and_is_audited(env, video, status, words):
    env.sandbox.faults.add(status, STOP, headers={"Retry-After": "1"})
    reply = await stop(env, video)
    assert reply.tone is Tone.PROBLEM
    assert words in reply.summary
    assert words in (await env.audit())[0].outcome
    assert video.status == "monitoring"


async def test_an_ended_video_cannot_be_stopped(env, video):
    env.clock.advance(days=7)
    reply = await env.say(f"/stop {video.id}")
    assert "is no longer tracked (completed)" in reply.summary
    assert labels(reply) == ["Stats"]


async def test_stopping_needs_permission_even_by_button(env, video):
    question = await env.say(f"/stop {video.id}")
    looker = dataclasses.replace(ANA, permissions=frozenset({"look"}))
    for reply in (await env.say(f"/stop {video.id}", looker), await env.press(question, "Stop tracking", looker)):
        assert reply.tone is Tone.PROBLEM
        assert "can't stop tracking" in reply.summary
    assert env.posts(STOP) == 0


async def test_without_a_known_end_no_savings_are_shown(env, video):
    row = {"id": video.id, "video_link": LINK, "platform": "tiktok", "status": "monitoring"}
    env.sandbox.faults.add("200", "GET /videos", body={"videos": [row], "total": 1, "limit": 100})
    question = await env.say(f"/stop {video.id}")
    assert "saves the rest of its cost; ContentStats doesn't state how much" in question.summary
    assert button(question, "Stop tracking").arguments == {"video": video.id}
    assert "has no known end" in plain_text(await env.say("/usage"))


@pytest.mark.parametrize("words", ["steady", "7301"], ids=["an ambiguous title", "a part of an id"])
async def test_a_button_stops_only_its_exact_video(env, video, words):
    env.track("https://www.tiktok.com/@steady/video/2")
    await env.say("/videos")
    reply = await env.run(Call("stop.confirm", {"video": words}))
    assert words in LINK
    assert reply.tone is Tone.PROBLEM
    assert "nothing was stopped" in reply.summary
    assert (env.posts(STOP), video.status) == (0, "monitoring")


async def test_a_button_finds_its_video_even_if_the_mirror_lacks_it(env, video):
    reply = await env.run(Call("stop.confirm", {"video": video.id}))
    assert reply.tone is Tone.SUCCESS
    assert video.status == "completed"


async def test_a_stop_after_the_video_ended_claims_no_savings_and_is_not_announced(env, video):
    question = await env.say(f"/stop {video.id}")
    env.sandbox.world.account(env.sandbox.key).stop(video, env.clock())
    reply = await env.press(question, "Stop tracking")
    assert "nothing to stop" in reply.summary
    assert "saves" not in plain_text(reply)
    assert reply.public_line == ()
    assert await env.audit() == ()


async def test_simultaneous_stops_in_two_processes_are_announced_once(sandbox, clock, database_url):
    async with environment_of(sandbox, clock, database_url) as one, environment_of(sandbox, clock, database_url) as two:
        tracking = sandbox.world.track(sandbox.key, LINK, 7)
        question = await one.say(f"/stop {tracking.id}")
        replies = await asyncio.gather(one.press(question, "Stop tracking"), two.press(question, "Stop tracking", BEN))
        assert sum(bool(reply.public_line) for reply in replies) == 1
        assert len(await one.audit()) == 1


async def test_a_status_in_any_spelling_is_understood(env, video):
    env.sandbox.faults.add("status", STOP, status=200, body={"success": True, "new_status": "COMPLETED"})
    await stop(env, video)
    assert "Nothing is running." in (await env.say("/usage")).summary


@pytest.mark.parametrize(("has_ended", "tone"), [(False, Tone.PROBLEM), (True, Tone.SUCCESS)])
async def test_a_stop_of_a_video_that_still_runs_is_unclear_until_its_page_decides(env, video, has_ended, tone):
    question = await env.say(f"/stop {video.id}")
    answer = {"success": True, "previous_status": "monitoring", "new_status": "monitoring"}
    env.sandbox.faults.add("status", STOP, status=200, body=answer)
    if has_ended:
        env.sandbox.world.account(env.sandbox.key).stop(video, env.clock())
    reply = await env.press(question, "Stop tracking")
    assert reply.tone is tone
    assert ("unclear whether it was stopped" in reply.summary) is not has_ended


async def test_other_running_trackings_of_the_link_are_named(env, video):
    (other,) = env.track(LINK, days=3)
    env.clock.advance(minutes=6)
    reply = await stop(env, video)
    assert "1 other tracking of this link is still running and billed." in reply.summary
    assert reply.actions[-1].call.arguments == {"video": other.id}
    assert reply.tone is Tone.WARNING
    question = await env.press(reply, "Stop the other")
    assert "saves up to $1.08" in question.summary
    assert "other tracking" not in (await env.press(question, "Stop tracking")).summary


async def test_another_workspaces_tracking_of_the_link_is_not_named(env, video):
    await stop(env, video)
    await env.start(LINK, 7, EVE)
    outside = [env.track(LINK, days=days)[0] for days in (1, 3)]
    env.clock.advance(minutes=6)
    reply = await stop(env, outside[0])
    assert "1 other tracking of this link is still running and billed." in reply.summary
    assert reply.actions[-1].call.arguments == {"video": outside[1].id}
