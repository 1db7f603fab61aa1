"""Who somebody is in their workspace, as Slack vouches for it: a guest, a full member, or someone who manages it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.asked import Asked
from adapters.slack.calls import NO_ANSWER, Calls, Json, SlackFailed
from adapters.slack.teams import Team
from bot.domain.caller import Caller, Need, Person, Standing
from bot.domain.clock import Clock

logger = logging.getLogger(__name__)

KNOWN_FOR = timedelta(minutes=10)
MOST_KNOWN = 10_000

_LOOKING = frozenset({Need.LOOK})
RIGHTS: Mapping[Standing, frozenset[Need]] = {
    Standing.GUEST: _LOOKING,
    Standing.MEMBER: _LOOKING | {Need.SPEND, Need.STOP},
    Standing.MANAGER: frozenset(Need),
}
"""What Slack's own rule grants: full members spend and stop, those who manage the workspace change settings too."""

_MANAGING = ("is_admin", "is_owner", "is_primary_owner")
_NO_MEMBER = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted")


@dataclass(frozen=True, slots=True)
class Known:
    """The caller, and why Slack did not say who they are: they may only look then. Empty where it did."""

    caller: Caller
    problem: str = ""


class Callers:
    """Asks users.info, and remembers the answer for ten minutes."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock
        self._seen: dict[tuple[str, str], tuple[_Facts, datetime]] = {}

    async def find(self, asked: Asked, team: Team) -> Known:
        """The person who asked, where they asked. Never raises."""
        key = (team.ref.id, asked.user_id)
        facts, until = self._seen.get(key, (None, self._clock()))
        if facts is None or until <= self._clock():
            try:
                user = await self._user(asked, team)
            except SlackFailed as error:
                logger.warning("Slack does not say who somebody is", extra={"team": team.ref.id, "error": error.word})
                stranger = Person(asked.user_id, asked.user_name or asked.user_id)
                return Known(_caller(asked, team, _Facts(stranger, Standing.GUEST, "")), error.word)
            person = Person(asked.user_id, _name(user, asked))
            facts = _Facts(person, _standing(user, team), str(user.get("tz") or ""))
            self._remember(key, facts)
        return Known(_caller(asked, team, facts))

    async def _user(self, asked: Asked, team: Team) -> Json:
        user = (await self._calls.api(team.client.users_info, user=asked.user_id)).get("user")
        if not isinstance(user, dict) or not user:  # of whom nothing is said, nothing may be assumed
            raise SlackFailed(NO_ANSWER)
        return user

    def _remember(self, key: tuple[str, str], facts: "_Facts") -> None:
        if len(self._seen) >= MOST_KNOWN:
            del self._seen[next(iter(self._seen))]
        self._seen[key] = (facts, self._clock() + KNOWN_FOR)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What Slack says of a person; `zone` is empty where it does not."""

    person: Person
    standing: Standing
    zone: str


def _caller(asked: Asked, team: Team, facts: _Facts) -> Caller:
    return Caller(
        team.ref,
        asked.channel_id or "",
        facts.person,
        facts.standing,
        RIGHTS[facts.standing],
        is_direct=asked.is_direct,
        zone=facts.zone,
    )


def _name(user: Mapping[str, Any], asked: Asked) -> str:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return str(next(filter(None, names), asked.user_name or asked.user_id))


def _standing(user: Mapping[str, Any], team: Team) -> Standing:
    if any(user.get(flag) for flag in _NO_MEMBER) or not _belongs(user, team):
        return Standing.GUEST
    return Standing.MANAGER if any(user.get(flag) for flag in _MANAGING) else Standing.MEMBER


def _belongs(user: Mapping[str, Any], team: Team) -> bool:
    """Whether they are of this workspace or its organisation: in a shared channel others act too."""
    organisation = (user.get("enterprise_user") or {}).get("enterprise_id")
    is_of_organisation = organisation is not None and organisation == team.enterprise_id
    return is_of_organisation or user.get("team_id") in {None, team.ref.id}
