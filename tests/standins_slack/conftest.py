"""A local Slack with a workspace, three people, three channels and an app, called directly."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.standins.environment import HandClock
from tests.standins.slack.apps import App, Token
from tests.standins.slack.server import Slack, running


@pytest.fixture
async def slack(clock: HandClock) -> AsyncIterator[Slack]:
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
def app(slack: Slack) -> App:
    scopes = ("commands", "chat:write", "files:write", "im:write", "users:read", "links:write")
    return slack.add_app(scopes=scopes, unfurl_domains=["contentstats.example"], redirect_urls=["https://bot.example/"])


@pytest.fixture
def bot(slack: Slack, app: App) -> Token:
    """The app's token in the workspace; its bot is in C1."""
    token = slack.install(app, slack.teams["T1"])
    slack.channel("C1").members.add(token.bot_user)
    return token


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def call(slack: Slack, bot: Token, session: aiohttp.ClientSession) -> Callable[..., Awaitable[Any]]:
    """Calls a method with the bot's token, or another one; returns the answer."""

    async def made(method: str, token: str = bot.value, **args: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with session.post(f"{slack.api_url}{method}", json=args, headers=headers) as response:
            return await response.json()

    return made


@pytest.fixture
def answer(session: aiohttp.ClientSession) -> Callable[..., Awaitable[tuple[int, str]]]:
    """Replies by a response URL; returns the status and the error, or an empty string."""

    async def made(url: str, **args: Any) -> tuple[int, str]:
        async with session.post(url, json=args) as response:
            body = await response.text()
            return response.status, "" if body == "ok" else json.loads(body)["error"]

    return made
