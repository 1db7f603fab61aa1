"""Schema upgrades. Safe to run in several processes at once.

The whole upgrade is one transaction under an advisory lock on PostgreSQL and the write lock on SQLite, so a second
process finds it done. The schema of a newer bot is refused and left alone.
"""

import sqlite3
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import NullPool

from bot.domain.errors import DatabaseUnavailable, NotConfigured
from bot.store.database import begin_immediate, database_url, new_engine, why_closed

SCHEMA = "v0016"
"""The newest migration, which matches the tables in `bot.store.tables`."""

_DEVELOPED = "0014"
"""The last schema before the first release: it has a few columns more than the baseline, which nothing read."""
_GONE = {
    "wallets": ("active_videos", "created_at"),
    "workspaces": ("created_at",),
    "presences": ("arrived_at",),
    "registrations": ("registered_at",),
    "digests": ("created_at",),
    "alert_settings": ("created_at",),
    "alert_states": ("changed_at",),
}

_LOCK = 0x636F6E7473746174  # "contstat": the advisory lock of all this program's processes


async def migrate(url: str) -> None:
    """Upgrade the schema if needed. Safe to repeat.

    Raises NotConfigured for the schema of a newer or a development version, DatabaseUnavailable if the database can't
    be opened.
    """
    target = database_url(url)
    options: dict[str, Any] = {"poolclass": NullPool}
    try:
        if target.database and target.get_backend_name() == "sqlite":
            _open_once(target.database)
        else:
            # No statement time-out: another process may be upgrading for a while.
            options["connect_args"] = {"timeout": 5}
        engine = new_engine(target, options)
        try:
            async with engine.connect() as connection:
                await _upgraded(connection)
        finally:
            await engine.dispose()
    except (DBAPIError, sqlite3.Error, OSError, UnicodeError) as error:
        raise DatabaseUnavailable(why_closed(error)) from error


async def _upgraded(connection: AsyncConnection) -> None:
    try:
        await connection.run_sync(_upgrade)
    except DBAPIError as error:
        sentence = f"The database can't be upgraded: {error.orig}. Check the database at DATABASE_URL."
        raise DatabaseUnavailable(sentence) from error


def _open_once(file: str) -> None:
    # If a file can't be opened, the asynchronous driver leaves a thread that may outlive the event loop.
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA schema_version")


def _upgrade(connection: Connection) -> None:
    with connection.begin():
        if _version(connection) == SCHEMA:
            return
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        begin_immediate(connection)
        found = _version(connection)
        if found != SCHEMA:
            _run(connection, found)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def _run(connection: Connection, found: str | None) -> None:
    # Importing Alembic takes a while, and most starts find the schema up to date.
    from alembic import command  # noqa: PLC0415 (see above)
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found == _DEVELOPED:
        _adopt(connection)
    elif found is not None and found.isdigit():
        raise NotConfigured(
            f"The database at DATABASE_URL was made by a development version (schema {found}), "
            "which can't be upgraded. Set DATABASE_URL to a new file or database."
        )
    elif found is not None and found not in known:
        raise NotConfigured(
            f"The database was upgraded by a newer contentstats-bot (schema {found}, this version knows {SCHEMA}). "
            "Start the newer version, or use another database."
        )
    command.upgrade(config, "head")


def _adopt(connection: Connection) -> None:
    """Convert a database with the last schema before the first release to the baseline. Keeps every row."""
    for table, columns in _GONE.items():
        for column in columns:
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
    connection.execute(text("ALTER TABLE digests ADD COLUMN last_carry VARCHAR"))
    connection.execute(text("UPDATE alembic_version SET version_num = 'v0001'"))
