"""What can be drawn, as plain values: frozen, hashable (a chart is remembered by them) and picklable.

Names may be any text in any script; a unit is a metric's name. The bot and its chart process exchange them as frames:
pickles behind their length, over a pipe that nobody else can reach.
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
"""Hours by which an hourly reading may be late before it counts as another hour's."""

SHOWN_HOURS, SHOWN_DAYS = 48, 60
"""How far back gains per hour and per day are shown."""

HEAD: Final = 4
"""Bytes of a frame's length, the most significant first."""
MAX_LINES = 5
MAX_BARS = 10

X = TypeVar("X", datetime, float)


def _hours(difference: timedelta | float) -> float:
    """A stretch of the x axis in hours: of time, or of age, which counts hours already."""
    return difference / HOUR if isinstance(difference, timedelta) else difference


def _is_naive(place: datetime | float) -> bool:
    return isinstance(place, datetime) and place.utcoffset() is None


@dataclass(frozen=True, slots=True)
class Line(Generic[X]):
    """A metric over time (`datetime`, aware) or over age (`float`, hours since tracking began), oldest first.

    Readings are missing between one segment and the next, and no line is ever drawn there. ValueError without a point:
    without readings there is no picture.
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
        """The line through hourly readings, cut wherever one is missing: None, or more than 1.5 hours of silence."""
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
        """The last place before and the first place after each stretch without readings."""
        return tuple((before[-1][0], after[0][0]) for before, after in pairwise(self.segments))

    @property
    def missing_hours(self) -> int:
        """How many hourly readings the gaps have swallowed."""
        return sum(max(int(_hours(after - before) + _LATE) - 1, 0) for before, after in self.gaps)

    @property
    def falls(self) -> tuple[tuple[X, int], ...]:
        """Each reading that is lower than the one before it."""
        return tuple(later for earlier, later in pairwise(self.points) if later[1] < earlier[1])


@dataclass(frozen=True, slots=True)
class Growth:
    """A metric of one video, or a sum of several, over time; the line's label is the metric.

    `remarks` are a few words each on what a sum holds, such as `2 ended: last count`.
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
    """A counter's gain on a UTC day, as `gained_by_day` has it; `whole`: hourly readings all day."""

    day: date
    gain: int | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Gains:
    """The gains of one video in the last hours, and per UTC day. ValueError with fewer than two readings."""

    name: str
    line: Line[datetime]

    def __post_init__(self) -> None:
        if len(self.line.points) < 2:
            raise ValueError("a gain needs two readings")

    @property
    def since(self) -> datetime:
        """The first reading of the hours that are shown."""
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
    """Up to five videos by age, read until a moment. `unit` is what is counted; a line's label is its video's name."""

    unit: str
    until: datetime
    lines: tuple[Line[float], ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.lines) <= MAX_LINES:
            raise ValueError("a comparison is of one to five lines")


@dataclass(frozen=True, slots=True)
class Movers:
    """The changes of up to ten videos (or creators, or people) in a window, in the order given.

    With an `hour` they are counts instead, each at that hour of tracking.
    """

    title: str
    unit: str
    since: datetime
    until: datetime
    changes: tuple[tuple[str, int], ...]
    hour: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.changes) <= MAX_BARS:
            raise ValueError("movers are one to ten")


@dataclass(frozen=True, slots=True)
class Spend:
    """Dollars that a wallet spent on each UTC day, oldest first. A day that is left out shows as nothing spent.

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
    """A PNG of 40 KB at most, what it shows in sentences for those who do not see it, and a name for its file."""

    png: bytes
    alt: str
    file_name: str


def framed(value: object) -> bytes:
    """The value as one frame."""
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(HEAD, "big") + body


def length(head: bytes) -> int:
    """How many bytes follow the head of a frame."""
    return int.from_bytes(head, "big")
