"""What Discord tells by itself: which servers the bot is in, was added to, and was removed from."""

import logging
from collections.abc import Awaitable, Callable, Collection

from adapters.discord.servers import Servers
from bot.domain.errors import BotError

logger = logging.getLogger(__name__)


class Events:
    """Notes them. Never raises: what the database missed is told again with the next connection."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    async def connected(self, ids: Collection[str], is_ours: Callable[[str], bool]) -> None:
        """A connection is for these servers, and for no others that are its own."""
        logger.info("connected to Discord", extra={"servers": len(ids)})

        async def note() -> None:
            await self._servers.present(ids)
            gone = await self._servers.missing(ids, is_ours)
            if gone:
                logger.info("guilds removed the bot while it was offline", extra={"servers": gone})
                await self._servers.left(gone)

        await _noted(note)

    async def joined(self, id_: str) -> None:
        """A server added the bot."""
        await _noted(lambda: self._servers.joined(id_))

    async def left(self, id_: str) -> None:
        """A server removed the bot. An outage of a server is another thing."""
        logger.info("guild removed the bot; its data is kept for 30 days", extra={"server": id_})
        await _noted(lambda: self._servers.left((id_,)))


async def _noted(note: Callable[[], Awaitable[None]]) -> None:
    try:
        await note()
    except BotError:
        logger.warning("storing the list of guilds failed", exc_info=True)
