"""The clock that calls what is due: again and again, one at a time, through errors, steps of the clock and the end."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import DatabaseUnavailable
from bot.metrics import Metrics
from bot.scheduler import Every, PeriodicJob, Scheduler

SOON = timedelta(seconds=0.2)


class Work:
    """A job that counts its turns, and ends each when it may."""

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


async def times(work, count):
    async with asyncio.timeout(30):
        for _ in range(count):
            await work.turns.acquire()


async def test_each_job_is_called_again_and_again_and_at_once_at_the_start(start):
    often, seldom = Work(), Work()
    scheduler, _ = await start(
        PeriodicJob("often", SOON, often.do), PeriodicJob("seldom", timedelta(days=1), seldom.do)
    )
    await times(often, 3)
    assert seldom.count == 1
    assert scheduler.silence < 30


async def test_on_a_fast_clock_the_ticks_are_fast_too(start):
    work = Work()
    await start(PeriodicJob("daily", timedelta(days=1), work.do), speed=1_000_000)
    await times(work, 3)


async def test_a_job_that_takes_long_is_not_called_again_meanwhile_and_holds_up_no_other(start, caplog):
    slow, quick = Work(), Work()
    slow.may_end.clear()
    await start(PeriodicJob("slow", SOON, slow.do), PeriodicJob("quick", SOON, quick.do))
    await times(quick, 4)
    assert (slow.count, slow.most_at_once) == (1, 1)
    slow.may_end.set()
    await times(slow, 2)
    assert caplog.messages == []


async def test_what_fails_is_logged_counted_and_tried_again_and_the_others_go_on(start, caplog):
    work = Work()

    async def broken():
        await work.do()
        raise ZeroDivisionError

    async def without_database():
        raise DatabaseUnavailable("The database does not answer.")

    other, metrics = Work(), Metrics()
    await start(
        PeriodicJob("broken", SOON, broken),
        PeriodicJob("away", SOON, without_database),
        PeriodicJob("other", SOON, other.do),
        metrics=metrics,
    )
    await times(work, 2)
    await times(other, 2)
    assert set(metrics.failures) == {"broken", "away"}
    assert set(metrics.jobs) == {"broken", "away", "other"}
    levels = {record.job: (record.levelno, bool(record.exc_info)) for record in caplog.records}
    assert levels == {"broken": (logging.ERROR, True), "away": (logging.WARNING, False)}


async def test_asked_to_end_it_lets_what_runs_end_and_begins_nothing_more(start):
    work, other = Work(), Work()
    work.may_end.clear()
    _, task = await start(PeriodicJob("work", SOON, work.do, work.stop), PeriodicJob("other", SOON, other.do))
    await times(work, 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert (work.has_stopped, work.at_once) == (True, 0)
    counts = work.count, other.count
    await asyncio.sleep(0.5)
    assert (work.count, other.count) == counts


async def test_it_ticks_on_when_the_clock_is_set_back_an_hour(start, monkeypatch, caplog):
    shift = timedelta()

    class Shifted(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + shift

    for module in ("apscheduler.schedulers.base", "apscheduler.triggers.interval", "bot.scheduler"):
        monkeypatch.setattr(f"{module}.datetime", Shifted)
    work = Work()
    await start(PeriodicJob("work", SOON, work.do))
    await times(work, 2)
    shift = -timedelta(hours=1)
    await times(work, 4)
    assert "clock stepped; waking periodic job" in caplog.messages
    shift = timedelta(hours=1)
    await times(work, 4)


def test_a_step_of_years_is_made_up_for_by_one_run_and_a_late_one_moves_no_other():
    now, every = datetime(2026, 3, 2, 9, tzinfo=UTC), timedelta(seconds=5)
    trigger = Every(seconds=5, timezone=UTC)
    assert trigger.get_next_fire_time(now - timedelta(days=3_650), now) == now + every
    assert trigger.get_next_fire_time(now - every, now) == now + every
    assert trigger.get_next_fire_time(now - timedelta(seconds=2), now) == now + timedelta(seconds=3)
