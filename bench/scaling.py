"""Row 5: how a command's time grows with the database, for a workspace that has the same videos in each."""

import asyncio
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack

from bench.measure import Row, Task, pair, progress
from bench.stores import CALLER, OWN_VIDEOS, bot_on, fill, video_id
from bot.app import Bot
from bot.reply.model import Tone
from tests.standins.postgres import running

WORKSPACES, VIDEOS = 10_000, 100_000
ROUNDS, BLOCK = 30, 10
GOAL = 1.1
STORES = ("small", "large", "own")


def rows() -> Iterator[Row]:
    """Each command on each database engine."""
    with tempfile.TemporaryDirectory(prefix="contentstats-bench-") as folder:
        yield from asyncio.run(_rows("SQLite", [f"sqlite:///{folder}/{name}.db" for name in STORES]))
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running())
        except (FileNotFoundError, RuntimeError, subprocess.CalledProcessError) as error:
            progress(f"row 5: PostgreSQL did not start: {error}")
            yield Row(5, "PostgreSQL: not measured, because it did not start", "-")
            return
        for name in STORES:
            server.create(name)
        yield from asyncio.run(_rows("PostgreSQL", [server.url(name) for name in STORES]))


async def _rows(database: str, urls: Sequence[str]) -> list[Row]:
    progress(f"row 5: filling three stores on {database}")
    await fill(urls[0])
    await fill(urls[1], others=WORKSPACES - 1)
    await fill(urls[2], own=VIDEOS)
    progress(f"row 5: running commands on {database}")
    larger = f"{database}: {WORKSPACES:,} workspaces, {VIDEOS:,} videos; floor is 1, {OWN_VIDEOS}"
    asker = f"{database}: all {VIDEOS:,} videos are the asker's; floor is {OWN_VIDEOS}"
    found = []
    async with AsyncExitStack() as stack:
        small, large, own = [await stack.enter_async_context(bot_on(url)) for url in urls]
        for name in ("/videos", "/stats", "autocomplete", "/usage"):
            base = _task(small, name)
            found.append((await pair(_task(large, name), base, ROUNDS, BLOCK)).row(5, f"{name}, {larger}", GOAL))
            found.append((await pair(_task(own, name), base, ROUNDS // 3, BLOCK)).row(5, f"{name}, {asker}"))
    return found


def _task(bot: Bot, name: str) -> Task:
    """A command or a completion by CALLER's workspace; raises RuntimeError if the answer is a problem."""

    async def command() -> None:
        reply = await bot.run(name, video_id(0) if name == "/stats" else "", CALLER)
        if reply.tone is not Tone.INFO:
            raise RuntimeError(f"{name}: {reply.summary}")

    async def completion() -> None:
        if not await bot.suggest("stats", "video", "kitchen", CALLER):
            raise RuntimeError("nothing was suggested")

    return completion if name == "autocomplete" else command
