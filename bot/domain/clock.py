"""What time it is: always aware, always UTC, always passed in."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


class FastClock:
    """A clock that starts at a moment and runs `speed` times as fast as the wall: 3600 makes an hour of a second."""

    def __init__(self, start: datetime, speed: float) -> None:
        self._start = start
        self._speed = speed
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        """The moment that this clock shows."""
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self._speed)
