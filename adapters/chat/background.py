"""Background tasks: the platform gets its acknowledgement at once, and the reply follows when it is ready."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

LIMIT = 2_000
"""Concurrent tasks. Beyond that, commands are refused in time for the platform's deadline rather than answered late."""


class BackgroundTasks:
    """Runs background tasks, and keeps a reference to each until it ends (asyncio itself keeps only weak ones)."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_draining = False

    @property
    def has_room(self) -> bool:
        """Whether another task may start. `start` doesn't check this, so that a caller decides what to refuse."""
        return not self._is_draining and len(self._tasks) < self._limit

    def start(self, run: Callable[[], Awaitable[None]]) -> None:
        """Start a task, unless the program is shutting down. An exception in it is logged."""
        if self._is_draining:
            logger.info("background task refused: the program is shutting down")
            return
        task = asyncio.create_task(self._run(run))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Accept no more tasks, wait up to `seconds` for the running ones, then cancel the rest."""
        self._is_draining = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        late = tuple(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            logger.warning("background tasks cancelled at shutdown", extra={"tasks": len(late)})

    async def _run(self, run: Callable[[], Awaitable[None]]) -> None:
        try:
            await run()
        except Exception:  # no caller awaits a background task, so its errors end here
            logger.exception("background task failed")
