"""What is done now and then beside the answers: commands registered, what departed servers left behind deleted."""

import asyncio
import logging

from adapters.discord.calls import Sleep
from adapters.discord.registration import Registration
from bot.app import Bot
from bot.domain.errors import BotError

logger = logging.getLogger(__name__)

EVERY = 6 * 3600.0
"""Seconds between two rounds …"""
SOON = 60.0
"""… and before the next one where something has to be tried again."""
ENDING = 5.0
"""Seconds for a round to end when the program is told to."""


class Upkeep:
    """Does the rounds. `sleep` passes the time between them."""

    def __init__(self, bot: Bot, registration: Registration, sleep: Sleep = asyncio.sleep) -> None:
        self._bot = bot
        self._registration = registration
        self._sleep = sleep
        self._application_id = asyncio.get_running_loop().create_future()

    def begin(self, application_id: str) -> None:
        """Discord has said which application this is, so that there is something to do. Safe to repeat."""
        if not self._application_id.done():
            self._application_id.set_result(application_id)

    async def run(self) -> None:
        """Go on until cancelled."""
        application_id = await self._application_id
        while True:
            begun = asyncio.create_task(self._round(application_id))
            try:
                is_done = await asyncio.shield(begun)
            finally:  # nothing is cut off while it writes
                await asyncio.wait((begun,), timeout=ENDING)
                begun.cancel()
            await self._sleep(EVERY if is_done else SOON)

    async def _round(self, application_id: str) -> bool:
        """Whether all of it is done."""
        is_registered = await self._registration.ensure(application_id)
        return await self._departed() and is_registered

    async def _departed(self) -> bool:
        """Whether what is too old is gone."""
        try:
            count = await self._bot.forget_departed()
        except BotError:
            logger.warning("deleting data of departed guilds failed", exc_info=True)
            return False
        if count:
            logger.info("deleted data of departed guilds", extra={"servers": count})
        return True
