"""Brings a database's schema to what this code needs. Safe to run from several processes at once.

On PostgreSQL an advisory lock, on SQLite the write lock, is held around the whole upgrade, which is one transaction:
a process that comes second finds the work done. A schema of a newer bot is refused, never touched.
"""

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.domain.errors import DatabaseUnavailable, NotConfigured
from bot.store.database import begin_immediate, database_url, new_engine

SCHEMA = "0002"
"""The newest migration: what the tables in `bot.store.tables` look like."""

_LOCK = 0x636F6E7473746174  # "contstat": this program's advisory lock, one for all its processes


async def migrate(url: str) -> None:
    """Upgrade the schema where needed; repeating it is free.

    Raises `NotConfigured` for a newer bot's schema, `DatabaseUnavailable` where there is no database to open.
    """
    # No limit on a statement: another process may be upgrading for a while.
    patient = {"connect_args": {"timeout": 5}} if database_url(url).get_backend_name() != "sqlite" else {}
    engine = new_engine(database_url(url), {"poolclass": NullPool, **patient})
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade)
    except (DBAPIError, OSError, TimeoutError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise DatabaseUnavailable(f"The database cannot be opened: {reason}. Check DATABASE_URL.") from error
    finally:
        await engine.dispose()


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
    # Alembic takes a while to import, and most starts find the schema as it should be.
    from alembic import command  # noqa: PLC0415 (see above)
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise NotConfigured(
            f"The database has the schema {found} of a newer contentstats-bot; this one knows {SCHEMA}. "
            "Start the newer version, or use another database."
        )
    command.upgrade(config, "head")
