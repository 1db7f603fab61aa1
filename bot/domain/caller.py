"""Who asks, from where, and what they may do. Adapters fill this in from what their platform vouches for."""

from dataclasses import dataclass
from enum import StrEnum


class Need(StrEnum):
    """What a command needs its caller to be allowed to do."""

    LOOK = "look"
    SPEND = "spend"
    STOP = "stop"
    """Stop the videos that the caller started."""
    STOP_ANY = "stop any"
    """Stop every video of the workspace."""
    CONFIGURE = "configure"


class Role(StrEnum):
    """What a person is in a workspace, on one scale for every chat. `PERMISSIONS` says what each may do.

    An outsider belongs to another company in a shared channel, or has left the workspace.
    """

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"
    OUTSIDER = "outsider"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in a chat. `id` is the platform's and never changes; `name` is for show and is hostile text."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class WorkspaceRef:
    """One Slack workspace, one Discord server or the console: `chat` names the platform, `id` is the platform's own.

    `is_operators` says that whoever runs the bot runs this workspace too, so that it may use the bot's own API key. A
    workspace that anyone could have installed the bot into is not, and spends from a key of its own alone.
    `can_preview` says that the chat lets the bot show numbers beside links there.
    """

    chat: str
    id: str
    name: str
    is_operators: bool = True
    can_preview: bool = True


@dataclass(frozen=True, slots=True)
class Caller:
    """One person asking in one channel of one workspace.

    `rights` is what the platform's own rules grant (Slack: full members spend; Discord: those who manage the server);
    a setting may put another rule in their place, which is why `role` comes along. `channel_id` is never a name, and
    empty if there is none that the bot could ever post to; `is_direct` says that only the caller reads it, `is_shared`
    that people of other companies do. `zone` is the person's IANA zone where the platform tells it. `hindrance` says in
    sentences why the bot cannot post there by itself and what to do; it is empty where it can, and None where the
    platform does not tell.
    """

    workspace: WorkspaceRef
    channel_id: str
    person: Person
    role: Role
    rights: frozenset[Need]
    is_direct: bool = False
    zone: str = ""
    hindrance: str | None = None
    is_shared: bool = False
