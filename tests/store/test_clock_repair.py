"""After the clock was set back a day, nothing waits for tomorrow and nothing read later counts as new."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from bot.domain.alerts import default_setting
from bot.domain.videos import HOUR
from bot.reply.model import Reply
from bot.store.clock_repair import OLD
from bot.store.outbox import Message, enqueue
from bot.store.outbox_claims import LEASE
from bot.store.schedule_tables import alert_states
from tests.examples import ANA
from tests.store.samples import NOW, keyed, reading, video

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
async def _mirrored(store, wallet_id):
    await store.videos.remember(wallet_id, keyed(video("v1")), TOMORROW)


@pytest.mark.usefixtures("workspace")
async def test_leases_and_reads_are_released(store, wallet_id):
    read = reading(video("v1"), 1)
    await store.videos.remember_reading(wallet_id, read, "tiktok:v1", main_count=1, change_24h=None, now=TOMORROW)
    await store.videos.claim_read(wallet_id, "v1", TOMORROW + 2 * HOUR, TOMORROW, LEASE)
    await store.wallets.claim_list(wallet_id, 0, TOMORROW, LEASE)
    await store.leases.take("poll", TOMORROW, LEASE)
    await store.polling.record_success(wallet_id, TOMORROW, TOMORROW + HOUR)
    assert await store.videos.due(wallet_id, NOW, 1) == ()
    await store.clock_repair.run(NOW)
    assert await store.polling.due(NOW) == (wallet_id,)
    assert [each.read_at for each in await store.videos.due(wallet_id, NOW, 1)] == [NOW - OLD]
    assert await store.videos.claim_read(wallet_id, "v1", NOW, NOW - HOUR, LEASE)
    assert await store.wallets.claim_list(wallet_id, 0, NOW, LEASE) == 2
    assert await store.leases.take("poll", NOW, LEASE)


async def test_a_later_response_counts_as_new(store, wallet_id, workspace):
    await store.clock_repair.run(NOW)
    stopped = video("v1", status="completed")
    await store.videos.remember(wallet_id, keyed(stopped), NOW)
    stored = await store.videos.find(workspace, "v1")
    assert (stored.video, stored.seen_at) == (stopped, NOW)


async def test_messages_no_longer_wait_and_running_posts_keep_a_lease(store, workspace, database):
    async def claimed(now):
        return [mine.key for mine in await store.outbox.claim(now, ("slack",), 3, places={}, each=10)]

    async with database.writing() as connection:
        for key in ("sending", "waiting", "new"):
            await enqueue(connection, Message(key, workspace.id, key, Reply(key)), TOMORROW)
    sending, waiting = await store.outbox.claim(TOMORROW, ("slack",), 2, places={}, each=10)
    await store.outbox.retry_later(waiting, TOMORROW + timedelta(minutes=5), "busy")
    assert await claimed(NOW) == []
    await store.clock_repair.run(NOW)
    assert await claimed(NOW) == ["waiting", "new"]
    assert sending.key in await claimed(NOW + LEASE)


async def test_overlong_snoozes_and_mutes_are_shortened(store, workspace, database):
    wrong = NOW + timedelta(days=31)
    setting = default_setting(workspace.id, "C1", ANA)
    setting = await store.alerts.save(replace(setting, muted_until=wrong), NOW)
    known = {"setting_id": setting.id, "subject": "balance", "state": "LOW", "episode": 1, "detail": {}}
    async with database.writing() as connection:
        await connection.execute(insert(alert_states).values(known | {"snoozed_until": wrong, "due_at": wrong}))
    await store.clock_repair.run(NOW)
    row = await database.row(select(alert_states.c.snoozed_until, alert_states.c.due_at))
    assert tuple(row) == (NOW, NOW)
    assert (await store.alerts.find(workspace.id, setting.id)).muted_until == NOW
