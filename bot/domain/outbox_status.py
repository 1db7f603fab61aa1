"""Messages on their way: how many wait, what came last, and the dead letters, which were given up."""

from dataclasses import dataclass
from datetime import datetime


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
