"""Chats and databases that are away for a while: what it costs, and that everything is there soon after."""

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
from tests.jobs.wall import Wall

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
async def many(say):
    for number in range(CHANNELS):
        await say(*(f"{number}:{at}" for at in range(5)), channel_id=f"C{number}")


def hung(wall):
    return sum(len(notes) for notes in wall.channels.values())


@pytest.mark.parametrize(
    "failing", [Unclear("status_503"), Later(timedelta(minutes=1), "no_connection")], ids=["errors", "refuses"]
)
@pytest.mark.usefixtures("many")
async def test_a_chat_that_is_down_for_an_hour_costs_few_calls_and_gets_everything_within_a_minute_of_its_return(
    deliverer, wall, clock, pass_time, failing
):
    wall.down = failing
    end = clock() + timedelta(hours=1)
    await deliverer.deliver_due()
    await pass_time(lambda: clock() >= end, step=30)
    assert len(wall.calls) < 500
    wall.down = None
    assert await pass_time(lambda: hung(wall) == MANY) <= timedelta(seconds=65)
    for number in range(CHANNELS):
        assert wall.keys(f"C{number}") == [f"{number}:{at}" for at in range(5)]


@pytest.mark.usefixtures("many")
async def test_in_a_storm_of_429_hardly_anything_is_asked_and_all_arrives(deliverer, wall, clock, pass_time):
    wall.down = Later(timedelta(seconds=30), "ratelimited")
    end = clock() + timedelta(minutes=10)
    await deliverer.deliver_due()
    await pass_time(lambda: clock() >= end, step=15)
    assert len(wall.calls) < 50
    wall.down = None
    assert await pass_time(lambda: hung(wall) == MANY) <= timedelta(seconds=35)


async def test_one_workspace_that_fails_holds_up_no_other(store, wall, clock, say):
    other = await store.workspaces.ensure_workspace(WorkspaceRef("paper", "P1", "Paper"), 1)
    paper = Wall(down=Unclear("status_500"))
    deliverer = Deliverer(store, {"wall": wall, "paper": paper}, clock)
    for number in range(20):
        await say(f"w{number}", channel_id=f"C{number}")
        await say(f"p{number}", channel_id=f"C{number}", workspace_id=other.id)
    await deliverer.deliver_due()
    assert hung(wall) == 20
    assert 0 < len(paper.calls) < 20


async def test_while_a_file_is_locked_nothing_is_posted_and_then_everything_once(
    deliverer, database, wall, say, sqlite_url
):
    await say("a", "b")
    async with database.writing() as connection:
        await connection.execute(
            text("PRAGMA busy_timeout = 100")
        )  # the one that writes; it would wait for ten seconds
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable):
        await deliverer.deliver_due()
    other.execute("ROLLBACK")
    other.close()
    assert wall.calls == []
    await deliverer.deliver_due()
    assert wall.keys() == ["a", "b"]


async def test_a_file_that_is_full_takes_no_message_and_what_is_there_is_still_posted(deliverer, database, wall, say):
    await say("a")
    async with database.writing() as connection:
        pages = await connection.scalar(text("PRAGMA page_count"))
        await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(DatabaseUnavailable):
        await say("b", reply=Reply("Hello. " * 100_000))
    await deliverer.deliver_due()
    assert wall.keys() == ["a"]
    async with database.writing() as connection:
        await connection.execute(text("PRAGMA max_page_count = 1000000"))
    await say("b", reply=Reply("Hello. " * 100_000))
    await deliverer.deliver_due()
    assert wall.keys() == ["a", "b"]


@pytest.mark.parametrize("database_url", ["postgres_url"], indirect=True)
async def test_when_postgresql_ends_every_connection_again_and_again_everything_is_posted_once(
    deliverer, database, wall, say
):
    for number in range(CHANNELS):
        await say(f"{number}:0", f"{number}:1", channel_id=f"C{number}")
    wall.takes = 0.02
    for _ in range(20):
        work = asyncio.create_task(deliverer.deliver_due())
        await wall.busy.wait()
        wall.busy.clear()
        await end_connections(database)
        try:
            await work
        except DatabaseUnavailable:
            continue
        break
    await deliverer.deliver_due()
    for number in range(CHANNELS):
        assert wall.keys(f"C{number}") == [f"{number}:0", f"{number}:1"]


async def end_connections(database):
    """Of all who use this database, but for the one that says so."""
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    async with database.reading() as connection:
        await connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
