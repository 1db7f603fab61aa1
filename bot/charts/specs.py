"""What can be drawn, as plain values: frozen, hashable (a chart is remembered by them) and picklable.

The only free text is a label, and a label is plain ASCII: a metric's name, a row's letter or number, a length of time.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Generic, Self, TypeAlias, TypeVar

from bot.domain.growth import JITTER
from bot.domain.videos import HOUR

_LATE = JITTER / HOUR
"""Hours by which an hourly reading may be late before it counts as another hour's."""

MAX_LINES = 5
MAX_BARS = 10

LONGEST_LABEL = 12
LONGEST_ROW = 3
"""Characters of a label, and of one that stands for a row of the message's table: what there is room for."""

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ]*")

X = TypeVar("X", datetime, float)


def _hours(difference: timedelta | float) -> float:
    """A stretch of the x axis in hours: of time, or of age, which counts hours already."""
    return difference / HOUR if isinstance(difference, timedelta) else difference


def _is_naive(place: datetime | float) -> bool:
    return isinstance(place, datetime) and place.utcoffset() is None


def _check_label(label: str, longest: int = LONGEST_LABEL) -> None:
    if len(label) > longest or not _LABEL.fullmatch(label):
        msg = f"this label of a chart is up to {longest} ASCII letters, digits and spaces, not {label!r}"
        raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Line(Generic[X]):
    """A metric over time (`datetime`, aware) or over age (`float`, hours since tracking began), oldest first.

    Readings are missing between one segment and the next, and no line is ever drawn there. ValueError without a point:
    whoever has no readings leaves the picture out.
    """

    label: str
    segments: tuple[tuple[tuple[X, int], ...], ...]

    def __post_init__(self) -> None:
        _check_label(self.label)
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
    """One video over time: its main metric, and another one below it where that helps."""

    main: Line[datetime]
    second: Line[datetime] | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Up to five videos by age. `unit` is what is counted; a line's label is its row in the message's table."""

    unit: str
    lines: tuple[Line[float], ...]

    def __post_init__(self) -> None:
        _check_label(self.unit)
        if not 1 <= len(self.lines) <= MAX_LINES:
            raise ValueError("a comparison is of one to five lines")
        for line in self.lines:
            _check_label(line.label, LONGEST_ROW)
        if len({line.label for line in self.lines}) < len(self.lines):
            raise ValueError("each line of a comparison has a label of its own")


@dataclass(frozen=True, slots=True)
class Movers:
    """How much each of up to ten videos changed, in the order given.

    `window` is the time it took, in words ("24 h"). A change's label is its row in the message's table.
    """

    unit: str
    window: str
    changes: tuple[tuple[str, int], ...]

    def __post_init__(self) -> None:
        _check_label(self.unit)
        _check_label(self.window)
        for label, _ in self.changes:
            _check_label(label, LONGEST_ROW)
        if not 1 <= len(self.changes) <= MAX_BARS:
            raise ValueError("movers are one to ten")


@dataclass(frozen=True, slots=True)
class Spend:
    """Dollars spent on each UTC day, oldest first. A day that is left out shows as nothing spent."""

    days: tuple[tuple[date, Decimal], ...]

    def __post_init__(self) -> None:
        if not self.days:
            raise ValueError("spend needs at least one day")
        if any(dollars < 0 for _, dollars in self.days):
            raise ValueError("spend is never negative")
        if any(earlier >= later for (earlier, _), (later, _) in pairwise(self.days)):
            raise ValueError("days of spend go from the oldest to the newest, each once")


Spec: TypeAlias = Growth | Comparison | Movers | Spend


@dataclass(frozen=True, slots=True)
class Chart:
    """A PNG of 40 KB at most, and the sentences that say what it shows to those who do not see it."""

    png: bytes
    alt: str
