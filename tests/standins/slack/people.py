"""Who and where: organisations, workspaces, users and channels, with what was said in them."""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tests.standins.slack.content import Message

Json: TypeAlias = dict[str, Any]
ChannelKind: TypeAlias = Literal["public", "private", "im", "mpim"]

SCOPE_FAMILY: dict[ChannelKind, str] = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
_COMMAND_NAMES = {"private": "privategroup", "im": "directmessage", "mpim": "privategroup"}


@dataclass(frozen=True, slots=True)
class Enterprise:
    """An Enterprise Grid organisation."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace."""

    id: str
    name: str
    domain: str
    enterprise: Enterprise | None = None

    @property
    def enterprise_id(self) -> str | None:
        """The organisation that it belongs to, if any."""
        return self.enterprise.id if self.enterprise else None


@dataclass(slots=True, kw_only=True)
class User:
    """A member of a workspace, a guest, or an app's bot; every flag is one that users.info tells."""

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
        """The user as users.info tells it: somebody who was removed has no rights to tell of."""
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
    """A conversation. `history` is all that was ever said, ephemerals and what was deleted included."""

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
        """What everybody in the channel sees now, oldest first."""
        return [message for message in self.history if not message.is_deleted and message.only_for is None]

    @property
    def command_name(self) -> str:
        """What a slash command calls it: only a public channel is named."""
        return _COMMAND_NAMES.get(self.kind, self.name)

    def find(self, ts: str) -> Message | None:
        """The message that was posted at a time, unless it is gone or was for one person only."""
        return next((message for message in self.messages if message.ts == ts), None)

    def as_json(self, member: str) -> Json:
        """The channel as conversations.info tells it to a member or a passer-by."""
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
