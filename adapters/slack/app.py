"""The Slack app: its parts put together, and their life. It knows the settings only as values."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any, Self

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.slack.answers import Answers
from adapters.slack.arrivals import Arrivals
from adapters.slack.callers import Callers
from adapters.slack.calls import Calls, SlackFailed, Sleep, new_client, new_session
from adapters.slack.door import BadRequest, Door, payload_of
from adapters.slack.events import Events
from adapters.slack.gestures import Gestures
from adapters.slack.home import HomeTab
from adapters.slack.limits import Limits
from adapters.slack.listeners import Listeners
from adapters.slack.socket_mode import SocketMode
from adapters.slack.teams import team_of_token
from adapters.slack.work import Work
from bot.app import Bot
from bot.domain.clock import Clock, utc_now
from bot.domain.errors import NotConfigured

logger = logging.getLogger(__name__)

DRAIN = 20.0
"""Seconds that running work may take to end when the program is told to."""


class SlackApp:
    """The bot in one Slack workspace or organisation. Use it as `async with`.

    With `signing_secret` it answers HTTP requests, with `app_token` it can serve by Socket Mode; both at once will do.
    `prefix` stands before the commands' names, `sleep` passes the time that Slack asks to wait.
    """

    def __init__(
        self,
        bot: Bot,
        *,
        api_url: str,
        bot_token: str,
        signing_secret: str | None = None,
        app_token: str | None = None,
        prefix: str = "",
        clock: Clock = utc_now,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._api_url = api_url
        self._bot_token = bot_token
        self._app_token = app_token
        self._door = Door(signing_secret, clock) if signing_secret else None
        self._prefix = prefix
        self._clock = clock
        self._sleep = sleep
        self._resources = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Ask Slack whose the token is; NotConfigured where it takes none."""
        async with AsyncExitStack() as stack:
            self._session = await stack.enter_async_context(new_session())
            self._calls = Calls(self._session, self._sleep)
            self._client = new_client(self._session, self._api_url, self._bot_token)
            teams = await team_of_token(self._calls, self._client)
            answers = Answers(self._calls, Limits(sleep=self._sleep), self._clock, self._sleep)
            arrivals = Arrivals(self._bot, teams, answers, self._clock)
            callers, home = Callers(self._calls, self._clock), HomeTab(self._bot, self._calls)
            gestures = Gestures(self._bot, arrivals, callers, self._calls, answers, home, self._prefix)
            events = Events(self._bot, arrivals, teams, callers, self._calls, home)
            work = Work()
            stack.push_async_callback(work.drain, DRAIN)
            self._bolt = Listeners(gestures, events, work).app(new_client(self._session, self._api_url, None))
            self._resources = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let running work end, for twenty seconds at most, and close."""
        await self._resources.aclose()

    async def handle(self, body: bytes, headers: Mapping[str, str]) -> BoltResponse:
        """The answer to a request over HTTP, its headers' names in small letters: 401 unless Slack has signed it."""
        if self._door is None or not self._door.is_slack(body, headers):
            return BoltResponse(status=401, body={"error": "not signed by Slack"})
        try:
            return await self.dispatch(payload_of(body, headers))
        except BadRequest as error:
            return BoltResponse(status=400, body={"error": str(error)})

    async def dispatch(self, payload: dict[str, Any]) -> BoltResponse:
        """The acknowledgement of a payload that is certainly Slack's."""
        # To Bolt the mode says whether there is text to read and a signature to check; neither is left to do.
        return await self._bolt.async_dispatch(AsyncBoltRequest(body=payload, mode="socket_mode"))

    async def run_socket_mode(self) -> None:
        """Serve by Socket Mode until cancelled; NotConfigured where Slack does not take the token."""
        if self._app_token is None:
            raise NotConfigured("SLACK_APP_TOKEN is not set, so there is no Socket Mode.")
        await SocketMode(self._session, self._calls, self._client, self._app_token, self.dispatch, self._sleep).run()

    async def is_ready(self) -> bool:
        """Whether Slack takes the token."""
        try:
            await self._calls.api(self._client.auth_test)
        except SlackFailed as error:
            logger.warning("Slack does not answer as it should", extra={"error": error.word})
            return False
        return True
