"""A local Slack with two workspaces, and the poster that serves both."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from adapters.slack.calls import Calls, new_client, new_session
from adapters.slack.limits import Limits, Sleep
from adapters.slack.pictures import Pictures
from adapters.slack.post import SlackPoster
from adapters.slack.teams import OneTeam, Several, Teams
from bot.delivery.poster import ChannelRef
from bot.domain.caller import WorkspaceRef
from tests.standins.slack.server import Slack, running
from tests.standins.slack.world import BOT_SCOPES

PLACES = {"T1": "C1", "T2": "C2"}


class Clock:
    """The clock of the local Slack, its rates and the poster; it goes on only where somebody sleeps by it."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


async def forget_nothing(_: WorkspaceRef) -> None:
    """Nobody leaves here."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[Slack]:
    """Acme (T1) with C1 and Rival (T2) with C2; the bot is in both, and in the private G1 it is not."""
    async with running(clock) as slack:
        slack.rates.now = lambda: clock().timestamp()
        app = slack.add_app(scopes=BOT_SCOPES)
        for (team_id, channel_id), name in zip(PLACES.items(), ("Acme", "Rival"), strict=True):
            team = slack.add_team(team_id, name)
            bot_user = slack.install(app, team).bot_user
            slack.add_channel(channel_id, team, [bot_user])
        slack.add_channel("G1", slack.teams["T1"], kind="private")
        yield slack


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with new_session() as session:
        yield session


@pytest.fixture
def naps() -> list[float]:
    """How long was slept."""
    return []


@pytest.fixture
def sleep(naps: list[float], clock: Clock) -> Sleep:
    """Passes no real time."""

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        clock.forward(seconds=seconds)
        await asyncio.sleep(0)

    return nap


@pytest.fixture
async def teams(slack: Slack, session: aiohttp.ClientSession) -> Teams:
    tokens = [token for token in slack.tokens.values() if token.kind == "bot"]
    clients = [new_client(session, slack.api_url, token.value) for token in tokens]
    return Several(*[OneTeam(Calls(session), client, forget_nothing) for client in clients])


@pytest.fixture
def limits(clock: Clock, sleep: Sleep) -> Limits:
    return Limits(lambda: clock().timestamp(), sleep)


@pytest.fixture
def poster(teams: Teams, session: aiohttp.ClientSession, limits: Limits, sleep: Sleep) -> SlackPoster:
    calls = Calls(session, sleep)
    return SlackPoster(teams, calls, Pictures(calls), limits, sleep)


@pytest.fixture
def here() -> ChannelRef:
    return ChannelRef("slack", "T1", "C1")


@pytest.fixture
def there() -> ChannelRef:
    return ChannelRef("slack", "T2", "C2")
