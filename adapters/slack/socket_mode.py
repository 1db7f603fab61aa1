"""Socket Mode client: receives Slack's requests over a websocket, so that no public address is needed.

Slack closes a connection every few hours, after a warning. The SDK's client then closes the old connection before it
opens the next, and loses what arrives in between. This client opens the next one first, and reads the old one until
Slack closes it. A connection that doesn't answer pings counts as lost.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import aiohttp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from adapters.chat.pacing import REFUSALS, Backoff, Sleep
from adapters.slack.api import Calls, SlackFailed
from adapters.slack.errors import TOKEN_ERRORS, described
from bot.domain.errors import NotConfigured

logger = logging.getLogger(__name__)

HEARTBEAT = 10.0
"""Seconds between pings; a connection is lost if a ping isn't answered within half of that."""
LINGER = 10.0
"""Seconds to keep reading a connection that Slack is about to close."""
MAX_PAUSE = 30.0
"""Maximum seconds between attempts to connect."""
STABLE_AFTER = 60.0
"""Seconds; a connection that lasted longer is replaced without a pause."""
STARTING = "not connected yet"
_EXPECTED = frozenset({"warning", "refresh_requested"})
"""Reasons of Slack's routine disconnects."""

Dispatch: TypeAlias = Callable[[dict[str, Any]], Awaitable[BoltResponse]]
_CLOSING = aiohttp.ClientWSTimeout(ws_close=2)
_REFUSED = "Slack refuses the Socket Mode connection ({code})."
_NEEDED = (
    "SLACK_APP_TOKEN must be an app-level token (xapp-…) with the scope connections:write, from the app's page Basic "
    "Information."
)


class SocketMode:
    """Keeps one connection open, and a second one while Slack is closing the first. `dispatch` handles a payload."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        calls: Calls,
        client: AsyncWebClient,
        app_token: str,
        dispatch: Dispatch,
        sleep: Sleep = asyncio.sleep,
        heartbeat: float = HEARTBEAT,
    ) -> None:
        self._session = session
        self._calls = calls
        self._client = client
        self._app_token = app_token
        self._dispatch = dispatch
        self._sleep = sleep
        self._heartbeat = heartbeat
        self._newest: aiohttp.ClientWebSocketResponse | None = None
        self._problem = STARTING
        self._refusals = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def problem(self) -> str:
        """Why the app isn't connected; empty while it is."""
        return "" if self._newest is not None and not self._newest.closed else self._problem

    async def run(self) -> None:
        """Serve and reconnect until cancelled. Raises NotConfigured if Slack keeps refusing the app-level token."""
        backoff = Backoff(MAX_PAUSE, self._sleep)
        try:
            while True:
                began = time.monotonic()
                is_expected = await self._connect()
                if is_expected or time.monotonic() - began > STABLE_AFTER:
                    backoff.reset()
                else:
                    await backoff.wait()
        finally:
            await self._close()

    async def _connect(self) -> bool:
        """Open a connection and wait until another is needed. Returns whether it ended by a routine disconnect."""
        try:
            answer = await self._calls.api(self._client.apps_connections_open, app_token=self._app_token)
            socket = await self._session.ws_connect(
                _proxied(answer["url"]), heartbeat=self._heartbeat, timeout=_CLOSING
            )
        except SlackFailed as error:
            self._problem = _REFUSED.format(code=described(error.code))
            self._refusals = self._refusals + 1 if error.code in TOKEN_ERRORS else 0
            if self._refusals >= REFUSALS:
                raise NotConfigured(f"{self._problem} {_NEEDED}") from error
            logger.warning("Slack refused a Socket Mode connection; retrying", extra={"error": described(error.code)})
            return False
        except (aiohttp.ClientError, OSError, KeyError, TypeError, ValueError) as error:
            self._problem = f"The connection to Slack failed ({type(error).__name__})."
            logger.warning("opening the Socket Mode connection failed", extra={"error": str(error)})
            return False
        self._newest, self._problem, self._refusals = socket, "The connection to Slack was lost.", 0
        logger.info("connected to Slack")
        ending: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._spawn(self._read(socket, ending))
        return await ending in _EXPECTED

    async def _read(self, socket: aiohttp.ClientWebSocketResponse, ending: asyncio.Future[str]) -> None:
        """Handle envelopes until the connection ends. Sets `ending` to the reason once another connection is needed."""
        reason = ""
        try:
            async for frame in socket:
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    break
                message = json.loads(frame.data)
                if message.get("type") == "disconnect":
                    reason = str(message.get("reason"))
                    logger.info("Slack is closing a Socket Mode connection", extra={"reason": reason})
                    if not ending.done():
                        ending.set_result(reason)
                    self._spawn(self._retire(socket))
                elif "envelope_id" in message:
                    self._spawn(self._answer(socket, message))
        except (ValueError, RecursionError, AttributeError):
            logger.warning("unreadable envelope from Slack")
        finally:
            if not ending.done():
                ending.set_result(reason)
            await socket.close()

    async def _retire(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        await asyncio.sleep(LINGER)
        await socket.close()

    async def _answer(self, socket: aiohttp.ClientWebSocketResponse, envelope: Mapping[str, Any]) -> None:
        """Dispatch a payload and send its acknowledgement, by the newest connection if its own has closed."""
        response = await self._dispatch(envelope.get("payload") or {})
        if response.status != 200:
            return
        acknowledgement = json.dumps({"envelope_id": envelope["envelope_id"], **_payload(response)})
        for each in (socket, self._newest):
            try:
                if each is not None and not each.closed:
                    await each.send_str(acknowledgement)
                    return
            except (ConnectionError, aiohttp.ClientError):
                continue
        logger.warning("acknowledgement lost: no Socket Mode connection")

    def _spawn(self, coroutine: Awaitable[None]) -> None:
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("Socket Mode task failed", exc_info=task.exception())

    async def _close(self) -> None:
        for task in (tasks := tuple(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _payload(response: BoltResponse) -> dict[str, object]:
    """The payload of an acknowledgement: nothing, a JSON object, or a text."""
    if not response.body:
        return {}
    kind = response.headers.get("content-type", [""])[0]
    return {"payload": json.loads(response.body) if kind.startswith("application/json") else {"text": response.body}}


def _proxied(url: str) -> URL:
    """The URL with https instead of wss, because HTTPS_PROXY applies only to https."""
    address = URL(url)
    return address.with_scheme({"wss": "https", "ws": "http"}.get(address.scheme, address.scheme))
