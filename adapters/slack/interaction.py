"""An interaction in Slack: who acted, where, what the channel allows, and how they can be answered."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from cachetools import Cache, TTLCache
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack.api import NO_ANSWER, Calls, Json, SlackFailed, fact
from adapters.slack.errors import PERMANENT
from adapters.slack.workspaces import SlackWorkspace
from bot.commands.permissions import MEMBERS, PERMISSIONS
from bot.domain.caller import Caller, Permission, Person, Role
from bot.domain.clock import Clock
from bot.messages.problems import problem
from bot.reply.model import Reply

logger = logging.getLogger(__name__)

Payload: TypeAlias = Mapping[str, Any]

LASTS = timedelta(minutes=30)
USES = 5
MOST_SEEN = 10_000
"""People, channels and workspaces whose facts are remembered."""
PERSON_LASTS = timedelta(minutes=10)
CHANNEL_LASTS = timedelta(minutes=5)
GROUPS_LAST = timedelta(minutes=5)
"""How long a person who left a user group may still count as in it."""
ASKED_AGAIN = timedelta(seconds=30)
"""How long after Slack didn't list the user groups it isn't asked again."""
GRANTED: Mapping[Role, frozenset[Permission]] = {role: by_rule[MEMBERS] for role, by_rule in PERMISSIONS.items()}
"""Permissions by Slack's own rule: full members spend and stop what is theirs, admins and owners do everything."""
_OWNING = ("is_owner", "is_primary_owner")
_GUESTS = ("is_restricted", "is_ultra_restricted")
_GONE = ("is_stranger", "deleted")
_NAMELESS = frozenset({"directmessage", "privategroup"})
"""What Slack writes in the place of a channel's name."""
_INVISIBLE = frozenset({"user_not_found", "user_not_visible"})
"""Slack's errors for people from outside the workspace."""
_UNKNOWN = (
    "Slack doesn't tell me who you are ({word}), so I did nothing. Try again in a minute. If it keeps happening, ask "
    "your admin to run: contentstats-bot doctor"
)


class ResponseUrl:
    """Answers one interaction without a token: five times within thirty minutes (Slack's documentation).

    A refused answer counts as well.
    """

    def __init__(self, url: str, made_at: datetime) -> None:
        self.url = url
        self.made_at = made_at
        self._left = USES

    def take(self, now: datetime) -> bool:
        """Whether it may be used now, which is then counted."""
        if self._left == 0 or now - self.made_at >= LASTS:
            return False
        self._left -= 1
        return True

    def give_up(self) -> None:
        """Slack wants no more of it."""
        self._left = 0


@dataclass(frozen=True, slots=True)
class Interaction:
    """What one person did in a workspace.

    `channel_id` is None outside channels: on the Home tab, by a global shortcut. `home_team_id` is the person's own
    workspace, empty if the payload doesn't say, as is `channel_name`. `message_ts` is of the message that was acted
    on, if any, and `thread_ts` of its thread; `may_replace`: nobody else sees it, so a private reply may replace it.
    `is_first`: it is certain that no process handled the same event before.
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
        """Whether nobody but this person reads there: in direct messages, or in no channel."""
        return self.channel_id is None or self.channel_id.startswith("D")


def interaction(body: Payload, context: AsyncBoltContext, workspace: SlackWorkspace, now: datetime) -> Interaction:
    """Read the facts that every payload has, wherever it keeps them."""
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
        # Slack offers slash commands to members of the workspace alone, and doesn't repeat its id in a `user`.
        home_team_id=str(named.get("team_id") or (body.get("team_id") if "command" in body else "") or ""),
        message_ts=str(container.get("message_ts") or ""),
        thread_ts=_thread(container.get("thread_ts") or message.get("thread_ts"), container.get("message_ts")),
        may_replace=bool(container.get("is_ephemeral")) or (channel_id or "").startswith("D"),
        channel_name=_channel_name(body),
    )


def _channel_name(body: Payload) -> str:
    """The channel's name; empty if Slack hides it, as it does of private channels and direct messages."""
    channel = body.get("channel")
    name = str((channel.get("name") if isinstance(channel, dict) else body.get("channel_name")) or "")
    return "" if name in _NAMELESS else name


def _thread(thread_ts: str | None, message_ts: str | None) -> str | None:
    """The thread of a message; None in the channel itself, where a thread's first message stands too."""
    return thread_ts if thread_ts != message_ts else None


def event_id(body: Payload) -> str:
    """The id that a payload shares only with its own redelivery; empty if it has none."""
    return str(body.get("event_id") or body.get("trigger_id") or (body.get("view") or {}).get("id", ""))


def response_url(context: AsyncBoltContext, now: datetime) -> ResponseUrl | None:
    """Where the payload can be answered without a token."""
    return ResponseUrl(context.response_url, now) if context.response_url else None


def packed(interaction: Interaction) -> str:
    """The private_metadata of a modal: where it was opened, which its submission doesn't repeat."""
    url = interaction.response_url
    where = {"url": url.url, "at": url.made_at.timestamp()} if url else {}
    return json.dumps({"channel": interaction.channel_id, **where})


def unpacked(private_metadata: str) -> tuple[str | None, ResponseUrl | None]:
    """The channel and the response_url that `packed` stored; how often that was used is unknown, and up to Slack."""
    where = json.loads(private_metadata or "{}")
    if "url" not in where:
        return where.get("channel"), None
    return where["channel"], ResponseUrl(where["url"], datetime.fromtimestamp(where["at"], UTC))


@dataclass(frozen=True, slots=True)
class Known:
    """The caller, and why Slack didn't identify them; empty if it did.

    A person that Slack doesn't identify may only look, and only if the request itself shows that they belong here.
    """

    caller: Caller
    problem: str = ""


def unknown_person(known: Known) -> Reply:
    """The reply to a person whom Slack doesn't identify well enough for the command."""
    return problem(_UNKNOWN.format(word=known.problem))


class Callers:
    """Identifies people by users.info, and remembers them for ten minutes."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._seen: Cache[tuple[str, str], _Facts] = TTLCache(MOST_SEEN, PERSON_LASTS, timer=clock)

    async def find(self, interaction: Interaction) -> Known:
        """Who acted, and where. Never raises."""
        workspace = interaction.workspace
        key = (workspace.ref.id, interaction.user_id)
        facts = self._seen.get(key)
        if facts is None:
            try:
                user = await self._user(interaction)
            except SlackFailed as error:
                logger.warning("users.info failed", extra={"team": workspace.ref.id, "error": error.word})
                person = Person(interaction.user_id, interaction.user_name or interaction.user_id)
                is_ours = interaction.home_team_id == workspace.ref.id and error.word not in _INVISIBLE
                facts = _Facts(person, Role.GUEST if is_ours else Role.OUTSIDER, "")
                return Known(_caller(interaction, facts), error.word)
            person = Person(interaction.user_id, _name(user, interaction))
            facts = _Facts(person, _role(user, workspace), str(user.get("tz") or ""))
            self._seen[key] = facts
        return Known(_caller(interaction, facts))

    async def _user(self, interaction: Interaction) -> Json:
        user = (await self._calls.api(interaction.workspace.client.users_info, user=interaction.user_id)).get("user")
        if not isinstance(user, dict) or not user:  # without facts, nothing may be assumed
            raise SlackFailed(NO_ANSWER)
        return user


@dataclass(frozen=True, slots=True)
class _Facts:
    """A person as Slack describes them; `zone` is empty if Slack doesn't name one."""

    person: Person
    role: Role
    zone: str


def _caller(interaction: Interaction, facts: _Facts) -> Caller:
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
    if any(user.get(flag) for flag in _GONE) or not _belongs(user, workspace):
        return Role.OUTSIDER
    if any(user.get(flag) for flag in _GUESTS):
        return Role.GUEST
    if any(user.get(flag) for flag in _OWNING):
        return Role.OWNER
    return Role.ADMIN if user.get("is_admin") else Role.MEMBER


def _belongs(user: Mapping[str, Any], workspace: SlackWorkspace) -> bool:
    """Whether they belong to this workspace or its organisation: people of other companies act in shared channels."""
    organisation = (user.get("enterprise_user") or {}).get("enterprise_id")
    is_of_organisation = organisation is not None and organisation == workspace.enterprise_id
    return is_of_organisation or user.get("team_id") == workspace.ref.id


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """`cannot_post_reason` says why the bot can't post there: empty if it can, None if Slack doesn't say.

    `is_shared`: people of other companies read it. `is_closed`: nobody can ever let the bot in.
    """

    cannot_post_reason: str | None = None
    is_shared: bool = False
    is_closed: bool = False


UNKNOWN = ChannelFacts()


class Channels:
    """Asks conversations.info, and remembers the answer for five minutes."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._seen: Cache[tuple[str, str], ChannelFacts] = TTLCache(MOST_SEEN, CHANNEL_LASTS, timer=clock)

    async def find(self, workspace: SlackWorkspace, channel_id: str) -> ChannelFacts:
        """The facts of a channel. Never raises: nothing is known if Slack doesn't answer, or the scope is missing."""
        key = (workspace.ref.id, channel_id)
        if (known := self._seen.get(key)) is not None:
            return known
        facts = await self._ask(workspace, channel_id)
        self._seen[key] = facts
        return facts

    async def _ask(self, workspace: SlackWorkspace, channel_id: str) -> ChannelFacts:
        try:
            answer = await self._calls.api(workspace.client.conversations_info, channel=channel_id)
            fact(answer, "channel", "id")
        except SlackFailed as error:
            if error.word == "channel_not_found":
                return ChannelFacts(PERMANENT[error.word])
            logger.info("Slack doesn't say what a channel is", extra={"team": workspace.ref.id, "error": error.word})
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
    """The groups by their handle, and each person's groups, by ids; `of_person` is None if Slack doesn't say."""

    by_handle: Mapping[str, str] = field(default_factory=dict)
    of_person: Mapping[str, frozenset[str]] | None = None

    def of(self, person_id: str) -> frozenset[str] | None:
        """A person's groups; None if Slack doesn't say."""
        return None if self.of_person is None else self.of_person.get(person_id, frozenset())


class UserGroupFinder:
    """Asks usergroups.list, and remembers the answer for five minutes."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._seen: Cache[str, UserGroups] = TTLCache(MOST_SEEN, GROUPS_LAST, timer=clock)
        self._failed: Cache[str, UserGroups] = TTLCache(MOST_SEEN, ASKED_AGAIN, timer=clock)

    async def find(self, workspace: SlackWorkspace) -> UserGroups:
        """The groups of a workspace. Never raises: unknown if Slack doesn't answer, or the scope is missing."""
        known = self._seen.get(workspace.ref.id) or self._failed.get(workspace.ref.id)
        if known is None:
            known = await self._ask(workspace)
            (self._failed if known.of_person is None else self._seen)[workspace.ref.id] = known
        return known

    async def _ask(self, workspace: SlackWorkspace) -> UserGroups:
        try:
            answer = await self._calls.api(workspace.client.usergroups_list, include_users=True)
        except SlackFailed as error:
            extra = {"team": workspace.ref.id, "error": error.word}
            logger.info("Slack doesn't list the user groups", extra=extra)
            return UserGroups()
        by_handle: dict[str, str] = {}
        of_person: dict[str, set[str]] = {}
        for group in answer.get("usergroups") or ():
            by_handle[str(group.get("handle") or "").casefold()] = str(group["id"])
            for person_id in group.get("users") or ():
                of_person.setdefault(str(person_id), set()).add(str(group["id"]))
        return UserGroups(by_handle, {person: frozenset(groups) for person, groups in of_person.items()})
