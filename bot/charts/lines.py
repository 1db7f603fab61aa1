"""Line charts: a video's growth over time in UTC, and up to five videos by age, each named beside its line.

Readings become lines and gaps become grey areas: a line never crosses a gap. Nothing depends on colour alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from math import nan
from typing import NamedTuple, TypeAlias

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy import interp

from bot.charts import canvas as sheet
from bot.charts.canvas import Box
from bot.charts.names import fitted, width
from bot.charts.scales import age_scale, line_scale, logarithm, logarithmic_scale, span_text, time_scale
from bot.charts.specs import Comparison, Growth, Line
from bot.domain.clock import day_text
from bot.domain.growth import short_count
from bot.domain.videos import HOUR

Point: TypeAlias = tuple[float, float]
Segments: TypeAlias = Sequence[Sequence[Point]]

NARROWEST_GAP = 6
"""Pixels: a narrower gap would be invisible on a phone."""

MANY_POINTS = 12


_END_PAD = 16
"""Pixels between a line's end and its number."""

_END_DOT = 14


def growth_figure(growth: Growth) -> Figure:
    """The line over an axis of times or days, with the latest count at its end."""
    line = growth.line
    counts = [count for _, count in line.points]
    first, last = line.points[0][0].astimezone(UTC), line.points[-1][0].astimezone(UTC)
    x, y = time_scale(first, last, most=6), line_scale(min(counts), max(counts), most=6)
    end = short_count(counts[-1])
    left = sheet.left_of(y)
    right = _END_PAD + width(end, sheet.LARGE, bold=True) + sheet.MARGIN
    box = Box(left, sheet.HEADING, sheet.WIDTH - left - right, sheet.PANEL)
    about = f"{line.label} \N{MIDDLE DOT} {span_text(first.date(), last.date())}, UTC"
    figure = sheet.picture(growth.name, about, sheet.PANEL + sheet.TICKS, [*_growth_key(line), *growth.remarks])
    axes = sheet.panel(figure, box, x, y)
    _draw_growth(axes, line, first, (x.high - x.low) / box.width)
    above_floor = (counts[-1] - y.low) / (y.high - y.low) * box.height
    offset = (_END_PAD, max(sheet.LARGE * 0.7 - above_floor, 0))
    sheet.note(axes, end, ((last - first) / HOUR, counts[-1]), offset, size=sheet.LARGE, align="left")
    return figure


def _growth_key(line: Line[datetime]) -> Iterator[str]:
    """Explanations of unusual marks, if there are any."""
    if line.gaps:
        yield "grey: no reading"
    if line.falls:
        yield "\N{BLACK DOWN-POINTING TRIANGLE} the count fell"


def _draw_growth(axes: Axes, line: Line[datetime], start: datetime, pixel: float) -> None:
    """Draw the line, filled down to zero if the axis begins there. `pixel` is the hours per pixel."""
    segments = [[((at - start) / HOUR, count) for at, count in segment] for segment in line.segments]
    narrowest = NARROWEST_GAP * pixel
    _draw_gaps(axes, [segments], narrowest)
    xs, ys = _drawn_path(_opened(segments, narrowest))
    axes.plot(xs, ys, color=sheet.BLUE, linewidth=4, solid_capstyle="butt", clip_on=False, zorder=3)
    if axes.get_ylim()[0] == 0:
        axes.fill_between(xs, ys, color=sheet.BLUE, alpha=0.12, linewidth=0, zorder=2)
    points = [point for segment in segments for point in segment]
    _dots(axes, _isolated_points(segments, narrowest) if len(points) > MANY_POINTS else points, sheet.BLUE, "o", 9)
    _dots(axes, points[-1:], sheet.BLUE, "o", _END_DOT)
    _dots(axes, [((at - start) / HOUR, count) for at, count in line.falls], sheet.VERMILLION, "v", 16)


_LEADER = 44
_SWATCH = 26
"""Pixels from the panel to the markers beside the names, and from there to the names."""

_WIDEST_NAME = 250
_NAME_HEIGHT = 36
_LABEL_HEIGHT = 74
"""Pixels between a name and its count, with room for scripts with long descenders; and the height of both."""

_PANEL = 5 * _LABEL_HEIGHT
_MARKERS = 6
_MARKER_SIZE = 13

_FLATTENED = 20
"""Ratio of the highest to the lowest line from which only a logarithmic axis shows the shape of both."""


class _Pen(NamedTuple):
    """A line's colour, dash and marker; each alone distinguishes the five lines."""

    color: str
    dash: str | tuple[float, tuple[float, ...]]
    marker: str


_PENS = (
    _Pen(sheet.BLUE, "-", "o"),
    _Pen(sheet.VERMILLION, (0, (4, 1.5)), "s"),
    _Pen(sheet.GREEN, (0, (7, 1.5, 1.5, 1.5)), "^"),
    _Pen(sheet.PURPLE, (0, (1.5, 1)), "D"),
    _Pen(sheet.INK, (0, (10, 2)), "X"),
)


def comparison_figure(comparison: Comparison) -> Figure:
    """The lines over an axis of hours or days since tracking began, with names and latest counts on the right."""
    lines = comparison.lines
    ages = [age for line in lines for age, _ in line.points]
    x, unit = age_scale(min(ages), max(ages), most=6)
    counts = [count for line in lines for _, count in line.points]
    is_logarithmic = is_flattened(lines)
    y = logarithmic_scale(min(counts), max(counts)) if is_logarithmic else line_scale(min(*counts, 0), max(counts), 6)
    names, latest = _names(lines), [short_count(line.points[-1][1]) for line in lines]
    left = sheet.left_of(y)
    right = _LEADER + _SWATCH + max(width(text, sheet.SMALL) for text in (*names, *latest)) + sheet.MARGIN
    box = Box(left, sheet.HEADING, sheet.WIDTH - left - right, _PANEL)
    until = comparison.until.astimezone(UTC)
    key = [f"read until {day_text(until)} {until.year}, {until:%H:%M} UTC"]
    if any(line.gaps for line in lines):
        key.append("grey: no reading")
    title = f"{len(lines)} videos compared" if len(lines) > 1 else names[0]
    scale = ", logarithmic scale" if is_logarithmic else ""
    about = f"{comparison.unit} by {unit} since tracking began{scale}"
    figure = sheet.picture(title, about, _PANEL + sheet.TICKS, key)
    axes = sheet.panel(figure, box, x, y)
    pixel = (x.high - x.low) / box.width
    drawn = [_segments(line) if is_logarithmic else line.segments for line in lines]
    _draw_gaps(axes, drawn, NARROWEST_GAP * pixel)
    for segments, pen, number in zip(drawn, _PENS, range(len(lines)), strict=False):
        _draw(axes, segments, pen, number, NARROWEST_GAP * pixel)
    ends = [segments[-1][-1] for segments in drawn]
    high = box.height / (y.high - y.low)
    middles = label_heights([(count - y.low) * high for _, count in ends], box.height)
    swatch = sheet.WIDTH - right + _LEADER
    for name, count, end, middle, pen in zip(names, latest, ends, middles, _PENS, strict=False):
        _lead(axes, end, (x.low + (swatch - left) * pixel, y.low + (middle + _NAME_HEIGHT / 2) / high), pen)
        top = sheet.HEADING + box.height - middle - _NAME_HEIGHT / 2
        sheet.write(figure, name, top, swatch + _SWATCH - 6)
        sheet.write(figure, count, top + _NAME_HEIGHT, swatch + _SWATCH - 6, color=sheet.MUTED)
    return figure


def is_flattened(lines: Sequence[Line[float]]) -> bool:
    """Whether the highest line would flatten another one on an axis from zero."""
    tops = [max(count for _, count in line.points) for line in lines]
    return max(tops) > _FLATTENED * max(min(tops), 1)


def _names(lines: Sequence[Line[float]]) -> list[str]:
    """Short names of the lines, numbered if two would be equal."""
    names = [fitted(line.label, _WIDEST_NAME, sheet.SMALL) for line in lines]
    if len({*names}) == len(names):
        return names
    room = _WIDEST_NAME - width("5 ", sheet.SMALL)
    return [f"{number} {fitted(line.label, room, sheet.SMALL)}" for number, line in enumerate(lines, 1)]


def _segments(line: Line[float]) -> Segments:
    return [[(age, logarithm(count)) for age, count in segment] for segment in line.segments]


def _draw(axes: Axes, segments: Segments, pen: _Pen, number: int, narrowest: float) -> None:
    xs, ys = _drawn_path(_opened(segments, narrowest))
    every = max(len(xs) // _MARKERS, 1)
    # Markers of different lines alternate, so that overlapping lines stay distinguishable.
    marked = range(every * number // len(_PENS), len(xs) - every // 2, every)
    axes.plot(
        xs,
        ys,
        color=pen.color,
        linestyle=pen.dash,
        linewidth=4,
        solid_capstyle="butt",
        marker=pen.marker,
        markersize=_MARKER_SIZE,
        markeredgecolor=sheet.GROUND,
        markeredgewidth=2,
        markevery=list(marked),
        clip_on=False,
        zorder=3,
    )
    _dots(axes, (*_isolated_points(segments, narrowest), segments[-1][-1]), pen.color, pen.marker, _MARKER_SIZE)


def _lead(axes: Axes, end: Point, swatch: Point, pen: _Pen) -> None:
    """A dotted line from a line's end to the marker beside its name."""
    leader = Line2D(
        *zip(end, swatch, strict=True), color=pen.color, linewidth=2, linestyle=(0, (1, 2)), clip_on=False, zorder=2
    )
    axes.add_line(leader)
    _dots(axes, (swatch,), pen.color, pen.marker, _MARKER_SIZE)


def label_heights(wanted: Sequence[float], room: float) -> list[float]:
    """The middle of each label, in pixels above the floor: as close to its line's end as space allows.

    Labels keep the order of the ends, so that leaders don't cross.
    """
    order = sorted(range(len(wanted)), key=lambda number: wanted[number])
    heights = [0.0] * len(wanted)
    floor = _LABEL_HEIGHT / 2
    for number in order:
        heights[number] = floor = max(wanted[number], floor)
        floor += _LABEL_HEIGHT
    ceiling = room - _LABEL_HEIGHT / 2
    for number in reversed(order):
        heights[number] = ceiling = min(heights[number], ceiling)
        ceiling -= _LABEL_HEIGHT
    return heights


def _opened(segments: Segments, narrowest: float) -> Segments:
    """Widen each narrow gap to a visible width, by shortening the segments on both sides.

    An hour of a month is one pixel, and a line is four wide. A segment too short for that gets no line.
    """
    edges = [(before[-1][0], after[0][0]) for before, after in pairwise(segments)]
    middles = [(before + after) / 2 for before, after in edges]
    begins = [segments[0][0][0], *(middle + narrowest / 2 for middle in middles)]
    ends = [*(middle - narrowest / 2 for middle in middles), segments[-1][-1][0]]
    drawn = []
    for segment, begin, end in zip(segments, begins, ends, strict=True):
        xs, ys = zip(*segment, strict=True)
        left, right = max(begin, xs[0]), min(end, xs[-1])
        if left < right:
            inside = (point for point in segment if left < point[0] < right)
            drawn.append([(left, float(interp(left, xs, ys))), *inside, (right, float(interp(right, xs, ys)))])
    return drawn


def _draw_gaps(axes: Axes, lines: Iterable[Segments], narrowest: float) -> None:
    """Grey areas where readings are missing, wide enough to be visible in a month of hours."""
    low, high = axes.get_ylim()
    for segments in lines:
        for before, after in pairwise(segments):
            left, right = before[-1][0], after[0][0]
            width = max(right - left, narrowest)
            axes.broken_barh([((left + right - width) / 2, width)], (low, high - low), facecolor=sheet.HOLE, zorder=0.5)


def _drawn_path(segments: Segments) -> tuple[list[float], list[float]]:
    """Segments in matplotlib's form, separated by NaN."""
    xs: list[float] = []
    ys: list[float] = []
    for segment in segments:
        if xs:
            xs.append(nan)
            ys.append(nan)
        xs += (x for x, _ in segment)
        ys += (y for _, y in segment)
    return xs, ys


def _isolated_points(segments: Segments, narrowest: float) -> Sequence[Point]:
    """Points whose line is too short to be visible, so that they need a dot."""
    return [point for segment in segments if segment[-1][0] - segment[0][0] <= narrowest for point in segment]


def _dots(axes: Axes, points: Sequence[Point], color: str, marker: str, size: int) -> None:
    """Markers on top of all lines, not clipped at the edges. If there are many, they are small."""
    many = len(points) > MANY_POINTS
    axes.plot(
        [x for x, _ in points],
        [y for _, y in points],
        linestyle="none",
        color=color,
        marker=marker,
        markersize=size / 2 if many else size,
        markeredgecolor=sheet.GROUND,
        markeredgewidth=0 if many else 2,
        clip_on=False,
        zorder=4,
    )
