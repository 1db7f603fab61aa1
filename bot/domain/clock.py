"""What time it is: always aware, always UTC, always passed in."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]

LONGEST_WAY = timedelta(minutes=5)
"""Longer than any answer is under way, from the asking on, waits for a turn included."""


def utc_now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


def month_of(now: datetime) -> datetime:
    """The first moment of the calendar month, in UTC."""
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


class FastClock:
    """A clock that starts at a moment and runs `speed` times as fast as the wall: 3600 makes an hour of a second."""

    def __init__(self, start: datetime, speed: float) -> None:
        self._start = start
        self._speed = speed
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        """The moment that this clock shows."""
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self._speed)


def is_fresh(at: datetime, now: datetime, max_age: timedelta) -> bool:
    """Whether something of that moment is younger than `max_age`. What seems to come from the future is not.

    The clock was set back since, so nobody knows how old it is.
    """
    return timedelta() <= now - at < max_age


def is_overtaken(asked_at: datetime, known_at: datetime) -> bool:
    """Whether an answer says less than what is known already: it was asked for earlier, and came late.

    No answer is under way for longer than LONGEST_WAY, so one that seems to be was asked for after the clock was set
    back, and is the newer one.
    """
    return timedelta() < known_at - asked_at <= LONGEST_WAY
