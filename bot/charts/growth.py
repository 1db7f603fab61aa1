"""The picture of one video's growth: a metric over time in UTC, and another one in a panel below it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.charts import canvas as sheet
from bot.charts.canvas import Box
from bot.charts.scales import Scale, line_scale, short, span_text, time_scale
from bot.charts.segments import MANY_POINTS, NARROWEST_GAP, Segments, dots, drawn_path, lonely, opened
from bot.charts.specs import Growth, Line
from bot.domain.videos import HOUR

_HOLE = "#e1e5eb"
_END_PAD = 14
"""Pixels from a line's end to its number."""


class _Place(NamedTuple):
    """Where a panel stands, in pixels, and how many rules it may have."""

    top: int
    height: int
    most_rules: int


_ALONE = (_Place(sheet.HEADING, sheet.PANEL, 6),)
_STACKED = (_Place(sheet.HEADING, 210, 5), _Place(sheet.HEADING + 210 + sheet.HEADING, 120, 3))


def growth_figure(growth: Growth) -> Figure:
    """A panel a metric, under one time axis: two scales in one panel would invite comparing what cannot be."""
    lines = (growth.main, growth.second) if growth.second else (growth.main,)
    places = _STACKED if growth.second else _ALONE
    first = min(line.points[0][0] for line in lines).astimezone(UTC)
    last = max(line.points[-1][0] for line in lines).astimezone(UTC)
    x = time_scale(first, last, most=6)
    ys = [_count_scale(line, place.most_rules) for line, place in zip(lines, places, strict=True)]
    left = sheet.left_of(*ys)
    right = _END_PAD + max(sheet.text_width(_end_text(line), sheet.LARGE, bold=True) for line in lines) + sheet.MARGIN
    width = sheet.WIDTH - left - right
    figure = sheet.sheet(places[-1].top + places[-1].height + sheet.FOOTING)
    sheet.footing(figure, f"{span_text(first.date(), last.date())}, UTC")
    for line, y, place in zip(lines, ys, places, strict=True):
        sheet.heading(figure, line.label, _key(lines) if line is growth.main else "", above=place.top)
        axes = sheet.panel(figure, Box(left, place.top, width, place.height), x, y, named=line is lines[-1])
        _draw(axes, line, first, (x.high - x.low) / width)
    return figure


def _count_scale(line: Line[datetime], most_rules: int) -> Scale:
    counts = [count for _, count in line.points]
    return line_scale(min(counts), max(counts), most_rules)


def _end_text(line: Line[datetime]) -> str:
    return short(line.points[-1][1])


def _key(lines: Iterable[Line[datetime]]) -> str:
    """How to read what is unusual, where there is something unusual."""
    marks = []
    if any(line.gaps for line in lines):
        marks.append("grey: no reading")
    if any(line.falls for line in lines):
        marks.append("v: the count fell")
    return ", ".join(marks)


def _draw(axes: Axes, line: Line[datetime], start: datetime, pixel: float) -> None:
    """The line, filled down to zero where the axis begins there. `pixel` is one of the picture's, in hours."""
    segments = [[((at - start) / HOUR, count) for at, count in segment] for segment in line.segments]
    narrowest = NARROWEST_GAP * pixel
    _holes(axes, segments, narrowest)
    xs, ys = drawn_path(opened(segments, narrowest))
    axes.plot(xs, ys, color=sheet.BLUE, linewidth=4, solid_capstyle="butt", clip_on=False, zorder=3)
    if axes.get_ylim()[0] == 0:
        axes.fill_between(xs, ys, color=sheet.BLUE, alpha=0.12, linewidth=0, zorder=2)
    end = segments[-1][-1]
    points = [point for segment in segments for point in segment]
    dots(axes, lonely(segments, narrowest) if len(points) > MANY_POINTS else points, sheet.BLUE, "o", 9)
    dots(axes, (end,), sheet.BLUE, "o", 14)
    dots(axes, [((at - start) / HOUR, count) for at, count in line.falls], sheet.VERMILLION, "v", 16)
    sheet.note(axes, _end_text(line), end, (_END_PAD, 0), size=sheet.LARGE)


def _holes(axes: Axes, segments: Segments, narrowest: float) -> None:
    """Grey where readings are missing, wide enough to be seen in a month of hours."""
    spans = []
    for before, after in pairwise(segments):
        left, right = before[-1][0], after[0][0]
        width = max(right - left, narrowest)
        spans.append(((left + right - width) / 2, width))
    low, high = axes.get_ylim()
    axes.broken_barh(spans, (low, high - low), facecolor=_HOLE, zorder=0.5)
