"""An unclear start is settled by itself: looked for, never sent again, and told once to its asker and its channel."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from bot.domain.clock import month_of
from bot.domain.tracking import QUIET, RequestState
from bot.reply.stored import from_stored
from bot.store.database import Database
from bot.store.schedule_tables import outbox
from bot.wallet.settlement_notice import reply_time, settled
from tests.polling.stage import ANA, HERE
from tests.standins.scene import LINK, LIST, TRACK

KEY = "tiktok:7301234567890123456"


@pytest.fixture
def unclear(stage_on_each):
    """A start of Ana's whose answer was lost, with or without an effect, and the process that sent it."""

    async def start(fault):
        stage = stage_on_each
        post = await stage.open()
        account = await post.accounts.of(HERE)
        now = stage.clock()
        requests = await post.store.tracking.propose(
            account.workspace, "C1", ANA, "batch", [(KEY, LINK, "tiktok")], Decimal("0.015"), now, now + QUIET
        )
        stage.sandbox.faults.add(fault, TRACK)
        stage.sandbox.faults.add("headers", LIST, times=1)
        stage.sandbox.faults.add("500", LIST, times=9)
        (outcome,) = await account.wallet.spending.start(requests, ANA, 7, Decimal("2.52"), Decimal(100))
        assert outcome.request.state is RequestState.UNKNOWN
        stage.sandbox.faults.clear()
        return stage, post, outcome.request

    return start


async def test_what_was_started_is_found_within_two_minutes_and_told_once(unclear):
    stage, post, request = await unclear("effect-then-reset")
    other = await stage.open()  # which looks as it opens, and so may find it first
    await asyncio.gather(other.poller.poll_due(), post.poller.poll_due())
    await stage.live(minutes=3)
    assert len(stage.sandbox.calls(TRACK)) == 1
    public, private = await said(stage)
    assert (public.key, public.channel_id, public.person_id) == (f"settled:{request.id}", "C1", None)
    assert (private.key, private.channel_id, private.person_id) == (f"settled:{request.id}:asker", "", ANA.id)
    assert from_stored(public.payload, {}).summary.startswith("Ana started tracking ")
    assert "Tracking started for 7 days, up to $2.52" in from_stored(private.payload, {}).summary
    assert await post.store.tracking.unsettled(request.wallet_id, stage.clock()) == ()


async def test_what_was_not_started_is_told_to_its_asker_alone_after_quiet_and_three_looks(unclear):
    stage, post, request = await unclear("reset")
    await stage.live(minutes=59)
    assert await said(stage) == []
    looks = stage.calls(LIST)
    await stage.live(minutes=40)
    assert stage.calls(LIST) - looks <= 10, "a look every ten minutes, and the list's own"
    (private,) = await said(stage)
    assert private.key == f"settled:{request.id}:failed"
    assert "it isn't in your account" in from_stored(private.payload, {}).summary
    assert len(stage.sandbox.calls(TRACK)) == 1
    assert await post.store.tracking.unsettled(request.wallet_id, stage.clock()) == ()


async def test_what_a_person_finds_is_posted_only_if_the_reply_does_not_arrive(unclear):
    stage, post, request = await unclear("effect-then-reset")
    outcome = await (await post.wallet()).spending.settle(request)
    assert outcome.is_news
    rows = await said(stage)
    assert [row.next_at for row in rows] == [stage.clock() + reply_time(1)] * 2
    await post.store.outbox.withdraw([row.key for row in rows], "the reply arrived", stage.clock())
    await stage.live(minutes=3)
    assert [(row.state, row.error) for row in await said(stage)] == [("withdrawn", "the reply arrived")] * 2


async def test_what_stays_unclear_is_looked_for_ever_more_seldom(unclear):
    stage, _, request = await unclear("reset")
    # An account that hides rows proves no absence.
    for number in range(101):
        stage.track(number, days=30)
    await stage.live(minutes=3)
    looks = stage.calls(LIST)
    stage.clock.advance(hours=12)
    await stage.live(minutes=31)
    assert 0 < stage.calls(LIST) - looks <= 4 * 8 + 8, "a look every ten minutes, and the list's own"
    assert await said(stage) == []
    assert request.state is RequestState.UNKNOWN


async def said(stage):
    database = Database(stage.database_url)
    async with database.reading() as connection:
        about = select(outbox).where(outbox.c.key.startswith("settled:")).order_by(outbox.c.id)
        rows = (await connection.execute(about)).all()
    await database.close()
    return list(rows)


async def test_a_start_that_no_channel_asked_for_is_told_to_its_asker_alone(unclear):
    _, _, request = await unclear("effect-then-reset")
    asked = replace(request, state=RequestState.TRACKING)
    assert [each.channel_id for each in settled(asked, None, asked.proposed_at).messages] == ["C1", ""]
    (private,) = settled(replace(asked, channel_id=""), None, asked.proposed_at).messages
    assert private.person_id == ANA.id


async def test_starts_that_appear_late_make_the_bot_wait_three_times_as_long(unclear):
    stage, post, _ = await unclear("effect-then-reset")
    await stage.live(minutes=3)
    wallet = await post.wallet()
    assert await post.store.tracking.slowest(wallet.id, stage.clock()) == timedelta()
    stage.sandbox.world.list_lag = timedelta(minutes=25)
    await start(stage, post, 1)
    await stage.live(minutes=12)
    late = await post.store.tracking.slowest(wallet.id, stage.clock())
    assert late >= timedelta(minutes=10), "also while it does not appear yet"
    await stage.live(minutes=20)
    slowest = await post.store.tracking.slowest(wallet.id, stage.clock())
    assert timedelta(minutes=25) <= slowest <= timedelta(minutes=27)
    lost = await start(stage, post, 2, "reset")
    await stage.live(minutes=74)
    assert await post.store.tracking.in_flight(wallet.id, lost.key) is not None
    await stage.live(minutes=45)
    assert await post.store.tracking.in_flight(wallet.id, lost.key) is None
    assert len(await post.store.tracking.awaited(wallet.id, stage.clock())) == 1, "it is still looked for"
    await stage.live(days=1)
    assert await post.store.tracking.awaited(wallet.id, stage.clock()) == ()


async def test_what_turns_up_after_it_was_given_up_is_recorded_and_reported(unclear):
    stage, post, request = await unclear("reset")
    await stage.live(minutes=100)
    assert [row.key for row in await said(stage)] == [f"settled:{request.id}:failed"]
    video_id = stage.sandbox.world.track(stage.sandbox.key, LINK, 7, started_at=stage.clock()).id
    await stage.live(minutes=30)
    _, public, private = await said(stage)
    assert (public.key, private.key) == (f"settled:{request.id}", f"settled:{request.id}:asker")
    assert "It appeared in your account only after it was reported" in from_stored(private.payload, {}).summary
    (spend, *_) = await post.store.audit.recent(request.workspace_id, 10)
    assert (spend.video_id, spend.cost) == (video_id, Decimal("2.52"))
    assert await post.store.tracking.spent(request.workspace_id, month_of(stage.clock())) == Decimal("2.52")


async def start(stage, post, number, fault=None):
    """A start of another link, answered unless a fault takes its answer away."""
    account, now = await post.accounts.of(HERE), stage.clock()
    link = f"https://www.tiktok.com/@steady/video/730000000000000000{number}"
    item = (f"tiktok:730000000000000000{number}", link, "tiktok")
    requests = await post.store.tracking.propose(
        account.workspace, "C1", ANA, f"batch{number}", [item], Decimal("0.015"), now, now + QUIET
    )
    if fault:
        stage.sandbox.faults.add(fault, TRACK)
    (outcome,) = await account.wallet.spending.start(requests, ANA, 7, Decimal("2.52"), Decimal(100))
    return outcome.request
