"""Rows 6c and 7: how long planning many digests blocks the event loop, and the cost of a tick with nothing due."""

import asyncio
import gc
import subprocess
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

from sqlalchemy import insert

from bench.measure import Row, Task, duration, longest_stall, pair, progress
from bench.stores import NOW, bot_on, fill
from bot.app import Bot
from bot.delivery.deliver import Deliverer
from bot.digests.planner import DigestPlanner
from bot.domain.digest import DigestOptions
from bot.store.database import Database
from bot.store.schedule_tables import digests
from tests.standins.postgres import Postgres, running

MANY, FEW = 10_000, 10
STALL_GOAL, TICK_GOAL = 0.050, 1.2
ROUNDS, BLOCK = 30, 10


def rows() -> Iterator[Row]:
    """The longest stall while planning, then the time of an idle tick."""
    try:
        with running() as server:
            yield asyncio.run(_stall(_created(server, "due")))
            yield asyncio.run(_tick(_created(server, "many"), _created(server, "few")))
    except (FileNotFoundError, RuntimeError, subprocess.CalledProcessError) as error:
        progress(f"rows 6c and 7: PostgreSQL did not start: {error}")
        yield Row(7, "PostgreSQL: not measured, because it did not start", "-")


async def _stall(url: str) -> Row:
    progress(f"row 6c: planning {MANY:,} digests")
    await _subscribe(url, 1, due_at=NOW)
    async with bot_on(url) as bot:
        planner = planner_of(bot)
        await planner.plan_due()  # one digest, which starts the chart process
        planned: list[int] = []

        async def plan() -> None:
            planned.append(await planner.plan_due())

        await _subscribe(url, MANY, due_at=NOW, workspace_id=2)
        gc.collect()
        gc.freeze()  # as `run` does after its imports: the collector skips their objects
        stall = await longest_stall(plan())
    name = f"6c: planning {planned[0]:,} due digests: longest stall of the loop"
    return Row(6, name, duration(stall), goal=f"<= {duration(STALL_GOAL)}", met=stall <= STALL_GOAL)


async def _tick(many: str, few: str) -> Row:
    progress(f"row 7: ticking beside {MANY:,} subscriptions")
    later = NOW + timedelta(hours=1)
    await _subscribe(many, MANY, due_at=later)
    await _subscribe(few, FEW, due_at=later)
    async with AsyncExitStack() as stack:
        ours, floor = [_tick_task(await stack.enter_async_context(bot_on(url))) for url in (many, few)]
        found = await pair(ours, floor, ROUNDS, BLOCK)
    return found.row(7, f"a tick with nothing due, {MANY:,} subscriptions; floor is {FEW}", TICK_GOAL)


def _created(server: Postgres, name: str) -> str:
    server.create(name)
    return server.url(name)


async def _subscribe(url: str, count: int, due_at: datetime, workspace_id: int = 1) -> None:
    """Subscribe `count` channels to a daily digest that is next due at `due_at`, in a workspace with videos."""
    if workspace_id == 1:
        await fill(url, others=1)
    row = {"workspace_id": workspace_id, "is_on": True, "off_reason": "", "zone": "UTC", "options": DigestOptions()}
    row |= {"minute": due_at.hour * 60 + due_at.minute, "next_date": due_at.date(), "next_due_at": due_at}
    row |= {"last_outcome": "", "set_by_id": "U1", "set_by_name": "Ana"}
    database = Database(url)
    async with database.writing() as connection:
        await connection.execute(insert(digests), [row | {"channel_id": f"C{number}"} for number in range(count)])
        await connection.exec_driver_sql("ANALYZE")
    await database.close()


def planner_of(bot: Bot) -> DigestPlanner:
    """The digest planner of a bot, on the fixed clock of the benchmarks."""
    return DigestPlanner(bot.store, bot.accounts, bot._charts, lambda: NOW)  # noqa: SLF001 - without a scheduler


def _tick_task(bot: Bot) -> Task:
    """A scheduler tick that finds neither a digest to plan nor a message to deliver."""
    planner, deliverer = planner_of(bot), Deliverer(bot.store, {}, lambda: NOW)

    async def tick() -> None:
        if await planner.plan_due() or await deliverer.deliver_due():
            raise RuntimeError("something was due")

    return tick
