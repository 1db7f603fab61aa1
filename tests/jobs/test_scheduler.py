"""The scheduler: each job runs again and again, one at a time, through errors, clock changes and shutdown."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import DatabaseUnavailable
from bot.metrics import Metrics
from bot.scheduler import Every, PeriodicJob, Scheduler

SOON = timedelta(seconds=0.2)


class CountingJob:
    """A job that counts its runs and ends each on demand."""

    def __init__(self):
        self.turns = asyncio.Semaphore(0)
        self.count = self.at_once = self.most_at_once = 0
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.has_stopped = False

    async def do(self):
        self.count += 1
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        self.turns.release()
        await self.may_end.wait()
        self.at_once -= 1
        return 1

    def stop(self):
        self.has_stopped = True
        self.may_end.set()


@pytest.fixture
async def start():
    running = []

    async def begin(*jobs, speed=1.0, metrics=None):
        scheduler = Scheduler(jobs, speed, metrics)
        running.append(asyncio.create_task(scheduler.run()))
        return scheduler, running[-1]

    yield begin
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def times(job, count):
    async with asyncio.timeout(30):
        for _ in range(count):
            await job.turns.acquire()


async def test_each_job_runs_repeatedly_and_at_once_at_the_start(start):
    often, seldom = CountingJob(), CountingJob()
    scheduler, _ = await start(
        PeriodicJob("often", SOON, often.do), PeriodicJob("seldom", timedelta(days=1), seldom.do)
    )
    await times(often, 3)
    assert seldom.count == 1
    assert scheduler.silence < 30


async def test_on_a_fast_clock_the_ticks_are_fast_too(start):
    job = CountingJob()
    await start(PeriodicJob("daily", timedelta(days=1), job.do), speed=1_000_000)
    await times(job, 3)


async def test_a_long_job_does_not_overlap_itself_and_delays_no_other(start, caplog):
    slow, quick = CountingJob(), CountingJob()
    slow.may_end.clear()
    await start(PeriodicJob("slow", SOON, slow.do), PeriodicJob("quick", SOON, quick.do))
    await times(quick, 4)
    assert (slow.count, slow.most_at_once) == (1, 1)
    slow.may_end.set()
    await times(slow, 2)
    assert caplog.messages == []


async def test_a_failed_job_is_logged_counted_and_retried_while_others_continue(start, caplog):
    job = CountingJob()

    async def broken():
        await job.do()
        raise ZeroDivisionError

    async def without_database():
        raise DatabaseUnavailable("The database does not answer.")

    other, metrics = CountingJob(), Metrics()
    await start(
        PeriodicJob("broken", SOON, broken),
        PeriodicJob("away", SOON, without_database),
        PeriodicJob("other", SOON, other.do),
        metrics=metrics,
    )
    await times(job, 2)
    await times(other, 2)
    assert set(metrics.failures) == {"broken", "away"}
    assert set(metrics.jobs) == {"broken", "away", "other"}
    levels = {record.job: (record.levelno, bool(record.exc_info)) for record in caplog.records}
    assert levels == {"broken": (logging.ERROR, True), "away": (logging.WARNING, False)}


async def test_at_shutdown_running_jobs_end_and_no_more_start(start):
    job, other = CountingJob(), CountingJob()
    job.may_end.clear()
    _, task = await start(PeriodicJob("job", SOON, job.do, job.stop), PeriodicJob("other", SOON, other.do))
    await times(job, 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert (job.has_stopped, job.at_once) == (True, 0)
    counts = job.count, other.count
    await asyncio.sleep(0.5)
    assert (job.count, other.count) == counts


async def test_jobs_continue_if_the_clock_is_set_back_an_hour(start, monkeypatch, caplog):
    shift = timedelta()

    class Shifted(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + shift

    for module in ("apscheduler.schedulers.base", "apscheduler.triggers.interval", "bot.scheduler"):
        monkeypatch.setattr(f"{module}.datetime", Shifted)
    job = CountingJob()
    await start(PeriodicJob("job", SOON, job.do))
    await times(job, 2)
    shift = -timedelta(hours=1)
    await times(job, 4)
    assert "clock stepped; waking periodic job" in caplog.messages
    shift = timedelta(hours=1)
    await times(job, 4)


def test_a_clock_change_of_years_causes_one_run_and_shifts_no_other():
    now, every = datetime(2026, 3, 2, 9, tzinfo=UTC), timedelta(seconds=5)
    trigger = Every(seconds=5, timezone=UTC)
    assert trigger.get_next_fire_time(now - timedelta(days=3_650), now) == now + every
    assert trigger.get_next_fire_time(now - every, now) == now + every
    assert trigger.get_next_fire_time(now - timedelta(seconds=2), now) == now + timedelta(seconds=3)
