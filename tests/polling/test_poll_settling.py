"""Unclear starts settle themselves: looked up, never sent again, and reported once to their asker and channel."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select

from bot.domain.allowances import Spender
from bot.domain.tracking import QUIET, UNDER_WAY, RequestState, StartTerms
from bot.reply.as_json import from_stored
from bot.store.database import Database
from bot.store.schedule_tables import outbox
from bot.wallet.spending import REPLY_WITHIN, settled
from tests.polling.environment import ANA, HERE
from tests.standins.environment import LINK, LIST, TRACK


@pytest.fixture
def unclear(env):
    """A start of Ana's whose response was lost, whether it took effect or not, and the process that sent it."""
    return partial(start_unclear, env)


async def start_unclear(env, fault):
    process = await env.open()
    env.sandbox.faults.add("headers", LIST, times=1)
    env.sandbox.faults.add("500", LIST, times=9)
    request = await start(env, process, LINK, fault)
    assert request.state is RequestState.UNKNOWN
    env.sandbox.faults.clear()
    return env, process, request


async def test_an_unclear_start_is_found_within_two_minutes_and_reported_once(env_on_each):
    env, process, request = await start_unclear(env_on_each, "effect-then-reset")
    other = await env.open()  # which looks as it opens, and so may find it first
    await asyncio.gather(other.poller.poll_due(), process.poller.poll_due())
    await env.live(minutes=3)
    assert len(env.sandbox.calls(TRACK)) == 1
    public, private = await said(env)
    assert (public.key, public.channel_id, public.person_id) == (f"settled:{request.id}", "C1", None)
    assert (private.key, private.channel_id, private.person_id) == (f"settled:{request.id}:asker", "", ANA.id)
    assert from_stored(public.payload, {}).summary.startswith("Ana started tracking ")
    assert "7 days, up to $2.52" in from_stored(private.payload, {}).summary
    assert await process.store.tracking.unsettled(request.wallet_id, env.clock()) == ()


async def test_a_start_that_failed_is_reported_to_its_asker_after_a_wait_and_three_looks(unclear):
    env, process, request = await unclear("reset")
    await env.live(minutes=59)
    assert await said(env) == []
    looks = env.calls(LIST)
    await env.live(minutes=40)
    assert env.calls(LIST) - looks <= 10, "a look every ten minutes, and the list's own"
    (private,) = await said(env)
    assert private.key == f"settled:{request.id}:failed"
    assert "It isn't in your account" in from_stored(private.payload, {}).summary
    assert len(env.sandbox.calls(TRACK)) == 1
    assert await process.store.tracking.unsettled(request.wallet_id, env.clock()) == ()


async def test_an_outcome_found_by_a_command_is_posted_only_if_the_reply_is_lost(unclear):
    env, process, request = await unclear("effect-then-reset")
    outcome = await (await process.wallet()).spending.settle(request)
    assert outcome.is_news
    rows = await said(env)
    assert [row.next_at for row in rows] == [env.clock() + REPLY_WITHIN + UNDER_WAY] * 2
    await process.store.outbox.withdraw([row.key for row in rows], "the reply arrived", env.clock())
    await env.live(minutes=3)
    assert [(row.state, row.error) for row in await said(env)] == [("withdrawn", "the reply arrived")] * 2


async def test_a_start_that_stays_unclear_is_looked_up_less_and_less_often(unclear):
    env, _, request = await unclear("reset")
    # An account that hides rows proves no absence.
    for number in range(101):
        env.track(number, days=30)
    await env.live(minutes=3)
    looks = env.calls(LIST)
    env.clock.advance(hours=12)
    await env.live(minutes=31)
    assert 0 < env.calls(LIST) - looks <= 4 * 8 + 8, "a look every ten minutes, and the list's own"
    assert await said(env) == []
    assert request.state is RequestState.UNKNOWN


async def said(env):
    database = Database(env.database_url)
    async with database.reading() as connection:
        about = select(outbox).where(outbox.c.key.startswith("settled:")).order_by(outbox.c.id)
        rows = (await connection.execute(about)).all()
    await database.close()
    return list(rows)


async def test_a_start_without_a_channel_is_reported_to_its_asker_only(unclear):
    _, _, request = await unclear("effect-then-reset")
    asked = replace(request, state=RequestState.TRACKING)
    assert [each.channel_id for each in settled(asked, None, asked.proposed_at).messages] == ["C1", ""]
    (private,) = settled(replace(asked, channel_id=""), None, asked.proposed_at).messages
    assert private.person_id == ANA.id


async def test_starts_that_appear_late_make_the_bot_wait_three_times_as_long(unclear):
    env, process, _ = await unclear("effect-then-reset")
    await env.live(minutes=3)
    wallet = await process.wallet()
    assert await process.store.tracking.slowest(wallet.id, env.clock()) == timedelta()
    env.sandbox.world.list_lag = timedelta(minutes=25)
    await start(env, process, f"{LINK[:-1]}1")
    await env.live(minutes=12)
    late = await process.store.tracking.slowest(wallet.id, env.clock())
    assert late >= timedelta(minutes=10), "also while it does not appear yet"
    await env.live(minutes=20)
    slowest = await process.store.tracking.slowest(wallet.id, env.clock())
    assert timedelta(minutes=25) <= slowest <= timedelta(minutes=27)
    lost = await start(env, process, f"{LINK[:-1]}2", "reset")
    await env.live(minutes=74)
    assert await process.store.tracking.in_flight(wallet.id, lost.key) is not None
    await env.live(minutes=45)
    assert await process.store.tracking.in_flight(wallet.id, lost.key) is None
    assert len(await process.store.tracking.awaited(wallet.id, env.clock())) == 1, "it is still looked for"
    env.clock.now += timedelta(hours=23)
    await env.live(hours=1)
    assert await process.store.tracking.awaited(wallet.id, env.clock()) == ()


async def test_a_start_that_appears_after_it_was_given_up_is_recorded_and_reported(unclear):
    env, process, request = await unclear("reset")
    await env.live(minutes=100)
    assert [row.key for row in await said(env)] == [f"settled:{request.id}:failed"]
    video_id = env.sandbox.world.track(env.sandbox.key, LINK, 7, started_at=env.clock()).id
    await env.live(minutes=30)
    _, public, private = await said(env)
    assert (public.key, private.key) == (f"settled:{request.id}", f"settled:{request.id}:asker")
    assert "It appeared in your account only after it was reported" in from_stored(private.payload, {}).summary
    (spend, *_) = await process.store.audit.recent(request.workspace_id, 10)
    assert (spend.video_id, spend.cost) == (video_id, Decimal("2.52"))
    spender = Spender(request.person.id, frozenset(), request.channel_id)
    (cap,) = await process.store.allowances.limits(request.workspace_id, spender, env.clock(), Decimal(100))
    assert cap.used == Decimal("2.52")


async def start(env, process, link, fault=None):
    """Ana's start of a link, answered unless a fault takes its answer away."""
    account, now = await process.accounts.get(HERE), env.clock()
    item = (f"tiktok:{link.rpartition('/')[2]}", link, "tiktok")
    requests = await process.store.tracking.propose(
        account.workspace, "C1", ANA, item[0], [item], Decimal("0.015"), now, now + QUIET
    )
    if fault:
        env.sandbox.faults.add(fault, TRACK)
    (outcome,) = await account.wallet.spending.start(requests, StartTerms(ANA, 7, Decimal("2.52"), Decimal(100)))
    return outcome.request
