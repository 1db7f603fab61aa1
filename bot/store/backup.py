"""Backups of a whole database: SQLite's by its online backup; for PostgreSQL, the command to run instead."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shlex import quote

from sqlalchemy import URL

from bot.domain.errors import BotError, DatabaseUnavailable, NotConfigured
from bot.store.database import database_url, sole_process
from bot.store.migrate import migrate

_FROM_POSTGRES = "pg_dump --format=custom --file={file} {url}"
_TO_POSTGRES = "pg_restore --exit-on-error --no-owner --dbname={url} {file}"


def backup(url: str, target: Path) -> None:
    """Copy a SQLite database consistently, even while a bot writes to it. An existing file is kept.

    Raises NotConfigured, for PostgreSQL with the command to run instead.
    """
    source = _sqlite_file(url, _FROM_POSTGRES, target)
    if not source.is_file():
        raise NotConfigured(
            f"There is no database at {source} yet, so there is nothing to back up. Check DATABASE_URL."
        )
    with _new_file(target) as copy:
        _copy(source, copy)


async def restore(url: str, source: Path) -> None:
    """Restore a backup where no database exists, and upgrade its schema. An existing database is kept.

    Raises NotConfigured, for the schema of a newer version, and for PostgreSQL with the command to run instead.
    """
    target = _sqlite_file(url, _TO_POSTGRES, source)
    with sole_process(url), _new_file(target) as copy:
        _ensure_backup(source)
        _copy(source, copy)
        await migrate(f"sqlite:///{copy}")


def _sqlite_file(url: str, line: str, file: Path) -> Path:
    address = database_url(url)
    if address.get_backend_name() == "sqlite":
        return Path(str(address.database))
    shown = _without_password(address).render_as_string()
    raise NotConfigured(
        f"PostgreSQL has its own tools for this. Run: {line.format(file=quote(str(file)), url=quote(shown))} "
        "(they read the password from PGPASSWORD or ~/.pgpass)"
    )


def _without_password(address: URL) -> URL:
    ssl = {"sslmode": str(mode)} if (mode := address.query.get("ssl")) else {}
    plain = URL.create("postgresql", address.username, None, address.host, address.port, address.database)
    return plain.set(query=ssl)


def _ensure_backup(file: Path) -> None:
    try:
        file.open("rb").close()
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except OSError as error:
        raise NotConfigured(f"{file} can't be read: {error.strerror}.") from None
    except sqlite3.Error as error:
        raise NotConfigured(f"{file} isn't a backup of contentstats-bot: {error}.") from None


@contextmanager
def _new_file(target: Path) -> Iterator[Path]:
    """A file to write: it appears at `target` atomically at the end of the block, and replaces no other file."""
    rest = [name for name in (target, Path(f"{target}-wal")) if name.exists()]
    if rest:
        raise NotConfigured(f"{rest[0]} exists already and is kept as it is. Move it away, or choose another place.")
    partial = Path(f"{target}.partial")
    try:
        partial.unlink(missing_ok=True)  # from an interrupted copy
        partial.touch(mode=0o600)
        yield partial
        with partial.open("rb+") as written:
            os.fsync(written.fileno())
        target.touch(mode=0o600, exist_ok=False)
        partial.replace(target)  # a link would be a single step, but not every file system has them
    except BotError:
        raise
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DatabaseUnavailable(f"{target} can't be written: {reason}.") from error
    finally:
        for name in (partial, Path(f"{partial}-wal"), Path(f"{partial}-shm")):
            name.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Copy in one read transaction, which blocks no writer, and verify the copy."""
    address = f"{source.resolve().as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")  # everything in one file
        (state,) = new.execute("PRAGMA quick_check").fetchone()
    if state != "ok":
        raise DatabaseUnavailable(f"{source} is damaged: {state}.")
