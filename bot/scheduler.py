"""Scheduler: runs each periodic job at its interval. The only importer of APScheduler.

Due times are stored in the database, so a late, repeated or missed tick costs only time. APScheduler keeps no state. If
the wall clock is set back, APScheduler would sleep until it catches up; a watchdog on monotonic time wakes it.
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
"""Minimum seconds between two ticks of a job, however fast the clock runs."""
MISSING = 3
"""Intervals without a tick after which the watchdog triggers one."""
AT_LEAST = 5.0
"""Minimum seconds before the watchdog acts: a busy event loop explains shorter delays."""
GRACE = 20.0
"""Seconds that running jobs get to finish at shutdown."""

Do: TypeAlias = Callable[[], Awaitable[int]]
"""Does what is due and returns how many things that were. Safe to cancel anywhere, and in any number of processes."""


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """A job to repeat, never twice at once. `stop` asks it to start nothing more."""

    name: str
    every: timedelta
    do: Do
    stop: Callable[[], None] | None = None


class Every(IntervalTrigger):  # type: ignore[misc] # it has no types
    """An interval that makes up for only one missed run.

    APScheduler computes every missed run before it starts one, which blocks the loop for minutes after a step of
    months.
    """

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The run after a previous one, never in the past; None if there is no other."""
        is_behind = previous_fire_time is not None and previous_fire_time + self.interval <= now
        following: datetime | None = super().get_next_fire_time(now if is_behind else previous_fire_time, now)
        return following


class Scheduler:
    """Runs jobs at their intervals. `speed` is how fast the jobs' clock runs; `metrics` counts runs and failures."""

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
        """Tick until cancelled; running jobs then get twenty seconds to finish."""
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
            self._running[name] = asyncio.create_task(self._run_job(self._jobs[name]), name=name)

    async def _run_job(self, job: PeriodicJob) -> None:
        """Error boundary of a job: failures are logged, and the next tick tries again."""
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
