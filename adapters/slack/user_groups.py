"""The user groups of a workspace: who is in which, for limits and approvers that are set for a group."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from adapters.chat.recent import Recent
from adapters.slack.api import Calls, SlackFailed
from adapters.slack.workspaces import SlackWorkspace
from bot.domain.clock import Clock

logger = logging.getLogger(__name__)

LASTS = timedelta(minutes=5)
"""How long a person who left a group may still count as in it."""
ASKED_AGAIN = timedelta(seconds=30)
"""How long after Slack didn't answer it isn't asked again."""


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
        self._seen = Recent[str, UserGroups](lasts=LASTS, clock=clock)
        self._failed = Recent[str, UserGroups](lasts=ASKED_AGAIN, clock=clock)

    async def find(self, workspace: SlackWorkspace) -> UserGroups:
        """The groups of a workspace. Never raises: unknown if Slack doesn't answer, or the scope is missing."""
        known = self._seen.get(workspace.ref.id) or self._failed.get(workspace.ref.id)
        if known is None:
            known = await self._ask(workspace)
            (self._failed if known.of_person is None else self._seen).put(workspace.ref.id, known)
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
