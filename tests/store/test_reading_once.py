"""The lease by which one process, and no other, reads a video's page."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.videos import HOUR
from bot.store import Store
from bot.store.database import Database
from tests.store.samples import NOW, keyed, reading, video

LEASE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
async def _mirrored(store, wallet_id):
    await store.videos.remember(wallet_id, keyed(video("v1")), NOW)


async def claim(store, wallet_id, now=NOW, video_id="v1"):
    return await store.videos.claim_read(wallet_id, video_id, now, now - HOUR, LEASE)


async def test_of_many_who_ask_at_once_one_reads(database_url, wallet_id):
    databases = [Database(database_url) for _ in range(2)]
    stores = [Store(database) for database in databases]
    claims = await asyncio.gather(*(claim(stores[n % 2], wallet_id) for n in range(20)))
    for database in databases:
        await database.close()
    assert sorted(claims) == [False] * 19 + [True]


async def test_a_page_that_was_read_is_not_read_again_within_the_hour(store, wallet_id):
    assert await claim(store, wallet_id)
    await store.videos.remember_reading(
        wallet_id, reading(video("v1"), 1, start=NOW), "tiktok:v1", main_count=1, change_24h=None, now=NOW
    )
    assert not await claim(store, wallet_id, NOW + HOUR)
    assert await claim(store, wallet_id, NOW + HOUR + timedelta(seconds=1))


async def test_a_reader_that_gives_up_lets_the_next_one_try(store, wallet_id):
    assert await claim(store, wallet_id)
    await store.videos.release_read(wallet_id, "v1")
    assert await claim(store, wallet_id)


async def test_a_reader_that_died_holds_nobody_up_for_longer_than_its_lease(store, wallet_id):
    assert await claim(store, wallet_id)
    assert not await claim(store, wallet_id, NOW + LEASE - timedelta(seconds=1))
    assert await claim(store, wallet_id, NOW + LEASE)


async def test_a_list_that_arrives_meanwhile_does_not_end_the_lease(store, wallet_id):
    assert await claim(store, wallet_id)
    await store.videos.remember(wallet_id, keyed(video("v1", status="completed")), NOW)
    assert not await claim(store, wallet_id)


async def test_a_video_that_is_not_mirrored_cannot_be_claimed(store, wallet_id):
    assert not await claim(store, wallet_id, video_id="unknown")
