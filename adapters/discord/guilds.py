"""Guilds: which ones the bot is in, which of them may use the operator's API key, and which a direct message is about.

Anyone can add a public application to a server that they manage. Such a server must not spend the operator's money or
see the operator's videos, so ownership has to be stated explicitly.
"""

import asyncio
import hmac
import logging
from base64 import b32encode
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial, reduce
from operator import or_
from typing import Any, TypeAlias

from discord import MemberFlags
from discord.http import Route
from discord.permissions import Permissions

from adapters.chat.pacing import Sleep
from adapters.discord.errors import DiscordFailed, DiscordUnreachable, with_retries
from adapters.discord.interaction import Interaction
from adapters.discord.rest import Rest
from bot.domain.caller import WorkspaceRef
from bot.domain.clock import Clock
from bot.store.workspaces import ChatInstall, ChatInstalls

logger = logging.getLogger(__name__)

CHAT = "discord"
CLAIM = "claim-"
"""Prefix of claim codes, which no API key has."""
IS_PUBLIC_TTL = timedelta(minutes=1)
"""How long the application's public flag is cached for new guilds."""


class Guilds:
    """Maps guilds to workspaces, and decides which guilds are the operator's own and may use the operator's API key.

    A guild is the operator's own if:

    - it is `listed`, when DISCORD_SERVERS lists any guilds;
    - otherwise, an admin has claimed it with its code;
    - or the application is private, so that only its owner can add it, and was private when the guild added it.

    `is_public` asks Discord whether anybody may add the application. `recognize` updates which key stored workspaces
    use. Methods raise BotError if ownership can't be determined.
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
        self._ask_is_public = is_public
        self._recognize = recognize
        self._known: dict[str, ChatInstall] = {}
        self._lock = asyncio.Lock()
        self._is_public = True
        self._asked_at: datetime | None = None

    def set_public(self, *, is_public: bool) -> None:
        """Set whether anybody may add the application, as Discord has just reported."""
        self._is_public, self._asked_at = is_public, self._clock()

    async def ref(self, id_: str, name: str) -> WorkspaceRef:
        """The workspace of a guild."""
        if id_ not in self._known:
            await self.joined(id_)
        # Another process may have handled the claim, so look it up if this one doesn't know of it.
        is_operators = self._is_operators(id_) or (not self._listed and await self._installs.is_claimed(CHAT, id_))
        return WorkspaceRef(CHAT, id_, name, is_operators, all_see_money=False)

    async def connected(self, ids: Collection[str], is_ours: Callable[[str], bool]) -> list[str]:
        """Record the guilds that a connection lists, and which others the bot has left; returns the latter.

        `is_ours` tells which guilds belong to the connection's shard. The lock makes guilds that join meanwhile wait.
        Safe to repeat.
        """
        async with self._lock:
            new = [each for each in ids if each not in self._known]
            if new and (self._asked_at is None or self._clock() - self._asked_at > IS_PUBLIC_TTL):
                self.set_public(is_public=await self._ask_is_public())
            await self._store_joined(new)
            operators = {each: self._is_operators(each) for each in ids}
            gone = [each for each in await self._installs.known(CHAT) if is_ours(each) and each not in ids]
            await self._left(gone)
        await self._recognize(CHAT, operators)
        return gone

    async def joined(self, id_: str) -> None:
        """Record a guild that added the bot, or that the connection hasn't listed yet."""
        async with self._lock:
            self.set_public(is_public=await self._ask_is_public())
            await self._store_joined([id_])

    async def left(self, id_: str) -> None:
        """Record that the bot left a guild. Its data is kept for a while."""
        async with self._lock:
            await self._left([id_])

    async def claim(self, id_: str, code: str) -> bool:
        """Let a guild use the operator's key. Returns False if the code isn't the guild's."""
        if not hmac.compare_digest(code.strip().casefold().encode(), claim_code(self._token, id_).encode()):
            return False
        await self._installs.claim(CHAT, id_)
        self._known.pop(id_, None)
        return True

    @property
    def uses_list(self) -> bool:
        """Whether DISCORD_SERVERS decides, so that claims have no effect."""
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

    async def _store_joined(self, ids: Collection[str]) -> None:
        self._known |= await self._installs.joined(CHAT, ids, is_public=self._is_public)


def claim_code(token: str, server_id: str) -> str:
    """The code that lets an admin claim one guild for the bot's operator, derived from the bot's token.

    Its 80 bits can't be guessed through a form.
    """
    digest = hmac.digest(token.encode(), f"contentstats-bot claim {server_id}".encode(), "sha256")
    encoded = b32encode(digest[:10]).decode().casefold()
    return CLAIM + "-".join(encoded[at : at + 4] for at in range(0, len(encoded), 4))


GuildOf: TypeAlias = Callable[[str, str], Awaitable[str | None]]
"""Returns the guild that a direct message is about, by the ids of its recipient and of the message."""


class DirectMessages:
    """Resolves the guild of an interaction in a direct message, and the person's permissions there.

    Discord sends neither with such an interaction. `guild_of` may raise BotError.
    """

    def __init__(self, rest: Rest, guild_of: GuildOf, sleep: Sleep) -> None:
        self._rest = rest
        self._guild_of = guild_of
        self._sleep = sleep

    async def in_guild(self, interaction: Interaction) -> Interaction | None:
        """The interaction as if in the guild; None if the message is about no guild, or the person isn't a member.

        Raises BotError if the guild or the membership can't be looked up.
        """
        message = interaction.raw.message
        guild_id = await self._guild_of(interaction.user_id, str(message.id)) if message else None
        if guild_id is None:
            return None
        try:
            guild = await self._get("/guilds/{guild_id}", guild_id=guild_id)
            member = await self._get(
                "/guilds/{guild_id}/members/{user_id}", guild_id=guild_id, user_id=interaction.user_id
            )
        except DiscordFailed as error:
            if error.status in {403, 404}:
                return None
            raise DiscordUnreachable("Discord isn't responding, so nothing was done. Try again in a minute.") from error
        roles = frozenset({guild_id, *member["roles"]})
        granted = (int(each["permissions"]) for each in guild["roles"] if each["id"] in roles)
        return replace(
            interaction,
            guild_id=guild_id,
            guild_name=guild["name"],
            permissions=Permissions(reduce(or_, granted, 0)),
            is_member=True,
            is_owner=guild["owner_id"] == interaction.user_id,
            is_guest=bool(member.get("pending")) or bool(member.get("flags", 0) & MemberFlags.guest.flag),
            roles=roles,
        )

    async def _get(self, path: str, **ids: str) -> Any:  # noqa: ANN401 - Discord's JSON
        return await with_retries(partial(self._rest.request, Route("GET", path, **ids)), self._sleep)
