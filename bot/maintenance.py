"""Forgets what nobody needs any more."""

from bot.domain.clock import Clock
from bot.store import Store


class Maintenance:
    """The daily housekeeping. Safe to repeat, and in any number of processes at once."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def run(self) -> int:
        """Drop what has served its time; how many messages were forgotten."""
        now = self._clock()
        await self._store.inbox.forget_old(now)
        await self._store.forgetting.old_spend(now)
        forgotten = await self._store.outbox_status.forget_old(now)
        await self._store.events.forget_old(now)
        await self._store.forgetting.settled_workspaces(now)
        await self._store.forgetting.unused_mirrors()
        return forgotten
