"""Row 3: latency of Discord interactions, from the gateway event to the callback, choices included; and memory.

The bot and its floor run in processes of their own, each connected to its own stand-in for Discord in this process. The
stand-in validates every call, which costs both sides the same time.
"""

import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from adapters.sandbox.serve import Sandbox
from bench.accounts import BALANCE, VIDEOS, track_many
from bench.measure import Pair, Row, duration, progress
from tests.standins.discord_server.people import Channel, User
from tests.standins.discord_server.server import Discord, running

Ask: TypeAlias = Callable[["Program"], Awaitable[float]]

ROUNDS, BLOCK = 30, 10
GUILDS, CHANNELS = 1_000, 20
MEMORY_ROUNDS = 3
GOAL, GOAL_CHOICES, GOAL_MEMORY = 1.3, 1.5, 1.0
STARTUP_TIMEOUT = 60
"""Seconds that a program may take to connect."""
SETTLE_SECONDS = 4.0
"""Seconds after connecting until a program has received all its guilds and its memory stops growing."""
FLOOR = Path(__file__).parent / "floors" / "discord_app.py"
PROGRAM = Path(sys.executable).with_name("contentstats-bot")


@dataclass(frozen=True, slots=True)
class Program:
    """A program connected to a Discord server of its own, and the user and channel that commands come from."""

    discord: Discord
    person: User
    channel: Channel
    process: asyncio.subprocess.Process

    async def command(self, name: str = "usage") -> float:
        """Send a command and wait for its answer; returns the seconds until the callback."""
        interaction = await self.discord.send_command(name, {}, user=self.person, channel=self.channel)
        await self.discord.until(lambda: not interaction.is_thinking)
        return _seconds(interaction.seconds, interaction.failure)

    async def typing(self) -> float:
        """Seconds from typing to the autocomplete choices."""
        typed = await self.discord.send_autocomplete("stats", "video", "", user=self.person, channel=self.channel)
        return _seconds(typed.seconds, typed.failure or ("" if typed.choices else "no choices"))


def rows() -> Iterator[Row]:
    """Time to the callback, time to autocomplete choices, and memory."""
    progress("row 3: starting the bot and its floor in Discord")
    yield from asyncio.run(_callbacks())
    progress("row 3: memory with many guilds")
    yield asyncio.run(_memory())


async def _callbacks() -> list[Row]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="contentstats-bench-"))
        sandbox = await stack.enter_async_context(
            Sandbox(balance=Decimal(BALANCE), requests_per_minute=10_000, concurrent_videos=VIDEOS)
        )
        track_many(sandbox)
        ours = await stack.enter_async_context(_ours(folder, sandbox.key, sandbox.url))
        await ours.command("videos")  # fills the mirror
        floor = await stack.enter_async_context(_floor(f"sqlite+aiosqlite:///{folder}/bench.db"))
        mine, bare = await _alternating(ours, floor, Program.command)
        typed, typed_bare = await _alternating(ours, floor, Program.typing)
    name = "/usage in Discord to its callback; floor is a bare discord.py command"
    slow, slow_bare = (
        statistics.quantiles([each for block in side for each in block], n=100)[-1] for side in (mine, bare)
    )
    return [
        _medians(mine, bare).row(3, f"{name}, p50", GOAL),
        Pair(slow, slow_bare, slow / slow_bare).row(3, f"{name}, p99"),
        _medians(typed, typed_bare).row(
            2, f"choices in Discord, {VIDEOS} videos; floor reads as many by one statement", GOAL_CHOICES
        ),
    ]


async def _memory() -> Row:
    """Memory that a thousand more guilds take, in the bot and in its floor."""
    found = []
    for _ in range(MEMORY_ROUNDS):
        with tempfile.TemporaryDirectory(prefix="contentstats-bench-") as folder:
            sizes = []
            for guilds in (1, GUILDS + 1):
                async with _ours(folder, "cs_test_bench", "http://127.0.0.1:9/api/v1", guilds) as ours:
                    mine = await _megabytes(ours)
                async with _floor("", guilds) as floor:
                    sizes.append((mine, await _megabytes(floor)))
        found.append([large - small for small, large in zip(*sizes, strict=True)])
    pair = Pair.of(*zip(*found, strict=True))
    shown = (f"{pair.ours:.1f} MB", f"{pair.floor:.1f} MB", f"{pair.ratio:.2f}x")
    name = f"memory of {GUILDS:,} guilds of {CHANNELS} channels; floor is a bare client with the same intents"
    return Row(3, name, *shown, f"<= {GOAL_MEMORY:g}x", pair.ratio <= GOAL_MEMORY)


async def _alternating(ours: Program, floor: Program, ask: Ask) -> tuple[list[list[float]], list[list[float]]]:
    """Timings in alternating blocks, A B A B, after one block of each to warm up."""
    blocks: tuple[list[list[float]], list[list[float]]] = ([], [])
    for number in range(ROUNDS + 1):
        for program, side in zip((ours, floor), blocks, strict=True):
            block = [await ask(program) for _ in range(BLOCK)]
            if number:
                side.append(block)
    return blocks


def _medians(ours: Sequence[Sequence[float]], floor: Sequence[Sequence[float]]) -> Pair:
    return Pair.of(*(list(map(statistics.median, side)) for side in (ours, floor)))


def _seconds(seconds: float, failure: str) -> float:
    if failure:
        msg = f"an interaction failed after {duration(seconds)}: {failure}"
        raise RuntimeError(msg)
    return seconds


async def _megabytes(program: Program) -> float:
    await asyncio.sleep(SETTLE_SECONDS)
    ps = await asyncio.create_subprocess_exec(
        "ps", "-o", "rss=", "-p", str(program.process.pid), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await ps.communicate()
    return int(output) * 1024 / 1e6


@asynccontextmanager
async def _ours(folder: str, key: str, url: str, guilds: int = 1) -> AsyncIterator[Program]:
    settings = {
        "CONTENTSTATS_API_KEY": key,
        "CONTENTSTATS_BASE_URL": url,
        "DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "LOG_LEVEL": "WARNING",
    }
    async with _discord(guilds) as (discord, person, channel):
        settings |= {"DISCORD_API_URL": discord.api_url, "DISCORD_TOKEN": discord.app.token}
        async with _program(discord, (str(PROGRAM), "run", "--only", "discord"), settings) as process:
            yield Program(discord, person, channel, process)


@asynccontextmanager
async def _floor(database: str, guilds: int = 1) -> AsyncIterator[Program]:
    async with _discord(guilds) as (discord, person, channel):
        command = (sys.executable, str(FLOOR), discord.api_url, discord.app.token, database)
        async with _program(discord, command, {}) as process:
            yield Program(discord, person, channel, process)


@asynccontextmanager
async def _discord(guilds: int) -> AsyncIterator[tuple[Discord, User, Channel]]:
    """A Discord without rate limits, with the bot in `guilds` guilds; yields a user and a channel of the last one."""
    async with running() as discord:
        discord.rates.in_all = discord.rates.other = None
        discord.rates.routes = dict.fromkeys(discord.rates.routes)
        discord.app.is_public = False  # a private app, so every guild uses the operator's key
        person = discord.add_user("ana")
        for number in range(guilds):
            guild = discord.add_guild(f"Server {number}", person)
            channels = [discord.add_channel(guild, f"channel-{each}") for each in range(CHANNELS)]
            discord.install(guild)
        yield discord, person, channels[0]


@asynccontextmanager
async def _program(
    discord: Discord, command: Sequence[str], settings: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a program; enters once it is connected and has registered its commands."""
    process = await asyncio.create_subprocess_exec(*command, env=os.environ | settings)
    try:
        await discord.until(lambda: process.returncode or (discord.connections() and discord.commands), STARTUP_TIMEOUT)
        if process.returncode is not None:
            msg = f"{command[0]} ended with {process.returncode}"
            raise RuntimeError(msg)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
