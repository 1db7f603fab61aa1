"""Gateway supervisor: keeps a connection to Discord, and replaces it if discord.py's client fails or hangs.

discord.py itself resumes lost connections. If it raises, or stays disconnected for too long, the supervisor closes its
client and starts a new one.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from discord import AppInfo, ConnectionClosed, LoginFailure, PrivilegedIntentsRequired
from discord.errors import HTTPException

from adapters.chat.pacing import REFUSALS, Backoff, Sleep
from adapters.discord.listeners import Connection
from adapters.discord.rest import Rest
from bot.domain.errors import NotConfigured, TokenRefused

logger = logging.getLogger(__name__)

MAX_WAIT = 300.0
"""Seconds without a connection after which the client is replaced."""
CHECK_EVERY = 5.0
CLOSING = 10.0
"""Seconds to wait for a connection to close."""
MAX_PAUSE = 300.0
"""Maximum seconds between attempts, since a bot may identify only a thousand times per day."""

STARTING = "not connected yet"

_REFUSED = (
    "Discord doesn't accept DISCORD_TOKEN. Copy the bot's token from the application's page Bot again (Reset Token)."
)
_OUTDATED = "Discord no longer accepts how this version of the bot connects ({code}). Update contentstats-bot."

FATAL: Mapping[int, str] = MappingProxyType(
    {
        4004: _REFUSED,
        4010: "Discord doesn't know the shards in DISCORD_SHARDS. Write it like 0-3/16: these shards, of that many.",
        4011: "The bot is in too many servers for the shards in DISCORD_SHARDS. Set more of them, or leave it empty.",
        4012: _OUTDATED.format(code="4012: unknown gateway version"),
        4013: _OUTDATED.format(code="4013: invalid intents"),
        4014: _OUTDATED.format(code="4014: privileged intents that the application wasn't granted"),
    }
)
"""Close codes after which reconnecting is pointless, with what to do (Discord, Gateway Close Event Codes)."""
TEMPORARY: Mapping[int, str] = MappingProxyType(
    {
        4000: "unknown error",
        4001: "unknown opcode",
        4002: "payload that can't be decoded",
        4003: "payload before identifying",
        4005: "identified twice",
        4007: "invalid sequence number",
        4008: "too many payloads",
        4009: "session timed out",
    }
)
"""Close codes after which the client reconnects, as it does after unknown codes."""


class Gateway:
    """Supervises connections made by `connection`. `on_application` is called with the application after each login.

    A connection that is down for `max_wait` seconds is replaced.
    """

    def __init__(
        self,
        rest: Rest,
        connection: Callable[[], Connection],
        on_application: Callable[[AppInfo], None],
        sleep: Sleep = asyncio.sleep,
        max_wait: float = MAX_WAIT,
    ) -> None:
        self._rest = rest
        self._new_connection = connection
        self._on_application = on_application
        self._sleep = sleep
        self._max_wait = max_wait
        self._connection: Connection | None = None
        self._problem = STARTING

    @property
    def is_up(self) -> bool:
        """Whether every shard is connected."""
        return self._connection is not None and self._connection.is_up

    @property
    def problem(self) -> str:
        """Why the bot isn't connected; empty while it is."""
        return "" if self.is_up else self._problem

    async def run(self) -> None:
        """Serve until cancelled, and reconnect after failures. Raises NotConfigured if `FATAL` codes repeat."""
        backoff, refusals = Backoff(MAX_PAUSE, self._sleep), 0
        while True:
            began, code = time.monotonic(), 0
            try:
                await self._serve()
            except LoginFailure:
                code = 4004
            except PrivilegedIntentsRequired:
                code = 4014
            except ConnectionClosed as error:
                code = error.code
                self._problem = f"Discord closed the connection ({_meaning(code)})."
                logger.warning("Discord gateway connection closed", extra={"code": _meaning(code)})
            except Exception as error:  # the supervisor reconnects after any error
                self._problem = f"The connection to Discord failed ({type(error).__name__})."
                logger.warning("Discord gateway connection failed", extra={"error": repr(error)}, exc_info=True)
            if time.monotonic() - began > self._max_wait:
                backoff.reset()
                refusals = 0
            refusals = refusals + 1 if code in FATAL else 0
            if refusals:
                self._problem = FATAL[code]
                logger.warning("Discord refused the connection", extra={"code": code, "times": refusals})
            if refusals >= REFUSALS:
                raise (TokenRefused if code == 4004 else NotConfigured)(self._problem)
            await backoff.wait()

    async def _serve(self) -> None:
        """Run one connection until it ends or has to be replaced."""
        connection = self._connection = self._new_connection()
        serving = asyncio.create_task(self._connect(connection))
        try:
            await self._watch(connection, serving)
        finally:
            # Close before cancelling: discord.py takes a cancelled reconnect for a finished one, and goes on.
            await _wait_for_end(asyncio.create_task(connection.close()))
            serving.cancel()
            await _wait_for_end(serving)

    async def _connect(self, connection: Connection) -> None:
        try:
            await connection.login(self._rest.token or "")
        except HTTPException as error:
            if error.status == 401:
                raise LoginFailure from error
            raise
        if connection.application is not None:
            self._on_application(connection.application)
        await connection.connect()

    async def _watch(self, connection: Connection, serving: asyncio.Task[None]) -> None:
        """Wait until the connection ends, or has been down for too long."""
        up_at = time.monotonic()
        while True:
            done, _ = await asyncio.wait((serving,), timeout=min(CHECK_EVERY, self._max_wait / 4))
            if done:
                return serving.result()
            if connection.is_up:
                up_at, self._problem = time.monotonic(), "The connection to Discord was lost."
            elif time.monotonic() - up_at > self._max_wait:
                logger.warning("Discord unreachable for too long; reconnecting")
                return None


def _meaning(code: int) -> str:
    return f"{code}: {TEMPORARY[code]}" if code in TEMPORARY else str(code)


async def _wait_for_end(task: asyncio.Task[None]) -> None:
    """Wait up to `CLOSING` seconds for a task to end, then cancel it. An exception in it is logged."""
    done, _ = await asyncio.wait((task,), timeout=CLOSING)
    if not done:
        task.cancel()
    elif not task.cancelled() and task.exception() is not None:
        logger.info("closing a gateway connection failed", extra={"error": repr(task.exception())})
