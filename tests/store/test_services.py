"""Health reports of processes: one that works counts for all, and a full disk takes no writes."""

from datetime import UTC, datetime, timedelta

from bot.store.coordination import FRESH, Service, Services
from bot.store.database import Database

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


async def test_one_working_process_counts_for_all_until_it_is_silent(store):
    services = store.services
    await services.report("one", {"discord": "", "scheduler": ""}, NOW)
    await services.report("two", {"discord": "refused"}, NOW)
    assert (await services.every())["discord"] == Service("discord", NOW)
    later = NOW + FRESH + timedelta(seconds=1)
    await services.report("two", {"discord": "refused"}, later)
    assert (await services.every())["discord"] == Service("discord", later, "refused")
    await services.report("one", {"discord": ""}, later)
    await services.report("one", {"discord": "lost"}, later)
    assert (await services.every())["discord"].problem == "lost"
    assert not (await services.every())["scheduler"].is_up(later)


async def test_a_full_disk_is_reported(store, sqlite_url):
    assert await store.services.is_writable("one", NOW)
    database = Database(sqlite_url)
    assert database.has_room()
    assert not database.has_room(1 << 60)
    gone = Database("sqlite:////nowhere/at/all/bot.db")
    assert not gone.has_room()
    assert not await Services(gone).is_writable("one", NOW)
    await database.close()
    await gone.close()
