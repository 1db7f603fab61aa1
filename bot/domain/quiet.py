"""Quiet hours in a named zone, and the end of a mute: converts local days and times to UTC."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import UsageError
from bot.domain.schedule import WEEKDAYS, Schedule, looks_like_time, read_time, time_words
from bot.domain.videos import DAY

LONGEST_MUTE = timedelta(days=30)
ENDLESS = "A mute needs an end: for how long (8h, 2d) or until when (09:00, tomorrow 9am, friday)."
MORNING = 9 * 60
"""Time at which a mute until a day ends: nine o'clock."""
_PARTS_OF_DAY = {"morning": MORNING, "evening": 18 * 60}

_PART = re.compile(
    r"(\d{1,4}(?:[.,]\d{1,2}(?=\s*[hdw]))?)\s*(m|min(?:ute)?s?|h|hrs?|hours?|d|days?|w|weeks?)", re.IGNORECASE
)
_LENGTH = re.compile(rf"(?:{_PART.pattern}\s*)+(?:(?<=h)(?P<minutes>[0-5]\d))?", re.IGNORECASE)
_BARE_HOURS = re.compile(r"^(1[3-9]|2[0-3])-(\d{1,2})$")  # 9-5 could end in the afternoon
_NAMED_DAY = re.compile(
    r"(?P<word>today|tonight|tomorrow)|(?P<date>\d{4}-\d\d-\d\d)"
    r"|(?P<weekday>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur|r)?(?:day)?",
    re.IGNORECASE,
)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": DAY, "w": 7 * DAY}


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Daily quiet hours; start and end are minutes after midnight in an IANA zone."""

    zone: str
    start: int
    end: int

    def end_of(self, now: datetime) -> datetime | None:
        """When the quiet hours at `now` end; None outside of them."""
        today = now.astimezone(ZoneInfo(self.zone)).date()
        start, end = Schedule(self.start, self.zone), Schedule(self.end, self.zone)
        for day in (today - DAY, today):
            over = end.due_at(day if self.end > self.start else day + DAY)
            if start.due_at(day) <= now < over:
                return over
        return None

    @property
    def times(self) -> str:
        """Both times: `22:00-07:00`."""
        return f"{time_words(self.start)}-{time_words(self.end)}"

    @property
    def words(self) -> str:
        """Times and zone as typed: `22:00-07:00 Europe/Berlin`."""
        return f"{self.times} {self.zone}"


def is_span(words: str) -> bool:
    """Whether the words are a duration (`8h`), one or two times of day, or a day (`friday`, `tomorrow@9am`)."""
    day, mark, time = words.partition("@")
    is_day = _NAMED_DAY.fullmatch(day) is not None and (not mark or time in _PARTS_OF_DAY or looks_like_time(time))
    return is_day or _length(words) is not None or looks_like_time(words) or is_range(words)


def is_range(words: str) -> bool:
    """Whether the words are two times of day: `22:00-07:00`, `22-7`."""
    start, dash, end = _range(words)
    return bool(dash) and looks_like_time(start) and looks_like_time(end)


def _range(words: str) -> tuple[str, str, str]:
    """Split at a dash, with bare hours as times."""
    return _BARE_HOURS.sub(r"\1:00-\2:00", words.replace("–", "-")).partition("-")


def read_quiet(words: str, zone: str) -> QuietHours:
    """Parse quiet hours such as `22:00-07:00` in a zone. Raises UsageError."""
    if not is_range(words):
        msg = f"I can't read “{words[:40]}” as quiet hours. Write two times, such as 22:00-07:00."
        raise UsageError(msg)
    start, _, end = _range(words)
    quiet = QuietHours(zone, read_time(start), read_time(end))
    if quiet.start == quiet.end:
        raise UsageError("Quiet hours can't start and end at the same time. To turn all alerts off, send /alerts off.")
    return quiet


def mute_end(words: str, now: datetime, zone: str) -> datetime:
    """When a mute ends: after `8h` or `2d`, at `09:00`, on `friday` or at `tomorrow@9am`, local times of `zone`.

    `tonight` lasts until the next morning, `today` until midnight. Raises UsageError.
    """
    length = _length(words)
    day, _, time = words.casefold().partition("@")
    found = _NAMED_DAY.fullmatch(day)
    if length is not None:
        end = now + length
    elif found is not None:
        end = _on_day(found, time, now, zone)
    elif looks_like_time(words):
        end = Schedule(read_time(words), zone).next_after(now).at
    else:
        raise UsageError(ENDLESS)
    if end <= now:
        raise UsageError("A mute has to end later than now, for example in 8h, at 09:00 or tomorrow 9am.")
    if end > now + LONGEST_MUTE:
        msg = f"A mute can last {LONGEST_MUTE.days} days at most, for example 8h, 2d or until friday."
        raise UsageError(msg)
    return end


def _on_day(found: re.Match[str], time: str, now: datetime, zone: str) -> datetime:
    """The time on a named day; a weekday that is today means next week, unless its time is still to come."""
    today = now.astimezone(ZoneInfo(zone)).date()
    minute = _PARTS_OF_DAY[time] if time in _PARTS_OF_DAY else read_time(time) if time else MORNING
    at = Schedule(minute, zone)
    word = found["word"]
    if word == "tonight":
        return at.next_after(now).at
    if word == "tomorrow":
        return at.due_at(today + DAY)
    if word == "today":
        return at.due_at(today) if time else Schedule(0, zone).due_at(today + DAY)
    if found["date"]:
        try:
            return at.due_at(date.fromisoformat(found["date"]))
        except ValueError:
            msg = f"There's no date {found['date']}. Write it like 2026-12-04."
            raise UsageError(msg) from None
    weekday = next(number for number, each in enumerate(WEEKDAYS) if each.startswith(found["weekday"]))
    days = (weekday - today.weekday()) % 7
    is_over = not days and (not time or at.due_at(today) <= now)
    return at.due_at(today + timedelta(days=7 if is_over else days))


def _length(words: str) -> timedelta | None:
    """Parse a duration such as `8h`, `90 min`, `1h30` or `1d 12h`; None if it isn't one."""
    match = _LENGTH.fullmatch(words.strip())
    if match is None:
        return None
    parts = (float(number.replace(",", ".")) * _UNITS[unit[0].lower()] for number, unit in _PART.findall(words))
    return sum(parts, timedelta(minutes=int(match["minutes"] or 0)))
