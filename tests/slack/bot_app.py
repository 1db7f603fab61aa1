"""The whole program at a local Slack: real sockets, bot, sandbox and database; the clock is set by hand.

Tests act as people do at Slack, and check what people see there.
"""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from adapters.sandbox.serve import Sandbox
from adapters.slack.app import SlackApp, SlackOptions
from adapters.web import Readiness, WebServer, probe_routes, web_app
from bot.app import Bot
from tests.slack_render.rendered import read
from tests.standins.charts import shared_charts
from tests.standins.environment import HandClock, Program, nap, settings_of
from tests.standins.slack.apps import App, Token
from tests.standins.slack.content import Message, View
from tests.standins.slack.delivery import Delivery
from tests.standins.slack.oauth import Consent
from tests.standins.slack.server import Slack
from tests.standins.timeouts import sandbox_timeouts

ANN, BEN, GIL = "U1", "U2", "U3"
"""A workspace admin, a member and a guest."""
GENERAL, RANDOM, SECRET = "C1", "C2", "G1"
"""The bot is only in the first; the second is public, the third private."""

on_each_transport = pytest.mark.parametrize("transport", ["http", "socket"])


@dataclass(kw_only=True, slots=True)
class BotApp(Program):
    """A running program in one workspace."""

    slack: Slack
    app: App
    token: Token | None
    program: SlackApp
    ending: AsyncExitStack

    async def close(self) -> None:
        """Close the program in order; work in progress finishes first."""
        await self.ending.aclose()

    async def type(self, line: str, user: str = ANN, channel: str = GENERAL) -> Message:
        """The private reply to a command."""
        return await self.seen(self.send(line, user, channel), user)

    async def send(self, line: str, user: str = ANN, channel: str = GENERAL) -> Delivery:
        """Send a command; returns its acknowledgement."""
        name, _, text = line.partition(" ")
        return await self.slack.send_command(name, text, user=user, channel=channel)

    async def press(self, place: Message | View, label: str, user: str = ANN, choice: str | None = None) -> Delivery:
        """Press the first button whose label starts with `label`, or choose from a menu."""
        return await self.slack.send_action(place, self.label(place, label), user=user, choice=choice)

    def label(self, place: Message | View, label: str) -> str:
        """The whole label of the first button that starts with `label`."""
        found = [each for each in self.labels(place) if each.startswith(label)]
        assert found, f"no button {label!r} among {self.labels(place)}"
        return found[0]

    def labels(self, place: Message | View) -> list[str]:
        """The labels of buttons and menus."""
        elements = [each for block in place.blocks if block["type"] == "actions" for each in block["elements"]]
        return [(each.get("text") or each["placeholder"])["text"] for each in elements]

    async def seen(self, action: Any, user: str = ANN) -> Message:
        """The next message that only this person sees, in a channel or by direct message.

        Pictures are left out: one of an earlier reply may arrive late.
        """
        before = {message.ts for message in self.private(user)}

        def answers() -> list[Message]:
            new = (each for each in self.private(user) if each.ts not in before)
            return [each for each in new if not each.text.startswith("Picture: ")]

        delivery = await action
        assert not delivery.failure, delivery.failure
        await self.slack.until(answers)
        return answers()[0]

    async def changed(self, message: Message, action: Any) -> Message:
        """The message, once the action has replaced its content."""
        edits = message.edits
        delivery = await action
        assert not delivery.failure, delivery.failure
        await self.slack.until(lambda: message.edits > edits)
        return message

    async def card(self, line: str, user: str = ANN, channel: str = GENERAL) -> Message:
        """The consequence card of a /track."""
        card = await self.type(line, user, channel)
        assert "That leaves $" in card.text, card.text
        return card

    async def modal(self, action: Any, user: str = ANN) -> View:
        """The form that the action opens."""
        before = self.slack.modals(user)
        delivery = await action
        assert not delivery.failure, delivery.failure
        await self.slack.until(lambda: self.slack.modals(user) not in ([], before))
        return self.slack.modals(user)[-1]

    async def line(self, action: Any, channel: str = GENERAL) -> Message:
        """The action's next message that the whole channel sees."""
        before = len(self.slack.channel(channel).messages)
        delivery = await action
        assert not delivery.failure, delivery.failure
        await self.slack.until(lambda: len(self.slack.channel(channel).messages) > before)
        return self.slack.channel(channel).messages[before]

    def private(self, user: str) -> list[Message]:
        """All messages that only this person sees now."""
        return [*self.slack.ephemerals(user), *self.slack.direct_messages(user)]

    def lines(self, channel: str = GENERAL) -> list[str]:
        """All messages that everyone in a channel sees."""
        return [message.text for message in self.slack.channel(channel).messages]


def signed(bot_app: BotApp, body: bytes) -> dict[str, str]:
    """The headers of a JSON body that Slack signed."""
    stamp = str(int(bot_app.clock().timestamp()))
    digest = hmac.new(bot_app.app.signing_secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    signature = {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}
    return {"content-type": "application/json", **signature}


def shown_text(place: Message | View) -> str:
    """All text of a message or view."""
    return read(place.blocks)


async def install(bot_app: BotApp, user: str) -> None:
    """Install the app in a person's workspace, as a browser does."""
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
    """The program with these settings, by the app's transport; closed at the end.

    Any workspace can install the app if there is no token or `is_installable`.
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
        bot_app = BotApp(
            sandbox=sandbox, clock=clock, bot=bot, slack=slack, app=app, token=token, program=program, ending=ending
        )
        way = _by_socket(program, bot_app) if app.is_socket_mode else _by_http(program, bot_app)
        await ending.enter_async_context(way)
        yield bot_app


@asynccontextmanager
async def _by_http(program: SlackApp, bot_app: BotApp) -> AsyncIterator[None]:
    probes = {"database": bot_app.bot.is_ready, "slack": program.is_ready}
    readiness = Readiness(probes, probes, lambda: bot_app.clock().timestamp())
    routes = (*program.routes, *probe_routes(bot_app.bot.is_alive, readiness, bot_app.bot.render_metrics))
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
