"""SQLite driver: aiosqlite with one thread switch per statement.

aiosqlite switches threads to open a cursor, to execute, to fetch and to close. Each switch wakes two threads, which
takes longer than most of the bot's statements, and SQLAlchemy fetches all rows at once anyway.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Self, TypeAlias

import aiosqlite

_Run: TypeAlias = Callable[[sqlite3.Cursor], object]


def connect(file: str, **options: Any) -> "Connection":  # noqa: ANN401 - sqlite3's own options
    """Open a file; await the result to get the connection."""
    return Connection(partial(sqlite3.connect, file, **options), iter_chunk_size=0)


class Connection(aiosqlite.Connection):
    """A connection with its own thread, which doesn't keep the program alive."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], iter_chunk_size: int) -> None:
        super().__init__(connector, iter_chunk_size)
        self._thread.daemon = True

    def cursor(self) -> "Cursor":  # type: ignore[override] # as much of one as SQLAlchemy uses
        """A cursor for consecutive statements."""
        return Cursor(self)

    async def finished(self, run: _Run) -> tuple[sqlite3.Cursor, Sequence[Any]]:
        """Run a statement on a new cursor; returns the closed cursor and its rows."""
        return await self._execute(self._finished, run)  # type: ignore[no-any-return, no-untyped-call]

    def _finished(self, run: _Run) -> tuple[sqlite3.Cursor, Sequence[Any]]:
        cursor = self._conn.cursor()
        try:
            run(cursor)
            return cursor, cursor.fetchall()
        finally:
            cursor.close()


class Cursor:
    """The cursor that SQLAlchemy's adapter expects; rows and metadata of the last statement are fetched already."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Sequence[Any] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Execute a statement and fetch its rows."""
        await self._finish(lambda cursor: cursor.execute(statement, parameters))

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute a statement once per set of parameters."""
        await self._finish(lambda cursor: cursor.executemany(statement, parameters))

    async def fetchall(self) -> Sequence[Any]:
        """The rows of the last statement."""
        return self._rows

    async def close(self) -> None:
        """Does nothing: statements close their own cursors."""

    async def _finish(self, run: _Run) -> None:
        done, self._rows = await self._connection.finished(run)
        self.description, self.rowcount, self.lastrowid = done.description, done.rowcount, done.lastrowid
