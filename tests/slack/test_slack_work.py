"""The jobs behind the acknowledgements: held, bounded, waited for at the end."""

import asyncio

from adapters.chat.background import BackgroundTasks


async def test_jobs_run_beside_each_other_and_are_waited_for():
    done = []

    async def job(number):
        await asyncio.sleep(0)
        done.append(number)

    work = BackgroundTasks()
    for number in range(3):
        work.start(lambda number=number: job(number))
    assert done == []
    await work.drain(5)
    assert sorted(done) == [0, 1, 2]


async def test_a_job_that_fails_is_in_the_log_and_stops_no_other(caplog):
    done = []

    async def bad():
        raise RuntimeError("broken")

    async def good():
        done.append(True)

    work = BackgroundTasks()
    work.start(bad)
    work.start(good)
    await work.drain(5)
    assert done == [True]
    assert "background task failed" in caplog.text


async def test_beyond_the_bound_there_is_no_room_for_what_can_be_refused():
    release, done = asyncio.Event(), []
    work = BackgroundTasks(limit=2)

    async def job():
        await release.wait()
        done.append(True)

    for _ in range(3):
        work.start(job)
    assert not work.has_room
    release.set()
    await work.drain(5)
    assert len(done) == 3


async def test_after_the_end_nothing_is_begun():
    work, begun = BackgroundTasks(), []
    await work.drain(5)
    work.start(lambda: begun.append(True))
    assert not work.has_room
    await asyncio.sleep(0)
    assert begun == []


async def test_what_does_not_end_in_time_is_cancelled(caplog):
    ended = []

    async def stubborn():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    work = BackgroundTasks()
    work.start(stubborn)
    await asyncio.sleep(0)
    await work.drain(0)
    assert ended == [True]
    assert "background tasks cancelled at shutdown" in caplog.text
