"""Quiet hours in a named zone, and until when something is muted: local times of day made into moments."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import UsageError
from bot.domain.schedule import DAY, Schedule, looks_like_time, read_time, time_words

LONGEST_MUTE = timedelta(days=30)

_PART = re.compile(r"(\d{1,4})\s*(m|min(?:ute)?s?|h|hrs?|hours?|d|days?|w|weeks?)", re.IGNORECASE)
_LENGTH = re.compile(rf"(?:{_PART.pattern}\s*)+(?:(?<=h)(?P<minutes>[0-5]\d))?", re.IGNORECASE)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": DAY, "w": 7 * DAY}


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day to the next occurrence of another, both minutes after midnight in an IANA zone."""

    zone: str
    start: int
    end: int

    def end_of(self, now: datetime) -> datetime | None:
        """When the quiet hours in which `now` lies end; None outside of them."""
        today = now.astimezone(ZoneInfo(self.zone)).date()
        start, end = Schedule(self.start, self.zone), Schedule(self.end, self.zone)
        for day in (today - DAY, today):
            over = end.due_at(day if self.end > self.start else day + DAY)
            if start.due_at(day) <= now < over:
                return over
        return None

    @property
    def words(self) -> str:
        """As a person types them: `22:00-07:00 Europe/Berlin`."""
        return f"{time_words(self.start)}-{time_words(self.end)} {self.zone}"


def is_span(words: str) -> bool:
    """Whether the words are a length of time (`8h`), a time of day (`09:00`) or two of them (`22:00-07:00`)."""
    return _length(words) is not None or looks_like_time(words) or is_range(words)


def is_range(words: str) -> bool:
    """Whether the words are two times of day: `22:00-07:00`."""
    start, dash, end = words.replace("–", "-").partition("-")
    return bool(dash) and looks_like_time(start) and looks_like_time(end)


def read_quiet(words: str, zone: str) -> QuietHours:
    """The quiet hours of `22:00-07:00` in a zone; UsageError has a sentence."""
    if not is_range(words):
        msg = f"I can't read “{words[:40]}” as quiet hours. Write two times, such as 22:00-07:00."
        raise UsageError(msg)
    start, _, end = words.replace("–", "-").partition("-")
    quiet = QuietHours(zone, read_time(start), read_time(end))
    if quiet.start == quiet.end:
        raise UsageError("Quiet hours can't start and end at the same time. To turn all alerts off, send /alerts off.")
    return quiet


def mute_end(words: str, now: datetime, zone: str) -> datetime:
    """When a mute of `8h`, `2d` or until `09:00` (local time of `zone`) ends; UsageError has a sentence."""
    length = _length(words)
    if length is not None and timedelta() < length <= LONGEST_MUTE:
        return now + length
    if length is not None:
        msg = f"A mute can last {LONGEST_MUTE.days} days at most, for example 8h or 2d."
        raise UsageError(msg)
    if not looks_like_time(words):
        raise UsageError("A mute needs an end: for how long (8h, 2d) or until when (09:00).")
    return Schedule(read_time(words), zone).next_after(now).at


def _length(words: str) -> timedelta | None:
    """How long `8h`, `90 min`, `1h30` or `1d 12h` is; None if the words are no length."""
    match = _LENGTH.fullmatch(words.strip())
    if match is None:
        return None
    parts = (int(number) * _UNITS[unit[0].lower()] for number, unit in _PART.findall(words))
    return sum(parts, timedelta(minutes=int(match["minutes"] or 0)))
