"""Several alert engines at once, killed at any step: everything is posted, once and in order."""

import asyncio
import random
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from signal import SIGKILL

import pytest
from sqlalchemy import select

from bot.alerts.changes import MUTED
from bot.alerts.engine import LEASE, AlertEngine
from bot.alerts.final_report import GONE
from bot.alerts.trouble import NOT_WANTED
from bot.domain.alerts import AlertKind, Subject, default_setting
from bot.domain.events import Event, EventKind
from bot.domain.money import Usage
from bot.reply.model import Reply
from bot.store import Store
from bot.store.alerts import AlertBatch, StoredAlert
from bot.store.database import Database
from bot.store.events import record
from bot.store.outbox import Message
from bot.store.schedule_tables import handled_events
from tests.alerts.conftest import told_all
from tests.alerts.outbox import outbox_of
from tests.standins.charts import shared_charts
from tests.standins.fork_pool import fork_pool
from tests.store.samples import ADA, NOW, PRICE, THERE, keyed, reading, remember_page, video

STEPS = (1, 3, 4, 9, 10)
"""Before an engine has its lease; before and after it commits its reaction to events, and then its final reports."""
FAST = 120.0
"""A second is two minutes, so the lease of a killed process expires within one."""


@pytest.fixture
def break_off(database, store, wallet_id):
    """Videos that end in error one after the other, as events."""

    async def happen(count):
        names = [f"v{number}" for number in range(count)]
        await store.videos.remember(wallet_id, keyed(*(video(name, status="error") for name in names)), NOW)
        detail = {"before": "monitoring", "after": "error"}
        async with database.writing() as connection:
            await record(connection, [Event(EventKind.TRACKING_FAILED, wallet_id, name, NOW, detail) for name in names])
        return names

    return happen


@pytest.fixture(scope="module")
def children():
    with fork_pool("tests.alerts.announcing") as children:
        yield children


@pytest.fixture
def reacting(children, database_url):
    """A process that reacts to events, killed at the end of the block."""

    @asynccontextmanager
    async def run(start):
        await children.start(database_url, start.isoformat(), FAST)
        try:
            assert await children.line() == "ready"
            yield
        finally:
            children.signal(SIGKILL)
            await children.until_ended()

    return run


async def test_a_workspace_forgotten_during_the_check_gets_no_post(store, wallet_id, setting):
    token = await store.leases.take("alerts:1", NOW, LEASE)
    alert = StoredAlert(setting.id, Subject(AlertKind.BALANCE))
    message = Message("balance.low:1:1", setting.workspace_id, "C1", Reply("The balance is low."))
    batch = AlertBatch(wallet_id, ("alerts:1", token), (alert,), messages=(message,))
    await store.forgetting.workspace(setting.workspace_id)
    for each in (batch, replace(batch, alerts=()), replace(batch, messages=())):
        assert not await store.alerts.apply(each, NOW)


@pytest.mark.usefixtures("setting")
async def test_two_engines_on_one_wallet_post_everything_once_and_in_order(
    database, database_url, store, clock, break_off
):
    names = await break_off(600)
    clock.now = NOW
    other = Database(database_url)
    async with shared_charts() as charts:
        engines = [AlertEngine(each, charts, clock) for each in (store, Store(other))]
        for _ in range(3):
            await asyncio.gather(*(each.react_due() for each in engines for _ in range(2)))
    await other.close()
    posted, _ = await outbox_of(database)
    assert [each.key.split(":")[3] for each in posted] == names
    assert await store.events.wallets() == ()


@pytest.mark.usefixtures("setting")
async def test_an_engine_that_lost_its_lease_stores_nothing(database, store, clock, wallet_id, break_off):
    await break_off(3)
    clock.now = NOW
    await store.leases.take(f"alerts:{wallet_id}", NOW, LEASE)
    async with shared_charts() as charts:
        assert await AlertEngine(store, charts, clock).react_due() == 0
        assert (await outbox_of(database))[0] == []
        clock.now += LEASE
        assert await AlertEngine(store, charts, clock).react_due() == 3


@pytest.mark.usefixtures("setting")
async def test_an_unreadable_wallet_delays_no_other(database, store, clock, break_off):
    await break_off(2)
    clock.now = NOW
    bad = await store.wallets.ensure_wallet("other", NOW)
    async with database.writing() as connection:
        await record(connection, [Event(EventKind.SNAPSHOT_CREATED, bad, "x", NOW, {"taken_at": "never"})])
    workspace = await store.workspaces.ensure_workspace(THERE, bad)
    await store.alerts.save(told_all(workspace.id), NOW)
    await remember_page(store, bad, reading(video("x"), 1), count=1)
    async with shared_charts() as charts:
        with pytest.raises(ExceptionGroup):
            await AlertEngine(store, charts, clock).react_due()
    assert len((await outbox_of(database))[0]) == 2


async def test_killed_engines_lose_nothing_and_post_nothing_twice(
    database, store, setting, wallet_id, break_off, reacting
):
    dice = random.Random(7)
    names = await break_off(550)
    balances = ["1.50", "0.10", "9.00", "1.00"]
    await store.videos.remember(wallet_id, keyed(video("runs", days=30, days_remaining=20)), NOW)
    await store.wallets.mark_swept(wallet_id, NOW, complete=True)
    start = NOW
    for balance in balances:
        start += timedelta(hours=1)
        await store.wallets.save_usage(wallet_id, usage_of(balance), start)
        for _ in range(2):
            async with reacting(start):
                await asyncio.sleep(dice.uniform(0, 0.3))
            start += LEASE + timedelta(minutes=1)
        async with reacting(start), asyncio.timeout(60):
            while await store.alerts.due_wallets(start) or await store.events.wallets():  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
    posted, _ = await outbox_of(database)
    trouble = [each.key.split(":")[3] for each in posted if each.key.startswith("trouble:")]
    assert trouble == names
    money = [each.key for each in posted if each.key.startswith("balance.low:")]
    assert len(set(money)) == len(money)
    first = [each for each in money if each.startswith(f"balance.low:{setting.id}:1")]
    assert first[0] == f"balance.low:{setting.id}:1"
    assert money[-1] == f"balance.low:{setting.id}:2"
    assert any(each.reply.summary.startswith("Resolved") for each in posted)


async def test_after_kills_at_each_step_every_event_has_its_message_or_a_reason(
    database, store, setting, wallet_id, children, database_url
):
    """Engines that die before and after each commit, two at a time on PostgreSQL; then one that finishes the work."""
    quiet = replace(default_setting(setting.workspace_id, "C2", ADA), kinds=frozenset({AlertKind.BALANCE}))
    muted = replace(told_all(setting.workspace_id), channel_id="C3", muted_until=NOW + timedelta(days=9))
    quiet, muted = await store.alerts.save(quiet, NOW), await store.alerts.save(muted, NOW)
    happened = []
    start = NOW
    for step in STEPS:
        done, failed = f"done{step}", f"failed{step}"
        shown = (video(done, status="completed"), video(failed, status="error"))
        await store.videos.remember(wallet_id, keyed(*shown), start)
        for each in shown:
            await remember_page(store, wallet_id, reading(each, 2), key=each.id, count=1, now=start)
        news = [Event(EventKind.TRACKING_COMPLETED, wallet_id, done, start)]
        news += [Event(EventKind.TRACKING_FAILED, wallet_id, each, start) for each in (failed, f"gone{step}")]
        async with database.writing() as connection:
            await record(connection, news)
        happened += news
        for _ in range(1 if database_url.startswith("sqlite") else 2):
            await children.start(database_url, start.isoformat(), FAST, step)
            assert await children.line() == "ready"
        await until_nothing_is_due(store, start, children)
        children.signal(SIGKILL)  # if there were fewer steps
        await children.until_ended()
        start += timedelta(hours=2)
    await children.start(database_url, start.isoformat(), FAST)
    assert await children.line() == "ready"
    await until_nothing_is_due(store, start, children)
    assert await store.events.wallets() == ()
    children.signal(SIGKILL)
    await children.until_ended()
    async with database.reading() as connection:
        handled = (await connection.execute(select(handled_events).order_by(handled_events.c.id))).all()
    keys = [each.key for each in (await outbox_of(database))[0]]
    assert [(row.kind, row.video_id) for row in handled] == [(each.kind, each.video_id) for each in happened]
    for row in handled:
        outcome = {int(id_): words for id_, words in row.outcome.items()}
        if row.video_id.startswith("gone"):
            assert set(outcome.values()) == {GONE}
            continue
        kind = "done" if row.kind == EventKind.TRACKING_COMPLETED else "trouble"
        assert outcome[setting.id].startswith(f"{kind}:{setting.id}:{wallet_id}:{row.video_id}")
        assert outcome[setting.id] in keys
        assert (outcome[quiet.id], outcome[muted.id]) == (NOT_WANTED, MUTED)
    assert len(keys) == 2 * len(STEPS), "and nothing else is posted"


async def until_nothing_is_due(store, now, children):
    """Wait until every event is handled, or every engine has died."""
    async with asyncio.timeout(60):
        later = now + timedelta(hours=2)
        while await store.events.wallets() or await store.alerts.due_wallets(later):
            if children.has_ended:
                break
            await asyncio.sleep(0.02)


def usage_of(balance):
    return Usage(Decimal(balance), Decimal(0), Decimal(1), PRICE, 100)
