"""The parts of the program that may run in processes of their own: each chat's connection, and the scheduler."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SCHEDULER = "scheduler"
"""What reads videos and posts by itself; the other services are named after their chat."""
REPORTED_EVERY = timedelta(seconds=30)
FRESH = timedelta(minutes=2)
"""A service that was reported within this time counts as running."""


@dataclass(frozen=True, slots=True)
class Service:
    """A part as it was last reported. `problem` is a sentence, empty if it works."""

    name: str
    seen_at: datetime
    problem: str = ""

    def is_up(self, now: datetime) -> bool:
        """Whether it runs and works."""
        return not self.problem and now - self.seen_at <= FRESH
