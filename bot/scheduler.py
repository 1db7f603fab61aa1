"""The scheduler: calls each periodic job again and again. The only importer of APScheduler.

What is due stands in the database, so a tick that is late, doubled or missing costs nothing but time. APScheduler keeps
no state; a watchdog on monotonic time wakes it where the wall clock was set back, which would silence it for as long.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped] # it has no types
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped] # as above

from bot.domain.errors import BotError
from bot.metrics import Metrics

logger = logging.getLogger(__name__)

SHORTEST = 0.2
"""Seconds between two ticks of a job at least, however fast the time runs."""
MISSING = 3
"""Intervals without a tick after which the watchdog makes one."""
AT_LEAST = 5.0
"""Seconds that the watchdog waits in any case: in less, the loop may have been busy."""
GRACE = 20.0
"""Seconds that what runs may take to end when the program is told to."""

Do: TypeAlias = Callable[[], Awaitable[int]]
"""Does what is due now and returns how many things that were. Safe to end anywhere, and in any number of processes."""


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """Something to do again and again, never twice at once. `stop` asks it to begin nothing more."""

    name: str
    every: timedelta
    do: Do
    stop: Callable[[], None] | None = None


class Every(IntervalTrigger):  # type: ignore[misc] # it has no types
    """An interval that makes up for one missed run.

    APScheduler lists all of them before it makes one of them, and the loop waits: after a step of months, for minutes.
    """

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The next run after one that was due at a moment, never before now; None where there is no other."""
        is_behind = previous_fire_time is not None and previous_fire_time + self.interval <= now
        following: datetime | None = super().get_next_fire_time(now if is_behind else previous_fire_time, now)
        return following


class Scheduler:
    """Calls jobs, each at its own interval; `speed` is that of the clock which they look at.

    `metrics` counts the runs and the failures.
    """

    def __init__(self, jobs: Sequence[PeriodicJob], speed: float = 1.0, metrics: Metrics | None = None) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._every = {job.name: max(job.every.total_seconds() / speed, SHORTEST) for job in jobs}
        self._ticked: dict[str, float] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._metrics = metrics or Metrics()

    @property
    def silence(self) -> float:
        """Seconds since the last tick of any job; 0 before the first."""
        return time.monotonic() - max(self._ticked.values()) if self._ticked else 0.0

    async def run(self) -> None:
        """Tick until cancelled; then what runs gets twenty seconds to end."""
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        clock = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        began = datetime.now(UTC)
        for name, seconds in self._every.items():
            self._ticked[name] = time.monotonic()
            clock.add_job(self._tick, Every(seconds=seconds, timezone=UTC), (name,), id=name, next_run_time=began)
        clock.start()
        try:
            while True:
                await asyncio.sleep(min(self._every.values()))
                self._watch(clock)
        finally:
            clock.shutdown(wait=False)
            await self._drain()

    def _watch(self, clock: AsyncIOScheduler) -> None:
        now = time.monotonic()
        for name, seconds in self._every.items():
            if now - self._ticked[name] > max(MISSING * seconds, AT_LEAST):
                logger.warning("clock stepped; waking periodic job", extra={"job": name})
                self._ticked[name] = now
                clock.modify_job(name, next_run_time=datetime.now(UTC))

    async def _tick(self, name: str) -> None:
        self._ticked[name] = time.monotonic()
        if name not in self._running:
            self._running[name] = asyncio.create_task(self._do(self._jobs[name]), name=name)

    async def _do(self, job: PeriodicJob) -> None:
        """The error boundary of everything that runs by itself: the next tick tries again."""
        self._metrics.jobs[job.name] += 1
        try:
            count = await job.do()
            if count:
                logger.debug("periodic job finished", extra={"job": job.name, "count": count})
        except BotError as error:
            self._metrics.failures[job.name] += 1
            logger.warning("periodic job failed", extra={"job": job.name, "error": str(error)})
        except Exception:
            self._metrics.failures[job.name] += 1
            logger.exception("periodic job failed", extra={"job": job.name})
        finally:
            del self._running[job.name]

    async def _drain(self) -> None:
        for job in self._jobs.values():
            if job.stop is not None:
                job.stop()
        if running := tuple(self._running.values()):
            _, late = await asyncio.wait(running, timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
