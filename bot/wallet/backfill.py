"""Reads the pages that an export lacks, at a lower priority than commands: one task per export.

A second press joins the running task. Failed pages are remembered for a few minutes, so that the next press gets the
file with the reasons instead of waiting again.
"""

import asyncio
import logging
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.contentstats.rate_limit import Sleep
from bot.domain.clock import Clock
from bot.domain.errors import AccessDenied, ContentStatsError, KeyRejected, RateLimited, VideoNotFound
from bot.store.videos import StoredVideo
from bot.wallet.mirror import Mirror, is_stale

logger = logging.getLogger(__name__)

MAX_WAIT = 20.0
"""Seconds that a person waits before the reply shows the progress instead."""
FAILURES = 3
"""Failed pages in a row after which the pages aren't the cause."""
REFUSALS = 2
"""429 responses to one page after which it counts as failed."""
FAILED_FOR = timedelta(minutes=5)
"""How long a failed page isn't tried again."""


@dataclass(slots=True)
class Progress:
    """Progress of a backfill: `read` of `total` pages, started at `since`.

    `failed` has the reason for each failed page by video id; the last one failed at `failed_at`.
    """

    total: int
    since: datetime
    read: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    failed_at: datetime | None = None
    is_over: bool = False


class Backfill:
    """Backfills of one wallet. The client of its mirror yields to all other calls."""

    def __init__(self, mirror: Mirror, clock: Clock, sleep: Sleep) -> None:
        self._mirror = mirror
        self._clock = clock
        self._sleep = sleep
        self._progress: dict[Hashable, Progress] = {}
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}

    async def read(self, whose: Hashable, videos: Sequence[StoredVideo]) -> Progress:
        """Read the stale pages of these videos for the export `whose`; returns when done, or after `MAX_WAIT`."""
        if whose not in self._tasks:
            self._start(whose, videos)
        progress, task = self._progress[whose], self._tasks[whose]
        max_wait = asyncio.ensure_future(self._sleep(MAX_WAIT))
        try:
            await asyncio.wait((task, max_wait), return_when=asyncio.FIRST_COMPLETED)
        finally:
            max_wait.cancel()
        if task.done():
            task.result()
        return progress

    async def aclose(self) -> None:
        """Cancel running backfills; the next press continues from there."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, whose: Hashable, videos: Sequence[StoredVideo]) -> None:
        now, last = self._clock(), self._progress.get(whose)
        known = last.failed if last and last.failed_at and now - last.failed_at < FAILED_FOR else {}
        wanted = [each for each in videos if is_stale(each, now) and each.video.id not in known]
        progress = Progress(len(wanted), now, failed=dict(known), failed_at=last.failed_at if last and known else None)
        self._progress[whose] = progress
        task = asyncio.create_task(self._read(wanted, progress))
        self._tasks[whose] = task
        task.add_done_callback(lambda done: self._landed(whose, done))

    def _landed(self, whose: Hashable, task: asyncio.Task[None]) -> None:
        del self._tasks[whose]
        if not task.cancelled() and task.exception() is not None:
            logger.warning("export backfill failed", exc_info=task.exception())

    async def _read(self, wanted: Sequence[StoredVideo], progress: Progress) -> None:
        in_a_row = 0
        try:
            for place, stored in enumerate(wanted):
                problem = await self._page(stored)
                if problem is None:
                    progress.read += 1
                    in_a_row = 0
                    continue
                progress.failed[stored.video.id] = str(problem)
                progress.failed_at = self._clock()
                in_a_row += not isinstance(problem, VideoNotFound | AccessDenied)
                if in_a_row == FAILURES or isinstance(problem, KeyRejected):
                    progress.failed |= {each.video.id: str(problem) for each in wanted[place + 1 :]}
                    return
        finally:
            progress.is_over = True

    async def _page(self, stored: StoredVideo) -> ContentStatsError | None:
        """Read one page when the rate limit allows it; returns the error if it fails, or is rate limited twice."""
        refused = 0
        while True:
            try:
                await self._mirror.read_page(stored)
            except RateLimited as error:
                refused += error.is_from_server
                if refused == REFUSALS:
                    return error
                await self._sleep(max((error.retry_at - self._clock()).total_seconds(), 1.0))
            except ContentStatsError as error:
                return error
            else:
                return None
