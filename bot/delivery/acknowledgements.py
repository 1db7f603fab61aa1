"""Keeps which messages have arrived: what arrives while the last ones are being written is written together."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.domain.clock import Clock
from bot.domain.errors import DatabaseUnavailable
from bot.store.outbox import Outbox
from bot.store.outbox_claims import Claimed

logger = logging.getLogger(__name__)
T = TypeVar("T")

WRITES_AGAIN = 1.0
"""Seconds until what became of a message is written again, where the database did not answer."""


class Acknowledgements:
    """Of one process. Nothing waits but for the write before."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock
        self._turn = asyncio.Lock()
        self._arrived: dict[Claimed, str] = {}

    async def keep(self, message: Claimed, message_id: str) -> None:
        """Write that a message is in its channel, however long the database is away."""
        self._arrived[message] = message_id
        async with self._turn:
            if message not in self._arrived:  # whoever had the turn has written this one too
                return
            arrived, self._arrived = self._arrived, {}
            try:
                lost = await patiently(lambda: self._outbox.sent(arrived, self._clock()))
            except BaseException:
                self._arrived |= arrived  # for whoever has the turn next
                raise
            if keys := [each.key for each in arrived if each.id in lost]:
                logger.warning("messages were posted after their lease ended and may be doubled", extra={"keys": keys})


async def patiently(write: Callable[[], Awaitable[T]]) -> T:
    """Write what became of a message: it would be said again otherwise."""
    while True:
        try:
            return await write()
        except DatabaseUnavailable:
            await asyncio.sleep(WRITES_AGAIN)
