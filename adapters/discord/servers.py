"""The servers that the bot is in, and which of them are run by whoever runs the bot.

Anybody who has the invite of a public application can add it to a server of their own, and manages that one: such a
server must not spend the operator's money or see the operator's videos.
"""

import asyncio
from collections.abc import Callable, Collection

from bot.domain.caller import WorkspaceRef
from bot.domain.clock import Clock
from bot.store.presences import Presences

CHAT = "discord"


class Servers:
    """Knows each server's workspace. A server is the operator's own in these cases.

    - where DISCORD_SERVERS lists any: when it is `listed`;
    - else, when the application is private: only its owner can have added it;
    - else, when the bot was in it as it first started, or it is the very first: strangers come later.

    Raises DatabaseUnavailable where it cannot tell, and then nothing is anybody's.
    """

    def __init__(self, presences: Presences, clock: Clock, listed: Collection[str]) -> None:
        self._presences = presences
        self._clock = clock
        self._listed = listed
        self._known: dict[str, bool] = {}
        self._is_first_run: bool | None = None
        self._turn = asyncio.Lock()
        self.is_private = False
        """Whether only the application's owner can add it to servers; what Discord says of it, once it is asked."""

    async def ref(self, id_: str, name: str) -> WorkspaceRef:
        """The workspace that a server is."""
        if id_ not in self._known:
            await self.joined(id_)
        is_operators = id_ in self._listed if self._listed else self.is_private or self._known[id_]
        return WorkspaceRef(CHAT, id_, name, is_operators)

    async def present(self, ids: Collection[str]) -> None:
        """The bot is in these as it connects. Safe to repeat."""
        async with self._turn:
            if self._is_first_run is None:
                self._is_first_run = await self._presences.is_empty(CHAT)
            await self._note([each for each in ids if each not in self._known], self._is_first_run)

    async def joined(self, id_: str) -> None:
        """The bot is in this one, which was not there as it connected, or had not been listed yet."""
        async with self._turn:
            await self._note([id_], await self._presences.is_empty(CHAT))

    async def left(self, ids: Collection[str]) -> None:
        """The bot is in these no more. What is stored for them is kept for a while."""
        for each in ids:
            self._known.pop(each, None)
        await self._presences.left(CHAT, ids, self._clock())

    async def missing(self, ids: Collection[str], is_ours: Callable[[str], bool]) -> list[str]:
        """Those that the bot was in, as far as is known, and that are not among the `ids` of this connection's own."""
        return [each for each in await self._presences.known(CHAT) if is_ours(each) and each not in ids]

    async def _note(self, ids: Collection[str], is_operators: bool) -> None:  # noqa: FBT001 - a fact
        self._known |= await self._presences.arrived(
            CHAT, ids, self._clock(), is_operators=is_operators or self.is_private
        )
