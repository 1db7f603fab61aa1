"""A local Slack with a workspace, three people, three channels and an app, and the official library to talk to it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.standins.slack.apps import App, Token
from tests.standins.slack.people import Team
from tests.standins.slack.server import Slack, running


class Clock:
    """A clock that starts with the present, for Bolt looks at the wall, and goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

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


@pytest.fixture
def bolt(app: App, client: AsyncWebClient) -> AsyncApp:
    """An app as the official framework makes it, with no listeners yet, and reached by nobody yet."""
    return AsyncApp(client=client, signing_secret=app.signing_secret, process_before_response=True)


async def serve_http(bolt: AsyncApp, app: App) -> AsyncIterator[None]:
    """Let the local Slack reach the app at an address of its own."""

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", handle)
    runner = web.AppRunner(server, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield
    await runner.cleanup()


async def serve_socket(bolt: AsyncApp, app: App, slack: Slack) -> AsyncIterator[None]:
    """Let the local Slack reach the app by a websocket."""
    app.is_socket_mode = True
    handler = AsyncSocketModeHandler(bolt, app.app_token, web_client=AsyncWebClient(base_url=slack.api_url))
    await handler.connect_async()
    yield
    await handler.close_async()


@pytest.fixture
async def over_http(bolt: AsyncApp, app: App) -> AsyncIterator[None]:
    """The app listens to HTTP."""
    async for served in serve_http(bolt, app):
        yield served


@pytest.fixture
async def over_socket(bolt: AsyncApp, app: App, slack: Slack) -> AsyncIterator[None]:
    """The app listens in Socket Mode."""
    async for served in serve_socket(bolt, app, slack):
        yield served


@pytest.fixture(params=["http", "socket"])
async def reached(request: pytest.FixtureRequest, bolt: AsyncApp, app: App, slack: Slack) -> AsyncIterator[str]:
    """The app listens; the test runs once for each way."""
    serving = serve_http(bolt, app) if request.param == "http" else serve_socket(bolt, app, slack)
    async for _ in serving:
        yield request.param
