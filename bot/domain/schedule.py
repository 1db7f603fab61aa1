"""Recurring schedules at a local time in a named IANA zone: daily, on weekdays, or on a day of the month.

A local date is due at its time of day there. An hour that occurs twice counts the first time; one that is skipped
counts later, by as much as the clock was put forward; a skipped date is never due. A caller that stores the last due
date and asks only for later ones gets each local date once, whatever the zone does.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import UsageError
from bot.domain.videos import DAY

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WORKDAYS = frozenset(range(5))

_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h：](?P<minute>\d{2}))?\s*(?:(?P<half>[ap])(?:\.?m)?\.?|(?P<mark>h|uhr|o['’]?clock))?",
    re.IGNORECASE,
)
_FOUR_DIGITS = re.compile(r"(\d\d)(\d\d)(?= *(?:h|hrs|uhr)?$)", re.IGNORECASE)
_NAMED = {"noon": 12 * 60, "midday": 12 * 60, "midnight": 0}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One due time: the local date, which identifies it for good, and the time in UTC."""

    date: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """A local time of day in a zone.

    `minute` counts from midnight, `weekdays` from 0 on Mondays; empty means every day. With `month_day` it is that day
    of each month, or the last day of shorter months.
    """

    minute: int
    zone: str
    weekdays: frozenset[int] = frozenset()
    month_day: int | None = None

    def period(self, day: date) -> timedelta:
        """The time that a date's occurrence covers: since the one before."""
        before = day - DAY
        while not self._is_on(before):
            before -= DAY
        return self.due_at(day) - self.due_at(before)

    def useful_until(self, day: date) -> datetime:
        """When a date's occurrence is too late to be useful: half-way to the next one."""
        due = self.due_at(day)
        return due + (self.next_after(due, day).at - due) / 2

    def due_at(self, day: date) -> datetime:
        """The UTC time at which a local date is due."""
        return self._moment(day, time(*divmod(self.minute, 60)))

    def next_after(self, moment: datetime, last: date | None = None) -> Occurrence:
        """The first occurrence due after a time, on a date after `last`.

        Raises ZoneInfoNotFoundError if this machine's time zone data lack the zone.
        """
        # A day early: a time that was put forward may have moved to the next date.
        day = moment.astimezone(ZoneInfo(self.zone)).date() - DAY
        if last is not None:
            day = max(day, last + DAY)
        while not (self._is_on(day) and self.due_at(day) > moment):
            day += DAY
        return Occurrence(day, self.due_at(day))

    def _is_on(self, day: date) -> bool:
        """Whether the schedule includes the date and it exists in the zone: Samoa had no 30 December 2011."""
        if self.weekdays and day.weekday() not in self.weekdays:
            return False
        if self.month_day is not None and day.day != min(self.month_day, monthrange(day.year, day.month)[1]):
            return False
        zone = ZoneInfo(self.zone)
        return any(self._moment(day, each).astimezone(zone).date() == day for each in (time.min, time(23, 59)))

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, ZoneInfo(self.zone)).astimezone(UTC)


def looks_like_time(words: str) -> bool:
    """Whether the words are a time of day: `09:00`, `9am`, `21h`, `0900`, `noon`, but not another bare number."""
    match = _TIME.fullmatch(_FOUR_DIGITS.sub(r"\1:\2", words) if words.startswith("0") else words)
    is_marked = match is not None and any(match[each] for each in ("minute", "half", "mark"))
    return words.casefold() in _NAMED or is_marked


def read_time(words: str) -> int:
    """Parse a time of day to minutes, bare hours and four digits included. Raises UsageError."""
    if words.casefold() in _NAMED:
        return _NAMED[words.casefold()]
    match = _TIME.fullmatch(_FOUR_DIGITS.sub(r"\1:\2", words.strip()))
    if match is not None:
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        if match["half"]:
            hour = hour % 12 + 12 * (match["half"][0].casefold() == "p") if 1 <= hour <= 12 else 24
        if hour < 24 and minute < 60:
            return 60 * hour + minute
    msg = f"I can't read “{words[:40]}” as a time. Write it like 09:00, 17:30 or 9am."
    raise UsageError(msg)


def ordinal(number: int) -> str:
    """A day of the month in words: 1st, 22nd, 13th."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number not in {11, 12, 13} else 0, "th")
    return f"{number}{ending}"


def time_words(minute: int) -> str:
    """A minute of the day as text: 09:00."""
    return f"{minute // 60:02}:{minute % 60:02}"
