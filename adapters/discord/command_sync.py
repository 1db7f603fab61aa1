"""Command sync and maintenance: registers changed commands, and deletes the data of guilds the bot left long ago.

Discord limits the commands that an application creates per day, and resets a server's own permissions for a command
that is created again. So the commands are registered only if they differ from the fingerprint in the store.
"""

import asyncio
import logging
from typing import Any

from discord.http import Route

from adapters.chat.pacing import Sleep
from adapters.discord.commands import fingerprint, payload
from adapters.discord.errors import DiscordFailed, with_retries
from adapters.discord.guilds import CHAT
from adapters.discord.rest import Rest
from bot.app import Bot
from bot.domain.errors import BotError

logger = logging.getLogger(__name__)

EVERY = 6 * 3600.0
"""Seconds between rounds."""
SOON = 60.0
"""Seconds before the next round if something has to be retried."""
ENDING = 5.0
"""Seconds for a round to end at shutdown."""


class Maintenance:
    """Runs maintenance in rounds, and fills `ids` with the command ids by name."""

    def __init__(self, bot: Bot, rest: Rest, ids: dict[str, str], sleep: Sleep = asyncio.sleep) -> None:
        self._bot = bot
        self._rest = rest
        self._ids = ids
        self._sleep = sleep
        self._application_id = asyncio.get_running_loop().create_future()

    def begin(self, application_id: str) -> None:
        """Start the rounds once the application's id is known. Safe to repeat."""
        if not self._application_id.done():
            self._application_id.set_result(application_id)

    async def run(self) -> None:
        """Run until cancelled."""
        application_id = await self._application_id
        while True:
            begun = asyncio.create_task(self._round(application_id))
            try:
                is_done = await asyncio.shield(begun)
            finally:  # at shutdown, let the round finish its writes
                await asyncio.wait((begun,), timeout=ENDING)
                begun.cancel()
            await self._sleep(EVERY if is_done else SOON)

    async def _round(self, application_id: str) -> bool:
        """Run one round; returns False if something has to be retried."""
        is_synced = await self._sync_commands(application_id)
        return await self._forget_departed() and is_synced

    async def _sync_commands(self, application_id: str) -> bool:
        """Register the commands if they changed, otherwise fetch their ids. Returns False if it has to be retried."""
        commands = payload()
        now = fingerprint(commands)
        path = "/applications/{application_id}/commands"
        put, get = (Route(method, path, application_id=application_id) for method in ("PUT", "GET"))
        try:
            if await self._bot.store.command_sync.fingerprint(CHAT, application_id) == now:
                if not self._ids:
                    self._note(await with_retries(lambda: self._rest.request(get), self._sleep))
                return True
            self._note(await with_retries(lambda: self._rest.request(put, json=commands), self._sleep))
            await self._bot.store.command_sync.save(CHAT, application_id, now)
        except (DiscordFailed, BotError) as error:
            logger.warning("command registration failed; will retry", extra={"error": str(error)})
            return False
        logger.info("commands registered", extra={"commands": len(commands)})
        return True

    def _note(self, registered: Any) -> None:  # noqa: ANN401 - Discord's JSON
        self._ids.update({each["name"]: each["id"] for each in registered})

    async def _forget_departed(self) -> bool:
        """Delete the data of guilds that the bot left long ago. Returns False if it has to be retried."""
        try:
            count = await self._bot.accounts.forget_departed()
        except BotError:
            logger.warning("deleting data of departed guilds failed", exc_info=True)
            return False
        if count:
            logger.info("deleted data of departed guilds", extra={"servers": count})
        return True
