"""How the databases run the store's statements: always by an index, however many rows there are."""

import re
from contextlib import asynccontextmanager
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.domain.alerts import AlertKind, Subject
from bot.domain.videos import HOUR, Metric
from bot.reply.model import Picture, Reply
from bot.store import Store
from bot.store.alerts import AlertBatch, StoredAlert
from bot.store.audit import Action, Actor, Entry
from bot.store.database import Database
from bot.store.outbox import Message, enqueue
from bot.store.tables import metadata
from bot.store.video_lists import INDEXED
from bot.store.videos import Filters, Sort
from tests.store.samples import ADA, HERE, MONTH, NOW, keyed, proposed, reading, submitted, video

OF_OPEN_ONES = {
    *("ix_outbox_open", "ix_outbox_channel", "ix_wallets_news", "uq_track_requests_in_flight"),
    "channel_campaigns",
}
"""Indexes of unfinished work: messages, starts, wallets with news; and a table with a row per channel.

They are short enough to be read whole.
"""


@pytest.fixture
async def on_sqlite(sqlite_url):
    async with lived(sqlite_url) as life:
        yield life


@pytest.fixture
async def on_postgresql(postgres_url):
    async with lived(postgres_url) as life:
        yield life


async def test_sqlite_scans_no_table(on_sqlite):
    database, statements = on_sqlite
    for statement, values in statements.items():
        plan = await sqlite_plan(database, statement, values)
        whole = [step for step in plan if re.match(f"SCAN ({'|'.join(metadata.tables)})\\b", step)]
        assert [step for step in whole if step.rpartition(" ")[2] not in OF_OPEN_ONES] == [], statement


async def test_postgresql_can_use_an_index_for_every_statement(on_postgresql):
    database, statements = on_postgresql
    for statement, values in statements.items():
        for node in await postgresql_plan(database, statement, values):
            assert node["Node Type"] != "Seq Scan", statement
            is_read_whole = "Index Name" in node and "Index Cond" not in node
            assert not is_read_whole or node["Index Name"] in OF_OPEN_ONES, statement


async def test_sqlite_reads_each_range_of_a_list_in_order_and_stops_early(on_sqlite):
    database, statements = on_sqlite
    for statement, values in lists(statements):
        plan = await sqlite_plan(database, statement, values)
        ranges = plan[plan.index("COMPOUND QUERY") : plan.index("UNION ALL")]
        assert [step for step in ranges if "INDEX ix_videos_" in step], statement
        assert [step for step in ranges if "TEMP B-TREE" in step] == [], statement


async def test_postgresql_can_read_each_range_of_a_list_in_order_and_stop_early(on_postgresql):
    database, statements = on_postgresql
    for statement, values in lists(statements):
        plan = await postgresql_plan(database, statement, values)
        ranges = next(node for node in plan if node["Node Type"] in {"Append", "Merge Append"})
        kinds = {node["Node Type"] for node in nodes(ranges)}
        assert "Limit" in kinds, statement
        assert not [kind for kind in kinds if "Sort" in kind], statement


async def test_running_and_submitted_rows_are_found_without_reading_ended_ones(on_sqlite, on_postgresql):
    narrow = {"videos.wallet_id = ": "ix_videos_running", "track_requests.wallet_id = ": "uq_track_requests_in_flight"}
    for database, statements in (on_sqlite, on_postgresql):
        plan_of = sqlite_plan if database is on_sqlite[0] else postgresql_plan
        for condition, index in narrow.items():
            few = [
                each for each in statements if re.search(f"WHERE {condition}.*(is_running( = 1)?|unknown'\\))$", each)
            ]
            assert few, condition
            for statement in few:
                assert index in str(await plan_of(database, statement, statements[statement]))


@asynccontextmanager
async def lived(url):
    """A database that was used in every way, and each statement with the values it was run with."""
    statements = {}

    def note(_connection, _cursor, statement, parameters, _context, executemany):
        statements.setdefault(statement, parameters[0] if executemany else parameters)

    database = Database(url)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        await live(Store(database))
        await deliver(database, Store(database))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    statements.pop("BEGIN IMMEDIATE", None)
    assert len(statements) > 40
    yield database, statements
    await database.close()


async def live(store):
    wallet_id = await store.wallets.ensure_wallet("fingerprint", NOW)
    workspace = await store.workspaces.ensure_workspace(HERE, wallet_id)
    await store.wallets.usage(wallet_id)
    await store.wallets.mark_swept(wallet_id, NOW, complete=True)
    await store.wallets.swept(wallet_id)
    await store.videos.remember(wallet_id, keyed(*(video(f"v{n}") for n in range(3))), NOW)
    await store.videos.claim_read(wallet_id, "v1", NOW, NOW - HOUR, HOUR)
    await store.videos.release_read(wallet_id, "v1")
    await store.videos.postpone_read(wallet_id, "v1", NOW)
    await store.videos.due(wallet_id, NOW, 10)
    await store.videos.backlog(wallet_id, NOW)
    await store.videos.next_due(wallet_id)
    await store.videos.are_many(wallet_id, 100)
    await store.polling.due(NOW)
    await store.polling.state(wallet_id)
    await store.polling.failed(wallet_id, NOW, 1, "down")
    await store.polling.record_success(wallet_id, NOW, NOW)
    await store.videos.remember_reading(wallet_id, reading(video("v1"), 1), "k", main_count=1, change_24h=1, now=NOW)
    one, two, _ = await proposed(store, workspace, "tiktok:a", "tiktok:b", "tiktok:c")
    await submitted(store, one, Decimal(1))
    await submitted(store, two, Decimal(1))
    await store.tracking.count_look(one.id)
    await store.tracking.mark_unknown(one.id, "no answer", NOW)
    await store.tracking.mark_tracking(one.id, video("v1"), NOW)
    await store.tracking.mark_failed(two.id, "refused", NOW)
    await store.tracking.unsettled(wallet_id, NOW)
    await store.tracking.in_flight(wallet_id, "tiktok:a")
    await store.tracking.cancel(workspace.id, "batch", ADA.id)
    await store.tracking.batch(workspace.id, "batch")
    await store.audit.write(workspace.id, Entry(NOW, ADA, "C1", Action.STOP, "stopped", "https://x", "v1"))
    await store.audit.recent(workspace.id, 10)
    await store.audit.spend(workspace.id, MONTH)
    campaign, _ = await store.campaigns.create(workspace.id, "launch", Actor(ADA, NOW))
    await store.campaigns.add(
        workspace.id, campaign.id, [("tiktok:v1", "https://example.com/v1", "tiktok")], Actor(ADA, NOW)
    )
    await store.campaigns.of_keys(workspace.id, ["tiktok:v1"])
    await store.campaigns.set_channel(workspace.id, campaign.id, Actor(ADA, NOW, "C1"))
    await store.channels.find(workspace.id, "C1")
    await store.videos.page(workspace, Filters(campaign_id=campaign.id), Sort.NEWEST, 0, 10)
    [await each(workspace, "v1") for each in (store.videos.find, store.videos.trackings_read)]
    await store.videos.by_key(wallet_id, "tiktok:v1")
    await store.videos.running(wallet_id)
    [await each(workspace, "v", 25) for each in (store.videos.search, store.videos.choices)]
    for sort in Sort:
        for filters in (Filters(), Filters(handles=("ada",)), Filters(started_by=ADA.id, status="monitoring")):
            await store.videos.page(workspace, filters, sort, 0, 10)
    await store.videos.snapshots(wallet_id, "v1")
    await store.videos.snapshots_per_day(workspace, date(2026, 3, 1))
    for max_wait in (1.0, 0.0):
        await store.rates.reserve("key", 0.0, 1.0, 0.0, max_wait)
    await store.rates.hold("key", 9.0)
    await live_with_alerts(store, wallet_id, workspace)
    await store.short_links.remember("https://t.co/a", "https://x.com/a/status/1", NOW)
    await store.short_links.remembered("https://t.co/a", NOW - timedelta(days=30))


async def deliver(database, store):
    workspace = await store.workspaces.find(HERE)
    picture = Picture("chart.png", b"png", "Views went up.")
    async with database.writing() as connection:
        for name in ("a", "b", "c", "d"):
            await enqueue(connection, Message(name, workspace.id, name, Reply("Hello.", parts=(picture,))), NOW)
        await enqueue(connection, Message("edit", workspace.id, "e", Reply("Hello."), edits="a"), NOW)
    a, b, c, d = await store.outbox.claim(NOW, ["slack"], 10, places={}, each=10)
    await store.outbox.sent({a: "m"}, NOW)
    await store.outbox.retry_later(b, NOW + HOUR, "busy")
    await store.outbox.unclear(c, NOW + HOUR, "no answer")
    await store.outbox.dead(d, "gone", NOW, closed=Reply("It is gone."))
    (edit,) = await store.outbox.claim(NOW, ["slack"], 10, places={}, each=10)
    await store.outbox.repost(edit, NOW)
    await store.outbox.expedite(workspace.id, NOW)
    await store.outbox_status.queue(workspace.id, NOW)
    await store.outbox_status.retry(workspace.id, NOW)


async def live_with_alerts(store, wallet_id, workspace):
    alerts, person = store.alerts, ADA
    await alerts.ensure_default(workspace, "C1", person)
    setting = await alerts.of_channel(workspace.id, "C1")
    await alerts.save(setting, NOW)
    await alerts.find(workspace.id, setting.id)
    await alerts.on_count(workspace.id)
    await alerts.of_wallet(wallet_id)
    token = await store.leases.take("announce:1", NOW, HOUR)
    states = tuple(StoredAlert(setting.id, Subject.read(each), due_at=NOW) for each in ("balance", "held:done:v1"))
    await alerts.apply(
        AlertBatch(wallet_id, ("announce:1", token), states, ((setting.id, Subject(AlertKind.SPIKE, "v1")),)), NOW
    )
    await alerts.snooze(setting.id, "balance", NOW)
    await alerts.due_wallets(NOW)
    await alerts.due([setting.id], NOW)
    await alerts.open_of(AlertKind.SPIKE, [setting.id])
    await alerts.stored([(setting.id, "balance"), (setting.id, "spike:v1")])
    await store.videos.several(wallet_id, ["v1", "v2"])
    await store.videos.peak(wallet_id, "v1", Metric.VIEWS, NOW)
    await store.audit.stopper(workspace.id, "v1", MONTH)
    await store.wallets.stored(wallet_id)


def lists(statements):
    found = [(statement, values) for statement, values in statements.items() if "UNION ALL" in statement]
    assert len(found) == len(INDEXED) + 2, "a page in each order with an index, a search, and choices"
    return found


async def sqlite_plan(database, statement, values):
    async with database.reading() as connection:
        return [row.detail for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]


async def postgresql_plan(database, statement, values):
    async with database.writing() as connection:
        # PostgreSQL would rather scan small tables; if it still does with scans turned off, there is no index.
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = (await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values)).scalar_one()
        return list(nodes(plan[0]["Plan"]))


def nodes(plan):
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)
