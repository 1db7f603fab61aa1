"""An interaction in Discord: who acted, where, and how they can be answered. Discord vouches for all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from discord import Client, Member, Thread, User
from discord import Interaction as DiscordInteraction
from discord.permissions import Permissions

from bot.commands.permissions import MANAGERS, PERMISSIONS
from bot.domain.caller import Caller, Permission, Person, Role, WorkspaceRef

RawInteraction: TypeAlias = DiscordInteraction[Client]
"""discord.py's own."""

TOKEN_LASTS = timedelta(minutes=14, seconds=30)
"""How long an interaction can be answered: fifteen minutes at Discord, less what clocks and wires may differ by."""
GRANTED: Mapping[Role, frozenset[Permission]] = {role: by_rule[MANAGERS] for role, by_rule in PERMISSIONS.items()}
"""Permissions by Discord's own rule. Anybody can join most servers, so only those who manage one spend its money."""
UNINVITED = "I can't post in this channel yet. Ask a server admin to let me view it and send messages in it."


@dataclass(frozen=True, slots=True)
class Interaction:
    """One thing that one person did.

    `id` tells it from everything else, and so from its own replay. `guild_id` is None in direct messages.
    `bot_may_post` is about what the bot says by itself, beyond its answers. `may_replace` says that nobody else sees
    the message that was acted on, so that an answer may take its place. `most_file` is the size in bytes that
    Discord takes for one file of an answer. `roles` are the ids of the roles of a member; None until Discord has sent
    the server's roles, shortly after a start. `parent_id` is of the channel that a thread belongs to, if it is one.
    """

    raw: RawInteraction
    id: str
    guild_id: str | None
    guild_name: str
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
    roles: frozenset[str] | None = frozenset()
    channel_name: str = ""
    parent_id: str = ""

    @property
    def data(self) -> dict[str, Any]:
        """The interaction's data as Discord sent it."""
        return dict(self.raw.data or {})


def interaction(raw: RawInteraction, now: datetime) -> Interaction:
    """Read the facts that every interaction has."""
    user, guild, message = raw.user, raw.guild, raw.message
    return Interaction(
        raw=raw,
        id=str(raw.id),
        guild_id=str(raw.guild_id) if raw.guild_id else None,
        guild_name=(guild.name if guild else "") or "",
        channel_id=str(raw.channel_id or ""),
        user_id=str(user.id),
        user_name=user.display_name,
        permissions=raw.permissions,
        is_member=isinstance(user, Member),
        is_owner=guild is not None and guild.owner_id == user.id,
        is_guest=isinstance(user, Member) and (user.pending or user.flags.guest),
        is_bot=user.bot,
        bot_may_post=_may_post(raw),
        may_replace=message is not None and message.flags.ephemeral,
        most_file=raw.filesize_limit,
        until=now + TOKEN_LASTS,
        roles=_roles(user),
        channel_name=str(getattr(raw.channel, "name", None) or ""),  # direct messages have none
        parent_id=str(raw.channel.parent_id) if isinstance(raw.channel, Thread) else "",
    )


def _roles(user: User | Member) -> frozenset[str] | None:
    """A member's roles, of which the library keeps only those that the server is known to have."""
    if not isinstance(user, Member):
        return frozenset()
    return frozenset(str(each.id) for each in user.roles) if user.guild.roles else None


def _may_post(raw: RawInteraction) -> bool:
    """Whether the bot can post where this was done, as Discord says with every interaction."""
    may, is_thread = raw.app_permissions, isinstance(raw.channel, Thread)
    return may.view_channel and (may.send_messages_in_threads if is_thread else may.send_messages)


def caller(interaction: Interaction, workspace: WorkspaceRef) -> Caller:
    """The person who acted, and where."""
    role = _role(interaction)
    person = Person(interaction.user_id, interaction.user_name)
    cannot_post_reason = "" if interaction.bot_may_post else UNINVITED
    return Caller(
        workspace,
        interaction.channel_id,
        person,
        role,
        GRANTED[role],
        is_direct=interaction.raw.guild_id is None,
        cannot_post_reason=cannot_post_reason,
        takes_silent_posts=True,
        roles=interaction.roles,
        parent_id=interaction.parent_id,
    )


def _role(interaction: Interaction) -> Role:
    """A guest hasn't agreed to the server's rules yet, or was let into one voice channel only."""
    if interaction.is_bot:
        return Role.BOT
    if not interaction.is_member:
        return Role.OUTSIDER
    if interaction.is_owner:
        return Role.OWNER
    if interaction.permissions.administrator or interaction.permissions.manage_guild:
        return Role.ADMIN
    return Role.GUEST if interaction.is_guest else Role.MEMBER
