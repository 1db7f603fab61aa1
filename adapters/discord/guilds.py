"""Guilds: which ones the bot is in, and which of them belong to the bot's operator.

Anyone with the invite of a public application can add it to a server of their own, and manages that one: such a server
must not spend the operator's money or see the operator's videos. Ownership is stated, never inferred.
"""

import asyncio
import hmac
import logging
from base64 import b32encode
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta

from bot.domain.caller import WorkspaceRef
from bot.domain.clock import Clock
from bot.store.chat_installs import ChatInstall, ChatInstalls

logger = logging.getLogger(__name__)

CHAT = "discord"
CLAIM = "claim-"
"""How every claim code begins, and no API key."""
FRESH = timedelta(minutes=1)
"""How long Discord's answer on who may add the application is used for new guilds."""


class Guilds:
    """Knows each server's workspace. A server is the operator's own in these cases.

    - if DISCORD_SERVERS lists any: when it is `listed`;
    - else, when an admin has claimed it with its code;
    - else, when the application is private, so that only its owner can add it, and was so when the server added it.

    `is_public` asks Discord whether anybody may add the application. `recognize` has stored workspaces use the right
    keys, by which servers are the operator's. Raises BotError if it can't tell, and then nothing is anybody's.
    """

    def __init__(
        self,
        installs: ChatInstalls,
        clock: Clock,
        listed: Collection[str],
        token: str,
        is_public: Callable[[], Awaitable[bool]],
        recognize: Callable[[str, Mapping[str, bool]], Awaitable[None]],
    ) -> None:
        self._installs = installs
        self._clock = clock
        self._listed = listed
        self._token = token
        self._ask = is_public
        self._recognize = recognize
        self._known: dict[str, ChatInstall] = {}
        self._turn = asyncio.Lock()
        self._is_public = True
        self._looked_at: datetime | None = None

    def introduced(self, *, is_public: bool) -> None:
        """Discord has just said whether anybody may add the application."""
        self._is_public, self._looked_at = is_public, self._clock()

    async def ref(self, id_: str, name: str) -> WorkspaceRef:
        """The workspace that a server is."""
        if id_ not in self._known:
            await self.joined(id_)
        # Another process may have taken the claim, so one that isn't known here is looked up.
        is_operators = self._is_operators(id_) or (not self._listed and await self._installs.is_claimed(CHAT, id_))
        return WorkspaceRef(CHAT, id_, name, is_operators, all_see_money=False)

    async def connected(self, ids: Collection[str], is_ours: Callable[[str], bool]) -> list[str]:
        """The bot is in these as it connects, and in no others that `is_ours`; returns those it has left meanwhile.

        One step: a server that adds the bot in between is noted after it. Safe to repeat.
        """
        async with self._turn:
            new = [each for each in ids if each not in self._known]
            if new and (self._looked_at is None or self._clock() - self._looked_at > FRESH):
                self.introduced(is_public=await self._ask())
            await self._note(new)
            operators = {each: self._is_operators(each) for each in ids}
            gone = [each for each in await self._installs.known(CHAT) if is_ours(each) and each not in ids]
            await self._left(gone)
        await self._recognize(CHAT, operators)
        return gone

    async def joined(self, id_: str) -> None:
        """The bot is in this one, which was not there as it connected, or had not been listed yet."""
        async with self._turn:
            self.introduced(is_public=await self._ask())
            await self._note([id_])

    async def left(self, id_: str) -> None:
        """The bot is in this one no more. What is stored for it is kept for a while."""
        async with self._turn:
            await self._left([id_])

    async def claim(self, id_: str, code: str) -> bool:
        """Have a server use the operator's key, if the code is its own."""
        if not hmac.compare_digest(code.strip().casefold().encode(), claim_code(self._token, id_).encode()):
            return False
        await self._installs.claim(CHAT, id_)
        self._known.pop(id_, None)
        return True

    @property
    def are_listed(self) -> bool:
        """Whether DISCORD_SERVERS alone decides, so that a claim changes nothing."""
        return bool(self._listed)

    def _is_operators(self, id_: str) -> bool:
        if self._listed:
            return id_ in self._listed
        known = self._known[id_]
        return known.is_claimed or (not self._is_public and not known.was_public)

    async def _left(self, ids: Collection[str]) -> None:
        for each in ids:
            self._known.pop(each, None)
        await self._installs.left(CHAT, ids, self._clock())

    async def _note(self, ids: Collection[str]) -> None:
        self._known |= await self._installs.joined(CHAT, ids, is_public=self._is_public)


def claim_code(token: str, server_id: str) -> str:
    """The code by which an admin claims a server for the bot's operator: made of the bot's token, good for one server.

    80 bits, which nobody guesses at the pace of Discord's forms.
    """
    digest = hmac.digest(token.encode(), f"contentstats-bot claim {server_id}".encode(), "sha256")
    word = b32encode(digest[:10]).decode().casefold()
    return CLAIM + "-".join(word[place : place + 4] for place in range(0, len(word), 4))
