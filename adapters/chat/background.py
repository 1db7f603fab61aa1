"""Background tasks: the platform gets its acknowledgement at once, and the reply follows when it is ready."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

LIMIT = 2_000
"""Tasks at a time. Commands beyond that are refused while the platform still waits, instead of answered too late."""


class BackgroundTasks:
    """Tasks that run in the background; a reference to each is kept until it ends."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_draining = False

    @property
    def has_room(self) -> bool:
        """Whether a task that can be refused should start; check before `start`."""
        return not self._is_draining and len(self._tasks) < self._limit

    def start(self, run: Callable[[], Awaitable[None]]) -> None:
        """Start a task, unless the program is shutting down. Never raises what the task raises."""
        if self._is_draining:
            logger.info("background task refused: the program is shutting down")
            return
        task = asyncio.create_task(self._run(run))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Accept no more tasks, give the running ones this long to end, and cancel the rest."""
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
        except Exception:  # the boundary of every background task: no caller awaits it
            logger.exception("background task failed")
