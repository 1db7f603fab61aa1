"""What /status reports on: the parts of the program, which may run in processes of their own, and the outbox."""

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


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up, and why. `channel_id` is empty where it was for one person."""

    channel_id: str
    reason: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """A workspace's messages. `oldest_at` is when the oldest that waits was written; `dead` are the last few."""

    waiting: int = 0
    oldest_at: datetime | None = None
    last_sent_at: datetime | None = None
    dead_count: int = 0
    dead: tuple[DeadLetter, ...] = ()
