"""Alt text of charts (exact counts, UTC times, gaps), and their file names."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import floor
from typing import assert_never

from bot.charts.scales import span_text
from bot.charts.specs import Comparison, DayGain, Gains, Growth, Line, Movers, Spec, Spend
from bot.domain.clock import day_text
from bot.domain.growth import ago, ranked
from bot.domain.money import dollars
from bot.domain.videos import HOUR
from bot.reply.text import cut, visible

_LONGEST_NAME = 30
_LONGEST_SLUG = 36
"""Maximum characters of a name in a sentence, and in a file name."""

_DAYS_FROM = 48
"""Hours from which a duration is given in days."""


def growth_alt(growth: Growth) -> str:
    """Start, end and period of the count, missing hours, and whether the counter fell."""
    line = growth.line
    return f"{_change(line)}{_when(line)}{_remarks(line)}{''.join(f'; {remark}' for remark in growth.remarks)}."


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


def _when(line: Line[datetime]) -> str:
    first, last = (line.points[place][0].astimezone(UTC) for place in (0, -1))
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


def gains_alt(gains: Gains) -> str:
    """The latest and the best hour, the best and the latest day, and missing hours."""
    unit, hours, days = gains.line.label, gains.hours, [day for day in gains.days if day.gain is not None]
    sentences = []
    if hours:
        latest, best = hours[-1], max(hours, key=lambda each: each.gain)
        others = "" if latest == best else f"; most in the hour to {_moment(best.end)}: {_signed(best.gain)}"
        sentences.append(f"{_signed(latest.gain)} {unit} in the hour to {_moment(latest.end)}{others}.")
    best_day = max(days, key=lambda each: each.gain or 0)
    last = "" if best_day is days[-1] else f", {_on(days[-1])}"
    sentences.append(f"{'Best day' if len(days) > 1 else 'Day'} (UTC): {_on(best_day)}{last}{_remarks(gains.line)}.")
    return " ".join(sentences)


def _on(day: DayGain) -> str:
    return f"{_signed(day.gain or 0)} on {span_text(day.day, day.day)}{'' if day.whole else ' (part of the day)'}"


def _signed(gain: int) -> str:
    return f"{gain:+,}" if gain else "0"


def _moment(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{utc:%H:%M} UTC on {day_text(utc)}"


def comparison_alt(comparison: Comparison) -> str:
    """Who leads at the last hour common to all lines, the present count of those that went on, and missing hours."""
    unit = comparison.unit
    quoted = [f"“{cut(visible(line.label), _LONGEST_NAME)}”" for line in comparison.lines]
    numbered = [f"{number} {name}" for number, name in enumerate(quoted, 1)]
    names = quoted if len({*quoted}) == len(quoted) else numbered
    lines = [replace(line, label=name) for name, line in zip(names, comparison.lines, strict=True)]
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
    """What each entry gained or lost, or had at an hour, in the order of the chart."""
    unit = f"{movers.unit[0].upper()}{movers.unit[1:]}"
    if movers.hour is not None:
        had = (f"{_quoted(name)} had {count:,}" for name, count in movers.changes)
        return f"{unit} at hour {movers.hour} of tracking: {_and(had)}."
    moves = map(_move, movers.changes, movers.units or ("",) * len(movers.changes))
    return f"{unit} in {ago(movers.until - movers.since)}: {_and(moves)}."


def _move(change: tuple[str, int], unit: str) -> str:
    name, difference = change
    row = _quoted(name)
    if not difference:
        return f"{row} did not change"
    return f"{row} {'gained' if difference > 0 else 'lost'} {abs(difference):,} {unit}".rstrip()


def _quoted(name: str) -> str:
    return f"“{cut(visible(name), 2 * _LONGEST_NAME)}”"


def spend_alt(spend: Spend) -> str:
    """Total spend, its period, and the day with the most."""
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


def file_name(spec: Spec) -> str:
    """The file name for a spec's picture."""
    match spec:
        case Growth(name, line, _):
            words = f"{_slug(name)}-{line.label}{_span(line.points[-1][0] - line.points[0][0])}"
        case Gains(name, line):
            words = f"{_slug(name)}-{line.label}-gained{_span(line.points[-1][0] - line.points[0][0])}"
        case Comparison(unit, _, lines):
            others = f"-and-{len(lines) - 1}-more" if len(lines) > 1 else ""
            words = f"{_slug(lines[0].label)}{others}-{unit}"
        case Movers():
            when = _span(spec.until - spec.since) if spec.hour is None else f"-at-hour-{spec.hour}"
            words = f"{_slug(spec.title)}-{spec.unit}{when}"
        case Spend(name, days):
            words = f"{_slug(name, 'wallet')}-spend{_span(days[-1][0] - days[0][0] + timedelta(days=1))}"
        case _:
            assert_never(spec)
    return f"{re.sub(r'[^a-z0-9]+', '-', words.lower())}.png"


def _span(span: timedelta) -> str:
    hours = round(span / HOUR)
    count, unit = (round(hours / 24), "day") if hours >= _DAYS_FROM or not hours % 24 else (hours, "hour")
    return f"-{count}-{unit}{'' if count == 1 else 's'}" if hours else ""


def _slug(name: str, without_letters: str = "video") -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")
    short = slug if len(slug) <= _LONGEST_SLUG else slug[: _LONGEST_SLUG + 1].rpartition("-")[0] or slug[:_LONGEST_SLUG]
    return short if re.search("[a-z]", slug) else without_letters
