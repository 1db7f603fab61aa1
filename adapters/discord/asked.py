"""What a person did in Discord, read from the interaction: who, where, when, and how they can be answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from discord import Client, Interaction, Member, Thread
from discord.permissions import Permissions

Gesture: TypeAlias = Interaction[Client]

TOKEN_LASTS = timedelta(minutes=14, seconds=30)
"""How long an interaction can be answered: fifteen minutes at Discord, less what clocks and wires may differ by."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that one person did.

    `id` tells it from everything else, and so from its own replay. `server_id` is None in direct messages.
    `bot_may_post` is about what the bot says by itself, beyond its answers. `may_replace` says that nobody else sees
    the message that was acted on, so that an answer may take its place. `most_file` is the size in bytes that
    Discord takes for one file of an answer.
    """

    gesture: Gesture
    id: str
    server_id: str | None
    server_name: str
    channel_id: str
    user_id: str
    user_name: str
    permissions: Permissions
    is_member: bool
    is_owner: bool
    is_guest: bool
    is_bot: bool
    bot_may_post: bool
    may_replace: bool
    most_file: int
    until: datetime

    @property
    def data(self) -> dict[str, Any]:
        """What was asked, as Discord sent it."""
        return dict(self.gesture.data or {})


def asked(gesture: Gesture, now: datetime) -> Asked:
    """The facts that every interaction has."""
    user, server, message = gesture.user, gesture.guild, gesture.message
    return Asked(
        gesture=gesture,
        id=str(gesture.id),
        server_id=str(gesture.guild_id) if gesture.guild_id else None,
        server_name=(server.name if server else "") or "",
        channel_id=str(gesture.channel_id or ""),
        user_id=str(user.id),
        user_name=user.display_name,
        permissions=gesture.permissions,
        is_member=isinstance(user, Member),
        is_owner=server is not None and server.owner_id == user.id,
        is_guest=isinstance(user, Member) and (user.pending or user.flags.guest),
        is_bot=user.bot,
        bot_may_post=_may_post(gesture),
        may_replace=message is not None and message.flags.ephemeral,
        most_file=gesture.filesize_limit,
        until=now + TOKEN_LASTS,
    )


def _may_post(gesture: Gesture) -> bool:
    """Whether the bot can post where this was done, as Discord says with every interaction."""
    may, is_thread = gesture.app_permissions, isinstance(gesture.channel, Thread)
    return may.view_channel and (may.send_messages_in_threads if is_thread else may.send_messages)
