"""Who somebody is in their workspace, as Slack vouches for it: a guest, a full member, or someone who manages it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.asked import Asked
from adapters.slack.calls import Calls, SlackFailed
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
        self._seen: dict[tuple[str, str], tuple[Person, Standing, datetime]] = {}

    async def find(self, asked: Asked, team: Team) -> Known:
        """The person who asked, where they asked. Never raises."""
        key = (team.ref.id, asked.user_id)
        person, standing, until = self._seen.get(key, (None, Standing.GUEST, self._clock()))
        if person is None or until <= self._clock():
            try:
                answer = await self._calls.api(team.client.users_info, user=asked.user_id)
            except SlackFailed as error:
                logger.warning("Slack does not say who somebody is", extra={"team": team.ref.id, "error": error.word})
                stranger = Person(asked.user_id, asked.user_name or asked.user_id)
                return Known(_caller(asked, team, stranger, Standing.GUEST), error.word)
            user = answer["user"]
            person, standing = Person(asked.user_id, _name(user, asked)), _standing(user, team)
            self._remember(key, person, standing)
        return Known(_caller(asked, team, person, standing))

    def _remember(self, key: tuple[str, str], person: Person, standing: Standing) -> None:
        if len(self._seen) >= MOST_KNOWN:
            del self._seen[next(iter(self._seen))]
        self._seen[key] = (person, standing, self._clock() + KNOWN_FOR)


def _caller(asked: Asked, team: Team, person: Person, standing: Standing) -> Caller:
    return Caller(team.ref, asked.channel_id or "", person, standing, RIGHTS[standing])


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
