"""Slack's `Interaction`: who acted, in which channel, and how to reply; with cached user, channel and group lookups."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from cachetools import Cache, TTLCache
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack.api import NO_ANSWER, Calls, Json, SlackFailed, required_text
from adapters.slack.errors import PERMANENT
from adapters.slack.workspaces import SlackWorkspace
from bot.commands.permissions import MEMBERS, PERMISSIONS
from bot.domain.caller import Caller, Permission, Person, Role
from bot.domain.clock import Clock
from bot.messages.problems import problem
from bot.reply.model import Reply

logger = logging.getLogger(__name__)

Payload: TypeAlias = Mapping[str, Any]

URL_LIFETIME = timedelta(minutes=30)
URL_USES = 5
MAX_SEEN = 10_000
"""People, channels and workspaces that are cached."""
PERSON_TTL = timedelta(minutes=10)
CHANNEL_TTL = timedelta(minutes=5)
GROUPS_TTL = timedelta(minutes=5)
"""How long a person may still count as a member after leaving a user group."""
GROUPS_RETRY_AFTER = timedelta(seconds=30)
"""How long to wait after usergroups.list failed."""
GRANTED: Mapping[Role, frozenset[Permission]] = {role: by_rule[MEMBERS] for role, by_rule in PERMISSIONS.items()}
"""Default permissions in Slack: full members spend and stop what is theirs, admins and owners do everything."""
_OWNER_FLAGS = ("is_owner", "is_primary_owner")
_GUEST_FLAGS = ("is_restricted", "is_ultra_restricted")
_GONE_FLAGS = ("is_stranger", "deleted")
_HIDDEN_NAMES = frozenset({"directmessage", "privategroup"})
"""Placeholders that Slack sends instead of a channel's name."""
_INVISIBLE = frozenset({"user_not_found", "user_not_visible"})
"""Errors of users.info for people from outside the workspace."""
_UNKNOWN = (
    "Slack couldn't identify you ({code}), so nothing was done. Try again in a minute. If it keeps happening, ask "
    "your admin to run: contentstats-bot doctor"
)


class ResponseUrl:
    """A response_url, which takes five responses within thirty minutes (Slack, Handling user interaction).

    Refused responses count too.
    """

    def __init__(self, url: str, made_at: datetime) -> None:
        self.url = url
        self.made_at = made_at
        self._left = URL_USES

    def use(self, now: datetime) -> bool:
        """Count one use; returns False if it is used up or has expired."""
        if self._left == 0 or now - self.made_at >= URL_LIFETIME:
            return False
        self._left -= 1
        return True

    def exhaust(self) -> None:
        """Don't use it any more."""
        self._left = 0


@dataclass(frozen=True, slots=True)
class Interaction:
    """One person's command, button press, choice, form submission, shortcut or message.

    `channel_id` is None outside channels: on the Home tab, and for a global shortcut. `home_team_id` is the person's
    own workspace; it and `channel_name` are empty if the payload lacks them. `message_ts` identifies the message that
    was acted on, if any, and `thread_ts` its thread; `may_replace`: nobody else sees that message, so a private reply
    may replace it. `is_first`: no process has handled the same event before, for certain.
    """

    workspace: SlackWorkspace
    user_id: str
    user_name: str
    channel_id: str | None = None
    response_url: ResponseUrl | None = None
    trigger_id: str = ""
    message_ts: str = ""
    thread_ts: str | None = None
    may_replace: bool = False
    home_team_id: str = ""
    channel_name: str = ""
    is_first: bool = False

    @property
    def is_direct(self) -> bool:
        """Whether this is in a direct message, or outside channels."""
        return self.channel_id is None or self.channel_id.startswith("D")


def interaction(body: Payload, context: AsyncBoltContext, workspace: SlackWorkspace, now: datetime) -> Interaction:
    """Build an Interaction from any kind of payload."""
    user, container, message = body.get("user"), body.get("container") or {}, body.get("message") or {}
    named = user if isinstance(user, dict) else {}
    channel_id = context.channel_id
    return Interaction(
        workspace,
        user_id=context.user_id or "",
        user_name=str(named.get("name") or named.get("username") or body.get("user_name") or ""),
        channel_id=channel_id,
        response_url=response_url(context, now),
        trigger_id=str(body.get("trigger_id") or ""),
        # Only members can use slash commands, whose payloads have the workspace's id but no `user` object.
        home_team_id=str(named.get("team_id") or (body.get("team_id") if "command" in body else "") or ""),
        message_ts=str(container.get("message_ts") or ""),
        thread_ts=_thread(container.get("thread_ts") or message.get("thread_ts"), container.get("message_ts")),
        may_replace=bool(container.get("is_ephemeral")) or (channel_id or "").startswith("D"),
        channel_name=_channel_name(body),
    )


def _channel_name(body: Payload) -> str:
    """The channel's name; empty for private channels and direct messages, whose names Slack hides."""
    channel = body.get("channel")
    name = str((channel.get("name") if isinstance(channel, dict) else body.get("channel_name")) or "")
    return "" if name in _HIDDEN_NAMES else name


def _thread(thread_ts: str | None, message_ts: str | None) -> str | None:
    """The thread of a message; None for a message in the channel itself, such as the first one of a thread."""
    return thread_ts if thread_ts != message_ts else None


def event_id(body: Payload) -> str:
    """The id by which a redelivered payload is recognised; empty if it has none."""
    return str(body.get("event_id") or body.get("trigger_id") or (body.get("view") or {}).get("id", ""))


def response_url(context: AsyncBoltContext, now: datetime) -> ResponseUrl | None:
    """The payload's response_url, if it has one."""
    return ResponseUrl(context.response_url, now) if context.response_url else None


def pack_metadata(interaction: Interaction) -> str:
    """Encode a modal's private_metadata: the channel and response_url, which its submission doesn't repeat."""
    url = interaction.response_url
    where = {"url": url.url, "at": url.made_at.timestamp()} if url else {}
    return json.dumps({"channel": interaction.channel_id, **where})


def unpack_metadata(private_metadata: str) -> tuple[str | None, ResponseUrl | None]:
    """Decode `pack_metadata`: the channel and the response_url. Earlier uses of the URL aren't counted."""
    where = json.loads(private_metadata or "{}")
    if "url" not in where:
        return where.get("channel"), None
    return where["channel"], ResponseUrl(where["url"], datetime.fromtimestamp(where["at"], UTC))


@dataclass(frozen=True, slots=True)
class CallerLookup:
    """The caller, and the error code if Slack didn't identify them; empty if it did.

    An unidentified person can only view, and only if the request itself shows that they belong to the workspace.
    """

    caller: Caller
    problem: str = ""


def unknown_person(known: CallerLookup) -> Reply:
    """The reply if the command needs more permissions than an unidentified person has."""
    return problem(_UNKNOWN.format(code=known.problem))


class Callers:
    """Looks people up by users.info, and caches them for ten minutes."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._seen: Cache[tuple[str, str], _UserFacts] = TTLCache(MAX_SEEN, PERSON_TTL, timer=clock)

    async def find(self, interaction: Interaction) -> CallerLookup:
        """The caller of an interaction. Never raises."""
        workspace = interaction.workspace
        key = (workspace.ref.id, interaction.user_id)
        facts = self._seen.get(key)
        if facts is None:
            try:
                user = await self._user(interaction)
            except SlackFailed as error:
                logger.warning("users.info failed", extra={"team": workspace.ref.id, "error": error.code})
                person = Person(interaction.user_id, interaction.user_name or interaction.user_id)
                is_ours = interaction.home_team_id == workspace.ref.id and error.code not in _INVISIBLE
                facts = _UserFacts(person, Role.GUEST if is_ours else Role.OUTSIDER, "")
                return CallerLookup(_caller(interaction, facts), error.code)
            person = Person(interaction.user_id, _name(user, interaction))
            facts = _UserFacts(person, _role(user, workspace), str(user.get("tz") or ""))
            self._seen[key] = facts
        return CallerLookup(_caller(interaction, facts))

    async def _user(self, interaction: Interaction) -> Json:
        users_info = interaction.workspace.client.users_info
        user = (await self._calls.quick(users_info, user=interaction.user_id)).get("user")
        if not isinstance(user, dict) or not user:  # never assume a role without data
            raise SlackFailed(NO_ANSWER)
        return user


@dataclass(frozen=True, slots=True)
class _UserFacts:
    """A person's name, role and time zone, which is empty if unknown."""

    person: Person
    role: Role
    zone: str


def _caller(interaction: Interaction, facts: _UserFacts) -> Caller:
    return Caller(
        interaction.workspace.ref,
        interaction.channel_id or "",
        facts.person,
        facts.role,
        GRANTED[facts.role],
        is_direct=interaction.is_direct,
        zone=facts.zone,
        thread_id=interaction.thread_ts,
    )


def _name(user: Mapping[str, Any], interaction: Interaction) -> str:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return str(next(filter(None, names), interaction.user_name or interaction.user_id))


def _role(user: Mapping[str, Any], workspace: SlackWorkspace) -> Role:
    if user.get("is_bot"):
        return Role.BOT
    if any(user.get(flag) for flag in _GONE_FLAGS) or not _belongs(user, workspace):
        return Role.OUTSIDER
    if any(user.get(flag) for flag in _GUEST_FLAGS):
        return Role.GUEST
    if any(user.get(flag) for flag in _OWNER_FLAGS):
        return Role.OWNER
    return Role.ADMIN if user.get("is_admin") else Role.MEMBER


def _belongs(user: Mapping[str, Any], workspace: SlackWorkspace) -> bool:
    """Whether a user belongs to this workspace or its organisation. In shared channels, people of others act too."""
    organisation = (user.get("enterprise_user") or {}).get("enterprise_id")
    is_of_organisation = organisation is not None and organisation == workspace.enterprise_id
    return is_of_organisation or user.get("team_id") == workspace.ref.id


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What the bot needs to know about a channel.

    `cannot_post_reason` is empty if the bot can post there, and None if that is unknown. `is_shared`: people of other
    companies are in it. `is_closed`: the bot can never be added (a group direct message).
    """

    cannot_post_reason: str | None = None
    is_shared: bool = False
    is_closed: bool = False


UNKNOWN = ChannelFacts()


class Channels:
    """Looks channels up by conversations.info, and caches them for five minutes."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._seen: Cache[tuple[str, str], ChannelFacts] = TTLCache(MAX_SEEN, CHANNEL_TTL, timer=clock)

    async def find(self, workspace: SlackWorkspace, channel_id: str) -> ChannelFacts:
        """Look a channel up. Never raises; returns UNKNOWN if Slack doesn't answer or the scope is missing."""
        key = (workspace.ref.id, channel_id)
        if (known := self._seen.get(key)) is not None:
            return known
        facts = await self._ask(workspace, channel_id)
        self._seen[key] = facts
        return facts

    async def _ask(self, workspace: SlackWorkspace, channel_id: str) -> ChannelFacts:
        try:
            answer = await self._calls.api(workspace.client.conversations_info, channel=channel_id)
            required_text(answer, "channel", "id")
        except SlackFailed as error:
            if error.code == "channel_not_found":
                return ChannelFacts(PERMANENT[error.code])
            logger.info("conversations.info failed", extra={"team": workspace.ref.id, "error": error.code})
            return UNKNOWN
        channel = answer["channel"]
        reason = cannot_post_reason(channel)
        return ChannelFacts(
            reason,
            is_shared=bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared")),
            is_closed=reason == PERMANENT["not_in_channel"] and bool(channel.get("is_mpim")),
        )


def cannot_post_reason(channel: Mapping[str, Any]) -> str:
    """Why the bot can't post in a channel as conversations.info describes it; empty if it can."""
    if channel.get("is_archived"):
        return PERMANENT["is_archived"]
    is_open = channel.get("is_member") or not channel.get("is_private")  # chat:write.public opens the public ones
    return "" if is_open else PERMANENT["not_in_channel"]


@dataclass(frozen=True, slots=True)
class UserGroups:
    """User group ids by handle, and by member; `of_person` is None if Slack didn't list the groups."""

    by_handle: Mapping[str, str] = field(default_factory=dict)
    of_person: Mapping[str, frozenset[str]] | None = None

    def of(self, person_id: str) -> frozenset[str] | None:
        """The ids of a person's groups; None if unknown."""
        return None if self.of_person is None else self.of_person.get(person_id, frozenset())


class UserGroupFinder:
    """Looks user groups up by usergroups.list, and caches them for five minutes."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._seen: Cache[str, UserGroups] = TTLCache(MAX_SEEN, GROUPS_TTL, timer=clock)
        self._failed: Cache[str, UserGroups] = TTLCache(MAX_SEEN, GROUPS_RETRY_AFTER, timer=clock)

    async def find(self, workspace: SlackWorkspace) -> UserGroups:
        """The user groups of a workspace. Never raises; unknown if Slack doesn't answer or the scope is missing."""
        known = self._seen.get(workspace.ref.id) or self._failed.get(workspace.ref.id)
        if known is None:
            known = await self._ask(workspace)
            (self._failed if known.of_person is None else self._seen)[workspace.ref.id] = known
        return known

    async def _ask(self, workspace: SlackWorkspace) -> UserGroups:
        try:
            answer = await self._calls.api(workspace.client.usergroups_list, include_users=True)
        except SlackFailed as error:
            extra = {"team": workspace.ref.id, "error": error.code}
            logger.info("usergroups.list failed", extra=extra)
            return UserGroups()
        by_handle: dict[str, str] = {}
        of_person: dict[str, set[str]] = {}
        for group in answer.get("usergroups") or ():
            by_handle[str(group.get("handle") or "").casefold()] = str(group["id"])
            for person_id in group.get("users") or ():
                of_person.setdefault(str(person_id), set()).add(str(group["id"]))
        return UserGroups(by_handle, {person: frozenset(groups) for person, groups in of_person.items()})
