"""Rows 6 and 6b: throughput of two processes that post one outbox in PostgreSQL at the platforms' rate limits."""

import asyncio
import json
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator

from bench.limited import CHANNEL, DISCORD, WORKSPACE, Limited, limited
from bench.measure import Row, duration, progress
from bench.worker import WORKSPACES
from bot.domain.caller import WorkspaceRef
from bot.domain.clock import utc_now
from bot.reply.model import Field, Fields, Picture, Reply, text
from bot.store import Store
from bot.store.database import Database
from bot.store.outbox import Message, enqueue
from tests.standins.postgres import running

PROCESSES = 2
CHANNELS = {"discord": 2_000, "slack": 50}
"""Channels per workspace."""
GOAL, REFUSED_GOAL, CPU_GOAL = 0.98, 0.001, 4.0
POSTS = 100
"""Posts by the floor of row 6b."""


def rows() -> Iterator[Row]:
    """Posting rate in Discord and Slack, and CPU time per message in Slack."""
    try:
        with running() as server:
            for chat in CHANNELS:
                server.create(chat)
                yield from asyncio.run(_rows(chat, server.url(chat)))
    except (FileNotFoundError, RuntimeError, subprocess.CalledProcessError) as error:
        progress(f"row 6: PostgreSQL did not start: {error}")
        yield Row(6, "PostgreSQL: not measured, because it did not start", "-")


async def _rows(chat: str, database: str) -> list[Row]:
    count = await _fill(chat, database)
    progress(f"row 6: posting {count:,} messages into {chat}")
    async with limited() as receiver:
        used = await _run_workers(chat, receiver.url, database)
        found = [_pace(chat, receiver, count)]
        if chat == "slack":
            found.append(await _cpu(receiver.url, sum(each["seconds"] for each in used) / count))
    return found


async def _fill(chat: str, database: str) -> int:
    """Queue a message to each channel, with one picture per workspace; returns the number of messages."""
    workspaces = WORKSPACES if chat == "slack" else 1
    async with Store.opened(database) as store:
        wallet_id = await store.wallets.ensure_wallet("fingerprint", utc_now())
        refs = [WorkspaceRef(chat, f"T{number}", "Bench") for number in range(workspaces)]
        ids = [(await store.workspaces.ensure_workspace(ref, wallet_id)).id for ref in refs]
    outbox = Database(database)
    async with outbox.writing() as connection:
        for channel in range(CHANNELS[chat]):
            for number, workspace_id in enumerate(ids):
                key = f"digest:{number}:{channel}"
                channel_id = f"C{number}x{channel}" if chat == "slack" else f"{10**17 + channel}"
                await enqueue(connection, Message(key, workspace_id, channel_id, _digest(number)), utc_now())
    await outbox.close()
    return len(ids) * CHANNELS[chat]


def _digest(number: int) -> Reply:
    fields = tuple(Field(name, text("12,345 (+678)")) for name in ("Views", "Likes", "Comments", "Shares"))
    picture = Picture("digest.png", b"\x89PNG\r\n\x1a\n" + bytes([number]) * 20_000, "Views rose by 678.")
    return Reply("8 videos gained 678 views.", title="Daily digest", parts=(Fields(fields), picture))


async def _run_workers(chat: str, url: str, database: str) -> list[dict[str, float]]:
    command = (sys.executable, "-m", "bench.worker", chat, url, database)
    workers = [await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE) for _ in range(PROCESSES)]
    for worker in workers:
        assert worker.stdout is not None
        await worker.stdout.readline()
    outputs = await asyncio.gather(*(worker.communicate(b"go\n") for worker in workers))
    return [json.loads(out) for out, _ in outputs]


def _pace(chat: str, receiver: Limited, count: int) -> Row:
    """The posting rate of the slowest workspace, from its first message to its last."""
    limit = DISCORD if chat == "discord" else WORKSPACE
    pace = min((len(times) - 1) / (times[-1] - times[0]) for times in receiver.posted_at.values())
    posted = sum(receiver.channels.values())
    twice = sum(each - 1 for each in receiver.channels.values())
    lost, refused = count - len(receiver.channels), receiver.refused / (posted + receiver.refused)
    name = f"{count:,} messages into {chat}, {PROCESSES} processes: {lost} lost, {twice} doubled, {refused:.2%} refused"
    if chat == "slack":
        name += f"; {WORKSPACES} workspaces, {CHANNEL} per second per channel"
    is_met = pace / limit >= GOAL and not lost and not twice and refused <= REFUSED_GOAL
    return Row(6, name, f"{pace:.2f}/s", f"{limit}/s", f"{pace / limit:.1%}", f">= {GOAL:.0%}", is_met)


async def _cpu(url: str, ours: float) -> Row:
    command = (sys.executable, "-m", "bench.floors.post", url, str(POSTS))
    worker = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    output, _ = await worker.communicate()
    floor = json.loads(output)["seconds"] / POSTS
    name = "6b: CPU per message with a shared picture; floor is a bare chat.postMessage"
    ratio = ours / floor
    return Row(6, name, duration(ours), duration(floor), f"{ratio:.2f}x", f"<= {CPU_GOAL:g}x", ratio <= CPU_GOAL)
