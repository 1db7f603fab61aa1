"""Background reading of one wallet: its money, list, pages and unclear starts, after every person's calls.

A day of it costs, whatever happens: a page a video and snapshot hour, the wallet's money every ten minutes, the list
every ten minutes where it is one call and every hour where it takes more.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from bot.contentstats.client import ContentStatsClient
from bot.contentstats.rate_limit import Sleep
from bot.domain.clock import Clock
from bot.domain.errors import AccessDenied, ContentStatsError, KeyRejected, RateLimited, VideoNotFound
from bot.domain.videos import HOUR
from bot.store import Store
from bot.store.videos import StoredVideo
from bot.wallet.mirror import LONG_LIST_AGE, Mirror
from bot.wallet.spending import BETWEEN_LOOKS, Spending

USAGE_EVERY = timedelta(minutes=10)
LIST_EVERY = timedelta(minutes=10)
TURN_WITHIN = 20.0
"""Seconds that a call waits for its turn. One for a page waits for none: a person may want that page meanwhile."""
PAGES = 50
"""Pages of one turn at most, so that it ends."""
MOST_WAITING = 10.0
"""Seconds that the pages of one turn wait for the key's pace in all."""
SHORTEST_WAIT = 0.05
FAILURES = 3
"""Pages in a row that cannot be read, and it is not the pages' fault."""
AGAIN = timedelta(minutes=5)
"""When a page that could not be read is tried again: others come before it."""
LOOKS = ((timedelta(minutes=30), BETWEEN_LOOKS), (timedelta(days=1), timedelta(minutes=10)))
"""How far apart the looks for a request are, up to an age of it; an hour beyond."""


class SyncStep(StrEnum):
    """What there is to do in a wallet, in this order: the few calls before the many."""

    USAGE = "usage"
    LIST = "list"
    LOOK = "look"
    PAGES = "pages"


class WalletSync:
    """One wallet's reading in the background. One at a time: the caller holds the wallet's lease."""

    def __init__(
        self, client: ContentStatsClient, store: Store, wallet_id: int, clock: Clock, sleep: Sleep = asyncio.sleep
    ) -> None:
        last = client.in_background(TURN_WITHIN)
        self._mirror = Mirror(last, store, wallet_id, clock, sleep)
        self._spending = Spending(last, store, self._mirror, wallet_id, clock, sleep)
        self._pages = Mirror(client.in_background(0), store, wallet_id, clock, sleep)
        self._store = store
        self._id = wallet_id
        self._clock = clock
        self._sleep = sleep

    async def when(self) -> Mapping[SyncStep, datetime]:
        """When each step is due; one that is not there has nothing to do."""
        now = self._clock()
        usage = await self._store.wallets.usage(self._id)
        swept = await self._store.wallets.swept(self._id)
        list_every = LONG_LIST_AGE if await self._mirror.is_long() else LIST_EVERY
        found = {
            SyncStep.USAGE: _after(usage[1] if usage else None, USAGE_EVERY, now),
            SyncStep.LIST: _after(swept.at if swept else None, list_every, now),
        }
        page = await self._store.videos.next_due(self._id)
        if page is not None:
            found[SyncStep.PAGES] = page
        look_at = await self._look_at(now)
        if look_at is not None:
            found[SyncStep.LOOK] = look_at
        return found

    async def take(self, step: SyncStep, *, is_probe: bool = False) -> int:
        """Do what is due of a step; returns how much that was. Raises ContentStatsError.

        A probe asks no further after its first failure.
        """
        match step:
            case SyncStep.USAGE:
                await self._mirror.read_usage()
                return 1
            case SyncStep.LIST:
                await self._mirror.read_list()
                return 1
            case SyncStep.LOOK:
                return await self._look()
            case SyncStep.PAGES:
                return await self._read_pages(1 if is_probe else FAILURES)
            case _:
                assert_never(step)

    async def is_catching_up(self, moment: datetime) -> bool:
        """Whether what was due by a moment is still to be read, by an API that is there."""
        if (await self._store.polling.state(self._id)).failures:
            return False
        swept = await self._store.wallets.swept(self._id)
        return swept is None or await self._store.polling.is_behind(self._id, moment, self._clock())

    async def backlog(self) -> int:
        """How many pages are due."""
        return await self._store.videos.backlog(self._id, self._clock())

    async def _look_at(self, now: datetime) -> datetime | None:
        """When to look for what requests started, the more seldom the older they are; None if there are none."""
        awaited = await self._store.tracking.awaited(self._id, now)
        ready = [at + BETWEEN_LOOKS for each in awaited if (at := each.submitted_at) is not None]
        if not ready:
            return None
        age = now - max((at for at in ready if at <= now), default=now) + BETWEEN_LOOKS
        apart = next((apart for limit, apart in LOOKS if age < limit), HOUR)
        lease_until = await self._store.leases.until(self._look_lease)
        looked_at = now - apart if lease_until is None else min(lease_until - BETWEEN_LOOKS, now)
        return max(min(ready), looked_at + apart, now)

    @property
    def _look_lease(self) -> str:
        return f"look:{self._id}"

    async def _look(self) -> int:
        """Look for what requests started. Of all processes one looks."""
        now = self._clock()
        look_at = await self._look_at(now)
        if look_at is None or look_at > now:
            return 0
        # Nobody gives this lease back: its end says when the last look was.
        if await self._store.leases.take(self._look_lease, now, BETWEEN_LOOKS) is None:
            return 0
        await self._spending.look()
        return 1

    async def _read_pages(self, failures: int) -> int:
        """Read the pages that are due, the longest overdue first; those that cannot be read make way for the others."""
        read, failed, waited = 0, 0, 0.0
        for stored in await self._store.videos.due(self._id, self._clock(), PAGES):
            try:
                wait = await self._turn(stored, MOST_WAITING - waited)
            except RateLimited as error:
                if error.was_asked:
                    raise
                break
            except ContentStatsError as error:
                failed += 1
                await self._postpone(stored, error)
                if failed == failures or isinstance(error, KeyRejected):
                    raise
                continue
            read, failed, waited = read + 1, 0, waited + wait
        return read

    async def _turn(self, stored: StoredVideo, max_wait: float) -> float:
        """Read one page when it is its turn; returns the seconds that this took to come."""
        waited = 0.0
        while True:
            try:
                await self._pages.read_page(stored)
            except RateLimited as error:
                wait = max((error.retry_at - self._clock()).total_seconds(), SHORTEST_WAIT)
                if error.was_asked or waited + wait > max_wait:
                    raise
                await self._sleep(wait)
                waited += wait
            else:
                return waited

    async def _postpone(self, stored: StoredVideo, error: ContentStatsError) -> None:
        if isinstance(error, KeyRejected):
            return
        due: datetime | None = self._clock() + AGAIN
        if isinstance(error, VideoNotFound | AccessDenied):  # what runs may come back; what is over has nothing to say
            due = self._clock() + HOUR if stored.video.is_running else None
        await self._store.videos.postpone_read(self._id, stored.video.id, due)


def _after(at: datetime | None, every: timedelta, now: datetime) -> datetime:
    """The next time of something last done `at` a moment; now if it was never done."""
    return now if at is None else at + every
