"""Organisations, workspaces, users and channels, with their messages."""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tests.standins.slack.content import Message

Json: TypeAlias = dict[str, Any]
ChannelKind: TypeAlias = Literal["public", "private", "im", "mpim"]

SCOPE_FAMILY: dict[ChannelKind, str] = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
_COMMAND_NAMES = {"private": "privategroup", "im": "directmessage", "mpim": "privategroup"}


@dataclass(frozen=True, slots=True)
class Enterprise:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str
    domain: str
    enterprise: Enterprise | None = None

    @property
    def enterprise_id(self) -> str | None:
        """The id of its organisation, if any."""
        return self.enterprise.id if self.enterprise else None


@dataclass(slots=True, kw_only=True)
class User:
    """A member of a workspace, a guest, or an app's bot; the flags are those of users.info."""

    id: str
    team: Team
    name: str
    real_name: str
    display_name: str = ""
    tz: str = "Europe/Berlin"
    is_admin: bool = False
    is_owner: bool = False
    is_primary_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False

    def as_json(self) -> Json:
        """The user as in users.info: a removed user has no rights."""
        profile = {"real_name": self.real_name, "display_name": self.display_name}
        shown: Json = {
            "id": self.id,
            "team_id": self.team.id,
            "name": self.name,
            "deleted": self.deleted,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }
        if not self.deleted:
            flags = ("is_admin", "is_owner", "is_primary_owner", "is_restricted", "is_ultra_restricted")
            shown |= {"real_name": self.real_name, "tz": self.tz, **{flag: getattr(self, flag) for flag in flags}}
        return shown | ({"is_stranger": True} if self.is_stranger else {})


@dataclass(slots=True)
class Channel:
    """A conversation. `history` includes ephemeral and deleted messages."""

    id: str
    team: Team
    name: str
    kind: ChannelKind
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    is_ext_shared: bool = False
    history: list[Message] = field(default_factory=list, repr=False)

    @property
    def messages(self) -> list[Message]:
        """The messages that everyone in the channel sees now, oldest first."""
        return [message for message in self.history if not message.is_deleted and message.only_for is None]

    @property
    def command_name(self) -> str:
        """The name in slash commands: only public channels are named."""
        return _COMMAND_NAMES.get(self.kind, self.name)

    def find(self, ts: str) -> Message | None:
        """The message with this ts, unless it is deleted or ephemeral."""
        return next((message for message in self.messages if message.ts == ts), None)

    def as_json(self, member: str) -> Json:
        """The channel as conversations.info shows it to a member or to others."""
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_im": self.kind == "im",
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "public",
            "is_archived": self.is_archived,
            "is_member": member in self.members,
            "is_ext_shared": self.is_ext_shared,
            "context_team_id": self.team.id,
        }
