"""Work that outlives the request which asked for it: the chat hears "received" at once, the person when it is done."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Self

logger = logging.getLogger(__name__)

AT_ONCE = 50
"""Answers that one chat works out at a time; the rest wait their turn instead of crowding the database."""
MOST = 2_000
"""Jobs at a time. Commands beyond that are refused while the chat still listens, instead of being answered too late."""


class Turn:
    """One of the answers that are worked out at a time; given back early by one that waits for something else."""

    def __init__(self, turns: asyncio.Semaphore) -> None:
        self._turns = turns
        self._is_over = False

    async def __aenter__(self) -> Self:
        await self._turns.acquire()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.give_back()

    def give_back(self) -> None:
        """Let the next one begin. Safe to repeat."""
        if not self._is_over:
            self._is_over = True
            self._turns.release()


class Work:
    """Jobs that run in the background, each held until it has ended."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._jobs: set[asyncio.Task[None]] = set()
        self._is_over = False

    @property
    def has_room(self) -> bool:
        """Whether a job that can be refused should be started; ask before `start`."""
        return not self._is_over and len(self._jobs) < self._most

    def start(self, job: Callable[[], Awaitable[None]]) -> None:
        """Begin a job, unless the program is ending. Never raises for what a job does."""
        if self._is_over:
            logger.info("background task refused: the program is shutting down")
            return
        task = asyncio.create_task(self._run(job))
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)

    async def drain(self, seconds: float) -> None:
        """Take no more, give what runs this long to end, and cancel the rest."""
        self._is_over = True
        if self._jobs:
            await asyncio.wait(self._jobs, timeout=seconds)
        late = tuple(self._jobs)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            logger.warning("background tasks cancelled at shutdown", extra={"jobs": len(late)})

    async def _run(self, job: Callable[[], Awaitable[None]]) -> None:
        try:
            await job()
        except Exception:  # the boundary of every job: nobody waits for it who could handle more
            logger.exception("background task failed")
