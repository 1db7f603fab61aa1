"""Who a person is in a workspace, by what Slack says of them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from adapters.chat.recent import Recent
from adapters.slack.asked import Asked
from adapters.slack.calls import NO_ANSWER, Calls, Json, SlackFailed
from adapters.slack.teams import Team
from bot.commands.rights import MEMBERS, PERMISSIONS
from bot.domain.caller import Caller, Need, Person, Role
from bot.domain.clock import Clock
from bot.messages.problems import problem
from bot.reply.model import Reply

logger = logging.getLogger(__name__)

KNOWN_FOR = timedelta(minutes=10)

RIGHTS: Mapping[Role, frozenset[Need]] = {role: by_rule[MEMBERS] for role, by_rule in PERMISSIONS.items()}
"""What Slack's own rule grants: full members spend and stop what is theirs, admins and owners do everything."""

_OWNING = ("is_owner", "is_primary_owner")
_GUESTS = ("is_restricted", "is_ultra_restricted")
_GONE = ("is_stranger", "deleted")
_INVISIBLE = frozenset({"user_not_found", "user_not_visible"})
"""What Slack says of people whom this workspace doesn't know."""

_UNKNOWN = (
    "Slack doesn't tell me who you are ({word}), so I did nothing. Try again in a minute. If it keeps happening, ask "
    "your admin to run: contentstats-bot doctor"
)


@dataclass(frozen=True, slots=True)
class Known:
    """The caller, and why Slack did not say who they are, empty if it did.

    A person of whom Slack says nothing may only look, and only if the request itself shows that they belong here.
    """

    caller: Caller
    problem: str = ""


def unknown_person(known: Known) -> Reply:
    """The reply to a person of whom Slack doesn't say enough for what they asked."""
    return problem(_UNKNOWN.format(word=known.problem))


class Callers:
    """Asks users.info, and remembers the answer for ten minutes."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._seen = Recent[tuple[str, str], _Facts](lasts=KNOWN_FOR, clock=clock)

    async def find(self, asked: Asked, team: Team) -> Known:
        """The person who asked, where they asked. Never raises."""
        key = (team.ref.id, asked.user_id)
        facts = self._seen.get(key)
        if facts is None:
            try:
                user = await self._user(asked, team)
            except SlackFailed as error:
                logger.warning("users.info failed", extra={"team": team.ref.id, "error": error.word})
                person = Person(asked.user_id, asked.user_name or asked.user_id)
                is_ours = asked.home_team_id == team.ref.id and error.word not in _INVISIBLE
                facts = _Facts(person, Role.GUEST if is_ours else Role.OUTSIDER, "")
                return Known(_caller(asked, team, facts), error.word)
            person = Person(asked.user_id, _name(user, asked))
            facts = _Facts(person, _role(user, team), str(user.get("tz") or ""))
            self._seen.put(key, facts)
        return Known(_caller(asked, team, facts))

    async def _user(self, asked: Asked, team: Team) -> Json:
        user = (await self._calls.api(team.client.users_info, user=asked.user_id)).get("user")
        if not isinstance(user, dict) or not user:  # of whom nothing is said, nothing may be assumed
            raise SlackFailed(NO_ANSWER)
        return user


@dataclass(frozen=True, slots=True)
class _Facts:
    """What Slack says of a person; `zone` is empty where it does not."""

    person: Person
    role: Role
    zone: str


def _caller(asked: Asked, team: Team, facts: _Facts) -> Caller:
    return Caller(
        team.ref,
        asked.channel_id or "",
        facts.person,
        facts.role,
        RIGHTS[facts.role],
        is_direct=asked.is_direct,
        zone=facts.zone,
    )


def _name(user: Mapping[str, Any], asked: Asked) -> str:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return str(next(filter(None, names), asked.user_name or asked.user_id))


def _role(user: Mapping[str, Any], team: Team) -> Role:
    if user.get("is_bot"):
        return Role.BOT
    if any(user.get(flag) for flag in _GONE) or not _belongs(user, team):
        return Role.OUTSIDER
    if any(user.get(flag) for flag in _GUESTS):
        return Role.GUEST
    if any(user.get(flag) for flag in _OWNING):
        return Role.OWNER
    return Role.ADMIN if user.get("is_admin") else Role.MEMBER


def _belongs(user: Mapping[str, Any], team: Team) -> bool:
    """Whether they belong to this workspace or its organisation: people of other companies act in shared channels."""
    organisation = (user.get("enterprise_user") or {}).get("enterprise_id")
    is_of_organisation = organisation is not None and organisation == team.enterprise_id
    return is_of_organisation or user.get("team_id") == team.ref.id
