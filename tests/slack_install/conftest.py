"""A local Slack, an app that anyone can install, and the install pages on the real web server."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urljoin

import aiohttp
import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from adapters.slack.api import new_session
from adapters.slack.manifest import REDIRECT_PATH, SCOPES
from adapters.slack.oauth import InstallPages, OAuth
from adapters.slack.workspaces import InstalledWorkspaces, Workspaces
from adapters.web import WebServer
from bot.domain.caller import WorkspaceRef
from bot.store import Store
from bot.store.database import Database
from tests.standins.environment import HandClock
from tests.standins.slack.apps import App
from tests.standins.slack.oauth import Consent
from tests.standins.slack.server import Slack, running

KEYS = ("0123456789abcdef" * 2,)
ON_EACH = pytest.mark.parametrize("database_url", ["sqlite_url", "postgres_url"], indirect=True)
"""Run a test on both databases."""


@dataclass
class Browser:
    """A person's browser: it follows no redirects, and sends cookies although there is no https here."""

    session: aiohttp.ClientSession
    home: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, url: str) -> "Answer":
        """The response of an address."""
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers = cookies if self.cookies and url.startswith(self.home) else {}
        async with self.session.get(url, headers=headers, allow_redirects=False) as response:
            answer = Answer(response.status, await response.text(), dict(response.headers))
        for name, morsel in answer.cookies.items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
        return answer

    async def begin(self) -> str:
        """The address of the consent page."""
        answer = await self.get(urljoin(self.home, "/slack/install"))
        assert answer.status == 302, answer
        return answer.headers["Location"]

    async def consent(self, page: str) -> str:
        """The address that the consent page redirects to."""
        answer = await self.get(page)
        assert answer.status == 302, answer
        return answer.headers["Location"]

    async def install(self) -> "Answer":
        """The last page of a whole installation."""
        return await self.get(await self.consent(await self.begin()))


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: Mapping[str, str]

    @property
    def cookies(self) -> SimpleCookie:
        return SimpleCookie(self.headers.get("Set-Cookie", ""))


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime.now(UTC))


@pytest.fixture
async def slack(clock: HandClock) -> AsyncIterator[Slack]:
    """Acme (T1) with ann, who consents to everything; the organisation Grid (E1) with One (T2), Two (T3) and olga."""
    async with running(clock) as slack:
        slack.add_user("U1", slack.add_team("T1", "Acme"), "ann", is_admin=True)
        grid = slack.add_enterprise("E1", "Grid")
        slack.add_user("U2", slack.add_team("T2", "One", grid), "olga", is_admin=True)
        slack.add_team("T3", "Two", grid)
        slack.consent = Consent("U1")
        yield slack


@pytest.fixture
def app(slack: Slack) -> App:
    return slack.add_app("A7", scopes=[scope for scope, _ in SCOPES], redirect_urls=["http://127.0.0.1/"])


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with new_session() as session:
        yield session


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite, unless a test asks for another database's fixture."""
    url: str = request.getfixturevalue(getattr(request, "param", "sqlite_url"))
    return url


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database, KEYS)


@pytest.fixture
def forgotten() -> list[WorkspaceRef]:
    """The workspaces whose data was deleted."""
    return []


@pytest.fixture
def oauth(slack: Slack, app: App, session: aiohttp.ClientSession) -> OAuth:
    return OAuth(session, slack.api_url, app.client_id, app.client_secret)


@pytest.fixture
async def teams(
    store: Store, session: aiohttp.ClientSession, slack: Slack, forgotten: list[WorkspaceRef], clock: HandClock
) -> InstalledWorkspaces:
    async def forget(ref: WorkspaceRef) -> None:
        forgotten.append(ref)

    async def nap(seconds: float) -> None:
        clock.advance(seconds=seconds)

    return InstalledWorkspaces(store.installations, session, slack.api_url, forget, clock, nap)


@asynccontextmanager
async def serving(
    oauth: OAuth, teams: InstalledWorkspaces, store: Store, clock: HandClock, app: App
) -> AsyncIterator[str]:
    """Serves the pages; the app redirects people to their address."""
    pages = InstallPages(oauth, teams, store.installations, clock)
    async with WebServer(Starlette(routes=pages.routes), "127.0.0.1", 0) as server:
        home = f"http://127.0.0.1:{server.port}"
        app.redirect_urls = (f"{home}{REDIRECT_PATH}",)
        yield home


@pytest.fixture
async def browser(
    oauth: OAuth, teams: InstalledWorkspaces, store: Store, clock: HandClock, app: App
) -> AsyncIterator[Browser]:
    jar = aiohttp.DummyCookieJar()
    async with serving(oauth, teams, store, clock, app) as home, aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Browser(session, home)


async def everything_stored(database: Database) -> str:
    """All rows of the tables that an installation writes."""
    async with database.reading() as connection:
        tables: list[Any] = [
            (await connection.execute(text(f"select * from {table}"))).all()
            for table in ("installations", "oauth_states")
        ]
    return str(tables)


async def token_of(teams: Workspaces, team_id: str = "T1", enterprise_id: str | None = None) -> Any:
    team = await teams.find(team_id, enterprise_id)
    return None if team is None else team.client.token


async def still_works(teams: Workspaces, team_id: str = "T1", enterprise_id: str | None = None) -> Any:
    team = await teams.find(team_id, enterprise_id)
    assert team is not None
    return (await team.client.auth_test())["ok"]
