"""Database access for SQLite and PostgreSQL: transactions, time-outs, and what counts as an outage.

Reads and writes have separate engines. A write on SQLite takes the lock when it begins (`BEGIN IMMEDIATE`): two that
read first and wrote later would overwrite each other. Its pool has one connection, so writers of a process queue in
order instead of polling the lock. A read opens no transaction and never waits for a writer.

A crowd may wait for as long as the queue moves: transactions on one wallet run one after the other, so a long queue is
no sign of an outage. A queue that doesn't move is.
"""

import asyncio
import fcntl
import math
import os
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from socket import gaierror
from typing import Any, TypeAlias, TypeVar
from urllib.parse import unquote

from sqlalchemy import URL, Connection, Executable, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import greenlet_spawn

from bot.domain.errors import DatabaseUnavailable, NotConfigured
from bot.store import sqlite_driver

LEAST_FREE = 20_000_000
"""Bytes: on a full disk a small write may still succeed within the file's free pages."""
CONNECTIONS = 5
"""For reads, and as many for writes on PostgreSQL."""
STALLED_AFTER = 10.0
"""Seconds without a finished turn after which waiting callers treat the database as unavailable."""
_FORMS = "sqlite:///file.db or postgresql://user:password@host/name"
_ENCODED = "In a user name or password, write @ as %40, / as %2F, : as %3A and % as %25."
_TAKEN = (
    "Another contentstats-bot process uses the SQLite file in DATABASE_URL. Only one can: stop the other one, "
    "or set DATABASE_URL to a PostgreSQL database, which several processes can share."
)
_PRAGMAS = ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
"""secure_delete overwrites deleted data with zeros; otherwise it stays readable in the file's free pages."""
_SSL_MODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})
_SQLSTATES = {
    "28000": "the server refuses the user name",
    "28P01": "the server refuses the password",
    "3D000": "the server has no database with that name",
    "42501": "the user isn't allowed to create tables in it",
    "53300": "the server doesn't accept more connections",
    "57P03": "the server is starting up or shutting down",
}
"""PostgreSQL's error codes (appendix A of its manual) for mistakes in the address or on its server."""

T = TypeVar("T")
_Upsert: TypeAlias = postgresql.Insert | sqlite.Insert


def database_url(text: str) -> URL:
    """Parse `DATABASE_URL` and set the driver that this bot uses. Raises NotConfigured."""
    try:
        url = make_url(text)
        is_text = b"\0" not in unquote(text).encode()
    except (ArgumentError, ValueError):
        is_text = False
    if not is_text:
        raise NotConfigured(f"DATABASE_URL isn't a database address. Write it like {_FORMS}. {_ENCODED}")
    match url.get_backend_name():
        case "sqlite" if url.query:
            raise NotConfigured("DATABASE_URL has options after a ?, but SQLite takes none. Remove them.")
        case "sqlite" if url.database and url.database != ":memory:":
            return url.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            return _with_options(url.set(drivername="postgresql+asyncpg"))
        case _:
            raise NotConfigured(f"The bot can't use the database in DATABASE_URL. Write it like {_FORMS}.")


def database_place(text: str) -> str:
    """Describe the place of a `DATABASE_URL` for people: a file's full path, or a server, without a password."""
    try:
        url = database_url(text)
    except NotConfigured as error:
        return str(error)
    if url.get_backend_name() == "sqlite":
        return f"SQLite file {Path(str(url.database)).absolute()}"
    return f"PostgreSQL {url.database or ''} at {url.host or 'localhost'}:{url.port or 5432}"


def _with_options(url: URL) -> URL:
    """Translate libpq's `sslmode` to the driver's name; refuse other options, which would be ignored or crash."""
    if url.query.keys() - {"sslmode", "ssl"}:  # not quoted: they may be the end of a password
        raise NotConfigured(f"DATABASE_URL has options other than sslmode after the ?. Remove them. {_ENCODED}")
    modes = set(url.query.values())
    if not modes <= _SSL_MODES:
        raise NotConfigured(f"DATABASE_URL has an unknown sslmode. Use one of {', '.join(sorted(_SSL_MODES))}.")
    return url.set(query={"ssl": modes.pop()}) if modes else url


@contextmanager
def sole_process(text: str) -> Iterator[None]:
    """Reserve a SQLite file for one serving process, until the block ends. Raises NotConfigured if it is taken.

    Several processes may share a PostgreSQL database. The lock is a file beside the database, and ends with the
    process.
    """
    url = database_url(text)
    with ExitStack() as stack:
        with suppress(OSError):  # a missing folder is reported when the database is opened
            if url.get_backend_name() == "sqlite":
                lock = stack.enter_context(Path(f"{url.database}.lock").open("w", encoding="utf-8"))
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise NotConfigured(_TAKEN) from None
        yield


def why_closed(error: Exception) -> str:
    """Why a database can't be opened, and what to check, in our own words.

    PostgreSQL's messages repeat the address's user and database, which may be part of a misplaced password.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    match cause:
        case sqlite3.Error():
            return f"The database can't be opened: {cause}. Check DATABASE_URL."
        case gaierror() | UnicodeError():
            reason = "its host isn't known"
        case TimeoutError():
            reason = "its server isn't responding"
        case OSError():
            reason = f"{os.strerror(cause.errno).lower() if cause.errno else 'no connection'} at its host and port"
        case _:
            code = str(getattr(cause, "sqlstate", None) or "")
            reason = _SQLSTATES.get(code, f"error {code or type(cause).__name__}")
    return f"The database can't be opened: {reason}. Check DATABASE_URL. {_ENCODED}"


def new_engine(url: URL, options: Mapping[str, Any]) -> AsyncEngine:
    """An engine with the settings that every connection needs; `options` are SQLAlchemy's."""
    if url.get_backend_name() == "sqlite":
        made_by = {"async_creator_fn": sqlite_driver.connect}
        engine = create_async_engine(url, **{**options, "connect_args": {**options.get("connect_args", {}), **made_by}})
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        return engine
    limits = {"connect_args": {"timeout": 5, "command_timeout": 15}, "pool_pre_ping": True}
    return create_async_engine(url, **{**limits, **options})


def begin_immediate(connection: Connection) -> None:
    """Take SQLite's write lock now: taken at the first write, it might follow a stale read."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def insert_into(table: Table, connection: AsyncConnection) -> _Upsert:
    """An INSERT that supports ON CONFLICT, in the connection's dialect."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def replacing(table: Table, connection: AsyncConnection, columns: Iterable[str]) -> _Upsert:
    """An INSERT that replaces these columns if the row exists."""
    new = insert_into(table, connection)
    return new.on_conflict_do_update(
        index_elements=table.primary_key, set_={name: new.excluded[name] for name in columns}
    )


def adding(table: Table, connection: AsyncConnection, column: str) -> _Upsert:
    """An INSERT that adds to a column if the row exists."""
    new = insert_into(table, connection)
    total = {column: table.c[column] + new.excluded[column]}
    return new.on_conflict_do_update(index_elements=table.primary_key, set_=total)


class _Queue:
    """Admits as many users of an engine as it has connections; others wait in order of arrival."""

    def __init__(self, connections: int) -> None:
        self._free = asyncio.Semaphore(connections)
        self._moved_at = -math.inf

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One turn. Raises TimeoutError if the queue doesn't move for `STALLED_AFTER`."""
        if self._free.locked():
            await self._wait()
        else:
            await self._free.acquire()
        try:
            yield
            self._moved_at = time.monotonic()
        finally:
            self._free.release()

    async def _wait(self) -> None:
        began, free = time.monotonic(), asyncio.create_task(self._free.acquire())
        try:
            while not free.done():
                await asyncio.wait((free,), timeout=self._left(began))
        except BaseException:
            if not free.cancel():  # the turn came at the same moment
                self._free.release()
            raise

    def _left(self, began: float) -> float:
        """Seconds left for a wait that `began` then. Raises TimeoutError if there are none."""
        left = max(began, self._moved_at) + STALLED_AFTER - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Database:
    """One database, opened lazily. Every time-out is finite; outages raise `DatabaseUnavailable`."""

    def __init__(self, url: str) -> None:
        target = database_url(url)
        self._file = target.database if target.get_backend_name() == "sqlite" else None
        pool = {"pool_size": CONNECTIONS, "max_overflow": 0, "pool_timeout": STALLED_AFTER}
        for_reads = pool | {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
        writers = CONNECTIONS if self._file is None else 1
        self._writer = new_engine(target, pool | {"pool_size": writers})
        self._reader = new_engine(target, for_reads)
        self._quick_reader = self._reader.sync_engine
        self._threads = ThreadPoolExecutor(CONNECTIONS, "sqlite")
        if self._file is not None:
            self._quick_reader = create_engine(target.set(drivername="sqlite"), **for_reads)
            event.listen(self._quick_reader, "connect", _prepare_sqlite)
        self._to_write, self._to_read = _Queue(writers), _Queue(CONNECTIONS)
        event.listen(self._writer.sync_engine, "begin", begin_immediate)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed at the end of the block. Await nothing but the database inside it."""
        with _translated():
            async with self._to_write.turn(), self._writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection without a transaction: each statement sees what is committed when it runs."""
        with _translated():
            async with self._to_read.turn(), self._reader.connect() as connection:
                yield connection

    async def read(self, fetch: Callable[[Connection], T]) -> T:
        """Run `fetch` on one connection, as in `reading`, but much faster for a few rows.

        On SQLite, one switch of threads does for all its statements; a switch takes longer than most of them.
        """
        with _translated():
            async with self._to_read.turn():
                if self._file is None:
                    return await greenlet_spawn(self._fetched, fetch)
                return await asyncio.get_running_loop().run_in_executor(self._threads, self._fetched, fetch)

    def _fetched(self, fetch: Callable[[Connection], T]) -> T:
        with self._quick_reader.connect() as connection:
            return fetch(connection)

    async def rows(self, query: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """Every row of a query."""
        return await self.read(lambda connection: connection.execute(query, values).all())

    async def row(self, query: Executable, values: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - a row of any columns
        """The only row of a query; None if there is none."""
        return await self.read(lambda connection: connection.execute(query, values).one_or_none())

    async def scalar(self, query: Executable, values: Mapping[str, Any] | None = None) -> Any | None:  # noqa: ANN401 - of any type
        """The first column of the first row of a query; None if there is none."""
        return await self.read(lambda connection: connection.scalar(query, values))

    async def scalars(self, query: Executable) -> Sequence[Any]:
        """The first column of every row of a query."""
        return await self.read(lambda connection: connection.scalars(query).all())

    async def write(self, statement: Executable) -> int:
        """Run one statement in its own transaction; returns how many rows changed."""
        async with self.writing() as connection:
            return (await connection.execute(statement)).rowcount

    async def put(self, table: Table, values: Mapping[str, Any]) -> None:
        """Insert a row, or replace the one with its primary key."""
        kept = values.keys() - set(table.primary_key.columns.keys())
        async with self.writing() as connection:
            await connection.execute(replacing(table, connection, kept), values)

    def has_room(self, least: int = LEAST_FREE) -> bool:
        """Whether SQLite's disk has this many bytes left. A database server's disk isn't visible from here."""
        try:
            return self._file is None or shutil.disk_usage(Path(self._file).parent).free >= least
        except OSError:
            return False

    async def truncate_log(self) -> None:
        """Empty SQLite's write-ahead log, so that deleted data can't be read in it either.

        Waits for readers as long as for a lock; if one still reads then, the next call empties the log.
        """
        if self._reader.dialect.name == "sqlite":
            async with self.reading() as connection:
                (await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).all()

    async def close(self) -> None:
        """Close every connection. The database must not be used afterwards."""
        await asyncio.to_thread(self._threads.shutdown)
        if self._file is not None:
            self._quick_reader.dispose()
        await self._reader.dispose()
        await self._writer.dispose()


class Aggregate:
    """Base of the store's aggregates: statements about one or a few tables of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database


@contextmanager
def _translated() -> Iterator[None]:
    """Raise DatabaseUnavailable if the database is away, locked or full; programming errors are raised as they are."""
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise
    except (DBAPIError, PoolTimeout, OSError, TimeoutError) as error:
        raise DatabaseUnavailable(
            "The bot's database isn't responding, so this may not have been saved. Try again in a minute."
        ) from error


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver would begin transactions by itself, late and deferred, which loses updates.
    connection.isolation_level = None
    try:
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except BaseException:
        connection.close()  # no pool owns it yet, and its thread would stay alive
        raise
