"""The app, users, guilds, members and channels, with their messages."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeAlias

from tests.standins.discord_server.content import Message
from tests.standins.discord_server.permissions import EVERYONE, EVERYTHING, effective

Json: TypeAlias = dict[str, Any]
_LONG_AGO = "2024-01-01T00:00:00+00:00"


class ChannelKind(IntEnum):
    """Discord's channel types."""

    TEXT = 0
    DM = 1
    PUBLIC_THREAD = 11
    FORUM = 15


@dataclass(slots=True, kw_only=True)
class User:
    """A person or a bot; apps can write to them while `takes_dms`."""

    id: str
    name: str
    is_bot: bool = False
    takes_dms: bool = True

    def as_json(self) -> Json:
        return {
            "id": self.id,
            "username": self.name,
            "global_name": None if self.is_bot else self.name.title(),
            "discriminator": "0",
            "avatar": None,
            "bot": self.is_bot,
            "public_flags": 0,
        }


@dataclass(slots=True, kw_only=True)
class App:
    """The only application of this Discord. Anyone may add it to a guild while it `is_public`, else only its owner."""

    id: str
    name: str
    user: User
    owner: User
    token: str = field(repr=False)
    is_public: bool = True

    def as_json(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            **dict.fromkeys(("icon", "team"), None),
            **dict.fromkeys(("description", "summary"), ""),
            "bot_public": self.is_public,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 0,
            "owner": self.owner.as_json(),
            "bot": self.user.as_json(),
        }


@dataclass(slots=True)
class Channel:
    """A channel. `history` includes deleted messages and those that only one person sees.

    `overwrites` are (allowed, denied) permissions by role or member; a thread uses its parent's.
    """

    id: str
    guild: "Guild | None"
    name: str
    kind: ChannelKind = ChannelKind.TEXT
    parent: "Channel | None" = None
    recipients: list[User] = field(default_factory=list)
    overwrites: dict[str, tuple[int, int]] = field(default_factory=dict)
    history: list[Message] = field(default_factory=list)

    @property
    def messages(self) -> list[Message]:
        """The messages that everyone here sees now."""
        return [each for each in self.history if not each.is_deleted and each.only_for is None]

    @property
    def is_thread(self) -> bool:
        return self.kind is ChannelKind.PUBLIC_THREAD

    def permissions(self, user: User) -> int:
        if self.guild is None:
            return int(EVERYONE) if user in self.recipients or user.is_bot else 0
        return self.guild.permissions(user, self.parent if self.parent and self.is_thread else self)

    def as_json(self) -> Json:
        shown: Json = {"id": self.id, "type": int(self.kind), "flags": 0, "last_message_id": None}
        if self.guild is None:
            return {**shown, "recipients": [each.as_json() for each in self.recipients]}
        shown |= {"name": self.name, "guild_id": self.guild.id, "parent_id": self.parent.id if self.parent else None}
        if self.is_thread:
            times = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": _LONG_AGO}
            counts = {"message_count": 0, "member_count": 1, "total_message_sent": 0, "rate_limit_per_user": 0}
            return {**shown, **counts, "owner_id": "0", "thread_metadata": {**times, "locked": False}}
        overwrites = [
            {"id": id_, "type": int(id_ not in self.guild.roles), "allow": str(allow), "deny": str(deny)}
            for id_, (allow, deny) in self.overwrites.items()
        ]
        shown |= {"topic": None, "nsfw": False, "rate_limit_per_user": 0, "bitrate": 64000, "user_limit": 0}
        return {**shown, "position": 0, "permission_overwrites": overwrites}


@dataclass(slots=True, kw_only=True)
class Guild:
    """A guild. `roles` are permissions by role id, `members` by user id; the guild's own id is the role of everyone."""

    id: str
    name: str
    owner: User
    roles: dict[str, int] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    """Members who have not accepted the guild's rules yet."""
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    is_available: bool = True

    def permissions(self, user: User, channel: Channel | None = None) -> int:
        """The permissions of a member in the guild or a channel; 0 for anyone else."""
        if user.id not in self.members:
            return 0
        if user is self.owner:
            return EVERYTHING
        overwrites = channel.overwrites if channel else {}
        return effective(self.roles, self.members[user.id], self.id, overwrites, user.id)

    def member_json(self, user: User, channel: Channel | None = None, *, with_user: bool = True) -> Json:
        """A member, with their permissions if a channel is given."""
        shown: Json = {
            "roles": sorted(self.members[user.id]),
            "joined_at": _LONG_AGO,
            **dict.fromkeys(("nick", "avatar", "premium_since"), None),
            **dict.fromkeys(("deaf", "mute"), False),
            "pending": user.id in self.pending,
            "flags": 0,
        }
        shown |= {"user": user.as_json()} if with_user else {}
        return shown | ({"permissions": str(int(channel.permissions(user)))} if channel else {})

    def as_json(self) -> Json:
        """The guild as in GET /guilds."""
        return {
            "id": self.id,
            "name": self.name,
            "owner_id": self.owner.id,
            "preferred_locale": "en-US",
            "icon": None,
            **{key: [] for key in ("features", "emojis", "stickers")},
            **dict.fromkeys(("verification_level", "nsfw_level", "mfa_level", "premium_tier"), 0),
            "default_message_notifications": 0,
            "roles": [_role_json(id_, permissions, id_ == self.id) for id_, permissions in self.roles.items()],
        }


def _role_json(id_: str, permissions: int, is_everyone: bool) -> Json:  # noqa: FBT001
    """A role; discord.py needs `colors` to read one."""
    return {
        "id": id_,
        "name": "@everyone" if is_everyone else f"role-{id_}",
        "permissions": str(int(permissions)),
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "position": 0 if is_everyone else 1,
    }
