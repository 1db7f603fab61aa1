"""Real processes: killed in the middle of a page, and racing each other on one database."""

import asyncio
import os
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

import bot
from bot.domain.clock import utc_now
from bot.wallet.poller import LEASE
from tests.polling.environment import PollingEnvironment, SleepingClock
from tests.standins.environment import LINK, PAGE, sandbox_of

PROGRAM = Path(__file__).with_name("polling_process.py")


@pytest.fixture
async def sandbox():
    """Other processes use the real time, so this sandbox does too."""
    async with sandbox_of(utc_now) as running:
        yield running


@asynccontextmanager
async def polling(database_url, sandbox):
    """A process that polls."""
    root = str(Path(bot.__file__).parents[1])
    process = await asyncio.create_subprocess_exec(
        sys.executable, PROGRAM, database_url, sandbox.url, sandbox.key, env=os.environ | {"PYTHONPATH": root}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def pages(sandbox, count):
    while len(sandbox.calls(PAGE)) < count:  # noqa: ASYNC110 - a call of another process can only be watched for
        await asyncio.sleep(0.02)


async def test_a_process_killed_during_a_page_is_replaced_once_its_lease_expires(sandbox, database_url):
    video = sandbox.world.track(sandbox.key, LINK, 7, utc_now() - timedelta(hours=5)).id
    sandbox.faults.add("hang", PAGE, times=1, seconds=60)
    async with polling(database_url, sandbox) as process:
        await pages(sandbox, 1)
        process.kill()
        await process.wait()
    clock = SleepingClock()
    async with AsyncExitStack() as stack:
        env = PollingEnvironment(sandbox, clock, database_url, stack)
        clock.now = utc_now() + timedelta(seconds=20)
        post = await env.open()
        assert await post.poller.poll_due() == 0, "the wallet is still the other's"
        clock.now += LEASE
        await env.live(minutes=1)
        wallet = await post.wallet()
        assert len(await post.store.videos.snapshots(wallet.id, video)) == 5
        assert len(sandbox.calls(PAGE)) == 2
        assert await post.store.events.of(wallet.id, 10) == ()
