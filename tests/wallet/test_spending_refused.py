"""Starts that certainly did not happen: shown with the reason, nothing spent, and the link can be tried again."""

import re
from decimal import Decimal

import pytest
from pydantic import SecretStr

from bot.reply.model import Tone
from bot.reply.plain import plain_spans, plain_text
from tests.standins.environment import (
    ANA,
    LINK,
    TRACK,
    YOUTUBE,
    button,
    environment_of,
    labels,
    rows,
    sandbox_of,
    steady,
)

REFUSED = {
    "400": "refused this request", "401": "doesn't accept the API key", "402": "Your balance is too low",
    "403": "denies this API key access", "404": "doesn't have that video", "409": "refused this (409)",
    "429": "isn't accepting more calls right now",
}  # fmt: skip


@pytest.mark.parametrize(("status", "words"), REFUSED.items())
async def test_a_refusal_is_shown_spends_nothing_and_allows_another_try(env, misbehave, status, words):
    misbehave(status, headers={"Retry-After": "1"})
    reply = await env.start()
    assert reply.tone is Tone.PROBLEM
    assert reply.title == "Not started"
    assert words in reply.summary
    assert reply.public_line == ()
    assert (env.posts(), env.trackings()) == (1, 0)
    (entry,) = await env.audit()
    assert entry.cost is None
    assert words in entry.outcome
    card = await env.say(f"/track {LINK} 7")
    assert card.title == "Track this video?"


async def test_a_used_button_of_a_refused_start_shows_the_reason_and_sends_nothing(env, misbehave):
    misbehave("400")
    card = await env.say(f"/track {LINK} 7")
    await env.press(card, "Track 7")
    again = await env.press(card, "Track 7")
    assert "already used" in again.summary
    assert ".." not in again.summary
    assert env.posts() == 1


async def test_a_start_that_was_never_sent_is_not_a_start(sandbox, clock, sqlite_url):
    async with environment_of(sandbox, clock, sqlite_url) as env:
        card = await env.say(f"/track {LINK} 7")
        await sandbox.__aexit__(None, None, None)
        reply = await env.press(card, "Track 7")
        assert reply.tone is Tone.PROBLEM
        assert "can't be reached" in reply.summary


async def test_402_names_the_exact_shortfall_and_offers_credit(env):
    env.sandbox.world.add_credit(env.sandbox.key, Decimal("-97.60"))
    card = await env.say(f"/track {LINK}")
    assert "7, 14 and 30 days: not enough credit" in plain_text(card)
    assert labels(card) == ["Track 3 days · $1.08", "Cancel", "1 day · $0.36"]
    assert "Add credit" in plain_text(await env.say(f"/track {LINK} 7"))
    env.clock.advance(seconds=30)
    card = await env.say(f"/track {LINK} 3")
    env.sandbox.world.add_credit(env.sandbox.key, Decimal("-2.00"))
    reply = await env.press(card, "Track 3")
    assert "this needs $1.08, you have $0.40 ($0.68 short)" in reply.summary
    assert "Add credit" in plain_text(reply)
    assert reply.public_line == ()


async def test_a_batch_stops_at_the_first_402_and_lists_each_outcome(env):
    card = await env.say(f"/track {' '.join(steady(4))} 1")
    env.sandbox.faults.add("headers", TRACK)
    short = {"error": "Insufficient balance", "balance": 0.08, "estimated_cost": 0.36, "required": 0.36}
    env.sandbox.faults.add("402", TRACK, body=short)
    reply = await env.press(card, "Track 1 day")
    assert reply.tone is Tone.WARNING
    assert "1 of 4 videos started, up to $0.36 in total" in reply.summary
    line = plain_spans(reply.public_line)
    assert line.startswith(
        "Ana started tracking TikTok video by @steady (…120001) (https://www.tiktok.com/@steady/video/7301234567890120001)"
    )
    assert line.endswith(" for 1 day, up to $0.36.")
    assert [re.split("[:;]", row[1])[0] for row in rows(reply)] == ["started, up to $0.36", *["not started"] * 3]
    assert "$0.36, you have $0.08 ($0.28 short)" in rows(reply)[1][1]
    assert "wasn't sent" in rows(reply)[2][1]
    assert (env.posts(), env.trackings()) == (2, 1)


async def test_a_batch_shows_unclear_and_started_links(env):
    card = await env.say(f"/track {YOUTUBE} {LINK} 1")
    env.sandbox.faults.add("reset", TRACK)
    reply = await env.press(card, "Track 1 day")
    assert [row[1] for row in rows(reply)] == ["not clear yet", "started, up to $0.36"]
    assert "Check again" in labels(reply)
    assert "never repeat the request on my own" in plain_text(reply)
    assert env.posts() == 2


async def test_a_press_that_reaches_a_process_with_another_key_spends_nothing(clock, sqlite_url):
    keys = {"cs_test_one": "One", "cs_test_two": "Two"}
    locked = {"secret_keys": SecretStr("0123456789abcdef" * 2)}
    async with (
        sandbox_of(clock, keys=keys) as sandbox,
        environment_of(sandbox, clock, sqlite_url, **locked) as here,
        environment_of(sandbox, clock, sqlite_url, **locked) as there,
    ):
        await there.say("/usage")
        await here.bot.run("connect", {"key": "cs_test_two"}, ANA)
        card = await here.say(f"/track {LINK} 7")
        refused = await there.press(card, "Track 7")
        assert "expired" in refused.summary
        assert here.posts() == 0
        assert (await here.press(await here.say(f"/track {LINK} 7"), "Track 7")).tone is Tone.SUCCESS
        assert len(sandbox.world.account("cs_test_two").trackings) == 1


@pytest.mark.parametrize("seconds", [0, 5, 300])
async def test_a_price_that_rose_since_the_card_is_not_paid(env, seconds):
    card = await env.say(f"/track {LINK} 7")
    env.clock.advance(seconds=seconds)
    usage = {"balance_usd": 50, "uncharged_usage_usd": 0, "cost_per_snapshot": 0.15}
    env.sandbox.faults.add("status", "GET /usage", status=200, body=usage)
    refused = await env.press(card, "Track 7")
    assert "snapshot price has gone up" in refused.summary
    assert env.posts() == 0


async def test_a_price_that_fell_and_rose_again_is_not_paid_for_the_length_that_it_fell_on(env):
    card = await env.say(f"/track {LINK} 7")
    env.clock.advance(minutes=2)
    usage = {"balance_usd": 50, "uncharged_usage_usd": 0, "cost_per_snapshot": 0.01}
    env.sandbox.faults.add("status", "GET /usage", status=200, body=usage)
    longer = await env.run(button(card, "14 days · $5.04"))
    assert labels(longer)[0] == "Track 14 days · $3.36"
    env.clock.advance(minutes=2)
    assert "snapshot price has gone up" in (await env.press(longer, "Track 14")).summary
    assert env.posts() == 0


async def test_the_cost_reported_by_the_api_is_shown_and_counted(env):
    answer = {"id": "v1", "video_link": LINK, "platform": "tiktok", "status": "monitoring", "estimated_cost": 25.2}
    env.sandbox.faults.add("status", TRACK, status=201, body=answer)
    reply = await env.start()
    assert "$25.20" in reply.summary
    assert [entry.cost for entry in await env.audit()] == [Decimal("25.2")]


async def test_disconnecting_does_not_reset_the_monthly_cap(sandbox, clock, database_url):
    async with environment_of(sandbox, clock, database_url, monthly_cap_usd=Decimal(3)) as env:
        await env.start()
        await env.bot.run("disconnect.confirm", {}, ANA)
        assert "of $0.48 left of the monthly cap" in plain_text(await env.say(f"/track {YOUTUBE}"))
        assert env.posts() == 1
