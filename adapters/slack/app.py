"""The Slack app: builds its parts, opens and closes them, and handles requests. It reads no settings itself."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Self

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from starlette.routing import Route

from adapters.chat.conversation import BackgroundTasks
from adapters.chat.pacing import REFUSALS, Backoff, Sleep
from adapters.slack.api import Calls, Limits, SlackFailed, new_client, new_session
from adapters.slack.events import Events
from adapters.slack.handlers import Handlers
from adapters.slack.home import HomeTab
from adapters.slack.interaction import Callers
from adapters.slack.listeners import (
    BadRequest,
    Listeners,
    Overload,
    SignatureCheck,
    is_ssl_check,
    is_well_formed,
    payload_of,
)
from adapters.slack.oauth import InstallPages, OAuth
from adapters.slack.pictures import Pictures
from adapters.slack.post import SlackPoster
from adapters.slack.send import Replies, SortableTables
from adapters.slack.socket_mode import MAX_PAUSE, SocketMode
from adapters.slack.text import CommandNames
from adapters.slack.workspaces import InstalledWorkspaces, MultiWorkspace, SingleWorkspace, SlackUnreachable, Workspaces
from bot.app import Bot
from bot.domain.clock import Clock, utc_now
from bot.domain.errors import NotConfigured, TokenRefused

logger = logging.getLogger(__name__)

CHECK_EVERY = 120.0
"""Seconds between checks that Slack still accepts the token."""
DRAIN_SECONDS = 20.0
"""Seconds that running tasks may take at shutdown."""


@dataclass(frozen=True, slots=True)
class SlackOptions:
    """Credentials and options of one Slack app; None means not set.

    `bot_token` serves one workspace or organisation; `client_id` with its secret lets any workspace install the app.
    `signing_secret` is for requests over HTTP, `app_token` for Socket Mode. `prefix` is put before the command names.
    `is_previewing`: the app's manifest has link previews.
    """

    api_url: str
    bot_token: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    prefix: str = ""
    is_previewing: bool = False


class SlackApp:
    """The bot in Slack, as an async context manager. `sleep` waits when Slack asks to."""

    def __init__(self, bot: Bot, options: SlackOptions, clock: Clock = utc_now, sleep: Sleep = asyncio.sleep) -> None:
        self._bot = bot
        self._options = options
        self._clock = clock
        self._sleep = sleep
        self._signature = SignatureCheck(options.signing_secret, clock) if options.signing_secret else None
        self._routes: tuple[Route, ...] = ()
        self._own_workspace: SingleWorkspace | None = None
        self._socket: SocketMode | None = None
        self._problem = ""
        self._background = BackgroundTasks()
        self._resources = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the shared resources, and look up the token's workspace.

        Succeeds even if Slack is unreachable or refuses the token: `identify` retries, or raises.
        """
        async with AsyncExitStack() as stack:
            self._session = await stack.enter_async_context(new_session())
            names = CommandNames(self._options.prefix, [each.name for each in self._bot.commands if each.listed])
            self._calls = Calls(self._session, self._sleep, names)
            self._overload = Overload(self._background, self._calls)
            self._client = new_client(self._session, self._options.api_url, self._options.bot_token)
            workspaces = await self._workspaces()
            limits = Limits(sleep=self._sleep, slots=self._bot.store.rates)
            pictures, tables = Pictures(self._calls), SortableTables(self._bot.store.memories, self._clock)
            self._poster = SlackPoster(workspaces, self._calls, pictures, limits, self._sleep, tables)
            replies = Replies(self._calls, limits, pictures, self._clock, self._sleep, tables)
            callers, home = Callers(self._calls, self._clock), HomeTab(self._bot, self._calls)
            handlers = Handlers(self._bot, workspaces, self._calls, replies, callers, home, names, self._clock)
            events = Events(self._bot, handlers, workspaces, callers, self._calls, home)
            stack.push_async_callback(self.drain)
            self._bolt = Listeners(handlers, events, self._background).app(
                new_client(self._session, self._options.api_url, None)
            )
            self._resources = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Drain the running tasks and close."""
        await self._resources.aclose()

    async def drain(self) -> None:
        """Accept no more requests, and wait up to twenty seconds for running tasks. Safe to repeat."""
        await asyncio.gather(self._background.drain(DRAIN_SECONDS), self._overload.drain(DRAIN_SECONDS))

    @property
    def routes(self) -> tuple[Route, ...]:
        """HTTP routes of the OAuth installation pages; none without a `client_id`."""
        return self._routes

    @property
    def poster(self) -> SlackPoster:
        """The poster for messages that no request asked for. It shares rate limits with the replies."""
        return self._poster

    async def handle(self, body: bytes, headers: Mapping[str, str]) -> BoltResponse:
        """Handle an HTTP request, with header names in lower case: 401 unless Slack signed it."""
        if self._signature is None or not self._signature.is_slack(body, headers):
            if is_ssl_check(body):
                return BoltResponse(status=200)
            return BoltResponse(status=401, body={"error": "not signed by Slack"})
        try:
            return await self.dispatch(payload_of(body, headers))
        except BadRequest as error:
            return BoltResponse(status=400, body={"error": str(error)})

    async def dispatch(self, payload: dict[str, Any]) -> BoltResponse:
        """Handle a verified payload; returns its acknowledgement, or 400 if the payload is malformed."""
        if not is_well_formed(payload):
            return BoltResponse(status=400, body={"error": "the payload is malformed"})
        if (refusal := self._overload.refusal(payload)) is not None:
            return refusal
        # In this mode, Bolt neither parses the body nor checks a signature, both of which are already done.
        # Bolt calls len() on response_urls, which may be null.
        body = {name: value for name, value in payload.items() if name != "response_urls" or value}
        return await self._bolt.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))

    async def identify(self) -> None:
        """Look up the token's workspace, retrying until Slack answers.

        Raises TokenRefused if Slack refuses the token and workspaces can't install the app by OAuth. If they can, they
        are still served.
        """
        if self._own_workspace is not None:
            await self._retry_until_answered(self._own_workspace.identify)

    async def watch_token(self) -> None:
        """Call `identify`, then check the token every two minutes until cancelled. Raises as `identify` does."""
        await self.identify()
        while True:
            await self._sleep(CHECK_EVERY * random.uniform(0.5, 1))
            if self._own_workspace is not None:
                await self._retry_until_answered(self._own_workspace.check)

    async def _retry_until_answered(self, ask: Callable[[], Awaitable[object]]) -> None:
        """Retry until Slack answers, keeping `problem` up to date. A refusal counts after `REFUSALS` in a row."""
        backoff, refusals = Backoff(MAX_PAUSE, self._sleep), 0
        while True:
            try:
                await ask()
            except SlackUnreachable as error:
                self._problem = str(error)
                logger.warning("Slack is unreachable: %s", error)
            except TokenRefused as error:
                self._problem = str(error)
                refusals += 1
                logger.warning("Slack refused the token", extra={"error": str(error), "times": refusals})
                if refusals >= REFUSALS:
                    if self._options.client_id is None:
                        raise
                    logger.error("%s", error)  # noqa: TRY400 - a traceback would add nothing
                    return
            else:
                self._problem = ""
                return
            await backoff.wait()

    async def run_socket_mode(self) -> None:
        """Serve over Socket Mode until cancelled. Raises NotConfigured if Slack refuses the app-level token."""
        if self._options.app_token is None:
            raise NotConfigured("SLACK_APP_TOKEN isn't set, so Socket Mode can't start.")
        token = self._options.app_token
        self._socket = SocketMode(self._session, self._calls, self._client, token, self.dispatch, self._sleep)
        await self._socket.run()

    @property
    def problem(self) -> str:
        """Why the bot can't receive or answer commands from Slack; empty if no problem is known."""
        return self._problem or (self._socket.problem if self._socket else "")

    async def is_ready(self) -> bool:
        """Readiness: Slack responds, accepts the token if there is one, and Socket Mode is connected if it is used."""
        if self.problem:
            return False
        try:
            await self._calls.api(self._client.auth_test)
        except SlackFailed as error:
            if self._options.bot_token is None and error.code == "not_authed":
                return True
            logger.warning("unexpected response from Slack", extra={"error": error.code})
            return False
        return True

    async def _workspaces(self) -> Workspaces:
        """Workspaces from the token and from OAuth installations, as configured."""
        options, sources = self._options, list[Workspaces]()
        if options.bot_token is not None:
            self._own_workspace = SingleWorkspace(
                self._calls, self._client, self._bot.accounts.forget, is_previewing=options.is_previewing
            )
            with contextlib.suppress(SlackUnreachable, TokenRefused):
                await self._own_workspace.identify()
            sources.append(self._own_workspace)
        if options.client_id is not None:
            oauth = OAuth(
                self._session,
                options.api_url,
                options.client_id,
                options.client_secret or "",
                is_previewing=options.is_previewing,
            )
            installed = InstalledWorkspaces(
                self._bot.store.installations,
                self._session,
                options.api_url,
                self._bot.accounts.forget,
                self._clock,
                self._sleep,
            )
            self._routes = InstallPages(oauth, installed, self._bot.store.installations, self._clock).routes
            sources.append(installed)
        return MultiWorkspace(*sources)
