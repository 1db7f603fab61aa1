"""Socket Mode: Slack's requests over websockets that this side opens, so that no public address is needed.

Slack ends a connection every few hours and says so first. The SDK's client then closes the old one before it opens the
next, and drops what arrives in between; here the next is opened first, and the old one is read until Slack closes it. A
connection on which nothing is heard any more, not even the answer to a ping, counts as ended.
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

from adapters.chat.retry import REFUSALS, Backoff, Sleep
from adapters.slack.api import Calls, SlackFailed
from adapters.slack.errors import FATAL, meaning
from bot.domain.errors import NotConfigured

logger = logging.getLogger(__name__)

HEARTBEAT = 10.0
"""Seconds between two pings; half of it without an answer ends the connection."""
LINGER = 10.0
"""Seconds for which a connection that Slack is about to close is still read."""
LONGEST_PAUSE = 30.0
"""Seconds between two tries to connect."""
STEADY = 60.0
"""Seconds after which a connection that ends is replaced at once; after a shorter life there is a pause first."""
STARTING = "not connected yet"
_EXPECTED = frozenset({"warning", "refresh_requested"})
"""Reasons for which Slack ends a connection in the normal course of things."""

Dispatch: TypeAlias = Callable[[dict[str, Any]], Awaitable[BoltResponse]]
_CLOSING = aiohttp.ClientWSTimeout(ws_close=2)
_REFUSED = "Slack refuses the Socket Mode connection ({word})."
_NEEDED = (
    "SLACK_APP_TOKEN must be an app-level token (xapp-…) with the scope connections:write, from the app's page Basic "
    "Information."
)


class SocketMode:
    """Keeps one connection open, and two while one of them is about to end. `dispatch` answers a payload."""

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
        self._why = STARTING
        self._refusals = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def problem(self) -> str:
        """Why Slack can't reach the app; empty while it can."""
        return "" if self._newest is not None and not self._newest.closed else self._why

    async def run(self) -> None:
        """Serve until cancelled, over any number of connections. Raises NotConfigured if Slack keeps refusing it."""
        backoff = Backoff(LONGEST_PAUSE, self._sleep)
        try:
            while True:
                began = time.monotonic()
                is_expected = await self._connection()
                if is_expected or time.monotonic() - began > STEADY:
                    backoff.reset()
                else:
                    await backoff.wait()
        finally:
            await self._close()

    async def _connection(self) -> bool:
        """Open one connection and wait until the next is needed. Returns whether Slack ends it in the normal course."""
        try:
            answer = await self._calls.api(self._client.apps_connections_open, app_token=self._app_token)
            socket = await self._session.ws_connect(
                _proxied(answer["url"]), heartbeat=self._heartbeat, timeout=_CLOSING
            )
        except SlackFailed as error:
            self._why = _REFUSED.format(word=meaning(error.word))
            self._refusals = self._refusals + 1 if error.word in FATAL else 0
            if self._refusals >= REFUSALS:
                raise NotConfigured(f"{self._why} {_NEEDED}") from error
            logger.warning("Slack refused a Socket Mode connection; retrying", extra={"error": meaning(error.word)})
            return False
        except (aiohttp.ClientError, OSError, KeyError, TypeError, ValueError) as error:
            self._why = f"The connection to Slack failed ({type(error).__name__})."
            logger.warning("opening the Socket Mode connection failed", extra={"error": str(error)})
            return False
        self._newest, self._why, self._refusals = socket, "The connection to Slack was lost.", 0
        logger.info("connected to Slack")
        ending: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._spawn(self._read(socket, ending))
        return await ending in _EXPECTED

    async def _read(self, socket: aiohttp.ClientWebSocketResponse, ending: asyncio.Future[str]) -> None:
        """Take in what arrives until the connection ends; `ending` gets the reason once another is needed."""
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
            logger.warning("Slack sent an envelope that can't be read")
        finally:
            if not ending.done():
                ending.set_result(reason)
            await socket.close()

    async def _retire(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        await asyncio.sleep(LINGER)
        await socket.close()

    async def _answer(self, socket: aiohttp.ClientWebSocketResponse, envelope: Mapping[str, Any]) -> None:
        """Have a payload acknowledged, and send that on; by the newest connection if its own has ended meanwhile."""
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

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
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
    """What an acknowledgement carries: nothing, an object, or a text."""
    if not response.body:
        return {}
    kind = response.headers.get("content-type", [""])[0]
    return {"payload": json.loads(response.body) if kind.startswith("application/json") else {"text": response.body}}


def _proxied(url: str) -> URL:
    """The address with the scheme for which a proxy is set in the environment: nobody sets one for wss."""
    address = URL(url)
    return address.with_scheme({"wss": "https", "ws": "http"}.get(address.scheme, address.scheme))
