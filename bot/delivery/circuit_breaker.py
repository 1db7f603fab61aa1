"""Who is spared calls: a workspace whose platform fails is asked by one message now and then, not by each one."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

AT_ONCE = 16
"""Messages of one workspace under way together: its pace is the poster's matter, and others want their turn too."""
TRIPS = 3
"""Failures in a row, after which only one message at a time finds out whether it works again …"""
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(seconds=30)
"""… after a pause that doubles up to this, or as long as the platform asked to wait."""


@dataclass(slots=True)
class _Breaker:
    failures: int = 0
    probes: int = 0
    since: datetime | None = None
    until: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether nothing may go. A pause that began later than now was begun before the clock was set back."""
        return self.since is not None and self.until is not None and self.since <= now < self.until


class CircuitBreakers:
    """One for each workspace, by its number."""

    def __init__(self) -> None:
        self._by_workspace: defaultdict[int, _Breaker] = defaultdict(_Breaker)

    def room(self, workspace_id: int, now: datetime) -> int:
        """How many messages of a workspace may be under way together."""
        breaker = self._by_workspace.get(workspace_id)
        if breaker is None or breaker.failures < TRIPS:
            return AT_ONCE
        return 0 if breaker.is_open(now) else 1

    def known(self) -> tuple[int, ...]:
        """The workspaces of which the last call failed."""
        return tuple(self._by_workspace)

    def answered(self, workspace_id: int) -> bool:
        """The platform answered; True where it had failed so often that messages were held back."""
        breaker = self._by_workspace.pop(workspace_id, None)
        return breaker is not None and breaker.failures >= TRIPS

    def failed(self, workspace_id: int, now: datetime, wait: timedelta = timedelta()) -> None:
        """The platform did not answer, or asked to `wait`."""
        breaker = self._by_workspace[workspace_id]
        breaker.failures += 1
        if breaker.failures < TRIPS or breaker.is_open(now):  # which the others of its wave have opened
            return
        pause = min(FIRST_PAUSE * 2**breaker.probes, LONGEST_PAUSE) * random.uniform(0.5, 1)
        breaker.probes = min(breaker.probes + 1, 8)
        breaker.since, breaker.until = now, now + max(pause, wait)
