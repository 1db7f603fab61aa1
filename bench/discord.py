"""Row 3: what people do in Discord, over the gateway to the callback, through the whole program; and its memory.

The program and its floor are processes of their own, each at a local Discord of its own, which is the tests' and in
this process, as ContentStats is. It checks all that it is sent, which takes the same time of both.
"""

import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from adapters.sandbox.serve import Sandbox
from bench.measure import Pair, Row, duration, progress
from bot.domain.clock import utc_now
from tests.standins.discord_server.people import Channel, User
from tests.standins.discord_server.server import Discord, running

Ask: TypeAlias = Callable[["Program"], Awaitable[float]]

ROUNDS, BLOCK = 30, 10
VIDEOS = 40
SERVERS, CHANNELS = 1_000, 20
MEMORY_ROUNDS = 3
GOAL, GOAL_MEMORY = 1.3, 1.0
STARTING = 60
"""Seconds that a program may take to connect."""
SETTLED = 4.0
"""Seconds after which a program that has heard of all its servers takes no more memory."""
LINK = "https://www.tiktok.com/@steady/video/73012345678901234"
FLOOR = Path(__file__).parent / "floors" / "discord_app.py"
CONSOLE = Path(sys.executable).with_name("contentstats-bot")


@dataclass(frozen=True, slots=True)
class Program:
    """One Discord with one program in it, and somebody in a channel."""

    discord: Discord
    person: User
    channel: Channel
    process: asyncio.subprocess.Process

    async def command(self, name: str = "usage") -> float:
        """Seconds from sending a command to its callback; the answer is waited for, too."""
        asked = await self.discord.send_command(name, {}, user=self.person, channel=self.channel)
        await self.discord.until(lambda: not asked.is_thinking)
        return _seconds(asked.seconds, asked.failure)

    async def typing(self) -> float:
        """Seconds from typing to the choices."""
        typed = await self.discord.send_autocomplete("stats", "video", "", user=self.person, channel=self.channel)
        return _seconds(typed.seconds, typed.failure or ("" if typed.choices else "no choices"))


def rows() -> Iterator[Row]:
    """Callback, choices, memory."""
    progress("row 3: starting the program and its floor in Discord")
    yield from asyncio.run(_callbacks())
    progress("row 3: memory with many servers")
    yield asyncio.run(_memory())


async def _callbacks() -> list[Row]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="contentstats-bench-"))
        sandbox = await stack.enter_async_context(
            Sandbox(balance=Decimal(100), requests_per_minute=10_000, concurrent_videos=VIDEOS)
        )
        began = utc_now() - timedelta(days=1)
        for number in range(VIDEOS):
            sandbox.world.track(sandbox.key, f"{LINK}{number:02}", 7, began)
        ours = await stack.enter_async_context(_ours(folder, sandbox.key, sandbox.url))
        await ours.command("videos")  # after which the mirror knows them
        floor = await stack.enter_async_context(_floor(f"sqlite+aiosqlite:///{folder}/bench.db"))
        mine, bare = await _in_turn(ours, floor, Program.command)
        typed, typed_bare = await _in_turn(ours, floor, Program.typing)
    name = "/usage in Discord to its callback; floor is a bare discord.py command"
    slow, slow_bare = (
        statistics.quantiles([each for block in side for each in block], n=100)[-1] for side in (mine, bare)
    )
    return [
        _medians(mine, bare).row(3, f"{name}, p50", GOAL),
        Pair(slow, slow_bare, slow / slow_bare).row(3, f"{name}, p99"),
        _medians(typed, typed_bare).row(3, "choices while typing; floor reads as many by one statement, p50"),
    ]


async def _memory() -> Row:
    """What a thousand servers more take, in either."""
    found = []
    for _ in range(MEMORY_ROUNDS):
        with tempfile.TemporaryDirectory(prefix="contentstats-bench-") as folder:
            sizes = []
            for servers in (1, SERVERS + 1):
                async with _ours(folder, "cs_test_bench", "http://127.0.0.1:9/api/v1", servers) as ours:
                    mine = await _megabytes(ours)
                async with _floor("", servers) as floor:
                    sizes.append((mine, await _megabytes(floor)))
        found.append([large - small for small, large in zip(*sizes, strict=True)])
    pair = Pair.of(*zip(*found, strict=True))
    shown = (f"{pair.ours:.1f} MB", f"{pair.floor:.1f} MB", f"{pair.ratio:.2f}x")
    name = f"memory of {SERVERS:,} servers of {CHANNELS} channels; floor is a bare client with the same intents"
    return Row(3, name, *shown, f"<= {GOAL_MEMORY:g}x", pair.ratio <= GOAL_MEMORY)


async def _in_turn(ours: Program, floor: Program, ask: Ask) -> tuple[list[list[float]], list[list[float]]]:
    """Blocks of the one and the other, A B A B, after one of each to warm up."""
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
    await asyncio.sleep(SETTLED)
    asking = await asyncio.create_subprocess_exec(
        "ps", "-o", "rss=", "-p", str(program.process.pid), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await asking.communicate()
    return int(said) * 1024 / 1e6


@asynccontextmanager
async def _ours(folder: str, key: str, url: str, servers: int = 1) -> AsyncIterator[Program]:
    settings = {
        "CONTENTSTATS_API_KEY": key,
        "CONTENTSTATS_BASE_URL": url,
        "DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "LOG_LEVEL": "WARNING",
    }
    async with _discord(servers) as (discord, person, channel):
        settings |= {"DISCORD_API_URL": discord.api_url, "DISCORD_TOKEN": discord.app.token}
        async with _program(discord, (str(CONSOLE), "run", "--only", "discord"), settings) as process:
            yield Program(discord, person, channel, process)


@asynccontextmanager
async def _floor(database: str, servers: int = 1) -> AsyncIterator[Program]:
    async with _discord(servers) as (discord, person, channel):
        command = (sys.executable, str(FLOOR), discord.api_url, discord.app.token, database)
        async with _program(discord, command, {}) as process:
            yield Program(discord, person, channel, process)


@asynccontextmanager
async def _discord(servers: int) -> AsyncIterator[tuple[Discord, User, Channel]]:
    """A Discord without limits, and so many servers with the bot in them; somebody who is in the last one."""
    async with running() as discord:
        discord.rates.in_all = discord.rates.other = None
        discord.rates.routes = dict.fromkeys(discord.rates.routes)
        discord.app.is_public = False  # only the operator added it, so every server uses the operator's key
        person = discord.add_user("ana")
        for number in range(servers):
            guild = discord.add_guild(f"Server {number}", person)
            channels = [discord.add_channel(guild, f"channel-{each}") for each in range(CHANNELS)]
            discord.install(guild)
        yield discord, person, channels[0]


@asynccontextmanager
async def _program(
    discord: Discord, command: Sequence[str], settings: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program, from when it is connected and its commands are known."""
    process = await asyncio.create_subprocess_exec(*command, env=os.environ | settings)
    try:
        await discord.until(lambda: process.returncode or (discord.connections() and discord.commands), STARTING)
        if process.returncode is not None:
            msg = f"{command[0]} ended with {process.returncode}"
            raise RuntimeError(msg)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
