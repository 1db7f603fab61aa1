"""Chart specs as plain values: frozen, hashable (they are cache keys) and picklable.

Names may be any text in any script; a unit is a metric's name. The bot and its chart process exchange specs as frames:
pickles preceded by their length, over a pipe that no other process can access.
"""

import pickle
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final, Generic, NamedTuple, Self, TypeAlias, TypeVar

from bot.domain.growth import JITTER, gained_by_day
from bot.domain.videos import HOUR

_LATE = JITTER / HOUR
"""Hours by which an hourly reading may be late before it counts for another hour."""

SHOWN_HOURS, SHOWN_DAYS = 48, 60
"""How far back gains per hour and per day are shown."""

HEAD: Final = 4
"""Bytes of a frame's length, big-endian."""
MAX_LINES = 5
MAX_BARS = 10

X = TypeVar("X", datetime, float)


def _hours(difference: timedelta | float) -> float:
    """Convert a distance on the x axis to hours; ages are in hours already."""
    return difference / HOUR if isinstance(difference, timedelta) else difference


def _is_naive(place: datetime | float) -> bool:
    return isinstance(place, datetime) and place.utcoffset() is None


@dataclass(frozen=True, slots=True)
class Line(Generic[X]):
    """A metric over time (`datetime`, aware) or over age (`float`, hours since tracking began), oldest first.

    Readings are missing between segments, and no line is drawn there. Raises ValueError without a point: without
    readings there is no picture.
    """

    label: str
    segments: tuple[tuple[tuple[X, int], ...], ...]

    def __post_init__(self) -> None:
        if not self.segments or not all(self.segments):
            raise ValueError("a line needs at least one point, and so does each of its segments")
        places = [place for place, _ in self.points]
        if any(map(_is_naive, places)):
            raise ValueError("a line's times are aware")
        if any(earlier > later for earlier, later in pairwise(places)):
            raise ValueError("a line's points go from the oldest to the newest")

    @classmethod
    def hourly(cls, label: str, readings: Iterable[tuple[X, int | None]]) -> Self:
        """Build a line from hourly readings, split at missing ones: None, or a step of more than 1.5 hours."""
        segments: list[list[tuple[X, int]]] = []
        for place, count in readings:
            if count is None:
                continue
            if not segments or _hours(place - segments[-1][-1][0]) > 1 + _LATE:
                segments.append([])
            segments[-1].append((place, count))
        return cls(label, tuple(tuple(segment) for segment in segments))

    @property
    def points(self) -> tuple[tuple[X, int], ...]:
        """Every reading, oldest first."""
        return tuple(point for segment in self.segments for point in segment)

    @property
    def gaps(self) -> tuple[tuple[X, X], ...]:
        """The ends of each period without readings."""
        return tuple((before[-1][0], after[0][0]) for before, after in pairwise(self.segments))

    @property
    def missing_hours(self) -> int:
        """How many hourly readings are missing in gaps."""
        return sum(max(int(_hours(after - before) + _LATE) - 1, 0) for before, after in self.gaps)

    @property
    def falls(self) -> tuple[tuple[X, int], ...]:
        """Each reading that is lower than the one before."""
        return tuple(later for earlier, later in pairwise(self.points) if later[1] < earlier[1])


@dataclass(frozen=True, slots=True)
class Growth:
    """A metric of one video, or the sum of several, over time; the line's label is the metric.

    `remarks` are short notes about a sum, such as `2 ended: last count`.
    """

    name: str
    line: Line[datetime]
    remarks: tuple[str, ...] = ()


class HourGain(NamedTuple):
    """A counter's gain between two hourly readings."""

    start: datetime
    end: datetime
    gain: int


class DayGain(NamedTuple):
    """A counter's gain on a UTC day, from `gained_by_day`; `whole`: hourly readings cover the day."""

    day: date
    gain: int | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Gains:
    """A video's gains in the last hours and per UTC day. Raises ValueError with fewer than two readings."""

    name: str
    line: Line[datetime]

    def __post_init__(self) -> None:
        if len(self.line.points) < 2:
            raise ValueError("a gain needs two readings")

    @property
    def since(self) -> datetime:
        """Time of the first reading shown in hours."""
        latest = self.line.points[-1][0]
        return next(at for at, _ in self.line.points if latest - at <= SHOWN_HOURS * HOUR + JITTER)

    @property
    def hours(self) -> tuple[HourGain, ...]:
        """The gain of each of the last hours; none across a gap."""
        since = self.since
        return tuple(
            HourGain(start, end, after - before)
            for segment in self.line.segments
            for (start, before), (end, after) in pairwise(segment)
            if start >= since
        )

    @property
    def days(self) -> tuple[DayGain, ...]:
        """The gain of each UTC day, oldest first."""
        days = gained_by_day(self.line.points)[-SHOWN_DAYS:]
        return tuple(DayGain(day, gain, self._is_whole(day)) for day, gain in days)

    def _is_whole(self, day: date) -> bool:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return any(
            segment[0][0] <= midnight + JITTER and segment[-1][0] >= midnight + 24 * HOUR - JITTER
            for segment in self.line.segments
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Up to five videos by age, read until a time. `unit` is the metric; a line's label is its video's name."""

    unit: str
    until: datetime
    lines: tuple[Line[float], ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.lines) <= MAX_LINES:
            raise ValueError("a comparison is of one to five lines")


@dataclass(frozen=True, slots=True)
class Movers:
    """The changes of up to ten videos (or creators, or people) in a window, in the given order.

    With `hour` they are counts instead, each at that hour of tracking. `units` are the changes' own, if they
    differ.
    """

    title: str
    unit: str
    since: datetime
    until: datetime
    changes: tuple[tuple[str, int], ...]
    hour: int | None = None
    units: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= len(self.changes) <= MAX_BARS:
            raise ValueError("movers are one to ten")
        if self.units and len(self.units) != len(self.changes):
            raise ValueError("each change has a unit, or none has")


@dataclass(frozen=True, slots=True)
class Spend:
    """Dollars that a wallet spent per UTC day, oldest first. A missing day means no spend.

    `today` is the day that isn't over yet.
    """

    name: str
    days: tuple[tuple[date, Decimal], ...]
    today: date

    def __post_init__(self) -> None:
        if not self.days:
            raise ValueError("spend needs at least one day")
        if any(dollars < 0 for _, dollars in self.days):
            raise ValueError("spend is never negative")
        if any(earlier >= later for (earlier, _), (later, _) in pairwise(self.days)):
            raise ValueError("days of spend go from the oldest to the newest, each once")


Spec: TypeAlias = Growth | Gains | Comparison | Movers | Spend


@dataclass(frozen=True, slots=True)
class Chart:
    """A PNG of at most 40 KB, its alt text and its file name."""

    png: bytes
    alt: str
    file_name: str


def framed(value: object) -> bytes:
    """Encode a value as a frame."""
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(HEAD, "big") + body


def length(head: bytes) -> int:
    """Number of bytes after a frame's head."""
    return int.from_bytes(head, "big")
