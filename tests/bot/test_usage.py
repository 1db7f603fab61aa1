"""The wallet: available and committed money, the runway, and where it was spent."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.clock import moment_text
from bot.reply.call import Call
from bot.reply.model import Picture, Tone
from bot.reply.plain import plain_text
from tests.standins.environment import (
    ANA,
    BEN,
    INSTAGRAM,
    LINK,
    LIST,
    TWITTER,
    USAGE,
    YOUTUBE,
    environment_of,
    rows,
    sandbox_of,
    steady,
)

PAUSED = "https://www.tiktok.com/@steady/video/7301234567890120003"


async def test_an_unused_wallet_shows_its_balance_and_that_nothing_runs(env):
    reply = await env.say("/usage")
    assert reply.summary == "$100.00 available. Nothing is running. $0.00 spent so far."
    assert "Test key: nothing is charged." in plain_text(reply)
    assert reply.tone is Tone.INFO
    details = await env.press(reply, "Details")
    said = plain_text(details)
    assert "Price: $0.015 per snapshot, 24 per video per day" in said
    assert "Monthly cap: $100.00 left of $100.00" in said
    assert not any(isinstance(part, Picture) for part in details.parts)


async def test_every_figure_of_a_wallet_in_use_is_exact(env):
    await env.start(LINK, 7)
    await env.start(YOUTUBE, 1, BEN)
    env.clock.advance(hours=20)
    await env.say("/videos")
    card = await env.say("/usage")
    # 40 snapshots were taken; the week has 148 hours left, the day 4.
    left = "$97.12 left of the $100.00 monthly cap"
    assert card.summary == f"$99.40 available · $2.28 committed · $97.12 left. $0.60 spent so far; {left}."
    reply = await env.press(card, "Details")
    said = plain_text(reply)
    assert "Committed: $2.28 for 2 running videos" in said
    assert reply.summary == "40 snapshots for $0.60, matching today's price."
    assert rows(reply, "Started this month by") == [["Ana", "$2.52"], ["Ben", "$0.36"]]
    assert rows(reply, "Started this month in") == [["C-general", "$2.52"], ["C-random", "$0.36"]]
    # From 10:30 on, a snapshot an hour: 13 of each video on the first day, 7 on the second.
    assert rows(reply, "Spend by day (UTC)") == [["Mon 2 Mar", "$0.39"], ["Tue 3 Mar", "$0.21"]]
    (picture,) = [part for part in reply.parts if isinstance(part, Picture)]
    assert "$0.60 was spent" in picture.alt


@pytest.fixture
async def poor(clock, sqlite_url):
    """An environment with a balance of $2.60."""
    async with sandbox_of(clock, balance=Decimal("2.60")) as sandbox, environment_of(sandbox, clock, sqlite_url) as env:
        yield env


async def test_money_that_runs_out_is_shown_with_its_date_and_a_link_to_add_credit(poor):
    await poor.start(LINK, 7)
    poor.track(YOUTUBE)
    poor.clock.advance(minutes=6)
    reply = await poor.say("/usage")
    assert reply.tone is Tone.WARNING
    # $2.60 pays 173 of the 336 snapshots: two an hour, so the 87th hour is the last.
    empty = poor.clock() + timedelta(hours=87)
    assert f"$2.44 short. Tracking would pause {moment_text(empty)}. $0.00 spent so far." in reply.summary
    assert "Add credit: https://contentstats.io/" in plain_text(reply)
    card = await poor.say(f"/track {PAUSED} 7")
    assert card.tone is Tone.WARNING
    assert "for 2 other videos too" in card.summary


async def test_a_bill_that_disagrees_with_its_price_is_reported(env):
    body = {"balance_usd": "10", "total_charged_usd": 3, "total_snapshots": 100, "uncharged_usage_usd": 0}
    env.sandbox.faults.add("200", USAGE, body=body)
    reply = await env.run(Call("usage.details"))
    assert reply.summary == "100 snapshots for $3.00, $1.50 more than at today's price."


async def test_last_months_trackings_do_not_count_this_month(env):
    await env.start(LINK, 1)
    env.clock.advance(days=40)
    reply = await env.say("/usage")
    said = plain_text(await env.press(reply, "Details"))
    assert "Started this month" not in said
    assert "Ana" not in said
    for label in ("My videos", "Refresh"):
        assert (await env.press(reply, label)).tone is Tone.INFO


async def test_missing_data_is_not_shown_as_zero(env):
    body = {"balance_usd": 100, "cost_per_snapshot": 0.015}
    env.sandbox.faults.add("200", USAGE, body=body | {"total_charged_usd": 3}, times=1)
    assert "At least $3.00 spent so far." in (await env.say("/usage")).summary
    env.clock.advance(minutes=2)
    env.sandbox.faults.add("200", USAGE, body=body, times=None)
    reply = await env.say("/usage")
    assert reply.summary == "At most $100.00 available. Nothing is running. ContentStats doesn't state what was spent."
    assert "ContentStats doesn't state pending charges." in plain_text(reply)
    details = await env.press(reply, "Details")
    assert "Pending: not stated" in plain_text(details)
    assert details.summary.startswith("The bill can't be checked")
    card = plain_text(await env.say(f"/track {LINK} 7"))
    assert "up to $2.52, of at most $100.00 available" in card


async def test_a_paused_video_cannot_finish(poor):
    await poor.start(LINK, 7)
    poor.sandbox.world.add_credit(poor.sandbox.key, Decimal(-2))
    poor.clock.advance(days=3)
    reply = await poor.say("/usage")
    assert reply.tone is Tone.WARNING
    assert " committed · $1.44 short for 1 paused video to finish." in reply.summary
    assert "Add credit" in plain_text(reply)
    assert "Runway: not enough for the paused videos" in plain_text(await poor.press(reply, "Details"))
    front = await poor.bot.run("home", {}, ANA)
    assert "$1.44 short for 1 paused video to finish." in front.summary
    assert front.tone is Tone.WARNING
    card = await poor.say(f"/track {YOUTUBE} 7")
    assert "You're $2.52 short." in card.summary


async def test_a_card_shows_what_paused_videos_lack(clock, sqlite_url):
    async with sandbox_of(clock, balance=Decimal(12)) as sandbox, environment_of(sandbox, clock, sqlite_url) as env:
        await env.start(LINK, 30)
        account = sandbox.world.account(sandbox.key)
        for tracking in account.trackings.values():
            tracking.status = "paused"
        account.balance = Decimal(3)
        clock.advance(minutes=6)
        card = await env.say(f"/track {YOUTUBE} 7")
        assert "$10.32 short for 1 paused video to finish." in card.summary
        assert card.tone is Tone.WARNING
        assert "$8.16 short later" in str(card.actions)


async def test_a_video_without_a_known_end_runs_and_leaves_the_runway_open(env):
    body = {"id": "v1", "video_link": LINK, "platform": "tiktok", "status": "monitoring"}
    env.sandbox.faults.add("200", LIST, body={"videos": [body], "total": 1, "limit": 100}, times=None)
    reply = await env.say("/usage")
    assert "up to $100.00 left." in reply.summary
    assert "1 video has no known end." in plain_text(reply)
    said = plain_text(await env.press(reply, "Details"))
    assert "Committed: $0.00 for 1 running video (1 with no known end)" in said
    assert "Runway: not known" in said
    assert "1 video has no known end." in plain_text(await env.bot.run("home", {}, ANA))
    card = await env.say(f"/track {YOUTUBE} 7")
    assert "Not counted: 1 video with no known end." in plain_text(card)
    env.sandbox.faults.clear()
    poor = {"balance_usd": 0.4, "uncharged_usage_usd": 0, "cost_per_snapshot": 0.015}
    env.sandbox.faults.add("200", LIST, body={"videos": [body | {"id": "v2", "days_remaining": 2}, body]}, times=None)
    env.sandbox.faults.add("200", USAGE, body=poor, times=None)
    env.clock.advance(minutes=6)
    assert " UTC at the latest." in (await env.say("/usage")).summary


async def test_if_the_api_hides_videos_no_reply_claims_that_all_can_finish(env):
    env.track(*steady(101), days=1)
    for reply in (await env.say("/usage"), await env.bot.run("home", {}, ANA)):
        assert "The account may have more running videos than ContentStats lists." in plain_text(reply)
        assert "up to " in reply.summary


async def test_without_credit_no_past_date_is_shown(env):
    await env.start(LINK)
    env.sandbox.faults.add("200", USAGE, body={"balance_usd": -3.2, "uncharged_usage_usd": 0.45}, times=None)
    env.clock.advance(minutes=6)
    for reply in (await env.say("/usage"), await env.say("/digest now")):
        assert "Tracking pauses until you add credit." in plain_text(reply)
        assert "would" not in plain_text(reply)
    assert "Runway: used up" in plain_text(await env.run(Call("usage.details")))


async def test_spend_by_day_names_the_missing_videos(env):
    for link in (LINK, YOUTUBE):
        await env.start(link)
    env.clock.advance(hours=30)
    await env.say(f"/stats {LINK}")
    said = plain_text(await env.run(Call("usage.details")))
    assert "60 snapshots for $0.90" in said
    missing = "1 of 2 running videos was not read in the last hour (/videos reads it), so the real spend is higher."
    assert missing in said
    await env.say("/videos")
    after = plain_text(await env.run(Call("usage.details")))
    assert "the real spend is higher" not in after
    for each in (said, after):
        assert "Spend by day is calculated from the snapshots read here." in each


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
