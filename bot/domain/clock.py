"""The clock (aware, UTC, passed in as a function), and times as text: `Fri 4 Dec, 22:27 UTC`."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TypeAlias

logger = logging.getLogger(__name__)

Clock: TypeAlias = Callable[[], datetime]

FOLLOWED = timedelta(minutes=5)
"""A step back of more than this is followed: the clock was wrong before."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def utc_now() -> datetime:
    """The present time, aware and in UTC."""
    return datetime.now(UTC)


def month_of(now: datetime) -> datetime:
    """Start of the calendar month in UTC."""
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


class WallClock:
    """The machine's clock, but monotonic: steps forward are followed, small steps back are ignored.

    A step back of more than `FOLLOWED` is logged and followed once; `bot.store.clock_repair` then repairs stored times.
    """

    def __init__(self, wall: Callable[[], float] = time.time, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._elapsed = elapsed
        self._offset = wall() - elapsed()

    def __call__(self) -> datetime:
        """The present time."""
        wall = self._wall()
        elapsed = self._elapsed()  # read last: a pause between the two must not move the clock ahead
        back = self._offset - (wall - elapsed)
        if back > FOLLOWED.total_seconds():
            logger.warning("clock was set back", extra={"seconds": round(back)})
            self._offset -= back
        self._offset = max(self._offset, wall - elapsed)
        return datetime.fromtimestamp(elapsed + self._offset, UTC)


class FastClock:
    """A clock that starts at a given time and runs `speed` times as fast as real time: 3600 is an hour per second."""

    def __init__(self, start: datetime, speed: float) -> None:
        self._start = start
        self._speed = speed
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        """The time on this clock."""
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self._speed)


def day_text(day: date) -> str:
    """A day without year, short enough for an axis: `4 Dec`."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def date_text(day: date, today: date | None = None) -> str:
    """A day with its weekday: `Fri 4 Dec`. The year is added if `today` is given and is in another one."""
    year = "" if today is None or today.year == day.year else f" {day.year}"
    return f"{_DAYS[day.weekday()]} {day_text(day)}{year}"


def moment_text(at: datetime, now: datetime | None = None, zone: tzinfo = UTC) -> str:
    """A time to the minute with its zone: `Fri 4 Dec, 22:27 UTC`, `Fri 4 Dec, 23:27 Europe/Berlin`.

    The year is added if `now` is given and is in another one.
    """
    local = at.astimezone(zone)
    return f"{date_text(local, now and now.astimezone(zone))}, {local:%H:%M} {zone}"
