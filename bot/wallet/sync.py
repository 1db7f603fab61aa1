"""Background sync of one wallet: balance, list, pages and unclear starts, at a lower priority than commands.

Cost at most: one page per video and snapshot hour, the balance every ten minutes, and the list every ten minutes if it
takes one call, else every hour.
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
"""Seconds that a call waits for its turn. Page reads don't wait: a person may want that page meanwhile."""
PAGES = 50
"""Maximum pages per turn, so that it ends."""
MOST_WAITING = 10.0
"""Seconds that the pages of one turn may wait for the rate limit in total."""
SHORTEST_WAIT = 0.05
FAILURES = 3
"""Failed pages in a row after which the pages aren't the cause."""
AGAIN = timedelta(minutes=5)
"""Delay before a failed page is tried again: others come before it."""
LOOKS = ((timedelta(minutes=30), BETWEEN_LOOKS), (timedelta(days=1), timedelta(minutes=10)))
"""Intervals between look-ups of a request, each up to an age; an hour beyond."""


class SyncStep(StrEnum):
    """Steps of a wallet's sync, in this order: the few calls before the many."""

    USAGE = "usage"
    LIST = "list"
    LOOK = "look"
    PAGES = "pages"


class WalletSync:
    """Background sync of one wallet. One at a time: the caller holds the wallet's lease."""

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

    async def due_times(self) -> Mapping[SyncStep, datetime]:
        """When each step is due; a step without work is left out."""
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

    async def run_step(self, step: SyncStep, *, is_probe: bool = False) -> int:
        """Run a step; returns how many things were read. Raises ContentStatsError.

        A probe stops at its first failure.
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
        """Whether data that was due by `moment` is still unread, while the API answers."""
        if (await self._store.polling.state(self._id)).failures:
            return False
        swept = await self._store.wallets.swept(self._id)
        return swept is None or await self._store.polling.is_behind(self._id, moment, self._clock())

    async def backlog(self) -> int:
        """Number of pages that are due."""
        return await self._store.videos.backlog(self._id, self._clock())

    async def _look_at(self, now: datetime) -> datetime | None:
        """When to look up the starts expected in the list, less often the older they are; None if there are none."""
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
        """Look up the starts still expected in the list, in one process only."""
        now = self._clock()
        look_at = await self._look_at(now)
        if look_at is None or look_at > now:
            return 0
        # This lease is never released: its end records when the last look-up was.
        if await self._store.leases.take(self._look_lease, now, BETWEEN_LOOKS) is None:
            return 0
        await self._spending.look()
        return 1

    async def _read_pages(self, failures: int) -> int:
        """Read due pages, the longest overdue first; failed ones are postponed."""
        read, failed, waited = 0, 0, 0.0
        for stored in await self._store.videos.due(self._id, self._clock(), PAGES):
            try:
                wait = await self._turn(stored, MOST_WAITING - waited)
            except RateLimited as error:
                if error.is_from_server:
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
        """Read one page when the rate limit allows it; returns the seconds waited."""
        waited = 0.0
        while True:
            try:
                await self._pages.read_page(stored)
            except RateLimited as error:
                wait = max((error.retry_at - self._clock()).total_seconds(), SHORTEST_WAIT)
                if error.is_from_server or waited + wait > max_wait:
                    raise
                await self._sleep(wait)
                waited += wait
            else:
                return waited

    async def _postpone(self, stored: StoredVideo, error: ContentStatsError) -> None:
        if isinstance(error, KeyRejected):
            return
        due: datetime | None = self._clock() + AGAIN
        if isinstance(error, VideoNotFound | AccessDenied):  # a running video may come back; an ended one has no news
            due = self._clock() + HOUR if stored.video.is_running else None
        await self._store.videos.postpone_read(self._id, stored.video.id, due)


def _after(at: datetime | None, every: timedelta, now: datetime) -> datetime:
    """When something last done `at` a time is due again; now if it was never done."""
    return now if at is None else at + every
