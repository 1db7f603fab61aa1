import asyncio
import re
import sqlite3
import subprocess
import sys
import threading
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, select, text

from bot.domain.alerts import Stage
from bot.domain.errors import DatabaseUnavailable, NotConfigured
from bot.domain.schedule import Schedule
from bot.store import Store
from bot.store.database import Database
from bot.store.migrate import SCHEMA, migrate
from bot.store.tables import metadata
from bot.store.videos import Filters, Sort
from tests.store.samples import HERE, NOW

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
INDEXES = {index.name for table in metadata.tables.values() for index in table.indexes}
RECORDED = Path(__file__).parent / "recorded"
"""Databases with a few rows in every table, as the last version before the baseline (schema 0014) left them."""
LATER = NOW + timedelta(days=1)
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


@pytest.fixture
async def recorded_url(empty_url):
    if empty_url.startswith("sqlite"):
        with closing(sqlite3.connect(empty_url.removeprefix("sqlite:///"))) as file:
            file.executescript((RECORDED / "sqlite.sql").read_text())
        return empty_url
    connection = await asyncpg.connect(empty_url)
    await connection.execute((RECORDED / "postgresql.sql").read_text())
    await connection.close()
    return empty_url


async def test_a_second_start_migrates_nothing_and_keeps_every_row(empty_url):
    for _ in range(2):
        await migrate(empty_url)
        async with Store.opened(empty_url) as store:
            assert await store.wallets.ensure_wallet("kept", NOW) == 1


async def test_four_processes_can_start_on_a_new_database_at_once(empty_url):
    command = (sys.executable, "-c", MIGRATE, empty_url)
    starts = [await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE) for _ in range(4)]
    assert [(await start.communicate())[1].decode() for start in starts] == [""] * 4
    assert [start.returncode for start in starts] == [0] * 4
    async with Store.opened(empty_url) as store:
        assert await store.wallets.ensure_wallet("first", NOW) == 1


def test_a_password_in_the_wrong_part_of_the_url_is_never_printed(postgres):
    server, addresses = f"127.0.0.1:{postgres.port}", []
    for secret in ("hunter 2", "hun/ter2", "hun:ter2", "hun%ter2", "hun@ter2", "hun%2Fter%402", "hun?ter2", "hünter2"):
        addresses += [f"bot:{secret}@{server}/no", f"{secret}@{server}/bot", f"bot@{server}/{secret}", f"{secret}/bot"]
    program = [sys.executable, "-W", "ignore", "-c", REFUSED, *(f"postgresql://{each}" for each in addresses)]
    said = subprocess.run(program, capture_output=True, check=True, text=True).stdout.splitlines()
    assert len(said) == len(addresses)
    assert all("DATABASE_URL" in sentence for sentence in said)
    assert not {"hun", "hunter", "ter2", "2", "hünter2", "hunter2"} & set(re.split(r"[^\wü]", " ".join(said)))


async def test_migrations_create_the_expected_tables_and_indexes(database):
    await check_schema(database)


def test_the_newest_migration_matches_the_schema_constant():
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == SCHEMA


async def test_upgrading_the_last_development_version_keeps_every_row(recorded_url):
    before = await rows(recorded_url)
    await migrate(recorded_url)
    after = await rows(recorded_url)
    assert set(before.pop("alembic_version")) != set(after.pop("alembic_version"))
    kept = {name: {column.name for column in table.columns} for name, table in metadata.tables.items()}
    added = (
        ("alert_settings", "campaign_id", "milestones"),
        ("digests", "last_carry", "last_reported", "month_day", "weekdays"),
        ("outbox", "replies_to"),
        ("track_requests", "campaign_id", "parent_id"),
        ("videos", "handle"),
        ("workspaces", "money", "zone"),
    )
    for name, *columns in added:
        after[name] = [tuple(each for each in row if each[0] not in columns) for row in after[name]]
    assert {name: after[name] for name in before} == {
        name: [tuple(each for each in row if each[0] in kept[name]) for row in found] for name, found in before.items()
    }
    assert all(before.values())
    async with opened(recorded_url) as database:
        await check_schema(database)


async def test_rows_of_the_last_development_version_can_be_read(recorded_url):
    async with Store.opened(recorded_url, ("a" * 64,)) as store:
        workspace = await store.workspaces.find(HERE)
        digest = await store.digests.find(workspace.id, "C1")
        video = await store.videos.find(workspace, "v1")
        weekly = await store.digests.claim(LATER + timedelta(days=5), 10)
        assert Schedule(30, "America/New_York", frozenset({0})) in [each.subscription.schedule for each in weekly]
        assert (digest.schedule.zone, digest.last_recent, video.main_count) == ("Europe/Berlin", 3, 35)
        theirs, _ = await store.videos.page(workspace, Filters(handles=("ada",)), Sort.NEWEST, 0, 10)
        assert "v1" in [each.video.id for each in theirs]
        states = [request.state.name for request in await store.tracking.batch(workspace.id, "b1")]
        assert states == ["PROPOSED", "TRACKING", "FAILED", "UNKNOWN"]
        (alert,) = await store.alerts.due([1], LATER)
        assert (str(alert.subject), alert.alert.stage, alert.detail) == ("balance", Stage.SOON, {"shown": "1.00"})
        assert await store.credentials.of(2) == "cs_test_key_of_theirs"
        assert await store.installations.find("slack", "T1") == '{"bot_token": "xoxb-recorded"}'
        (message,) = await store.outbox.claim(LATER, ["slack"], 1, places={}, each=1)
        assert (message.key, message.reply.parts[0].png) == ("digest:1:2026-03-11", b"\x89PNG recorded")


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        ("0001", r"development version \(schema 0001\).* new file"),
        ("0013", r"development version \(schema 0013\).* new file"),
        ("v9999", "v9999.*newer"),
    ],
)
async def test_an_older_development_schema_or_a_newer_one_is_refused_unchanged(
    database, database_url, version, problem
):
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    with pytest.raises(NotConfigured, match=re.compile(problem, re.DOTALL)):
        await migrate(database_url)
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == version


async def test_a_failed_upgrade_is_rolled_back(empty_url):
    async with opened(empty_url) as database:
        async with database.writing() as connection:
            await connection.execute(text("CREATE TABLE short_links (link VARCHAR)"))
        with pytest.raises(DatabaseUnavailable, match="short_links"):
            await migrate(empty_url)
        tables = await in_transaction(database, lambda connection: inspect(connection).get_table_names())
    assert tables == ["short_links"]


async def test_a_file_that_cannot_be_opened_is_reported_and_leaves_no_thread(tmp_path):
    (tmp_path / "notes.txt").write_text("Dear Ada, " * 200)
    before = threading.active_count()
    for file, problem in (("missing/bot.db", "DATABASE_URL"), ("notes.txt", "not a database")):
        with pytest.raises(DatabaseUnavailable, match=f"can't be opened: .*{problem}"):
            await migrate(f"sqlite:///{tmp_path}/{file}")
    assert threading.active_count() == before


async def in_transaction(database, look):
    async with database.writing() as connection:
        return await connection.run_sync(look)


async def check_schema(database):
    assert await in_transaction(database, differences) == []
    assert await in_transaction(database, indexes) == INDEXES


@asynccontextmanager
async def opened(url):
    database = Database(url)
    yield database
    await database.close()


async def rows(url):
    """Every row of every table, as pairs of a column and its value."""
    async with opened(url) as database:
        return await in_transaction(database, _rows)


def _rows(connection: Connection):
    found = MetaData()
    found.reflect(connection)
    return {
        name: [
            tuple(sorted(row.items(), key=lambda pair: pair[0]))
            for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
        for name, table in found.tables.items()
    }


def differences(connection: Connection):
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)


def indexes(connection: Connection):
    inspector = inspect(connection)
    return {index["name"] for table in metadata.tables for index in inspector.get_indexes(table)} - {
        unique["name"] for table in metadata.tables for unique in inspector.get_unique_constraints(table)
    }
