"""What time it is: always aware, always UTC, always passed in."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

logger = logging.getLogger(__name__)

Clock: TypeAlias = Callable[[], datetime]

FOLLOWED = timedelta(minutes=5)
"""A step back by more than this is followed: the clock was wrong before it."""


def utc_now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


def month_of(now: datetime) -> datetime:
    """The first moment of the calendar month, in UTC."""
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


class WallClock:
    """The machine's clock, which never runs backwards: steps forward are followed, small steps back are not.

    A step back by more than `FOLLOWED` is logged and followed once; `bot.store.clock_repair` then mends what is stored.
    """

    def __init__(self, wall: Callable[[], float] = time.time, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._elapsed = elapsed
        self._offset = wall() - elapsed()

    def __call__(self) -> datetime:
        """The present moment."""
        wall = self._wall()
        elapsed = self._elapsed()  # read last: a pause between the two must not move the clock ahead
        back = self._offset - (wall - elapsed)
        if back > FOLLOWED.total_seconds():
            logger.warning("clock was set back", extra={"seconds": round(back)})
            self._offset -= back
        self._offset = max(self._offset, wall - elapsed)
        return datetime.fromtimestamp(elapsed + self._offset, UTC)


class FastClock:
    """A clock that starts at a moment and runs `speed` times as fast as the wall: 3600 makes an hour of a second."""

    def __init__(self, start: datetime, speed: float) -> None:
        self._start = start
        self._speed = speed
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        """The moment that this clock shows."""
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self._speed)
