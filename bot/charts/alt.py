"""The sentences that state what a chart shows, for those who do not see it: exact counts, UTC times, gaps told."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from math import floor

from bot.charts.scales import span_text
from bot.charts.specs import Comparison, Growth, Line, Movers, Spend
from bot.domain.growth import ranked
from bot.domain.moments import day_text
from bot.domain.money import dollars


def growth_alt(growth: Growth) -> str:
    """From what to what, between when and when, what is missing, and whether the counter fell."""
    main, second = growth.main, growth.second
    sentence = f"{_change(main)}{_when(main)}{_remarks(main)}."
    if second is None:
        return sentence
    same_time = len(second.points) > 1 and _ends(second) == _ends(main)
    same_holes = second.missing_hours == main.missing_hours and not second.falls
    when = " in the same time" if same_time else _when(second)
    return f"{sentence} {_change(second)}{when}{'' if same_holes else _remarks(second)}."


def _change(line: Line[datetime]) -> str:
    counts = [count for _, count in line.points]
    first, last, lowest, highest = counts[0], counts[-1], min(counts), max(counts)
    name = line.label[0].upper() + line.label[1:]
    if len(counts) == 1:
        return f"{name} were {last:,}"
    if lowest == highest:
        return f"{name} stayed at {last:,}"
    if first == last:
        return f"{name} began and ended at {last:,}, with {lowest:,} to {highest:,} in between,"
    return f"{name} {'grew' if last > first else 'fell'} from {first:,} to {last:,}"


def _ends(line: Line[datetime]) -> tuple[datetime, datetime]:
    points = line.points
    return points[0][0].astimezone(UTC), points[-1][0].astimezone(UTC)


def _when(line: Line[datetime]) -> str:
    first, last = _ends(line)
    if len(line.points) == 1:
        return f" at {first:%H:%M} UTC on {span_text(first, first)}, the only reading"
    if first.date() == last.date():
        return f" between {first:%H:%M} and {last:%H:%M} UTC on {span_text(first, first)}"
    return f" between {first:%H:%M} on {span_text(first, first)} and {last:%H:%M} on {span_text(last, last)} (UTC)"


def _remarks(line: Line[datetime]) -> str:
    remarks = []
    if line.missing_hours:
        remarks.append(_hours_missing(line.missing_hours))
    if line.falls:
        remarks.append("the counter fell once" if len(line.falls) == 1 else f"the counter fell {len(line.falls)} times")
    return "".join(f"; {remark}" for remark in remarks)


def _hours_missing(hours: int) -> str:
    return "1 hour is missing" if hours == 1 else f"{hours:,} hours are missing"


def comparison_alt(comparison: Comparison) -> str:
    """Who leads at the last hour that every line has, where those that went on stand now, and what is missing."""
    lines, unit = comparison.lines, comparison.unit
    ranking = ranked({line.label: line.points for line in lines})
    if ranking is None:
        return f"No hour that all have. Latest: {_latest(lines, unit)}.{_lines_missing(lines)}"
    hour, ranks = ranking.hour, ranking.counts
    lead = _lead(ranking.leaders)
    sentence = f"{lead} at hour {hour} since tracking began, the last that all have: {_listed(ranks, unit)}."
    if len(lines) == 1:
        sentence = f"{ranks[0][0]} has {ranks[0][1]:,} {unit} at hour {hour} since tracking began."
    went_on = tuple(line for line in lines if floor(line.points[-1][0] + 0.5) > hour)
    later = f" Later: {_latest(went_on, unit)}." if went_on else ""
    return f"{sentence}{later}{_lines_missing(lines)}"


def _lead(leaders: Sequence[str]) -> str:
    return f"{leaders[0]} leads" if len(leaders) == 1 else f"{_and(leaders)} are level"


def _listed(ranks: Sequence[tuple[str, int]], unit: str) -> str:
    (label, count), *others = ranks
    return _and([f"{label} {count:,} {unit}", *(f"{label} {count:,}" for label, count in others)])


def _latest(lines: Iterable[Line[float]], unit: str) -> str:
    latest = ((line.label, *line.points[-1]) for line in lines)
    return _and([f"{label} {count:,} {unit} at hour {floor(age + 0.5)}" for label, age, count in latest])


def _lines_missing(lines: Iterable[Line[float]]) -> str:
    return "".join(f" {_hours_missing(line.missing_hours)} in {line.label}." for line in lines if line.missing_hours)


def movers_alt(movers: Movers) -> str:
    """What each gained or lost, in the order of the table."""
    return f"{movers.unit[0].upper()}{movers.unit[1:]} in {movers.window}: {_and(map(_move, movers.changes))}."


def _move(change: tuple[str, int]) -> str:
    label, difference = change
    row = f"number {label}" if label.isdigit() else label
    if not difference:
        return f"{row} did not change"
    return f"{row} {'gained' if difference > 0 else 'lost'} {abs(difference):,}"


def spend_alt(spend: Spend) -> str:
    """How much in all, from when to when, and on which day most."""
    first, last = spend.days[0][0], spend.days[-1][0]
    total = sum((spent for _, spent in spend.days), Decimal())
    when = f"on {span_text(first, last)} (UTC)" if first == last else f"from {span_text(first, last)} (days in UTC)"
    if not total:
        return f"By the snapshots read here, nothing was spent {when}."
    day, most = max(spend.days, key=lambda entry: entry[1])
    best = "" if first == last else f", most on {day_text(day)}: {dollars(most)}"
    return f"By the snapshots read here, {dollars(total)} was spent {when}{best}."


def _and(items: Iterable[str]) -> str:
    *others, last = items
    return f"{', '.join(others)} and {last}" if others else last
