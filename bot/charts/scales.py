"""Axes: ends, ticks and labels. Pure arithmetic, without drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import ceil, log10

from bot.domain.clock import day_text
from bot.domain.growth import exact_count, short_count
from bot.domain.videos import HOUR

_UNITS = ((1_000, "k"), (1_000_000, "M"), (1_000_000_000, "B"), (1_000_000_000_000, "T"))
_EXACT_BELOW = 10_000
_STEPS_IN_HOURS = (1, 2, 3, 6, 12, 24, 48, 72, 120, 168)
DAY = 24
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis: its ends, and its ticks with labels."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


def span_text(first: date, last: date) -> str:
    """One day, or a range of days, with the year: 3 to 30 Nov 2025."""
    ending = f"{day_text(last)} {last.year}"
    if first == last:
        return ending
    if first.year != last.year:
        return f"{day_text(first)} {first.year} to {ending}"
    return f"{first.day if first.month == last.month else day_text(first)} to {ending}"


def window_text(since: datetime, until: datetime) -> str:
    """A period in UTC: 1 Dec, 09:00 to 2 Dec 2025, 09:00 UTC. A year or more is given in days."""
    first, last = since.astimezone(UTC), until.astimezone(UTC)
    if last - first >= _YEAR:
        return f"{span_text(first.date(), last.date())}, UTC"
    if first.date() == last.date():
        return f"{day_text(last)} {last.year}, {first:%H:%M} to {last:%H:%M} UTC"
    return f"{day_text(first)}, {first:%H:%M} to {day_text(last)} {last.year}, {last:%H:%M} UTC"


def line_scale(lowest: int, highest: int, most: int) -> Scale:
    """The axis for lines: from zero, or zoomed in if all values lie in the top quarter and zero would hide the shape.

    A zoomed axis spans at least one per cent of the count, so that a steady number doesn't look like a climb.
    """
    spread = highest - lowest
    if spread and lowest > highest * 3 / 4:
        slack = max(highest / 100 - spread, spread / 6) / 2
        return _count_scale(lowest - slack, highest + slack, most)
    return _count_scale(min(lowest, 0), max(highest * 1.08, 1), most)


def bar_scale(counts: Sequence[int], most: int) -> Scale:
    """The axis for bars, which always includes zero, with room for a number above the highest one."""
    lowest, highest = min(counts, default=0), max(counts, default=0)
    return _count_scale(min(lowest * 1.05, 0), max(highest + (highest - min(lowest, 0)) / 4, 1), most)


def logarithmic_scale(lowest: int, highest: int) -> Scale:
    """The axis of `logarithm`, with a tick per power of ten, or fewer if there are many."""
    low, high = logarithm(lowest), logarithm(highest)
    inside = [count for count in (0, *(10**power for power in range(1, 19))) if low <= logarithm(count) <= high]
    ticks = tuple((logarithm(count), short_count(count)) for count in inside[:: -(-len(inside) // 8)])
    slack = (high - low) / 20
    return Scale(max(low - slack, 0), high + slack, ticks)


def logarithm(count: int) -> float:
    """Position of a count on a logarithmic axis that includes zero."""
    return log10(count + 1)


def _count_scale(low: float, high: float, most: int) -> Scale:
    step = max(int(_nice_step((high - low) / most)), 1)
    ticks = range(-int(-low // step) * step, int(high) + 1, step)
    top = max(ticks[-1], -ticks[0])
    return Scale(low, high, tuple((tick, _tick_text(tick, top)) for tick in ticks))


def _nice_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50 … that isn't below `least`."""
    power = 10.0 ** (len(str(int(least))) - 1)
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least)


def _tick_text(tick: int, top: int) -> str:
    """The tick in the unit of the largest one. No axis has steps below a thousandth of it."""
    if not tick or top < _EXACT_BELOW:
        return exact_count(tick)
    unit, suffix = next(unit for unit in reversed(_UNITS) if unit[0] <= top)
    return f"{tick / unit:,.3f}".rstrip("0").rstrip(".").replace("-", "−") + suffix


def dollar_scale(highest: Decimal, most: int) -> Scale:
    """The axis for bars of dollars, from zero to well above the highest, in steps of at least a cent."""
    cents = ceil(highest * 118) or 100
    step = int(_nice_step(cents / most))
    ticks = range(0, cents + 1, step)
    whole = step % 100 == 0
    return Scale(0, cents / 100, tuple((tick / 100, f"${tick / 100:,.{0 if whole else 2}f}") for tick in ticks))


def time_scale(first: datetime, last: datetime, most: int) -> Scale:
    """A UTC axis in hours since `first`: times up to a few days, then days, with at most `most` ticks."""
    hours = (last - first) / HOUR
    step = _step_of_hours(hours, most)
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    into_day = first - midnight
    # Start at the midnight before, so that times are round; whole days start at the first midnight on the axis.
    at = midnight if step < DAY or not into_day else midnight + timedelta(days=1)
    ticks = []
    while at <= last:
        if at >= first:
            label = day_text(at) if at.hour == 0 else f"{at:%H:%M}"
            ticks.append(((at - first) / HOUR, label))
        at += step * HOUR
    slack = max(1 - hours, 0) / 2
    return Scale(-slack, hours + slack, tuple(ticks) or ((0, f"{first:%H:%M}"),))


def age_scale(youngest: float, oldest: float, most: int) -> tuple[Scale, str]:
    """The axis of hours since tracking began, and its unit: hours up to three days, then days."""
    step = _step_of_hours(oldest, most)
    unit = DAY if oldest > 3 * DAY else 1
    step = max(step, unit)
    ticks = range(0, int(oldest) + 1, step)
    scale = Scale(min(youngest, 0), max(oldest, 1), tuple((tick, str(tick // unit)) for tick in ticks))
    return scale, "days" if unit == DAY else "hours"


def _step_of_hours(hours: float, most: int) -> int:
    """The smallest step, from an hour to a week and then doubled, with at most `most` ticks."""
    for step in _STEPS_IN_HOURS:
        if hours / step <= most - 1:
            return step
    while hours / step > most - 1:
        step *= 2
    return step
