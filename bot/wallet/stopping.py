"""Stopping a tracking: sent once; where the answer is unclear, the video's own page decides."""

import asyncio
from dataclasses import replace
from weakref import WeakValueDictionary

from bot.contentstats.client import ContentStatsClient
from bot.domain.errors import ContentStatsError, OutcomeUnclear
from bot.domain.videos import FINISHED, Video
from bot.store.videos import StoredVideo
from bot.wallet.mirror import Mirror

STILL_RUNNING = (
    "ContentStats accepted the stop but still reports the video as running, so it's unclear whether it was stopped. "
    "Check it with /stats; stopping it again does no harm."
)


class Stopping:
    """One wallet's way to stop trackings. Stopping twice harms nothing: what was collected stays."""

    def __init__(self, client: ContentStatsClient, mirror: Mirror) -> None:
        self._client = client
        self._mirror = mirror
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def stop(self, stored: StoredVideo) -> tuple[Video, bool]:
        """The video as it stands when it is over, and whether it was this call that ended it: of two clicks, one did.

        Raises OutcomeUnclear where neither answer nor page could tell.
        """
        async with self._turns.setdefault(stored.video.id, asyncio.Lock()):
            now = await self._mirror.current(stored)
            if not now.video.is_running:
                return now.video, False
            return await self._stop(now)

    async def _stop(self, stored: StoredVideo) -> tuple[Video, bool]:
        try:
            answer = await self._client.stop(stored.video.id)
        except OutcomeUnclear as error:
            return await self._look(stored, error), True
        stopped = replace(stored.video, status=answer.status)
        if stopped.is_running:
            return await self._look(stored, OutcomeUnclear(STILL_RUNNING)), True
        await self._mirror.remember((stopped,))
        return stopped, answer.previous not in FINISHED

    async def _look(self, stored: StoredVideo, unclear: OutcomeUnclear) -> Video:
        try:
            video = (await self._client.read_video(stored.video.id)).video
        except ContentStatsError:
            raise unclear from None
        await self._mirror.remember((video,))
        if video.is_running:
            raise unclear
        return video
