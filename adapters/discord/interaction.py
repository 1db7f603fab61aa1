"""Discord's `Interaction`: who acted, in which guild and channel, with which permissions. All data is Discord's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from discord import CategoryChannel, Client, ForumChannel, Member, Thread, User
from discord import Interaction as DiscordInteraction
from discord.permissions import Permissions

from bot.commands.permissions import MANAGERS, PERMISSIONS
from bot.domain.caller import Caller, Permission, Person, Role, WorkspaceRef

RawInteraction: TypeAlias = DiscordInteraction[Client]
"""discord.py's interaction."""

TOKEN_LIFETIME = timedelta(minutes=14, seconds=30)
"""How long an interaction's token works: Discord's fifteen minutes, minus a margin for latency and clock skew."""
GRANTED: Mapping[Role, frozenset[Permission]] = {role: by_rule[MANAGERS] for role, by_rule in PERMISSIONS.items()}
"""Default permissions in Discord. Anybody can join most servers, so only people who manage one can spend its money."""
UNINVITED = "I can't post in this channel yet. Ask a server admin to let me view it and send messages in it."


@dataclass(frozen=True, slots=True)
class Interaction:
    """One person's command, button press, choice, form submission or autocomplete request.

    `id` is the same if Discord redelivers it. `guild_id` is None in direct messages. `bot_may_post`: the bot can post
    in the channel, apart from replies. `holds_messages`: somebody can; not in a forum or a category itself.
    `may_replace`: nobody else sees the message that was acted on, so a reply may replace it. `max_file_size` is in
    bytes. `roles` are the member's role ids; None until Discord has sent the guild's roles, shortly after a start.
    `parent_id` is the channel of a thread. Replies are possible until `expires_at`.
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
    max_file_size: int
    expires_at: datetime
    roles: frozenset[str] | None = frozenset()
    channel_name: str = ""
    parent_id: str = ""
    holds_messages: bool = True

    @property
    def data(self) -> dict[str, Any]:
        """The interaction's data as Discord sent it."""
        return dict(self.raw.data or {})


def interaction(raw: RawInteraction, now: datetime) -> Interaction:
    """Build an Interaction from discord.py's."""
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
        max_file_size=raw.filesize_limit,
        expires_at=now + TOKEN_LIFETIME,
        roles=_roles(user),
        channel_name=str(getattr(raw.channel, "name", None) or ""),  # direct messages have none
        parent_id=str(raw.channel.parent_id) if isinstance(raw.channel, Thread) else "",
        holds_messages=not isinstance(raw.channel, ForumChannel | CategoryChannel),
    )


def _roles(user: User | Member) -> frozenset[str] | None:
    """The ids of a member's roles; None before the guild's roles are known, since discord.py drops unknown ones."""
    if not isinstance(user, Member):
        return frozenset()
    # Every guild has a role with its own id; `guild.roles` would sort all of them before each acknowledgement.
    is_known = user.guild.get_role(user.guild.id) is not None
    return frozenset(str(each.id) for each in user.roles) if is_known else None


def _may_post(raw: RawInteraction) -> bool:
    """Whether the bot can post in the channel, by the permissions that Discord sends with every interaction."""
    may, is_thread = raw.app_permissions, isinstance(raw.channel, Thread)
    return may.view_channel and (may.send_messages_in_threads if is_thread else may.send_messages)


def caller(interaction: Interaction, workspace: WorkspaceRef) -> Caller:
    """The Caller of an interaction: without a channel if nothing can be posted there."""
    role = _role(interaction)
    person = Person(interaction.user_id, interaction.user_name)
    cannot_post_reason = "" if interaction.bot_may_post else UNINVITED
    return Caller(
        workspace,
        interaction.channel_id if interaction.holds_messages else "",
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
    """The person's role. A guest hasn't accepted the server's rules yet, or was invited to a voice channel only."""
    if interaction.is_bot:
        return Role.BOT
    if not interaction.is_member:
        return Role.OUTSIDER
    if interaction.is_owner:
        return Role.OWNER
    if interaction.permissions.administrator or interaction.permissions.manage_guild:
        return Role.ADMIN
    return Role.GUEST if interaction.is_guest else Role.MEMBER
