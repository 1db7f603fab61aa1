"""If the API fails, the last numbers stay, with their time and the reason."""

import re
from decimal import Decimal

import pytest

from bot.contentstats.client import MAX_WAIT
from bot.domain.clock import moment_text
from bot.reply.model import Table, Tone
from bot.reply.plain import plain_text
from bot.reply.spool import opened
from tests.standins.environment import LINK, LIST, PAGE, USAGE, YOUTUBE, environment_of, nap

REASONS = {
    "401": "doesn't accept the API key",
    "402": "Your balance is too low",
    "403": "denies this API key access",
    "404": "doesn't have that video|no ContentStats API at this bot",
    "418": r"refused this \(418\)",
    "429": "isn't accepting more calls right now",
    "500": "has a problem on its end",
    "garbage": "sent a response that isn't from its API",
    "html": "sent a response that isn't from its API",
    "truncated": "broke the connection",
    "reset": "broke the connection",
    "hang": "didn't answer in time",
}


@pytest.fixture
async def known(env, grown):
    """Everything was read once, and then two hours passed."""
    other = env.track(YOUTUBE)[0].id
    env.clock.advance(hours=3)
    lines = (f"/stats {grown}", "/videos", "/usage", f"/compare {grown} {other}", f"/export {grown}", "/export all")
    before = {line: await said(env, line) for line in lines}
    env.clock.advance(hours=2)
    return before


async def said(env, line):
    """The reply to a line; for an export, once everything missing was read."""
    reply = await env.say(line)
    while reply.summary.startswith("Reading"):
        reply = await env.press(reply, "Get the file")
    return reply


def counts(reply):
    """The tables of a reply without the ages in the list."""
    return [part.rows for part in reply.parts if isinstance(part, Table) and part.caption != "Videos"]


def contents(reply):
    return [opened(file.content).read() for file in reply.files]


async def test_if_the_api_fails_the_last_numbers_are_shown_with_time_and_reason(env, known):
    for fault, words in REASONS.items():
        env.sandbox.faults.add(fault, times=None, seconds=30, headers={"Retry-After": "1"})
        for line in list(known) if fault != "hang" else [f"/export {next(iter(known)).partition(' ')[2]}"]:
            reply = await said(env, line)
            shown = plain_text(reply)
            assert reply.tone is Tone.WARNING, (fault, shown)
            assert re.search(words, shown), (fault, shown)
            assert "Wed 4 Mar, 13:30 UTC" in shown, (fault, shown)
            assert counts(reply) == counts(known[line]), (fault, shown)
            assert contents(reply) == contents(known[line]), (fault, shown)
        env.sandbox.faults.clear()


async def test_failed_reads_are_retried_and_shown_once_they_succeed(env, known):
    line = next(line for line in known if line.startswith("/stats"))
    env.sandbox.faults.add("500", PAGE, times=3)
    assert (await env.say(line)).tone is Tone.WARNING
    reply = await env.say(line)
    assert reply.tone is Tone.INFO
    assert "53 of 53 snapshots" in (await env.press(reply, "Details")).summary


@pytest.mark.parametrize("line", ["/videos", "/usage", f"/track {LINK}", "/export all", "/stats cats", "/stop cats"])
async def test_without_stored_numbers_the_reply_is_the_reason(env, line):
    env.sandbox.faults.add("500", times=None)
    reply = await env.say(line)
    assert reply.tone is Tone.PROBLEM
    assert reply.summary == "ContentStats has a problem on its end (status 500). Try again in a minute."


async def test_an_unread_wallet_does_not_prevent_showing_or_stopping_a_video(env, grown):
    env.sandbox.faults.add("500", USAGE, times=None)
    card = await env.say(f"/stats {grown}")
    assert card.tone is Tone.INFO
    assert "per 1,000 new views" not in (await env.press(card, "Details")).summary
    question = await env.say(f"/stop {grown}")
    assert "snapshots not collected yet" in question.summary
    assert (await env.press(question, "Stop tracking")).tone is Tone.SUCCESS


async def test_a_price_that_was_never_known_keeps_no_reply_waiting_for_the_rate_limit(env, grown):
    slept = []

    async def recorded(seconds):
        slept.append(seconds)
        await nap(seconds)

    async with environment_of(env.sandbox, env.clock, env.database_url, sleep=recorded) as late:
        await late.say("/videos")
        env.clock.advance(hours=2)
        for call in (PAGE, USAGE):
            env.sandbox.faults.add("429", call, times=None, headers={"Retry-After": "100"})
        assert "Couldn't refresh" in plain_text(await late.say(f"/stats {grown}"))
    assert max(slept, default=0) <= MAX_WAIT


async def test_status_checks_again_and_reports_an_invalid_key(env):
    await env.say("/usage")
    env.clock.advance(seconds=6)
    env.sandbox.faults.add("401", times=None)
    assert "doesn't accept the API key" in (await env.say("/status")).summary


async def test_after_the_clock_was_set_back_a_day_everything_is_read_again(env, grown):
    env.clock.advance(days=1)
    await env.say(f"/stats {grown}")
    await env.say("/usage")
    env.clock.advance(days=-1)
    async with env.store() as (store, _):
        await store.clock_repair.run(env.clock())
    env.sandbox.world.add_credit(env.sandbox.key, Decimal(-90))
    wallet = await env.say("/usage")
    assert wallet.summary.startswith("$8.9")
    assert f"As of {moment_text(env.clock())}" in plain_text(wallet)
    listed = env.posts(LIST)
    await env.say("/usage")
    assert env.posts(LIST) == listed
    reads = env.posts(PAGE)
    for _ in range(2):
        card = await env.say(f"/stats {grown}")
    assert env.posts(PAGE) == reads + 1
    assert f"As of {moment_text(env.clock())}" in plain_text(card)
