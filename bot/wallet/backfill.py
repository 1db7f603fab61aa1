"""Reads the pages that an export lacks, after every person's command: one task per list, however many ask.

A press joins the task that runs. What it could not read is remembered for a while, so that the next press gets the file
with the reasons instead of waiting again.
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
"""Seconds that a person waits for the pages before the answer is how far the reading has come."""
FAILURES = 3
"""Pages in a row that cannot be read, and it is not the pages' fault."""
REFUSALS = 2
"""429 answers to one page, after which it counts as one that cannot be read."""
FAILED_FOR = timedelta(minutes=5)
"""How long a page that could not be read is left alone."""


@dataclass(slots=True)
class Progress:
    """How far the reading has come: `read` of `total` pages since a moment.

    `failed` is why others could not be read, by video id; the last of them failed at `failed_at`.
    """

    total: int
    since: datetime
    read: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    failed_at: datetime | None = None
    is_over: bool = False


class Backfill:
    """One wallet's reading for exports, through a mirror whose client lets all others go first."""

    def __init__(self, mirror: Mirror, clock: Clock, sleep: Sleep) -> None:
        self._mirror = mirror
        self._clock = clock
        self._sleep = sleep
        self._progress: dict[Hashable, Progress] = {}
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}

    async def read(self, whose: Hashable, videos: Sequence[StoredVideo]) -> Progress:
        """Read what is stale among these videos, for `whose` export; returns when that is done or a while is over."""
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
        """End the reading that is under way; the next press goes on from there."""
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
            logger.warning("reading for an export ended early", exc_info=task.exception())

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
        """Read one page as soon as the key's limit lets it; why it could not be read, once it was refused twice."""
        refused = 0
        while True:
            try:
                await self._mirror.read_page(stored)
            except RateLimited as error:
                refused += error.was_asked
                if refused == REFUSALS:
                    return error
                await self._sleep(max((error.retry_at - self._clock()).total_seconds(), 1.0))
            except ContentStatsError as error:
                return error
            else:
                return None
