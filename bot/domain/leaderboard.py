"""Leaderboards: gains of links in a window, summed per ranked entry; ties share a rank.

A gain counts from the newest reading at or before the window's start, or from the first reading if tracking began
within the window. Nothing is guessed: links without a reading in the window aren't ranked, and a counter that fell is a
loss.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from bot.domain.growth import JITTER
from bot.domain.videos import HOUR

W = TypeVar("W", bound=Hashable)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATE = HOUR + JITTER
"""Maximum age of a reading at an edge of the window before hours count as missing there."""


class Count(NamedTuple):
    """A counter's value at a time."""

    at: datetime
    value: int


@dataclass(frozen=True, slots=True)
class Window:
    """A window, and the start of the equally long one before it; None for the time since tracking began."""

    start: datetime
    end: datetime
    before: datetime | None = None


class Period(StrEnum):
    """Windows of a ranking."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    DAY = "24h"
    WEEK = "7d"
    THIS_WEEK = "week"
    THIS_MONTH = "month"
    START = "start"


_LENGTHS = {Period.DAY: timedelta(days=1), Period.WEEK: timedelta(days=7)}


def window_of(period: Period, now: datetime, zone: tzinfo) -> Window:
    """The window up to now, or to the end of yesterday.

    Days, weeks and months begin at midnight in the zone, weeks on Monday.
    """
    if period is Period.START:
        return Window(EPOCH, now)
    if period in _LENGTHS:
        start = now - _LENGTHS[period]
    else:
        day = now.astimezone(zone).date()
        if period is Period.YESTERDAY:
            return Window(*(_midnight(day - timedelta(days=back), zone) for back in (1, 0, 2)))
        back = {Period.TODAY: 0, Period.THIS_WEEK: day.weekday(), Period.THIS_MONTH: day.day - 1}[period]
        start = _midnight(day - timedelta(days=back), zone)
    return Window(start, now, start - (now - start))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Gain:
    """A link's gain. `began`: it counts from the first reading; `has_gap`: hours are missing at an edge."""

    gain: int
    began: bool = False
    has_gap: bool = False


@dataclass(frozen=True, slots=True)
class RankedEntry(Generic[W]):
    """A place in a ranking. `gain` is summed over `links`, of which `fell` have lost.

    `move` is the number of ranks it rose, None if it is new.
    """

    rank: int
    who: W
    gain: int
    links: int
    began: int = 0
    gaps: int = 0
    fell: int = 0
    move: int | None = None


@dataclass(frozen=True, slots=True)
class Ranking(Generic[W]):
    """All places, best first. `unread` counts links without a reading in the window, which have no place.

    `has_moves` is False if there is nothing to compare with: then no place counts as new.
    """

    standings: tuple[RankedEntry[W], ...]
    unread: int
    has_moves: bool

    @property
    def gaps(self) -> int:
        """How many ranked links have missing hours."""
        return sum(each.gaps for each in self.standings)

    @property
    def fell(self) -> int:
        """How many ranked links have lost."""
        return sum(each.fell for each in self.standings)

    @property
    def began(self) -> int:
        """How many ranked links count from a first reading within the window."""
        return sum(each.began for each in self.standings)

    def of(self, who: W) -> RankedEntry[W] | None:
        """The place of one entry, or None."""
        return next((each for each in self.standings if each.who == who), None)


def gained(
    first: Count | None, before: Count | None, last: Count | None, start: datetime, end: datetime
) -> Gain | None:
    """A link's gain from `start` to `end`; None without a reading in between.

    `first` is its first reading ever, `before` and `last` are the newest ones at or before the two times.
    """
    if last is None or last.at <= start:
        return None
    if before is not None:
        gap = start - before.at > LATE or end - last.at > LATE
        return Gain(last.value - before.value, has_gap=gap)
    if first is None:
        return None
    return Gain(last.value - first.value, began=True, has_gap=end - last.at > LATE)


def ranking(gains: Iterable[tuple[W, Gain | None]], earlier: Iterable[tuple[W, Gain | None]] = ()) -> Ranking[W]:
    """Rank entries by the sum of their links' gains; `earlier` are the gains of the window before, for moves."""
    now, unread = _sums(gains)
    then, _ = _sums(earlier)
    ranks, old = _ranks(now), _ranks(then)
    standings = (
        RankedEntry(
            rank=ranks[who],
            who=who,
            gain=sum(each.gain for each in mine),
            links=len(mine),
            began=sum(each.began for each in mine),
            gaps=sum(each.has_gap for each in mine),
            fell=sum(each.gain < 0 for each in mine),
            move=old[who] - ranks[who] if who in old else None,
        )
        for who, mine in now.items()
    )
    return Ranking(tuple(sorted(standings, key=lambda each: (each.rank, repr(each.who)))), unread, bool(old))


def _sums(gains: Iterable[tuple[W, Gain | None]]) -> tuple[Mapping[W, Sequence[Gain]], int]:
    """The gains of each entry, and how many links have none."""
    found: defaultdict[W, list[Gain]] = defaultdict(list)
    unread = 0
    for who, gain in gains:
        if gain is None:
            unread += 1
        else:
            found[who].append(gain)
    return found, unread


def _ranks(gains: Mapping[W, Sequence[Gain]]) -> Mapping[W, int]:
    """Ranks from 1: equal sums share one, and the next ranks are skipped."""
    sums = {who: sum(each.gain for each in mine) for who, mine in gains.items()}
    places: dict[int, int] = {}
    for place, gain in enumerate(sorted(sums.values(), reverse=True), 1):
        places.setdefault(gain, place)
    return {who: places[gain] for who, gain in sums.items()}
