"""The caller of a command: who, where, and with which permissions. Adapters fill it with facts from the platform."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Permission(StrEnum):
    """What a command requires its caller to be allowed."""

    LOOK = "look"
    SPEND = "spend"
    STOP = "stop"
    """Stop the videos that the caller started."""
    STOP_ANY = "stop any"
    """Stop every video of the workspace."""
    CONFIGURE = "configure"


class Role(StrEnum):
    """A person's role in a workspace, on one scale for all chats. `PERMISSIONS` lists what each may do.

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
    """A person in a chat. `id` is the platform's and never changes; `name` is for display, and hostile text."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class WorkspaceRef:
    """A Slack workspace, a Discord server or the console: `chat` is the platform, `id` the platform's own.

    `is_operators`: the bot's operator also runs this workspace, so it may use the bot's own API key. A workspace into
    which anyone could have installed the bot isn't, and spends only from its own key.

    By the chat's own rules, `can_preview`: the bot may show numbers beside links; `members_spend`: all full members may
    spend; `all_see_money`: everyone may see money.
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
    """A person who calls from a channel of a workspace.

    `permissions` are those of the platform's own rules (Slack: full members spend; Discord: members who manage the
    server); a setting may replace that rule by `role`. `channel_id` is an id, never a name, and empty if the bot could
    never post there; `is_direct`: only the caller reads it; `is_shared`: people of other companies read it too. `zone`
    is the person's IANA zone if the platform reports it.

    `cannot_post_reason` says why the bot can't post there and what to do: empty if it can, None if the platform doesn't
    report it. `thread_id` is the thread in which the person acted, on platforms where a thread isn't a channel; where
    it is one, `parent_id` is the channel that it belongs to, whose spending limits apply too. `takes_silent_posts`: the
    platform can post without notifying anybody. `roles` are the ids of the person's roles or user groups, None if
    unknown; `role_ids` are the workspace's by handle, on platforms where people type those.
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
