"""Fixtures for every test folder: a migrated database of each test's own, on SQLite and on PostgreSQL.

What makes the suite fast, and how to use it, is in `tests/README.md`:

- a database is copied from a template that is migrated once per worker, into memory where there is enough of it;
- each worker starts its own PostgreSQL server, and one process that draws charts;
- compiled SQL statements are kept across engines, because every test opens new ones;
- the garbage collector leaves alone what was imported and collected: each full collection would go through all of it;
- property tests have no deadline and the same examples in every run.
"""

import asyncio
import gc
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Engine, event

from adapters.sandbox.serve import Sandbox
from bot.charts.charts import Charts
from bot.store import Store
from bot.store.database import Database
from bot.store.migrate import migrate
from tests.standins.browser import executable
from tests.standins.charts import shared_charts, shared_process
from tests.standins.environment import Environment, HandClock, environment_of, sandbox_of
from tests.standins.folders import quick_folder, temporary
from tests.standins.postgres import Postgres, running

# Derandomised: some random examples were so large that one test took minutes.
settings.register_profile("repeatable", deadline=None, max_examples=40, derandomize=True)
settings.load_profile("repeatable")


class Compiled(dict[Any, Any]):
    """Compiled statements by driver, shared by all engines."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_by_driver(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_by_driver(key), compiled)


def _by_driver(key: Any) -> Any:
    dialect, *statement = key
    return (dialect.driver, *statement)


COMPILED = Compiled()


@event.listens_for(Engine, "engine_connect")
def _compile_once(connection: Connection) -> None:
    connection.execution_options(compiled_cache=COMPILED)


def _migrated(url: str) -> str:
    # In its own thread: the current one may belong to a test's event loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, migrate(url)).result()
    return url


NO_BROWSER = (
    "Left out: tests/page/test_page_in_browser.py, which needs Chromium. Add it with: apt-get install chromium "
    "(or any Chromium or Chrome on PATH)"
)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave browser tests out if there is no browser."""
    return True if collection_path.name.endswith("_in_browser.py") and executable() is None else None


def pytest_collection_finish() -> None:
    """Keep what all tests need out of garbage collection: going through it takes a third of a second each time."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report that in one line."""
    if executable() is None:
        terminalreporter.write_line(NO_BROWSER)


@pytest.fixture(scope="session", autouse=True)
def _chart_process() -> Iterator[None]:
    with shared_process():
        yield


@pytest.fixture
def charts() -> Charts:
    """Charts for tests that have no bot."""
    return shared_charts()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL server of this test worker."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """The name of a migrated, empty database to copy."""
    postgres.create("migrated")
    _migrated(postgres.url("migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    _migrated(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path) -> Iterator[str]:
    """A migrated SQLite file for one test."""
    with temporary(quick_folder()) as folder:
        yield f"sqlite:///{shutil.copy(sqlite_template, folder / 'bot.db')}"


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database for one test."""
    name = uuid4().hex
    postgres.create(name, postgres_template)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database for one test, which runs once on each engine."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open connection to `database_url`."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


@pytest.fixture
def clock() -> HandClock:
    """The clock of the bot and its sandbox, set by hand."""
    return HandClock()


@pytest.fixture
async def sandbox(clock: HandClock) -> AsyncIterator[Sandbox]:
    """An account with plenty of credit and places, served over a socket."""
    async with sandbox_of(clock) as sandbox:
        yield sandbox


@pytest.fixture
async def env(sandbox: Sandbox, clock: HandClock, sqlite_url: str) -> AsyncIterator[Environment]:
    """The bot with the sandbox, on SQLite."""
    async with environment_of(sandbox, clock, sqlite_url) as env:
        yield env


@pytest.fixture
async def env_on_each(sandbox: Sandbox, clock: HandClock, database_url: str) -> AsyncIterator[Environment]:
    """The bot with the sandbox, once on SQLite and once on PostgreSQL."""
    async with environment_of(sandbox, clock, database_url) as env:
        yield env
