"""Spikes and milestones: hours that stand out among a video's own and its neighbours', and round counts.

A gap, a catch-up over several hours and a counter that fell don't show an hour's growth, so they are ignored.
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
"""How far back a video's own hours are considered."""
FEWEST_HOURS = 6
"""Minimum number of a video's own hours before one can stand out."""
FEWEST_NEIGHBOURS = 5
"""Minimum number of other videos to define the usual growth of an hour."""
DEVIATIONS = 6
TIMES = 3
FLOORS = {Metric.VIEWS: 1_000, Metric.LIKES: 100}
"""Minimum hourly growth worth reporting."""
_SCALE = 1.4826
"""Makes a median absolute deviation comparable to a standard deviation."""
FIRST_MILESTONE = 10_000
FORESEEN = timedelta(days=30)
"""How far ahead a day is forecast: no tracking lasts longer."""


@dataclass(frozen=True, slots=True)
class Hour:
    """Growth of one hour, if it is known to be a single hour, up to `at` with the counter at `count`.

    `usual` is the median of the hours before, `limit` what an hour must exceed to stand out.
    """

    at: datetime
    count: int
    growth: int
    usual: int
    limit: int

    @property
    def stands_out(self) -> bool:
        """Whether this hour is far above the video's own usual."""
        return self.growth > self.limit


def last_hour(readings: Sequence[tuple[datetime, int]], metric: Metric) -> Hour | None:
    """The newest hour compared with those before it; None if it or its past can't be judged.

    Readings are oldest first.
    """
    if len(readings) < 2 or not _is_hour(readings[-2][0], readings[-1][0]):
        return None
    at, count = readings[-1]
    growth = count - max(earlier for _, earlier in readings[:-1])  # regaining counts after a fall isn't growth
    past = [later - before for (start, before), (end, later) in pairwise(readings[:-1]) if _is_hour(start, end)]
    past = [each for each in past if each >= 0]
    if growth < 0 or len(past) < FEWEST_HOURS:
        return None
    usual = median(past)
    spread = _SCALE * median(abs(each - usual) for each in past)
    limit = max(usual + DEVIATIONS * spread, usual * TIMES, usual + FLOORS.get(metric, FLOORS[Metric.VIEWS]))
    return Hour(at, count, growth, int(usual), int(limit))


def is_above_usual(growth: int, others: Sequence[int]) -> bool:
    """Whether an hour beats nine tenths of the workspace's other videos in that hour; True if there are too few."""
    if len(others) < FEWEST_NEIGHBOURS:
        return True
    ranked = sorted(others)
    return growth > ranked[min(len(ranked) * 9 // 10, len(ranked) - 1)]


def growth_of_hour(readings: Sequence[tuple[datetime, int]]) -> int | None:
    """A video's growth in its newest hour; None if that isn't known to be one hour, or the counter fell."""
    if len(readings) < 2 or not _is_hour(readings[-2][0], readings[-1][0]):
        return None
    return growth if (growth := readings[-1][1] - readings[-2][1]) >= 0 else None


def milestone(before: int, count: int, own: Sequence[int] = ()) -> int | None:
    """The highest milestone passed between two counts, or None.

    Milestones are the channel's `own` numbers, or else 10k, 100k, 1M and so on.
    """
    return max((each for each in own or _powers(count) if before < each <= count), default=None)


def next_milestone(count: int, own: Sequence[int] = ()) -> int | None:
    """The lowest milestone above a count; None if all of a channel's own are passed."""
    return min((each for each in own or _powers(count * 10 + FIRST_MILESTONE) if each > count), default=None)


def reached_on(count: int, goal: int, per_day: int | None, at: datetime) -> date | None:
    """The day on which a count reaches a goal at the present daily gain; None if not within `FORESEEN`."""
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
