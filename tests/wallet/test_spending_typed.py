"""A start without a press: only for an exactly typed /track, within every rule and without any warning."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.allowances import Allowance, Scope, Spender, unconfirmed
from bot.reply.model import Tone
from bot.reply.plain import plain_text
from tests.standins.environment import ANA, BEN, LINK, LIST, TRACK, USAGE, YOUTUBE, environment_of, labels, steady

EXACT = f"/track {LINK} 7"


@pytest.fixture
async def allowed(env):
    """Everyone may start up to $5.00 by typing."""
    await env.say("/allowance everyone confirm above 5")
    return env


@pytest.mark.parametrize("words", ["7", "7 days", "7d", "7 in launch", '7 days in "launch"'])
async def test_an_exactly_typed_track_starts_at_once_and_can_be_stopped(allowed, words):
    await allowed.say("/campaign new launch")
    reply = await allowed.say(f"/track {LINK} {words}", is_typed=True)
    assert (reply.title, reply.tone) == ("Tracking started", Tone.SUCCESS)
    assert reply.summary.startswith("7 days, up to $2.52.")
    assert reply.summary.endswith("Goes into campaign launch.") is ("launch" in words)
    assert "Stop" in labels(reply)
    assert reply.public_line
    assert (allowed.posts(), allowed.trackings()) == (1, 1)
    (entry, *_) = await allowed.audit()
    assert (entry.person, entry.cost, entry.outcome) == (ANA.person, Decimal("2.52"), "tracking")


@pytest.mark.parametrize(
    "words",
    [
        *(LINK, f"7 {LINK}", f"{LINK} 7 please", f"{LINK} for 7 days", f"{LINK} a week", f"{LINK} 7 in launch please"),
        *(
            f"{LINK} {YOUTUBE} 7", f"{LINK},{YOUTUBE} 7", f"<{LINK}|a label> 7", f"look {LINK} 7",
            f"{LINK} until friday",
        ),
        f"{LINK} 14",
    ],
)  # fmt: skip
async def test_anything_else_shows_the_card(allowed, words):
    await allowed.say("/campaign new launch")
    reply = await allowed.say(f"/track {words}", is_typed=True)
    assert "Cancel" in labels(reply), plain_text(reply)
    assert allowed.posts() == 0


async def test_only_a_typed_line_starts_at_once(allowed):
    assert "Track 7 days · $2.52" in labels(await allowed.say(EXACT))
    mention = await allowed.bot.run("contentstats", f"track {LINK} 7", ANA, is_typed=True)
    assert "Cancel" in labels(mention)
    assert allowed.posts() == 0


@pytest.mark.parametrize(
    "lines", [(), ("everyone confirm always",), ("here confirm above 2.51",), ("me confirm above 9",)]
)
async def test_without_a_rule_or_with_a_tighter_one_a_press_is_needed(env, lines):
    for line in (*(("everyone confirm above 2.51",) if "me" in str(lines) else ()), *lines):
        await env.say(f"/allowance {line}")
    assert "Cancel" in labels(await env.say(EXACT, is_typed=True))
    assert env.posts() == 0


@pytest.mark.parametrize(
    "line", ["allowance everyone 2", "allowance here 1", "allowance approval above 1", "campaign new poor budget 1"]
)
async def test_an_exceeded_limit_or_required_approval_shows_the_card(allowed, line):
    await allowed.say(f"/{line}")
    reply = await allowed.say(f"{EXACT}{' in poor' if 'poor' in line else ''}", is_typed=True)
    assert "Ask for approval" in labels(reply) or "poor" in reply.summary, reply.summary
    assert (reply.tone, allowed.posts()) == (Tone.WARNING, 0)


async def test_the_card_explains_if_price_or_account_cannot_be_read(allowed):
    await allowed.say("/usage")
    for call in (USAGE, LIST):
        allowed.clock.advance(minutes=6 if call == LIST else 0)
        allowed.sandbox.faults.add("500", call, times=None)
        reply = await allowed.say(EXACT, is_typed=True)
        assert allowed.posts() == 0, plain_text(reply)
        allowed.sandbox.faults.clear()
    assert (await allowed.say(EXACT, is_typed=True)).title == "Tracking started"


async def test_a_typed_start_uses_the_current_price(allowed):
    await allowed.say("/usage")
    body = {"balance_usd": 50, "uncharged_usage_usd": 0, "total_charged_usd": 0, "cost_per_snapshot": 0.03}
    allowed.sandbox.faults.add("200", USAGE, body=body)
    assert "up to $5.04" in (await allowed.say(EXACT, is_typed=True)).summary
    assert allowed.posts() == 0


async def test_a_start_that_would_pause_others_shows_the_card(allowed):
    allowed.sandbox.world.add_credit(allowed.sandbox.key, Decimal(-96))
    await allowed.start(YOUTUBE, 7)
    allowed.clock.advance(minutes=2)
    reply = await allowed.say(EXACT, is_typed=True)
    assert (reply.tone, allowed.posts()) == (Tone.WARNING, 1), reply.summary


async def test_typing_again_never_repeats_an_unclear_start(allowed):
    allowed.sandbox.faults.add("hang", TRACK, seconds=30)
    assert (await allowed.say(EXACT, is_typed=True)).title == "Not clear yet"
    for caller in (ANA, BEN):
        allowed.clock.advance(minutes=2)
        reply = await allowed.say(EXACT, caller, is_typed=True)
        assert reply.tone is not Tone.SUCCESS
    assert allowed.posts() == 1


async def test_an_unknown_role_binds(allowed):
    await allowed.say("/allowance <@&77|Editors> confirm always")
    assert "Cancel" in labels(await allowed.say(EXACT, replace(ANA, roles=None), is_typed=True))
    assert (await allowed.say(EXACT, is_typed=True)).title == "Tracking started"


async def test_random_typing_pressing_and_stopping_in_two_processes_tracks_nothing_twice(sandbox, clock, database_url):
    chance = random.Random(14)
    links = steady(3)
    async with environment_of(sandbox, clock, database_url) as one, environment_of(sandbox, clock, database_url) as two:
        await one.say("/allowance everyone confirm above 1")

        async def act():
            env, caller, link = chance.choice((one, two)), chance.choice((ANA, BEN)), chance.choice(links)
            days = chance.choice((1, 2, 7))
            reply = await env.say(f"/track {link} {days}", caller, is_typed=chance.random() < 0.8)
            if (label := f"Track {days} day") in str(labels(reply)) and chance.random() < 0.5:
                reply = await env.press(reply, label, caller)
            if chance.random() < 0.2 and "Stop" in labels(reply):
                await env.press(await env.press(reply, "Stop", caller), "Stop", caller)

        for _ in range(12):
            await asyncio.gather(*(act() for _ in range(4)))
            trackings = one.sandbox.world.account(sandbox.key).trackings.values()
            running = Counter(each.link for each in trackings if each.status == "monitoring")
            assert max(running.values(), default=0) <= 1, running
            clock.advance(minutes=1)
        starts = [each for each in await one.audit() if each.action == "track" and each.cost]
        assert one.posts() == one.trackings() == len(starts) > 3


RULES = (
    Allowance(Scope.EVERYONE, "", "", Decimal(9), Decimal(5)),
    Allowance(Scope.ROLE, "S1", "", None, Decimal(3)),
    Allowance(Scope.PERSON, "U-ana", "", Decimal(1)),
    Allowance(Scope.CHANNEL, "C-b", "", None, Decimal(0)),
    Allowance(Scope.CAMPAIGN, "7", "", None, Decimal(2)),
)


@pytest.mark.parametrize(
    ("roles", "channel", "campaign", "up_to"),
    [
        (frozenset(), "C-a", None, 5), ({"S1"}, "C-a", None, 3), (None, "C-a", None, 3),
        ({"S1"}, "C-a", 7, 2), (frozenset(), "C-b", 7, 0),
    ],
)  # fmt: skip
def test_of_several_rules_the_lowest_sum_holds(roles, channel, campaign, up_to):
    assert unconfirmed(RULES, Spender("U-ana", roles, channel, campaign)) == up_to
    assert unconfirmed((), Spender("U-ana", roles, channel, campaign)) == 0
