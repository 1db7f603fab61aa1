"""Presses in direct messages: they act in the server that the message is about, with what the person may do there.

Discord names no server with such a press, and says nothing of the person's roles.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial, reduce
from operator import or_
from typing import Any, TypeAlias

from discord import MemberFlags
from discord.http import Route
from discord.permissions import Permissions

from adapters.chat.retry import Sleep
from adapters.discord.errors import DiscordAway, DiscordFailed, patiently
from adapters.discord.interaction import Interaction
from adapters.discord.rest import Rest

ServerOf: TypeAlias = Callable[[str, str], Awaitable[str | None]]
"""The server that a message is about, by the ids of the person who got it and of the message."""


class DirectMessages:
    """Finds the server of a press. `server_of` raises BotError."""

    def __init__(self, rest: Rest, server_of: ServerOf, sleep: Sleep) -> None:
        self._rest = rest
        self._server_of = server_of
        self._sleep = sleep

    async def in_server(self, interaction: Interaction) -> Interaction | None:
        """The press as a member's; None if the message is about no server, or one that they have left.

        Raises BotError if that isn't known.
        """
        message = interaction.raw.message
        guild_id = await self._server_of(interaction.user_id, str(message.id)) if message else None
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
            raise DiscordAway("Discord isn't responding, so nothing was done. Try again in a minute.") from error
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
        return await patiently(partial(self._rest.request, Route("GET", path, **ids)), self._sleep)
