"""Who asks, from where, and what they may do. Adapters fill this in from what their platform vouches for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Permission(StrEnum):
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

    `is_operators` says that the bot's operator runs this workspace too, so that it may use the bot's own API key. A
    workspace that anyone could have installed the bot into is not, and spends from a key of its own alone.
    `can_preview` says that the chat lets the bot show numbers beside links there, `members_spend` that all full members
    may spend by the chat's own rule, `all_see_money` that everyone may see money by it.
    """

    chat: str
    id: str
    name: str
    is_operators: bool = True
    can_preview: bool = True
    members_spend: bool = False
    all_see_money: bool = True


@dataclass(frozen=True, slots=True)
class Caller:
    """One person asking in one channel of one workspace.

    `permissions` is what the platform's own rules grant (Slack: full members spend; Discord: members who manage the
    server); a setting may replace that rule by `role`. `channel_id` is an id, never a name, and empty if the bot
    could never post there; `is_direct`: only the caller reads it; `is_shared`: people of other companies read it too.
    `zone` is the person's IANA zone if the platform reports it. `cannot_post_reason` says in sentences why the bot
    can't post there and what to do: empty if it can, None if the platform doesn't say. `thread_id` is of the thread
    in the channel that they acted in, on platforms where a thread isn't a channel of its own; where it is one,
    `parent_id` is of the channel that it belongs to, whose limits on spending bind too. `takes_silent_posts`: the
    platform can post without notifying anybody. `roles` are the ids of their roles or user groups, None if the
    platform doesn't state them now; `role_ids` are those of the workspace by their handles, where people type these.
    """

    workspace: WorkspaceRef
    channel_id: str
    person: Person
    role: Role
    permissions: frozenset[Permission]
    is_direct: bool = False
    zone: str = ""
    cannot_post_reason: str | None = None
    is_shared: bool = False
    thread_id: str | None = None
    parent_id: str = ""
    takes_silent_posts: bool = False
    roles: frozenset[str] | None = frozenset()
    role_ids: Mapping[str, str] = field(default_factory=dict, compare=False)
