"""A local Slack with a workspace, three people, three channels and an app, and the official library to talk to it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.standins.slack.apps import App, Token
from tests.standins.slack.people import Team
from tests.standins.slack.server import Slack, running


class Clock:
    """A clock that goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    """The wall clock of the local Slack."""
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[Slack]:
    """A Slack with ann (an owner), ben, and gil (a guest); C1 with the bot in it, C2 without, G1 private without."""
    async with running(clock) as slack:
        team = slack.add_team("T1", "Acme")
        slack.add_user("U1", team, "ann", is_admin=True, is_owner=True)
        slack.add_user("U2", team, "ben")
        slack.add_user("U3", team, "gil", is_restricted=True)
        slack.add_channel("C1", team, ["U1", "U2"], name="general")
        slack.add_channel("C2", team, ["U1"], name="random")
        slack.add_channel("G1", team, ["U1"], "private", "secret")
        yield slack


@pytest.fixture
def team(slack: Slack) -> Team:
    """The one workspace."""
    return slack.teams["T1"]


@pytest.fixture
def app(slack: Slack) -> App:
    """An app over HTTP that has no address yet."""
    scopes = ("commands", "chat:write", "files:write", "im:write", "users:read", "team:read", "links:write")
    return slack.add_app(scopes=scopes, unfurl_domains=["contentstats.example"])


@pytest.fixture
def bot(slack: Slack, app: App, team: Team) -> Token:
    """The app's token in the workspace; its bot is in C1."""
    token = slack.install(app, team)
    slack.channel("C1").members.add(token.bot_user)
    return token


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A session of the library's own kind."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(slack: Slack, bot: Token, session: aiohttp.ClientSession) -> AsyncWebClient:
    """The official client with the bot's token, retrying nothing."""
    return AsyncWebClient(token=bot.value, base_url=slack.api_url, session=session, retry_handlers=[])
