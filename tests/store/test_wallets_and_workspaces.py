import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.money import Usage
from bot.store.coordination import FRESH, Service, Services
from bot.store.database import Database
from bot.store.wallets import Sweep
from tests.store.samples import HERE, NOW, THERE, proposed

USAGE = Usage(Decimal("12.34"), Decimal("0.045"), Decimal("7.5"), Decimal("0.015"), 500)


async def test_a_wallet_keeps_its_id(store):
    ids = await asyncio.gather(*(store.wallets.ensure_wallet("one", NOW) for _ in range(8)))
    assert len(set(ids)) == 1
    assert await store.wallets.ensure_wallet("two", NOW) != ids[0]


async def test_a_new_wallet_has_no_usage_and_no_list(store, wallet_id):
    assert await store.wallets.usage(wallet_id) is None
    assert await store.wallets.swept(wallet_id) is None


async def test_the_last_usage_is_stored_with_its_time_and_a_late_response_is_ignored(store, wallet_id):
    minute, later = timedelta(minutes=1), replace(USAGE, balance=Decimal("-0.005"))
    for usage, at, kept in (
        (USAGE, NOW, (USAGE, NOW)),
        (later, NOW + minute, (later, NOW + minute)),
        (USAGE, NOW, (later, NOW + minute)),
    ):
        await store.wallets.save_usage(wallet_id, usage, at)
        assert await store.wallets.usage(wallet_id) == kept


@pytest.mark.parametrize("complete", [True, False])
async def test_a_list_is_marked_as_complete_or_not(store, wallet_id, complete):
    await store.wallets.mark_swept(wallet_id, NOW, complete=complete)
    assert await store.wallets.swept(wallet_id) == Sweep(NOW, complete)


async def test_simultaneous_requests_get_the_same_workspace(store, wallet_id):
    found = await asyncio.gather(*(store.workspaces.ensure_workspace(HERE, wallet_id) for _ in range(8)))
    assert len(set(found)) == 1
    assert (found[0].chat, found[0].external_id, found[0].name) == ("slack", "T1", "Here")


async def test_an_unchanged_workspace_is_found_without_a_write(store, database, wallet_id, workspace):
    async with database.writing():
        assert await store.workspaces.ensure_workspace(HERE, wallet_id) == workspace


async def test_a_workspace_takes_a_new_name_and_a_new_wallet(store, workspace):
    other = await store.wallets.ensure_wallet("rotated", NOW)
    later = await store.workspaces.ensure_workspace(replace(HERE, name="Renamed"), other)
    assert later == replace(workspace, name="Renamed", wallet_id=other)


async def test_the_same_id_in_two_chats_is_two_workspaces(store, wallet_id, workspace):
    twin = await store.workspaces.ensure_workspace(replace(HERE, chat="discord"), wallet_id)
    assert twin.id != workspace.id


async def test_a_forgotten_workspaces_id_is_never_reused(store, wallet_id, workspace):
    (request,) = await proposed(store, workspace, "tiktok:1")
    await store.forgetting.workspace(workspace.id)
    other = await store.workspaces.ensure_workspace(THERE, wallet_id)
    (theirs,) = await proposed(store, other, "tiktok:1")
    assert other.id != workspace.id
    assert theirs.id != request.id


async def test_a_short_link_is_remembered_for_the_requested_time_and_replaced(store):
    links, short, later = store.short_links, "https://vm.tiktok.com/a", NOW + timedelta(seconds=1)
    assert await links.remembered(short, NOW) is None
    await links.remember(short, "https://www.tiktok.com/@a/video/1", NOW)
    assert await links.remembered(short, NOW) == "https://www.tiktok.com/@a/video/1"
    assert await links.remembered(short, later) is None
    assert await links.remembered("https://vm.tiktok.com/b", NOW) is None
    await links.remember(short, "https://www.tiktok.com/@a/video/2", later)
    assert await links.remembered(short, later) == "https://www.tiktok.com/@a/video/2"


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
