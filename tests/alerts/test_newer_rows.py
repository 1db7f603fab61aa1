"""Rows stored by a newer version before a downgrade: kept unchanged, and everything else works."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from bot.alerts.engine import BATCH, AlertEngine
from bot.domain.alerts import Alert, AlertKind, Stage, Subject
from bot.domain.events import Event, EventKind
from bot.store.alerts import StoredAlert, write_alerts
from bot.store.events import record
from bot.store.schedule_tables import alert_states, events
from tests.alerts.outbox import outbox_of
from tests.examples import usage_of
from tests.standins.charts import shared_charts
from tests.store.samples import NOW, keyed, video


@pytest.fixture
async def reacting(store, clock):
    clock.now = NOW
    async with shared_charts() as charts:
        yield AlertEngine(store, charts, clock).react_due


@pytest.mark.usefixtures("setting")
async def test_events_of_an_unknown_kind_are_kept_and_delay_no_others(database, store, wallet_id, reacting, caplog):
    row = {"wallet_id": wallet_id, "video_id": "v", "at": NOW, "detail": {}}
    await store.videos.remember(wallet_id, keyed(video("v", status="error")), NOW)
    async with database.writing() as connection:
        await connection.execute(insert(events), [row | {"kind": "video.restored"}] * (BATCH + 1))
        await record(connection, [Event(EventKind.TRACKING_FAILED, wallet_id, "v", NOW)])
    for _ in range(3):
        await reacting()
    assert [each.key.partition(":")[0] for each in (await outbox_of(database))[0]] == ["trouble"]
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(events)) == BATCH + 1
    assert [each.kind for each in caplog.records if hasattr(each, "kind")] == ["video.restored"]


async def test_an_alert_at_an_unknown_stage_continues_in_its_message(database, store, wallet_id, setting, reacting):
    await store.videos.remember(wallet_id, keyed(video("v", days=30, days_remaining=20)), NOW)
    await store.wallets.mark_swept(wallet_id, NOW, complete=True)
    await store.wallets.save_usage(wallet_id, usage_of("1.50"), NOW)
    await reacting()
    later = {"state": "CRITICAL", "detail": {"said": "CRITICAL", "edits": 0}}
    async with database.writing() as connection:
        await connection.execute(update(alert_states).values(later))
    await store.wallets.save_usage(wallet_id, usage_of("9.00"), NOW + timedelta(minutes=1))
    await reacting()
    first, resolved = (await outbox_of(database))[0]
    assert (first.key, resolved.edits) == (f"balance.low:{setting.id}:1", first.key)
    assert resolved.reply.summary.startswith("Resolved")


async def test_a_deferred_alert_at_an_unknown_stage_is_kept_and_delays_no_other(
    database, store, wallet_id, setting, reacting, caplog
):
    await store.videos.remember(wallet_id, keyed(video("v", status="paused"), video("w", status="paused")), NOW)
    alert = Alert(Stage.PAUSED, 1)
    waiting = [StoredAlert(setting.id, Subject(AlertKind.TROUBLE, name), alert, due_at=NOW) for name in ("v", "w")]
    async with database.writing() as connection:
        await write_alerts(connection, waiting)
        newer = update(alert_states).where(alert_states.c.subject == "trouble:v").values(state="SHADOWED")
        await connection.execute(newer)
    await reacting()
    assert [each.key for each in (await outbox_of(database))[0]] == [f"trouble:{setting.id}:{wallet_id}:w:1"]
    assert await store.alerts.due_wallets(NOW) == ()
    assert [each.stage for each in caplog.records if hasattr(each, "stage")] == ["SHADOWED"]
