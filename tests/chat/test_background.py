"""Background tasks: referenced, bounded, and awaited at shutdown."""

import asyncio

from adapters.chat.conversation import BackgroundTasks


async def test_a_failed_job_is_logged_and_stops_no_other(caplog):
    done = []

    async def bad():
        raise RuntimeError("broken")

    async def good():
        done.append(True)

    tasks = BackgroundTasks()
    tasks.start(bad)
    tasks.start(good)
    await tasks.drain(5)
    assert done == [True]
    assert "background task failed" in caplog.text


async def test_after_shutdown_no_job_is_started():
    tasks, begun = BackgroundTasks(), []
    await tasks.drain(5)
    tasks.start(lambda: begun.append(True))
    assert not tasks.has_room
    await asyncio.sleep(0)
    assert begun == []


async def test_a_job_that_outlasts_shutdown_is_cancelled(caplog):
    ended = []

    async def stubborn():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    tasks = BackgroundTasks()
    tasks.start(stubborn)
    await asyncio.sleep(0)
    await tasks.drain(0)
    assert ended == [True]
    assert "background tasks cancelled at shutdown" in caplog.text
