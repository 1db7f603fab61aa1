"""The whole program at a local Slack: real sockets, the real bot, its sandbox and its database. Time is moved by hand.

People act at Slack, and what they see there is what is looked at.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from adapters.sandbox.serve import Sandbox
from adapters.slack.app import SlackApp, SlackOptions
from adapters.web.app import Readiness, probe_routes, web_app
from adapters.web.server import WebServer
from bot.app import Bot
from tests.slack_render.rendered import read
from tests.standins.charts import shared_charts
from tests.standins.environment import TRACK, HandClock, nap, settings_of
from tests.standins.slack.apps import App, Token
from tests.standins.slack.content import Message, View
from tests.standins.slack.delivery import Delivery
from tests.standins.slack.oauth import Consent
from tests.standins.slack.server import Slack
from tests.standins.timeouts import sandbox_timeouts

ANN, BEN, GIL = "U1", "U2", "U3"
"""Someone who manages the workspace, a member, a guest."""
GENERAL, RANDOM, SECRET = "C1", "C2", "G1"
"""The bot is in the first; the second is public, the third private, and it is in neither."""

on_each_transport = pytest.mark.parametrize("transport", ["http", "socket"])


@dataclass(slots=True)
class BotApp:
    """One running program in one workspace."""

    slack: Slack
    app: App
    token: Token | None
    sandbox: Sandbox
    clock: HandClock
    bot: Bot
    program: SlackApp
    ending: AsyncExitStack

    async def close(self) -> None:
        """End the program in order: what runs is done by then, so that nothing more can come of it."""
        await self.ending.aclose()

    async def type(self, line: str, user: str = ANN, channel: str = GENERAL) -> Message:
        """What somebody gets to see, alone, for a command."""
        return await self.seen(self.send(line, user, channel), user)

    async def send(self, line: str, user: str = ANN, channel: str = GENERAL) -> Delivery:
        """A command, and how it was acknowledged."""
        name, _, text = line.partition(" ")
        return await self.slack.send_command(name, text, user=user, channel=channel)

    async def press(self, place: Message | View, label: str, user: str = ANN, choice: str | None = None) -> Delivery:
        """A press of the first button that is called so, or a choice from a menu."""
        return await self.slack.send_action(place, self.label(place, label), user=user, choice=choice)

    def label(self, place: Message | View, label: str) -> str:
        """The whole label of the button whose label begins so."""
        found = [each for each in self.labels(place) if each.startswith(label)]
        assert found, f"no button {label!r} among {self.labels(place)}"
        return found[0]

    def labels(self, place: Message | View) -> list[str]:
        """What can be pressed or opened."""
        elements = [each for block in place.blocks if block["type"] == "actions" for each in block["elements"]]
        return [(each.get("text") or each["placeholder"])["text"] for each in elements]

    async def seen(self, gesture: Any, user: str = ANN) -> Message:
        """The next message that this person alone gets to see, in a channel or by direct message.

        It isn't the picture of an earlier answer, which may come only now.
        """
        before = {message.ts for message in self.private(user)}

        def answers() -> list[Message]:
            new = (each for each in self.private(user) if each.ts not in before)
            return [each for each in new if not each.text.startswith("Picture: ")]

        delivery = await gesture
        assert not delivery.failure, delivery.failure
        await self.slack.until(answers)
        return answers()[0]

    async def changed(self, message: Message, gesture: Any) -> Message:
        """The message, once a gesture has put something else in its place."""
        edits = message.edits
        delivery = await gesture
        assert not delivery.failure, delivery.failure
        await self.slack.until(lambda: message.edits > edits)
        return message

    async def card(self, line: str, user: str = ANN, channel: str = GENERAL) -> Message:
        """The consequence card of a /track."""
        card = await self.type(line, user, channel)
        assert "That leaves $" in card.text, card.text
        return card

    async def modal(self, gesture: Any, user: str = ANN) -> View:
        """The form that opens for this person."""
        delivery = await gesture
        assert not delivery.failure, delivery.failure
        await self.slack.until(lambda: self.slack.modals(user))
        return self.slack.modals(user)[-1]

    async def line(self, gesture: Any, channel: str = GENERAL) -> Message:
        """The next message that a whole channel sees."""
        before = len(self.slack.channel(channel).messages)
        delivery = await gesture
        assert not delivery.failure, delivery.failure
        await self.slack.until(lambda: len(self.slack.channel(channel).messages) > before)
        return self.slack.channel(channel).messages[before]

    def private(self, user: str) -> list[Message]:
        """What this person alone sees now, direct messages included."""
        return [*self.slack.ephemerals(user), *self.slack.direct_messages(user)]

    def lines(self, channel: str = GENERAL) -> list[str]:
        """What everybody in a channel sees."""
        return [message.text for message in self.slack.channel(channel).messages]

    def spent(self) -> int:
        """How often the API was asked to track something."""
        return len(self.sandbox.calls(TRACK))

    def track(self, *links: str, days: int = 7) -> None:
        """Have these videos running, started elsewhere."""
        for link in links:
            self.sandbox.world.track(self.sandbox.key, link, days)

    def trackings(self) -> int:
        """How many trackings there are, and so how many are billed."""
        return len(self.sandbox.world.account(self.sandbox.key).trackings)


def told(place: Message | View) -> str:
    """Every word that a message or a view shows."""
    return read(place.blocks)


async def install(bot_app: BotApp, user: str) -> None:
    """What a person's browser does for their workspace: begin, consent at Slack, come back."""
    root = bot_app.app.request_url.removesuffix("/slack/events")
    bot_app.app.redirect_urls = (f"{root}/slack/oauth_redirect",)
    bot_app.slack.consent = Consent(user)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        begun = await session.get(f"{root}/slack/install", allow_redirects=False)
        consented = await session.get(begun.headers["Location"], allow_redirects=False)
        cookie = begun.headers["Set-Cookie"].partition(";")[0]
        done = await session.get(consented.headers["Location"], headers={"Cookie": cookie})
        assert "Installed" in await done.text()


@asynccontextmanager
async def bot_app_of(
    slack: Slack, app: App, token: Token | None, sandbox: Sandbox, clock: HandClock, database_url: str, **chosen: Any
) -> AsyncIterator[BotApp]:
    """The program with these settings, reached in the way that the app is set up for. At the end all work is done.

    Any workspace can install the app where there is no token, or where it `is_installable`.
    """
    prefix, is_installable = chosen.pop("prefix", ""), chosen.pop("is_installable", token is None)
    settings = settings_of(sandbox, database_url, **chosen)
    async with AsyncExitStack() as ending:
        bot = await ending.enter_async_context(
            Bot(settings, clock=clock, timeouts=sandbox_timeouts(sandbox), sleep=nap, charts=shared_charts())
        )
        options = SlackOptions(
            api_url=slack.api_url,
            bot_token=token.value if token else None,
            app_token=app.app_token,
            signing_secret=app.signing_secret,
            client_id=app.client_id if is_installable else None,
            client_secret=app.client_secret if is_installable else None,
            prefix=prefix,
            is_previewing={"links:read", "links:write"} <= set(app.scopes),
        )
        program = SlackApp(bot, options, clock, nap)
        await ending.enter_async_context(program)
        bot_app = BotApp(slack, app, token, sandbox, clock, bot, program, ending)
        way = _by_socket(program, bot_app) if app.is_socket_mode else _by_http(program, bot_app)
        await ending.enter_async_context(way)
        yield bot_app


@asynccontextmanager
async def _by_http(program: SlackApp, bot_app: BotApp) -> AsyncIterator[None]:
    probes = {"database": bot_app.bot.is_ready, "slack": program.is_ready}
    readiness = Readiness(probes, probes, lambda: bot_app.clock().timestamp())
    routes = (*program.routes, *probe_routes(bot_app.bot.is_alive, readiness, bot_app.bot.numbers))
    app = web_app(program.handle, routes)
    async with WebServer(app, "127.0.0.1", 0) as server:
        bot_app.app.request_url = f"http://127.0.0.1:{server.port}/slack/events"
        yield


@asynccontextmanager
async def _by_socket(program: SlackApp, bot_app: BotApp) -> AsyncIterator[None]:
    serving = asyncio.create_task(program.run_socket_mode())
    await bot_app.slack.until(lambda: bot_app.slack.connections(bot_app.app))
    yield
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
