"""The lease that lets only one process read a video's page."""

from datetime import timedelta

import pytest

from bot.domain.videos import HOUR
from tests.store.samples import NOW, keyed, video

LEASE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
async def _mirrored(store, wallet_id):
    await store.videos.remember(wallet_id, keyed(video("v1")), NOW)


async def claim(store, wallet_id, now=NOW, video_id="v1"):
    return await store.videos.claim_read(wallet_id, video_id, now, now - HOUR, LEASE)


async def test_a_list_in_the_meantime_does_not_end_the_lease(store, wallet_id):
    assert await claim(store, wallet_id)
    await store.videos.remember(wallet_id, keyed(video("v1", status="completed")), NOW)
    assert not await claim(store, wallet_id)


async def test_an_unknown_video_cannot_be_claimed(store, wallet_id):
    assert not await claim(store, wallet_id, video_id="unknown")
