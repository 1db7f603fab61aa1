"""Backups: complete while a bot writes, restored only into an empty place, and never over anything."""

import asyncio
import re
import shlex
import sqlite3
import subprocess
from contextlib import closing

import pytest

from bot.domain.errors import DatabaseUnavailable, NotConfigured
from bot.store import Store, sole_process
from bot.store.backup import backup, restore
from bot.store.database import Database
from tests.standins.postgres import find_binaries
from tests.store.samples import HERE, NOW


@pytest.fixture
def places(tmp_path):
    return tmp_path / "copy.db", f"sqlite:///{tmp_path}/restored.db"


async def test_a_backup_taken_during_writes_is_complete_and_can_be_restored(sqlite_url, places):
    copy, restored = places
    database, done = Database(sqlite_url), asyncio.Event()
    store = Store(database)

    async def write(name):
        count = 0
        while not done.is_set():
            await store.wallets.ensure_wallet(f"{name}{count}", NOW)
            count += 1
        return count

    with sole_process(sqlite_url):  # as `run` holds it
        await store.wallets.ensure_wallet("first", NOW)
        writers = [asyncio.create_task(write(name)) for name in "ab"]
        await asyncio.to_thread(backup, sqlite_url, copy)
        done.set()
        assert min(await asyncio.gather(*writers)) > 0
    await database.close()
    await restore(restored, copy)
    async with Store.opened(restored) as opened:
        wallet = await opened.wallets.ensure_wallet("first", NOW)
        assert wallet == 1
        assert await opened.workspaces.ensure_workspace(HERE, wallet)
    assert [each.name for each in copy.parent.iterdir() if "partial" in each.name] == []
    assert copy.stat().st_mode & 0o077 == 0


async def test_existing_files_are_never_overwritten(sqlite_url, places):
    copy, restored = places
    backup(sqlite_url, copy)
    before = copy.read_bytes()
    with pytest.raises(NotConfigured, match="exists already and is kept"):
        backup(sqlite_url, copy)
    with pytest.raises(NotConfigured, match="exists already and is kept"):
        await restore(sqlite_url, copy)
    assert copy.read_bytes() == before
    with sole_process(restored), pytest.raises(NotConfigured, match="Another contentstats-bot process"):
        await restore(restored, copy)


async def test_invalid_or_newer_backups_leave_the_target_empty(sqlite_url, places, tmp_path):
    copy, restored = places
    backup(sqlite_url, copy)
    with closing(sqlite3.connect(copy)) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = 'v9999'")
    with pytest.raises(NotConfigured, match="newer contentstats-bot"):
        await restore(restored, copy)
    (tmp_path / "notes.txt").write_text("no database")
    for file, reason in (
        ("notes.txt", "isn't a backup"),
        ("missing.db", r"can't be read: No such file or directory\.$"),
    ):
        with pytest.raises(NotConfigured, match=reason):
            await restore(restored, tmp_path / file)
    with pytest.raises(DatabaseUnavailable, match=r"can't be written: No such file or directory\.$"):
        backup(sqlite_url, tmp_path / "nowhere" / "copy.db")
    with pytest.raises(NotConfigured, match="nothing to back up"):
        backup(restored, tmp_path / "other.db")
    assert {each.name for each in tmp_path.iterdir()} == {"copy.db", "notes.txt", "restored.db.lock"}


async def test_for_postgresql_the_command_is_shown_without_the_password(tmp_path):
    url = "postgres://bot:hunter2@db.example:5433/bot?sslmode=require"
    address = "'postgresql://bot@db.example:5433/bot?sslmode=require'"
    with pytest.raises(NotConfigured, match="pg_dump") as refused:
        backup(url, tmp_path / "bot.dump")
    assert f"pg_dump --format=custom --file={tmp_path}/bot.dump {address} " in str(refused.value)
    with pytest.raises(NotConfigured, match="pg_restore") as refused:
        await restore(url, tmp_path / "bot.dump")
    assert f"--dbname={address} {tmp_path}/bot.dump " in str(refused.value)
    assert "hunter2" not in str(refused.value)


async def test_the_commands_for_postgresql_copy_and_restore_a_database(postgres, postgres_url, tmp_path):
    database = Database(postgres_url)
    await Store(database).wallets.ensure_wallet("first", NOW)
    wallet = await Store(database).wallets.ensure_wallet("second", NOW)
    await database.close()
    postgres.create("restored")
    try:
        with pytest.raises(NotConfigured) as dump:
            backup(postgres_url, tmp_path / "bot.dump")
        with pytest.raises(NotConfigured) as put_back:
            await restore(postgres.url("restored"), tmp_path / "bot.dump")
        for refused in (dump, put_back):
            tool, *words = shlex.split(re.search(r"Run: (.+) \(they", str(refused.value))[1])
            await asyncio.to_thread(subprocess.run, [find_binaries() / tool, *words], check=True, capture_output=True)
        async with Store.opened(postgres.url("restored")) as opened:
            assert await opened.wallets.ensure_wallet("second", NOW) == wallet
    finally:
        postgres.drop("restored")
