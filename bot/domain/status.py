"""Facts for /status: the program's parts, which may run in separate processes, and the outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SCHEDULER = "scheduler"
"""The part that polls and posts by itself; other services are named after their chat."""
REPORTED_EVERY = timedelta(seconds=30)
FRESH = timedelta(minutes=2)
"""A service reported within this time counts as running."""


@dataclass(frozen=True, slots=True)
class Service:
    """A part of the program as last reported. `problem` is a sentence, empty if it works."""

    name: str
    seen_at: datetime
    problem: str = ""

    def is_up(self, now: datetime) -> bool:
        """Whether it runs and works."""
        return not self.problem and now - self.seen_at <= FRESH


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up, and why. `channel_id` is empty for a direct message."""

    channel_id: str
    reason: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """A workspace's messages. `oldest_at` is when the oldest waiting one was written; `dead` are the latest few."""

    waiting: int = 0
    oldest_at: datetime | None = None
    last_sent_at: datetime | None = None
    dead_count: int = 0
    dead: tuple[DeadLetter, ...] = ()
