"""Row 11: API calls in a whole day, counted by the sandbox.

The day has a hundred running videos, twenty channels with a daily digest and five hundred commands, on a fake clock.
The floor lists the account's videos once an hour, reads each video once an hour and the usage every ten minutes.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from decimal import Decimal

from adapters.sandbox.serve import Sandbox
from bench.measure import Row, progress
from bench.reads import LINK
from bot.app import Bot
from bot.digests.planner import DigestPlanner
from bot.domain.caller import Caller, Permission, Person, Role, WorkspaceRef
from bot.metrics import Metrics
from bot.reply.model import Tone
from bot.wallet.poller import Poller
from tests.standins.environment import HandClock, settings_of

VIDEOS, CHANNELS, COMMANDS = 100, 20, 500
DAY, TICK = timedelta(days=1), timedelta(seconds=30)
GOAL = 1.05
USAGE_READS = 6 * 24
COMMAND_MIX = (*("stats",) * 12, *("videos",) * 3, *("usage",) * 2, "compare", "export", "status")
"""The commands that people send, in turn: mostly about one video."""


def rows() -> Iterator[Row]:
    """One row: API calls in a day."""
    progress("row 11: a day of polling, digests and commands")
    yield asyncio.run(_day())


async def _day() -> Row:
    clock = HandClock()
    async with _world(clock) as (bot, sandbox, videos):
        poller, planner = _jobs(bot, clock)
        asked, planned = 0, 0
        sweep = await _first_sweep(poller, sandbox)
        first_request, began = len(sandbox.requests), clock.now
        while clock.now < began + DAY:
            await poller.poll_due()
            planned += await planner.plan_due()
            while asked < COMMANDS and asked * DAY / COMMANDS <= clock.now - began:
                await _ask(bot, COMMAND_MIX[asked % len(COMMAND_MIX)], videos, asked)
                asked += 1
            clock.now += TICK
        calls = Counter(received.call for received in sandbox.requests[first_request:])
    if planned != CHANNELS or asked != COMMANDS:
        raise RuntimeError(f"{planned} digests and {asked} commands")
    floor = 24 * (sweep + VIDEOS) + USAGE_READS
    ours = sum(calls.values())
    each = ", ".join(f"{name} {count:,}" for name, count in sorted(calls.items()))
    name = f"API calls of a day, {VIDEOS} videos, {CHANNELS} channels, {COMMANDS} commands ({each})"
    return Row(11, name, f"{ours:,}", f"{floor:,}", f"{ours / floor:.3f}x", f"<= {GOAL}x", ours <= GOAL * floor)


async def _first_sweep(poller: Poller, sandbox: Sandbox) -> int:
    """Poll everything once; returns how many calls it takes to list the account's videos."""
    while await poller.poll_due():
        pass
    return len(sandbox.calls("GET /videos"))


def _jobs(bot: Bot, clock: HandClock) -> tuple[Poller, DigestPlanner]:
    store, accounts, charts = bot.store, bot.accounts, bot._charts  # noqa: SLF001 - the same parts that its scheduler uses
    return Poller(accounts, store, clock, Metrics()), DigestPlanner(store, accounts, charts, clock)


def _caller(number: int) -> Caller:
    person = Person(f"U{number}", f"Person {number}")
    workspace = WorkspaceRef("slack", "T1", "Bench")
    return Caller(workspace, f"C{number % CHANNELS}", person, Role.ADMIN, frozenset(Permission))


async def _ask(bot: Bot, command: str, videos: list[str], number: int) -> None:
    video, other = videos[number % VIDEOS], videos[(number + 1) % VIDEOS]
    arguments = {"stats": video, "compare": f"{video} {other}", "export": video}.get(command, "")
    await _run(bot, command, arguments, number)


async def _run(bot: Bot, command: str, arguments: str, number: int) -> None:
    reply = await bot.run(command, arguments, _caller(number))
    if reply.tone is Tone.PROBLEM:
        raise RuntimeError(f"{command}: {reply.summary}")


@asynccontextmanager
async def _world(clock: HandClock) -> AsyncIterator[tuple[Bot, Sandbox, list[str]]]:
    """A bot with a digest in each channel, for an account whose videos started at different minutes."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="contentstats-bench-"))
        sandbox = await stack.enter_async_context(
            Sandbox(clock, balance=Decimal(10_000), requests_per_minute=100_000, concurrent_videos=VIDEOS)
        )
        start = clock.now - timedelta(days=2)
        links = [LINK + str(number) for number in range(VIDEOS)]
        minutes = [start + timedelta(seconds=36 * number) for number in range(VIDEOS)]
        track = sandbox.world.track
        videos = [track(sandbox.key, link, 7, at).id for link, at in zip(links, minutes, strict=True)]
        settings = settings_of(sandbox, f"sqlite:///{folder}/bench.db")
        bot = await stack.enter_async_context(Bot(settings, clock=clock))
        for channel in range(CHANNELS):
            await _run(bot, "digest", f"on {channel:02}:00 UTC", channel)
        yield bot, sandbox, videos
