"""Growth from snapshots: changes, coverage, gaps, falls and rates; and how counts and durations are written.

Snapshots come oldest first. Nothing here fills a gap, guesses a count or reads a clock.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from math import floor
from typing import TypeAlias

from bot.domain.errors import UsageError
from bot.domain.videos import HOUR, Metric, Snapshot, VideoPlatform

JITTER = HOUR / 2
"""How far an hourly snapshot may be from its hour before it counts for another one."""
LONGEST_STEP = HOUR + JITTER
"""Longest time between two hourly snapshots with none missing between them."""

Series: TypeAlias = tuple[tuple[float, int], ...]
"""A metric by age: (hours since tracking began, count), oldest first; a step of more than 1.5 hours is a gap."""

_WORDS: dict[tuple[str, Metric], str] = {
    (VideoPlatform.TWITTER, Metric.SHARES): "reposts",
    (VideoPlatform.TWITTER, Metric.COMMENTS): "replies",
}
_ENGAGEMENT = (Metric.LIKES, Metric.COMMENTS, Metric.SHARES, Metric.SAVES)
_UNITS = ("", "k", "M", "B", "T")


@dataclass(frozen=True, slots=True)
class Change:
    """Change of a metric over `window`, the real time between the two snapshots, up to `until`.

    `exact` is False if a gap or a short life made the window differ from the requested one: then show it. `fell` marks
    a counter that went down somewhere in the window, whatever the total.
    """

    delta: int
    window: timedelta
    until: datetime
    exact: bool
    fell: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the expected hourly snapshots there are: `21 of 24`."""

    collected: int
    expected: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A period without snapshots, from the last one before it to the first one after it."""

    start: datetime
    end: datetime
    missing: int


@dataclass(frozen=True, slots=True)
class Fall:
    """A counter that went down: the platform removed counts."""

    at: datetime
    before: int
    after: int


def main_metric(platform: str, snapshots: Sequence[Snapshot]) -> Metric:
    """The main metric of a video: views, or likes on Instagram and without any views."""
    if platform == VideoPlatform.INSTAGRAM:
        return Metric.LIKES
    has_views = any(Metric.VIEWS in each.counts for each in snapshots) or not any(each.counts for each in snapshots)
    return Metric.VIEWS if has_views else Metric.LIKES


def metric_name(platform: str, metric: Metric) -> str:
    """The metric's name on that platform, in the plural."""
    return _WORDS.get((platform, metric), metric.value)


def change(snapshots: Sequence[Snapshot], metric: Metric, window: timedelta) -> Change | None:
    """The change between the latest reading and the one closest to `window` earlier; None with fewer than two."""
    back: list[tuple[datetime, int]] = []
    for snapshot in reversed(snapshots):
        count = snapshot.counts.get(metric)
        if count is None:
            continue
        if len(back) > 1 and _miss(back, snapshot.taken_at, window) > _miss(back, back[-1][0], window):
            break
        back.append((snapshot.taken_at, count))
    if len(back) < 2:
        return None
    (until, latest), (since, base) = back[0], back[-1]
    fell = any(later < earlier for (_, later), (_, earlier) in pairwise(back))
    return Change(latest - base, until - since, until, abs(until - since - window) <= JITTER, fell)


def recent_change(snapshots: Sequence[Snapshot], metric: Metric, window: timedelta) -> Change | None:
    """The change over `window`, or over the part of it that has readings; None with fewer than two.

    A reading up to an hour and a half before the window may be its start, so that one missing snapshot hides nothing.
    """
    last = next((each.taken_at for each in reversed(snapshots) if metric in each.counts), None)
    if last is None:
        return None
    earliest = last - window - HOUR - JITTER
    return change([each for each in snapshots if each.taken_at >= earliest], metric, window)


def _miss(back: Sequence[tuple[datetime, int]], since: datetime, window: timedelta) -> timedelta:
    return abs(back[0][0] - since - window)


def gaps(snapshots: Sequence[Snapshot]) -> tuple[Gap, ...]:
    """Periods in which hourly snapshots are missing; one up to half an hour late isn't missing."""
    steps = pairwise([snapshot.taken_at for snapshot in snapshots])
    return tuple([Gap(start, end, _missing(start, end)) for start, end in steps if end - start > LONGEST_STEP])


def _missing(start: datetime, end: datetime) -> int:
    """How many hourly snapshots are missing between two times with a snapshot each."""
    return max((end - start + JITTER) // HOUR - 1, 0) if end - start > LONGEST_STEP else 0


def coverage(snapshots: Sequence[Snapshot], started_at: datetime | None, until: datetime) -> Coverage:
    """Snapshots collected and due from the start to `until`: now, or the end of the tracking.

    It isn't documented whether the first snapshot comes at the start or an hour later: neither counts as missing.
    Without a known start, hours before the first snapshot are ignored. A second snapshot within an hour isn't counted.
    """
    if not snapshots:
        return Coverage(0, max((until - (started_at or until)) // HOUR, 0))
    first, last = snapshots[0].taken_at, snapshots[-1].taken_at
    outside = _missing(started_at or first, first) + ((until - last) // HOUR if is_overdue(last, until) else 0)
    collected = len(snapshots) - crowded(snapshots)
    return Coverage(collected, collected + outside + sum(gap.missing for gap in gaps(snapshots)))


def is_overdue(last: datetime, now: datetime) -> bool:
    """Whether a video that is being tracked should have had another snapshot by now."""
    return now - last > LONGEST_STEP


def crowded(snapshots: Sequence[Snapshot]) -> int:
    """How many snapshots came less than half an hour after the previous one."""
    return sum(later.taken_at - earlier.taken_at < JITTER for earlier, later in pairwise(snapshots))


def stopped_at(snapshots: Sequence[Snapshot], metric: Metric) -> datetime | None:
    """Time of the last snapshot with a metric, if later ones lack it; None if they don't."""
    last = next((each.taken_at for each in reversed(snapshots) if metric in each.counts), None)
    return last if last is not None and snapshots[-1].taken_at - last > JITTER else None


def falls(snapshots: Sequence[Snapshot], metric: Metric) -> tuple[Fall, ...]:
    """Every reading that is lower than the previous one."""
    steps = pairwise(counts_of(snapshots, metric))
    return tuple(Fall(at, before, after) for (_, before), (at, after) in steps if after < before)


def counts_of(snapshots: Sequence[Snapshot], metric: Metric) -> tuple[tuple[datetime, int], ...]:
    """The readings of one metric, as (time, count)."""
    return tuple((each.taken_at, each.counts[metric]) for each in snapshots if metric in each.counts)


def gained_by_day(readings: Sequence[tuple[datetime, int]]) -> tuple[tuple[date, int | None], ...]:
    """The gain of each UTC day since the last count of the day before; None for a day without a count.

    The first day counts from its own first reading. A day after one without a count has no gain either: its own part
    isn't known.
    """
    if not readings:
        return ()
    last = {at.astimezone(UTC).date(): count for at, count in readings}
    day, end = min(last), max(last)
    before: int | None = readings[0][1]
    found: list[tuple[date, int | None]] = []
    while day <= end:
        count = last.get(day)
        found.append((day, None if count is None or before is None else count - before))
        day, before = day + timedelta(days=1), count
    return tuple(found)


def engagement_rate(snapshot: Snapshot) -> Decimal | None:
    """Likes, comments, shares and saves, as available, divided by views; None without views or any of these."""
    views = snapshot.counts.get(Metric.VIEWS)
    acts = [snapshot.counts[metric] for metric in _ENGAGEMENT if metric in snapshot.counts]
    return Decimal(sum(acts)) / views if views and acts else None


def engagement_hidden(snapshots: Sequence[Snapshot]) -> tuple[Metric, ...]:
    """Metrics that earlier snapshots have and the last one lacks, so that its engagement rate omits them."""
    stated = {metric for each in snapshots for metric in each.counts}
    return tuple(metric for metric in _ENGAGEMENT if metric in stated and metric not in snapshots[-1].counts)


def price_per_thousand(cost: Decimal, new_views: int) -> Decimal | None:
    """Dollars per 1,000 new views, to the cent, or to two digits below ten cents; None without new views."""
    if new_views <= 0:
        return None
    price = cost * 1000 / new_views
    digits = min(-2, price.adjusted() - 1)
    return price.quantize(Decimal(1).scaleb(digits), rounding=ROUND_HALF_UP)


def aligned(snapshots: Sequence[Snapshot], metric: Metric, started_at: datetime | None) -> Series:
    """A metric by hours since tracking began (or since the first snapshot if unknown), for comparisons."""
    if not snapshots:
        return ()
    zero = started_at or snapshots[0].taken_at
    return tuple(((s.taken_at - zero) / HOUR, s.counts[metric]) for s in snapshots if metric in s.counts)


def at_hour(series: Series, hour: float) -> int | None:
    """The count closest to an hour of age; None if none is within half an hour of it."""
    reach = JITTER / HOUR
    place = bisect_left(series, hour, key=lambda point: point[0])
    near = [(abs(age - hour), count) for age, count in series[max(place - 1, 0) : place + 1]]
    distance, count = min(near, default=(reach + 1, 0))
    return count if distance <= reach else None


COUNT = re.compile(r"(\d+(?:[.,]\d{1,3})?) ?(k|m|thousand|million)|(\d{1,3}(?:[,.  ]\d{3})+|\d+)", re.IGNORECASE)
"""A count in any spelling: 50k, 1.5M, 2million, 1,000,000."""
MOST_COUNTED = 10**12
"""Larger than any count."""


def read_count(text: str) -> int:
    """Parse a count. Raises UsageError if it isn't one, or isn't from 1 to `MOST_COUNTED`."""
    match = COUNT.fullmatch(text.strip())
    if match is not None and match[2] is not None:
        scale = 1_000 if match[2].casefold() in {"k", "thousand"} else 1_000_000
        count = int(Decimal(match[1].replace(",", ".")) * scale)
    else:
        count = int(re.sub(r"\D", "", match[3])) if match is not None and len(match[3]) < 20 else 0
    if not 1 <= count <= MOST_COUNTED:
        msg = f"A count is a whole number such as 50k or 1,000,000, not “{text.strip()[:20]}”."
        raise UsageError(msg)
    return count


def exact_count(count: int) -> str:
    """A count in full: 1,298,000."""
    return f"{count:,}".replace("-", "−")


def short_count(count: int) -> str:
    """A count rounded to three digits: 999, 12.4k, 1.04M, 130M."""
    size, rank = abs(count), 0
    while size * 2 >= 1999 * 1000**rank and rank < len(_UNITS) - 1:  # from 999.5 on it rounds to the next unit
        rank += 1
    scaled = Decimal(size) / 1000**rank
    places = 0 if rank == 0 else max(2 - scaled.adjusted(), 0)
    digits = f"{scaled.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):,}"
    return f"{'−' if count < 0 else ''}{digits.rstrip('0').rstrip('.') if places else digits}{_UNITS[rank]}"


def short_change(count: int) -> str:
    """A rounded change: +705k, −300, ±0."""
    return f"+{short_count(count)}" if count > 0 else short_count(count) if count else "±0"


def signed_count(count: int) -> str:
    """A change in full: +1,200, −300, ±0."""
    words = exact_count(count)
    return f"+{words}" if count > 0 else words if count else f"±{words}"


def percent(rate: Decimal) -> str:
    """A rate to a tenth of a per cent: 8.1%."""
    return f"{(rate * 100).quantize(Decimal('0.1'), rounding=ROUND_HALF_UP):,}%"


def ago(span: timedelta) -> str:
    """A duration in its largest suitable unit, rounded: 5 min, 3 h, 2 d; hours up to two days."""
    minutes, hours, days = (int(span / unit + 0.5) for unit in (HOUR / 60, HOUR, 24 * HOUR))
    if minutes < 1:
        return "under 1 min"
    if minutes < 60:
        return f"{minutes} min"
    return f"{hours} h" if hours < 48 else f"{days} d"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Counts by label at one hour of age, highest first."""

    hour: int
    counts: tuple[tuple[str, int], ...]

    @property
    def leaders(self) -> tuple[str, ...]:
        """The labels with the highest count: several in a tie."""
        return tuple(label for label, count in self.counts if count == self.counts[0][1])


def ranked(series: Mapping[str, Series]) -> Ranking | None:
    """The ranking at the last hour common to all series; None if there is none."""
    shared = set.intersection(*({floor(age + 0.5) for age, _ in each} for each in series.values())) if series else set()
    for hour in sorted(shared, reverse=True):
        counts = {label: count for label, each in series.items() if (count := at_hour(each, hour)) is not None}
        if len(counts) == len(series):
            return Ranking(hour, tuple(sorted(counts.items(), key=lambda pair: -pair[1])))
    return None
