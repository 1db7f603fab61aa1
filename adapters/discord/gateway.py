"""The gateway: keeps one connection to Discord, and makes another where the library's has died or hangs.

The library resumes by itself what can be resumed, so that nothing is lost. What it does not survive, or tries for ever,
is ended here after a while, and begun anew.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable

from discord import AppInfo, ConnectionClosed, LoginFailure
from discord.errors import HTTPException

from adapters.discord.calls import Sleep
from adapters.discord.listeners import Connection
from adapters.discord.rest import Rest
from bot.domain.errors import NotConfigured

logger = logging.getLogger(__name__)

PATIENCE = 300.0
"""Seconds without a connection after which another one is made."""
LOOK_EVERY = 5.0
CLOSING = 10.0
"""Seconds for a connection to say goodbye."""
LONGEST_PAUSE = 300.0
"""Seconds between two tries: a bot may say a thousand times a day who it is."""

_REFUSED = (
    "Discord does not accept DISCORD_TOKEN. Copy the bot's token from the application's page Bot again (Reset Token)."
)
_FINAL = {
    4004: _REFUSED,
    4010: "Discord does not know the shards of DISCORD_SHARDS. Write it like 0-3/16: these shards, of so many.",
    4011: "The bot is in too many servers for the shards of DISCORD_SHARDS. Give it more of them, or leave it empty.",
}
"""Why Discord closes a connection that no other try would open, by its code."""


class Gateway:
    """Serves by one `connection` after the other; each tells `introduced` first whose application it is for.

    `patience` is in seconds.
    """

    def __init__(
        self,
        rest: Rest,
        connection: Callable[[], Connection],
        introduced: Callable[[AppInfo], None],
        sleep: Sleep = asyncio.sleep,
        patience: float = PATIENCE,
    ) -> None:
        self._rest = rest
        self._new_connection = connection
        self._introduced = introduced
        self._sleep = sleep
        self._patience = patience
        self._connection: Connection | None = None

    @property
    def is_up(self) -> bool:
        """Whether every shard hears Discord."""
        return self._connection is not None and self._connection.is_up

    async def run(self) -> None:
        """Serve until cancelled, however long Discord is away. NotConfigured where it does not take the token."""
        pause = 1.0
        while True:
            began = time.monotonic()
            try:
                await self._serve()
            except LoginFailure:
                raise NotConfigured(_REFUSED) from None
            except ConnectionClosed as error:
                if error.code in _FINAL:
                    raise NotConfigured(_FINAL[error.code]) from error
                logger.warning("the connection to Discord ended", extra={"code": error.code})
            except Exception as error:  # the supervisor: whatever ends the library, the bot comes back
                logger.warning("the connection to Discord failed", extra={"error": repr(error)}, exc_info=True)
            if time.monotonic() - began > self._patience:
                pause = 1.0
            await self._sleep(pause * random.uniform(0.5, 1))
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _serve(self) -> None:
        """One connection, from its first word to its end."""
        connection = self._connection = self._new_connection()
        serving = asyncio.create_task(self._connect(connection))
        try:
            await self._watch(connection, serving)
        finally:
            # In this order: the library takes a cancelled reconnect for one that is over, and goes on.
            await _ended(asyncio.create_task(connection.close()))
            serving.cancel()
            await _ended(serving)

    async def _connect(self, connection: Connection) -> None:
        self._rest.speak()
        try:
            await connection.login(self._rest.token or "")
        except HTTPException as error:
            if error.status == 401:
                raise LoginFailure from error
            raise
        if connection.application is not None:
            self._introduced(connection.application)
        await connection.connect()

    async def _watch(self, connection: Connection, serving: asyncio.Task[None]) -> None:
        """Wait until the connection ends, or until it has been down for too long."""
        up_at = time.monotonic()
        while True:
            done, _ = await asyncio.wait((serving,), timeout=min(LOOK_EVERY, self._patience / 4))
            if done:
                return serving.result()
            if connection.is_up:
                up_at = time.monotonic()
            elif time.monotonic() - up_at > self._patience:
                logger.warning("Discord was not reached for too long; connecting anew")
                return None


async def _ended(task: asyncio.Task[None]) -> None:
    """Wait for the end of something for a while, however it ends."""
    done, _ = await asyncio.wait((task,), timeout=CLOSING)
    if not done:
        task.cancel()
    elif not task.cancelled() and task.exception() is not None:
        logger.info("a connection did not end well", extra={"error": repr(task.exception())})
