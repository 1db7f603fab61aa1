"""The commands as Discord has them: put there when they have changed, and left alone else.

Discord counts the commands that an application makes in a day, and forgets a server's own permissions for one that is
made anew; so what was put there last is remembered in the store.
"""

import asyncio
import logging

from discord.http import Route

from adapters.discord.calls import DiscordFailed, Sleep, patiently
from adapters.discord.commands import fingerprint, payload
from adapters.discord.rest import Rest
from adapters.discord.servers import CHAT
from bot.domain.clock import Clock
from bot.domain.errors import BotError
from bot.store.registrations import Registrations

logger = logging.getLogger(__name__)


class Registration:
    """Registers the commands of an application."""

    def __init__(self, rest: Rest, registrations: Registrations, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        self._rest = rest
        self._registrations = registrations
        self._clock = clock
        self._sleep = sleep

    async def ensure(self, application_id: str) -> bool:
        """Have Discord know the commands as they are now. False where that has to be tried again; never raises."""
        commands = payload()
        now = fingerprint(commands)
        route = Route("PUT", "/applications/{application_id}/commands", application_id=application_id)
        try:
            if await self._registrations.fingerprint(CHAT, application_id) == now:
                return True
            await patiently(lambda: self._rest.request(route, json=commands), self._sleep)
            await self._registrations.save(CHAT, application_id, now)
        except (DiscordFailed, BotError) as error:
            logger.warning("command registration failed; will retry", extra={"error": str(error)})
            return False
        logger.info("commands registered", extra={"commands": len(commands)})
        return True
