"""The first look at what a person did, once it is acknowledged: is it new, and whose workspace is it.

What a connection missed is sent again when it resumes, and two processes may hear the same.
"""

from adapters.chat.recent import RecentIds
from adapters.discord.guilds import CHAT, Servers
from adapters.discord.interaction import Asked, caller
from bot.app import Bot
from bot.domain.caller import Caller, Need


class Arrivals:
    """Lets each gesture in once. What only looks is remembered here alone, so that no look waits for a write."""

    def __init__(self, bot: Bot, servers: Servers) -> None:
        self._bot = bot
        self._servers = servers
        self._recent = RecentIds()

    async def welcome(self, asked: Asked, server_id: str, need: Need) -> Caller | None:
        """Who asks, in a server; None where this was heard before. `need` is what the gesture needs at most.

        Raises DatabaseUnavailable where nobody can tell.
        """
        is_new = self._recent.is_new(asked.id)
        if need is not Need.LOOK:
            is_new = await self._bot.is_new_event(CHAT, asked.id) and is_new
        return await self.caller(asked, server_id) if is_new else None

    async def caller(self, asked: Asked, server_id: str) -> Caller:
        """Who asks, in a server."""
        return caller(asked, await self._servers.ref(server_id, asked.server_name))
