"""Button presses in direct messages: finds the guild that the message is about, and the person's permissions there.

Discord sends neither the guild nor the person's roles with such an interaction.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
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

GuildOf: TypeAlias = Callable[[str, str], Awaitable[str | None]]
"""Returns the guild that a direct message is about, by the ids of its recipient and of the message."""


class DirectMessages:
    """Resolves the guild of an interaction in a direct message. `guild_of` may raise BotError."""

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
