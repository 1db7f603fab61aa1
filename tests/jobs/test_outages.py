"""Outages of chats and databases: few calls are made, and everything is delivered soon after."""

import asyncio
import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.delivery.deliver import Deliverer
from bot.delivery.poster import Later, Unclear
from bot.domain.caller import WorkspaceRef
from bot.domain.errors import DatabaseUnavailable
from bot.reply.model import Reply
from tests.jobs.memory_chat import MemoryChat

CHANNELS = 25
MANY = CHANNELS * 5


@pytest.fixture
def pass_time(deliverer, clock):
    async def until(is_over, step=5):
        began = clock()
        while not is_over():
            clock.advance(seconds=step)
            await deliverer.deliver_due()
        return clock() - began

    return until


@pytest.fixture
async def many(queue):
    for number in range(CHANNELS):
        await queue(*(f"{number}:{at}" for at in range(5)), channel_id=f"C{number}")


def posted(chat):
    return sum(len(notes) for notes in chat.channels.values())


@pytest.mark.parametrize(
    "failing", [Unclear("status_503"), Later(timedelta(minutes=1), "no_connection")], ids=["errors", "refuses"]
)
@pytest.mark.usefixtures("many")
async def test_an_outage_of_an_hour_takes_few_calls_and_is_caught_up_within_a_minute(
    deliverer, chat, clock, pass_time, failing
):
    chat.down = failing
    end = clock() + timedelta(hours=1)
    await deliverer.deliver_due()
    await pass_time(lambda: clock() >= end, step=30)
    assert len(chat.calls) < 500
    chat.down = None
    assert await pass_time(lambda: posted(chat) == MANY) <= timedelta(seconds=65)
    for number in range(CHANNELS):
        assert chat.keys(f"C{number}") == [f"{number}:{at}" for at in range(5)]


@pytest.mark.usefixtures("many")
async def test_a_storm_of_429s_takes_few_calls_and_everything_arrives(deliverer, chat, clock, pass_time):
    chat.down = Later(timedelta(seconds=30), "ratelimited")
    end = clock() + timedelta(minutes=10)
    await deliverer.deliver_due()
    await pass_time(lambda: clock() >= end, step=15)
    assert len(chat.calls) < 50
    chat.down = None
    assert await pass_time(lambda: posted(chat) == MANY) <= timedelta(seconds=35)


async def test_a_failing_workspace_delays_no_other(store, chat, clock, queue):
    other = await store.workspaces.ensure_workspace(WorkspaceRef("paper", "P1", "Paper"), 1)
    paper = MemoryChat(down=Unclear("status_500"))
    deliverer = Deliverer(store, {"memory": chat, "paper": paper}, clock)
    for number in range(20):
        await queue(f"w{number}", channel_id=f"C{number}")
        await queue(f"p{number}", channel_id=f"C{number}", workspace_id=other.id)
    await deliverer.deliver_due()
    assert posted(chat) == 20
    assert 0 < len(paper.calls) < 20


async def test_a_locked_file_delays_everything_and_doubles_nothing(deliverer, database, chat, queue, sqlite_url):
    await queue("a", "b")
    async with database.writing() as connection:
        await connection.execute(text("PRAGMA busy_timeout = 100"))  # a second writer, which would wait for ten seconds
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable):
        await deliverer.deliver_due()
    other.execute("ROLLBACK")
    other.close()
    assert chat.calls == []
    await deliverer.deliver_due()
    assert chat.keys() == ["a", "b"]


async def test_a_full_file_takes_no_message_but_stored_ones_are_posted(deliverer, database, chat, queue):
    await queue("a")
    async with database.writing() as connection:
        pages = await connection.scalar(text("PRAGMA page_count"))
        await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(DatabaseUnavailable):
        await queue("b", reply=Reply("Hello. " * 100_000))
    await deliverer.deliver_due()
    assert chat.keys() == ["a"]
    async with database.writing() as connection:
        await connection.execute(text("PRAGMA max_page_count = 1000000"))
    await queue("b", reply=Reply("Hello. " * 100_000))
    await deliverer.deliver_due()
    assert chat.keys() == ["a", "b"]


@pytest.mark.parametrize("database_url", ["postgres_url"], indirect=True)
async def test_if_postgresql_keeps_ending_connections_everything_is_posted_once(deliverer, database, chat, queue):
    for number in range(CHANNELS):
        await queue(f"{number}:0", f"{number}:1", channel_id=f"C{number}")
    chat.takes = 0.02
    for _ in range(20):
        work = asyncio.create_task(deliverer.deliver_due())
        await chat.busy.wait()
        chat.busy.clear()
        await end_connections(database)
        try:
            await work
        except DatabaseUnavailable:
            continue
        break
    await deliverer.deliver_due()
    for number in range(CHANNELS):
        assert chat.keys(f"C{number}") == [f"{number}:0", f"{number}:1"]


async def end_connections(database):
    """End all connections to this database but the current one."""
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    async with database.reading() as connection:
        await connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
