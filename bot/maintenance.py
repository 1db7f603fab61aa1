"""Housekeeping: deletes expired rows, and mends stored times after the clock was set back."""

from datetime import datetime

from bot.domain.clock import Clock
from bot.store import Store


class Maintenance:
    """The daily housekeeping. Safe to repeat, and in any number of processes at once."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def run(self) -> int:
        """Delete expired rows. Returns how many messages were deleted."""
        now = self._clock()
        await self._store.inbox.forget_old(now)
        await self._store.memories.forget_old(now)
        await self._store.forgetting.old_spend(now)
        forgotten = await self._store.outbox_status.forget_old(now)
        await self._store.events.forget_old(now)
        await self._store.forgetting.settled_workspaces(now)
        await self._store.forgetting.unused_mirrors()
        return forgotten


class ClockWatch:
    """Has stored times mended at the start, since the clock may have been set back before, and after each step back."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._latest: datetime | None = None

    async def run(self) -> int:
        """Mend if the clock shows an earlier time than at the last look. Returns how often it did, 0 or 1."""
        now = self._clock()
        if self._latest is not None and now >= self._latest:
            self._latest = now
            return 0
        await self._store.clock_repair.run(now)
        await self._store.digests.recompute(now)
        self._latest = now
        return 1
