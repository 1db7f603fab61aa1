"""Unclear outcomes: never sent twice, settled by looking them up, and always shown as unclear."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.tracking import StartTerms
from bot.reply.model import Tone
from bot.reply.plain import plain_spans, plain_text
from bot.store.spend_guard import Submitted
from tests.standins.environment import ANA, BEN, EVE, LINK, LIST, TRACK, YOUTUBE, button, environment_of, labels, rows

TOOK_EFFECT = [
    "effect-then-hang", "effect-then-reset", "effect-then-500", "effect-then-503", "effect-then-garbage",
    "effect-then-html", "effect-then-huge", "truncated",
]  # fmt: skip


NO_EFFECT = ["hang", "reset", "500", "garbage", "html"]


@pytest.mark.parametrize("fault", TOOK_EFFECT)
async def test_a_start_whose_response_is_lost_is_looked_up_and_reported(env, misbehave, fault):
    misbehave(fault)
    reply = await env.start()
    assert reply.tone is Tone.SUCCESS
    assert "7 days, up to $2.52" in reply.summary
    assert plain_spans(reply.public_line).startswith("Ana started tracking ")
    assert (env.posts(), env.trackings()) == (1, 1)
    tracked, unclear = await env.audit()
    assert (tracked.cost, tracked.outcome, unclear.cost) == (Decimal("2.52"), "tracking", None)
    again = await env.say(f"/track {LINK}")
    assert "already being tracked" in again.summary
    assert env.posts() == 1


@pytest.mark.parametrize("fault", NO_EFFECT)
async def test_a_start_that_may_have_failed_is_never_resent_and_frees_its_link_after_three_looks(env, misbehave, fault):
    misbehave(fault)
    reply = await env.start()
    assert reply.tone is Tone.WARNING
    assert reply.title == "Not clear yet"
    assert reply.public_line == ()
    env.clock.advance(minutes=59, seconds=59)
    for _ in range(4):
        assert (await env.press(reply, "Check again")).title == "Not clear yet"
    env.clock.advance(seconds=1)
    for _ in range(2):
        assert (await env.say(f"/track {LINK} 7")).title == "Not clear yet"
        for _ in range(3):
            assert (await env.press(reply, "Check again")).title == "Not clear yet"  # three presses share one look
        env.clock.advance(minutes=1)
    assert env.posts() == 1
    settled = await env.press(reply, "Check again")
    assert "It isn't in your account" in settled.summary
    assert "/track" in settled.summary
    assert LINK.rpartition("/")[2] in plain_text(settled), "it may arrive alone, hours later"
    assert env.trackings() == 0
    assert (await env.start()).tone is Tone.SUCCESS
    assert (env.posts(), env.trackings()) == (2, 1)


async def test_lost_responses_are_settled_on_each_database(env_on_each):
    env = env_on_each
    env.sandbox.faults.add("effect-then-reset", TRACK)
    assert (await env.start()).tone is Tone.SUCCESS
    env.sandbox.faults.add("reset", TRACK)
    unclear = await env.start(YOUTUBE)
    assert unclear.title == "Not clear yet"
    env.clock.advance(minutes=12)
    for _ in range(3):
        settled = await env.press(unclear, "Check again")
    assert settled.title == "Not started"
    assert (env.posts(), env.trackings()) == (2, 1)


async def test_while_a_start_is_unclear_another_needs_a_second_warned_press(env_on_each):
    env = env_on_each
    env.sandbox.faults.add("reset", TRACK)
    early = await env.say(f"/track {LINK} 7", BEN)
    late = await env.say(f"/track {LINK} 7")
    card = await env.say(f"/track {LINK} 7")
    unclear = await env.press(card, "Track 7")
    warned = await env.press(early, "Track 7", BEN)
    assert "An earlier start of this video (Mon 2 Mar, 10:30 UTC) is still unclear" in warned.summary
    assert "both are billed" in warned.summary
    assert (await env.say(f"/track {LINK} 3", BEN)).title == "Not clear yet"
    assert "already used" in (await env.press(card, "Track 7")).summary
    assert env.posts() == 1
    env.sandbox.faults.add("reset", TRACK)
    env.clock.advance(minutes=2)
    second = await env.press(warned, "Track it anyway · $2.52", BEN)
    assert (second.title, env.posts()) == ("Not clear yet", 2)
    older = await env.press(late, "Track 7")
    assert "10:32 UTC" in older.summary, "who was warned of the first start knows nothing of the second"
    offer = await env.press(unclear, "Start another")
    assert "An earlier start (Mon 2 Mar, 10:32 UTC) is still unclear" in plain_text(offer)
    shorter = await env.run(button(offer, "3 days · $1.08"))
    assert "An earlier start (Mon 2 Mar, 10:32 UTC) is still unclear" in plain_text(shorter)
    third = await env.press(shorter, "Track 3 days")
    assert (third.tone, env.posts(), env.trackings()) == (Tone.SUCCESS, 3, 1)
    env.clock.advance(minutes=10)
    for _ in range(3):
        env.clock.advance(minutes=1)
        settled = [await env.press(reply, "Check again", caller) for reply, caller in ((unclear, ANA), (second, BEN))]
    assert [each.title for each in settled] == ["Not clear yet"] * 2, "nothing measured how soon a start appears"


async def test_another_workspace_sees_nothing_of_an_unclear_start(env, misbehave):
    misbehave("reset")
    await env.start()
    reply = await env.say(f"/track {LINK} 7", EVE)
    assert (
        "Another workspace with the same API key is starting this video right now. Nothing was spent" in reply.summary
    )
    assert "Ana" not in plain_text(reply)
    assert labels(reply) == []
    assert env.posts() == 1


async def test_a_start_that_appears_late_is_found_and_reported_once(env, misbehave):
    misbehave("hang")
    reply = await env.start()
    env.clock.advance(minutes=3)
    (late,) = env.track(LINK)
    found = await env.press(reply, "Check again", replace(BEN, channel_id=ANA.channel_id))
    assert found.tone is Tone.SUCCESS
    assert plain_spans(found.public_line).startswith("Ana started tracking ")
    assert (found.reports, len(found.announces)) == ((), 1), "Ana has not read it"
    again = await env.press(reply, "Check again", BEN)
    assert again.public_line == ()
    (entry, _) = await env.audit()
    assert (entry.video_id, entry.person) == (late.id, ANA.person)


async def test_any_list_of_the_account_settles_its_unclear_starts(env, misbehave):
    misbehave("hang")
    reply = await env.start()
    env.track(LINK)
    env.clock.advance(minutes=6)
    assert "1 video" in (await env.say("/videos")).summary
    assert "already being tracked" in (await env.say(f"/track {LINK}")).summary
    told = await env.press(reply, "Check again")
    assert "7 days, up to" in told.summary
    assert told.public_line == ()
    assert "may or may not have started" not in plain_text(await env.say("/status"))


async def test_other_commands_look_for_it_at_most_twice_a_minute(env, misbehave):
    misbehave("reset")
    reply = await env.start()
    await env.say("/videos")
    lines = ("/videos", "/usage", "/status", "/export all")

    async def lists(*asked):
        before = len(env.sandbox.calls(LIST))
        for line in asked:
            await env.say(line)
        return len(env.sandbox.calls(LIST)) - before

    assert await lists(*lines * 5) == 0
    assert await lists(f"/track {LINK}") == 1  # for the link of this command; running videos were listed just before
    assert (await env.press(reply, "Check again")).title == "Not clear yet"
    env.clock.advance(seconds=30)
    assert await lists(*lines * 5) == 1
    env.clock.advance(minutes=9, seconds=30)
    assert await lists(*lines * 5) == 2  # the list itself was due, and the look
    assert (await env.say(f"/track {LINK}")).title == "Not clear yet", "what was not looked for proves nothing"
    assert env.posts() == 1


async def test_opening_the_bot_looks_up_unclear_starts_until_the_first_failure(sandbox, clock, sqlite_url):
    async with environment_of(sandbox, clock, sqlite_url) as env:
        card = await env.say(f"/track {YOUTUBE} {LINK} 1")
        # The list works right before the start, and fails for every later look.
        sandbox.faults.add("effect-then-reset", TRACK, times=2)
        sandbox.faults.add("headers", LIST, times=1)
        sandbox.faults.add("500", LIST, times=None)
        assert [row[1] for row in rows(await env.press(card, "Track 1 day"))] == ["not clear yet"] * 2
    before = len(sandbox.calls(LIST))
    async with environment_of(sandbox, clock, sqlite_url):
        assert len(sandbox.calls(LIST)) - before == 3  # the attempts of one look
    sandbox.faults.clear()
    async with environment_of(sandbox, clock, sqlite_url) as env:
        assert "may or may not have started" not in plain_text(await env.say("/status"))
        assert env.posts() == env.trackings() == 2
        assert sum(entry.cost or 0 for entry in await env.audit()) == Decimal("0.72")


async def test_an_unclear_start_prevents_disconnecting(env, misbehave):
    misbehave("reset")
    await env.start()
    for command in ("disconnect", "disconnect.confirm"):
        assert "still unclear" in (await env.bot.run(command, {}, ANA)).summary
    assert (await env.say(f"/track {LINK} 7")).title == "Not clear yet"


async def test_two_starts_of_a_link_whose_processes_were_killed_are_each_recorded_once(env_on_each):
    env = env_on_each
    cards = [await env.say(f"/track {LINK} 7") for _ in range(2)]
    despite = 0
    async with env.store() as (store, _):
        (workspace,) = await store.workspaces.of_chat("console")
        for card in cards:
            (request,) = await store.tracking.batch(workspace.id, button(card, "Track 7").arguments["batch"])
            now, cost = env.clock(), Decimal("2.52")
            terms = StartTerms(ANA.person, 7, cost, 10 * cost, despite=despite)
            sent = await store.tracking.submit(request.id, terms, now)
            assert isinstance(sent, Submitted)
            despite = request.id
            env.clock.advance(minutes=3)
    for _ in cards:
        env.track(LINK)
        env.clock.advance(minutes=2)
        await env.say("/videos")
    tracked = [entry.video_id for entry in await env.audit()]
    assert sorted(tracked) == sorted(env.sandbox.world.account(env.sandbox.key).trackings)
