import asyncio
import re
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, bindparam, inspect, text

from bot.domain.errors import DatabaseUnavailable, NotConfigured
from bot.store import Store
from bot.store.database import Database
from bot.store.migrate import SCHEMA, migrate
from bot.store.tables import metadata
from bot.store.types import UtcDateTime
from tests.store.samples import NOW, keyed, video

REFUSED = """
import asyncio, sys
from bot.domain.errors import BotError
from bot.store.migrate import migrate
for url in sys.argv[1:]:
    try:
        asyncio.run(migrate(url))
    except BotError as error:
        print(error)
"""
MIGRATE = "import asyncio, sys; from bot.store.migrate import migrate; asyncio.run(migrate(sys.argv[1]))"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    server = request.getfixturevalue("postgres")
    server.create("empty")
    yield server.url("empty")
    server.drop("empty")


async def test_an_empty_database_gets_every_table_and_a_second_start_finds_nothing_to_do(empty_url):
    await migrate(empty_url)
    async with Store.opened(empty_url) as store:
        assert await store.wallets.ensure_wallet("kept", NOW) == 1
    await migrate(empty_url)
    async with Store.opened(empty_url) as store:
        assert await store.wallets.ensure_wallet("kept", NOW) == 1


async def test_four_processes_that_start_on_a_new_database_all_find_it_ready(empty_url):
    command = (sys.executable, "-c", MIGRATE, empty_url)
    starts = [await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE) for _ in range(4)]
    assert [(await start.communicate())[1].decode() for start in starts] == [""] * 4
    assert [start.returncode for start in starts] == [0] * 4
    async with Store.opened(empty_url) as store:
        assert await store.wallets.ensure_wallet("first", NOW) == 1


def test_a_password_in_the_wrong_place_of_the_address_is_not_repeated(postgres):
    server, addresses = f"127.0.0.1:{postgres.port}", []
    for secret in ("hunter 2", "hun/ter2", "hun:ter2", "hun%ter2", "hun@ter2", "hun%2Fter%402", "hun?ter2", "hünter2"):
        addresses += [f"bot:{secret}@{server}/no", f"{secret}@{server}/bot", f"bot@{server}/{secret}", f"{secret}/bot"]
    program = [sys.executable, "-W", "ignore", "-c", REFUSED, *(f"postgresql://{each}" for each in addresses)]
    said = subprocess.run(program, capture_output=True, check=True, text=True).stdout.splitlines()
    assert len(said) == len(addresses)
    assert all("DATABASE_URL" in sentence for sentence in said)
    assert not {"hun", "hunter", "ter2", "2", "hünter2", "hunter2"} & set(re.split(r"[^\wü]", " ".join(said)))


async def test_the_migrations_make_the_tables_that_the_code_expects(database):
    assert await in_transaction(database, differences) == []


async def test_the_migrations_make_the_indexes_that_the_code_expects(database):
    assert await in_transaction(database, indexes) == {
        index.name for table in metadata.tables.values() for index in table.indexes
    }


def test_the_newest_migration_is_the_schema_that_the_code_names():
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == SCHEMA


async def test_titles_that_an_older_bot_stored_are_found_by_any_spelling(
    store, wallet_id, workspace, database, database_url
):
    await store.videos.remember(wallet_id, keyed(video("v1", title="Don’t “stop”")), NOW)
    async with database.writing() as connection:
        await connection.execute(text("UPDATE videos SET search_text = 'don’t “stop”'"))
    assert await store.videos.search(workspace, "don't stop", 5) == ()
    async with database.writing() as connection:
        await connection.execute(text("ALTER TABLE videos DROP COLUMN main_at"))  # later migrations add these
        await connection.execute(text("ALTER TABLE videos DROP COLUMN change_since"))
        await connection.execute(text("DROP TABLE handled_events"))
        await connection.execute(text("DROP INDEX ix_videos_unread"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '0009'"))
    await migrate(database_url)
    assert [found.video.id for found in await store.videos.search(workspace, "don't stop", 5)] == ["v1"]


async def test_a_server_that_came_while_anybody_could_add_an_older_bot_gets_no_key_when_that_ends(empty_url):
    database = Database(empty_url)
    older = "INSERT INTO presences (chat, external_id, is_operators, arrived_at) VALUES ('discord', :id, :ours, :at)"
    try:
        await in_transaction(database, lambda connection: upgrade(connection, "0004"))
        async with database.writing() as connection:
            at = bindparam("at", type_=UtcDateTime)
            for id_, ours in (("own", True), ("strangers", False)):
                await connection.execute(text(older).bindparams(at), {"id": id_, "ours": ours, "at": NOW})
    finally:
        await database.close()
    await migrate(empty_url)
    async with Store.opened(empty_url) as store:
        found = await store.presences.arrived("discord", ["own", "strangers"], NOW, is_public=False)
        assert {id_: (each.is_claimed, each.was_public) for id_, each in found.items()} == {
            "own": (False, False),
            "strangers": (False, True),
        }


async def test_a_schema_of_a_newer_bot_is_refused_and_left_alone(database, database_url):
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    async with database.writing() as connection:
        await connection.execute(newer)
    with pytest.raises(NotConfigured, match=re.compile("9999.*newer", re.DOTALL)):
        await migrate(database_url)
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


async def test_an_upgrade_that_fails_half_way_leaves_nothing_behind(empty_url):
    database = Database(empty_url)
    async with database.writing() as connection:
        await connection.execute(text("CREATE TABLE short_links (link VARCHAR)"))
    with pytest.raises(DatabaseUnavailable, match="short_links"):
        await migrate(empty_url)
    tables = await in_transaction(database, lambda connection: inspect(connection).get_table_names())
    await database.close()
    assert tables == ["short_links"]


async def test_a_database_that_cannot_be_opened_is_told_in_a_sentence(tmp_path):
    with pytest.raises(DatabaseUnavailable, match=r"cannot be opened: .*DATABASE_URL"):
        await migrate(f"sqlite:///{tmp_path}/missing/bot.db")


async def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text("Dear Ada, " * 200)
    before = threading.active_count()
    with pytest.raises(DatabaseUnavailable, match=r"cannot be opened: .*not a database"):
        await migrate(f"sqlite:///{file}")
    assert threading.active_count() == before


async def test_the_file_keeps_its_journal_beside_it_so_that_readers_never_wait(sqlite_url):
    async with Store.opened(sqlite_url):
        pass
    with sqlite3.connect(Path(sqlite_url.removeprefix("sqlite:///"))) as connection:
        mode = connection.execute("PRAGMA journal_mode").fetchone()
    connection.close()
    assert mode == ("wal",)


async def in_transaction(database, look):
    async with database.writing() as connection:
        return await connection.run_sync(look)


def upgrade(connection: Connection, revision: str):
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def differences(connection: Connection):
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)


def indexes(connection: Connection):
    inspector = inspect(connection)
    return {index["name"] for table in metadata.tables for index in inspector.get_indexes(table)} - {
        unique["name"] for table in metadata.tables for unique in inspector.get_unique_constraints(table)
    }
