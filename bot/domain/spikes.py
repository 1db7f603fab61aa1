"""Spikes and milestones: growth that stands out among a video's own hours and among its neighbours', and round counts.

A gap, a catch-up over several hours and a counter that fell say nothing of an hour's growth, so they count for nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median

from bot.domain.growth import JITTER
from bot.domain.videos import HOUR, Metric

HISTORY = timedelta(hours=25)
"""How far back a video's own hours count."""
FEWEST_HOURS = 6
"""Hours of its own that a video needs before any of them can stand out."""
FEWEST_NEIGHBOURS = 5
"""Other videos needed before there is a usual growth of an hour."""
DEVIATIONS = 6
TIMES = 3
FLOORS = {Metric.VIEWS: 1_000, Metric.LIKES: 100}
"""The least growth an hour that anybody wants to hear of."""
_SCALE = 1.4826
"""What makes a median absolute deviation comparable to a standard deviation."""
FIRST_MILESTONE = 10_000
FORESEEN = timedelta(days=30)
"""How far ahead a day is stated: no tracking lasts longer."""


@dataclass(frozen=True, slots=True)
class Hour:
    """The growth of one hour, as far as it is known to be of one hour, up to `at`, where the counter stood at `count`.

    `usual` is the median of the hours before, `limit` what an hour must exceed to stand out.
    """

    at: datetime
    count: int
    growth: int
    usual: int
    limit: int

    @property
    def stands_out(self) -> bool:
        """Whether this hour is far above the video's own."""
        return self.growth > self.limit


def last_hour(readings: Sequence[tuple[datetime, int]], metric: Metric) -> Hour | None:
    """The newest hour beside the ones before it, oldest first; None where it or its past cannot be judged."""
    if len(readings) < 2 or not _is_hour(readings[-2][0], readings[-1][0]):
        return None
    at, count = readings[-1]
    growth = count - max(earlier for _, earlier in readings[:-1])  # what a counter wins back after a fall is not new
    past = [later - before for (start, before), (end, later) in pairwise(readings[:-1]) if _is_hour(start, end)]
    past = [each for each in past if each >= 0]
    if growth < 0 or len(past) < FEWEST_HOURS:
        return None
    usual = median(past)
    spread = _SCALE * median(abs(each - usual) for each in past)
    limit = max(usual + DEVIATIONS * spread, usual * TIMES, usual + FLOORS.get(metric, FLOORS[Metric.VIEWS]))
    return Hour(at, count, growth, int(usual), int(limit))


def is_above_usual(growth: int, others: Sequence[int]) -> bool:
    """Whether an hour is above nine tenths of what the workspace's other videos grew in it; True among too few."""
    if len(others) < FEWEST_NEIGHBOURS:
        return True
    ranked = sorted(others)
    return growth > ranked[min(len(ranked) * 9 // 10, len(ranked) - 1)]


def growth_of_hour(readings: Sequence[tuple[datetime, int]]) -> int | None:
    """What a video grew in its newest hour; None where that is not known to be of one hour, or the counter fell."""
    if len(readings) < 2 or not _is_hour(readings[-2][0], readings[-1][0]):
        return None
    return growth if (growth := readings[-1][1] - readings[-2][1]) >= 0 else None


def milestone(before: int, count: int, own: Sequence[int] = ()) -> int | None:
    """The highest milestone above what was counted before and not above what is counted now.

    Milestones are the channel's `own` numbers, or else 10k, 100k, 1M and so on.
    """
    return max((each for each in own or _powers(count) if before < each <= count), default=None)


def next_milestone(count: int, own: Sequence[int] = ()) -> int | None:
    """The lowest milestone above a count; None if a channel's own numbers are all passed."""
    return min((each for each in own or _powers(count * 10 + FIRST_MILESTONE) if each > count), default=None)


def reached_on(count: int, goal: int, per_day: int | None, at: datetime) -> date | None:
    """The day on which a count reaches a goal at the present gain of a day, None if not within `FORESEEN`."""
    if not per_day or per_day < 0:
        return None
    needed = Decimal(goal - count) / per_day
    return (at + timedelta(days=1) * float(needed)).date() if needed <= FORESEEN.days else None


def _powers(most: int) -> Iterator[int]:
    step = FIRST_MILESTONE
    while step <= most:
        yield step
        step *= 10


def _is_hour(start: datetime, end: datetime) -> bool:
    return JITTER <= end - start <= HOUR + JITTER
