"""Stopping a tracking: sent once; where the answer is unclear, the video's own page decides."""

from dataclasses import replace

from bot.contentstats.client import ContentStatsClient
from bot.domain.clock import Clock
from bot.domain.errors import ContentStatsError, OutcomeUnclear
from bot.domain.videos import Video
from bot.store import Store
from bot.store.videos import StoredVideo
from bot.wallet.mirror import Mirror


class Stopping:
    """One wallet's way to stop trackings. Stopping twice harms nothing: what was collected stays."""

    def __init__(self, client: ContentStatsClient, store: Store, mirror: Mirror, clock: Clock) -> None:
        self._client = client
        self._store = store
        self._mirror = mirror
        self._clock = clock

    async def stop(self, stored: StoredVideo) -> Video:
        """The video as it stands after it was stopped; OutcomeUnclear where neither answer nor page could tell."""
        try:
            status = await self._client.stop(stored.video.id)
        except OutcomeUnclear as error:
            return await self._look(stored, error)
        stopped = replace(stored.video, status=status)
        await self._mirror.remember((stopped,))
        return stopped

    async def _look(self, stored: StoredVideo, unclear: OutcomeUnclear) -> Video:
        try:
            video = (await self._client.read_video(stored.video.id)).video
        except ContentStatsError:
            raise unclear from None
        await self._mirror.remember((video,))
        if video.is_running:
            raise unclear
        return video
