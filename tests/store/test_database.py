import asyncio
import logging
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError, StatementError

from bot.domain.errors import DatabaseUnavailable, NotConfigured
from bot.store import Store, sole_process
from bot.store.database import Database, database_url
from bot.store.tables import short_links
from bot.store.types import CountOrNone, Dollars, UtcDateTime
from tests.store.samples import NOW, keyed, video

SQLITE = sqlite.dialect()


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("sqlite:///bot.db", "sqlite+aiosqlite:///bot.db"),
        ("sqlite:////var/lib/bot.db", "sqlite+aiosqlite:////var/lib/bot.db"),
        ("postgres://u:p@h/n", "postgresql+asyncpg://u:p@h/n"),
        ("postgresql://u:p@h:1/n?sslmode=require", "postgresql+asyncpg://u:p@h:1/n?ssl=require"),
        ("postgresql+asyncpg://u:p@h/n?ssl=require", "postgresql+asyncpg://u:p@h/n?ssl=require"),
    ],
)
def test_a_database_url_is_accepted_as_operators_write_it(written, used):
    assert database_url(written).render_as_string(hide_password=False) == used


@pytest.mark.parametrize(
    "written",
    [
        "bot.db",
        "",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://u:secret@h/n",
        "postgresql://u:secret@h/n?channel_binding=require",
        "postgresql://u:secret@h:port/n",
        "postgresql://u:p@h/n?sec/secret=1",
        "postgresql://u:p@h/n?sslmode=secret",
        "postgresql://u:secret%00@h/n",
        "postgresql://u:secret\udcff@h/n",
        "sqlite:///bot.db?secret=1",
    ],
)
def test_an_invalid_database_url_is_refused_without_its_password(written):
    with pytest.raises(NotConfigured) as refusal:
        database_url(written)
    assert "DATABASE_URL" in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_only_one_process_may_use_a_sqlite_file_but_several_postgresql(tmp_path):
    url = f"sqlite:///{tmp_path}/bot.db"
    with sole_process(url), pytest.raises(NotConfigured, match="Another contentstats-bot process"), sole_process(url):
        pytest.fail("two at once")
    with sole_process(url), sole_process(f"sqlite:///{tmp_path}/other.db"):
        assert (tmp_path / "bot.db.lock").exists()
    with sole_process("postgresql://u@h/n"), sole_process("postgresql://u@h/n"):
        pass
    with sole_process(f"sqlite:///{tmp_path}/missing/bot.db"):
        assert not (tmp_path / "missing").exists()


async def test_an_error_rolls_the_whole_transaction_back_and_a_row_needs_its_parent(store, database):
    with pytest.raises(IntegrityError):
        await in_one_transaction(database, insert("b"), insert("c"))
    assert await store.short_links.remembered("a", NOW) is None
    with pytest.raises(IntegrityError):
        await store.videos.remember(99, keyed(video("v1")), NOW)


async def test_sqlite_commits_are_durable_and_foreign_keys_are_enforced(sqlite_url):
    pragmas = [
        text(f"PRAGMA {name}")
        for name in ("synchronous", "foreign_keys", "journal_mode", "busy_timeout", "secure_delete")
    ]
    database = Database(sqlite_url)
    found = [await database.read(lambda connection: list(map(connection.scalar, pragmas)))]
    for access in (database.reading, database.writing):
        async with access() as connection:
            found.append([await connection.scalar(each) for each in pragmas])
    assert found == [[2, 1, "wal", 10_000, 1]] * 3
    await database.close()


async def test_a_read_on_sqlite_does_not_run_on_the_event_loop(sqlite_url):
    database = Database(sqlite_url)
    assert await database.read(lambda _: threading.get_ident()) != threading.get_ident()
    await database.close()


async def test_a_reader_on_sqlite_does_not_wait_for_a_writer_in_another_process(sqlite_url):
    writer = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("BEGIN IMMEDIATE")
    database = Database(sqlite_url)
    assert await Store(database).short_links.remembered("a", NOW) is None
    await database.close()
    writer.close()


async def test_a_statement_on_sqlite_wakes_the_drivers_thread_once_and_has_its_facts(sqlite_url, caplog):
    database = Database(sqlite_url)
    async with database.writing() as connection:
        with caplog.at_level(logging.DEBUG, "aiosqlite"):
            added = await connection.execute(insert("b").returning(short_links.c.link))
        assert (added.all(), added.keys()) == ([("a",)], ["link"])
        many = [{"link": link, "target": "b", "followed_at": NOW} for link in ("c", "d")]
        await connection.execute(short_links.insert(), many)
        changed = await connection.execute(short_links.update().values(target="e"))
        assert (changed.rowcount, changed.returns_rows) == (3, False)
    await database.close()
    assert len([each for each in caplog.records if each.getMessage().startswith("executing")]) == 1


async def test_a_connection_closed_by_the_server_is_replaced(postgres_url):
    database = Database(postgres_url)
    async with database.reading() as connection:
        pid = await connection.scalar(text("SELECT pg_backend_pid()"))
    async with database.writing() as connection:
        await connection.execute(text(f"SELECT pg_terminate_backend({pid})"))
    assert await Store(database).short_links.remembered("a", NOW) is None
    await database.close()


async def test_a_connection_lost_in_a_transaction_is_reported_and_rolled_back(postgres_url):
    database = Database(postgres_url)
    gone = text("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(DatabaseUnavailable, match="Try again"):
        await in_one_transaction(database, insert("b"), gone)
    assert await Store(database).short_links.remembered("a", NOW) is None
    await database.close()


@pytest.mark.parametrize("url", ["postgresql://u:secret@127.0.0.1:1/n", "sqlite:///{}/notes.txt"])
async def test_an_unreachable_database_is_reported_without_its_password(url, tmp_path):
    (tmp_path / "notes.txt").write_text("Dear Ada, " * 200)
    database = Database(url.format(tmp_path))
    for access in (database.reading, database.writing):
        with pytest.raises(DatabaseUnavailable, match="Try again") as refusal:
            async with access():
                pass
        assert "secret" not in str(refusal.value)
    await database.close()


@settings(deadline=None)
@given(st.decimals(-(10**12), 10**12, places=6))
def test_dollars_are_stored_exactly(amount):
    assert Dollars.result_processor(SQLITE, None)(Dollars.process_bind_param(amount, SQLITE)) == amount


def test_dollars_are_rounded_to_a_millionth_and_an_unknown_count_sorts_below_every_known_one():
    assert Dollars.process_bind_param(Decimal("12.340000000000002"), SQLITE) == 12_340_000
    assert CountOrNone.process_bind_param(None, SQLITE) < CountOrNone.process_bind_param(-(10**18), SQLITE)
    assert CountOrNone.result_processor(SQLITE, None)(CountOrNone.process_bind_param(None, SQLITE)) is None


async def test_a_moment_without_a_zone_is_a_programming_error_and_no_outage(store):
    with pytest.raises(ValueError, match="aware"):
        UtcDateTime.process_bind_param(NOW.replace(tzinfo=None), SQLITE)
    with pytest.raises(StatementError, match="aware"):
        await store.short_links.remember("a", "b", NOW.replace(tzinfo=None))


async def test_moments_are_stored_in_utc_to_the_microsecond(store):
    east = datetime(2026, 3, 29, 1, 59, 59, 123456, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    workspace_id = await store.wallets.ensure_wallet("w", NOW)
    await store.wallets.mark_swept(workspace_id, east, complete=True)
    kept = (await store.wallets.swept(workspace_id)).at
    assert kept == east
    assert kept.utcoffset() == timedelta(0)


def insert(target):
    return short_links.insert().values(link="a", target=target, followed_at=NOW)


async def in_one_transaction(database, *statements):
    async with database.writing() as connection:
        for statement in statements:
            await connection.execute(statement)


async def test_writers_wait_while_the_queue_moves_and_are_refused_once_it_stalls(sqlite_url, monkeypatch):
    monkeypatch.setattr("bot.store.database.STALLED_AFTER", 0.5)
    database, end = Database(sqlite_url), asyncio.Event()

    async def write(until: Callable[[], Awaitable[object]]) -> None:
        async with database.writing():
            await until()

    await asyncio.gather(*(write(lambda: asyncio.sleep(0.1)) for _ in range(8)))
    holding = asyncio.create_task(write(end.wait))
    refused = await asyncio.gather(*(write(lambda: asyncio.sleep(0)) for _ in range(8)), return_exceptions=True)
    end.set()
    await holding
    assert {type(each) for each in refused} == {DatabaseUnavailable}
    await write(lambda: asyncio.sleep(0))
    await database.close()
