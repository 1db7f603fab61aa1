"""Commitments agree with the final bill on every card, whenever the API takes its first snapshot."""

import re
from decimal import Decimal

import pytest

from bot.reply.plain import plain_text
from tests.standins.environment import LINK, YOUTUBE

NEW = "https://www.tiktok.com/@steady/video/7301234567890120009"
GAPS = "https://www.instagram.com/p/gaps0001/"


def amount(pattern: str, text: str) -> Decimal:
    found = re.search(pattern, text)
    assert found is not None, text
    return Decimal(found[1])


@pytest.mark.parametrize("first_hour", [0, 1], ids=["first snapshot at once", "first snapshot after an hour"])
async def test_every_card_agrees_with_the_final_bill_to_the_cent(env, first_hour):
    world, key = env.sandbox.world, env.sandbox.key
    world.first_hour = first_hour
    await env.start(LINK, 3)
    await env.start(YOUTUBE, 1)
    cent, spent_in_all = Decimal("0.01"), Decimal("1.44")  # four days of 24 snapshots
    for hours, minutes in ((1, 2), (0, 55), (5, 0), (16, 40), (10, 3), (30, 0)):
        env.clock.advance(hours=hours, minutes=minutes)
        await env.say("/videos")
        available = world.account(key).available
        owed = available - (Decimal(100) - spent_in_all)
        cents = owed.quantize(cent, "ROUND_CEILING")
        left = available.quantize(cent, "ROUND_FLOOR") - cents  # so that the card's own sum adds up
        card = await env.say("/usage")
        shown = plain_text(card) + plain_text(await env.press(card, "Details"))
        assert amount(r"\$([\d.]+) committed", shown) == cents
        assert amount(r"Committed: \$([\d.]+) ", shown) == cents
        assert amount(r"\$([\d.]+) left\.", shown) == left
        offer = await env.say(f"/track {NEW} 7")
        assert amount(r"leaves \$([\d.]+) after", plain_text(offer)) == left - Decimal("2.52")
    env.clock.advance(hours=10)
    await env.say("/videos")
    assert world.account(key).available == Decimal(100) - spent_in_all
    assert "$98.56 available. Nothing is running. $1.44 spent so far." in (await env.say("/usage")).summary


@pytest.mark.parametrize("first_hour", [0, 1], ids=["first snapshot at once", "first snapshot after an hour"])
async def test_the_money_runs_out_in_the_hour_in_which_tracking_pauses(env, first_hour):
    world, key = env.sandbox.world, env.sandbox.key
    world.first_hour = first_hour
    await env.start(LINK, 7)
    env.clock.advance(hours=2, minutes=2)
    await env.say("/videos")
    world.add_credit(key, Decimal("0.60") - world.account(key).available)
    env.clock.advance(minutes=10)
    card = await env.say("/usage")
    assert "Tracking would pause Wed 4 Mar, 04:42 UTC" in card.summary
    env.clock.advance(hours=39)
    assert [each.status for each in world.account(key).trackings.values()] == ["monitoring"]
    env.clock.advance(hours=1)
    assert [each.status for each in world.account(key).trackings.values()] == ["paused"]


async def test_savings_by_stopping_count_the_snapshot_at_the_start(env):
    env.sandbox.world.first_hour = 0
    await env.start(LINK, 1)
    env.clock.advance(hours=1, minutes=2)
    await env.say("/stats steady")
    assert "$0.33" in plain_text(await env.say("/stop steady"))
