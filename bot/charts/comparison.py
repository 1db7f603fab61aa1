"""The picture of up to five videos by age, each named at its line's end, so that nobody has to tell colours apart."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy import interp, linspace

from bot.charts import canvas as sheet
from bot.charts.canvas import Box
from bot.charts.scales import Scale, age_scale, line_scale, short
from bot.charts.segments import NARROWEST_GAP, Point, dots, drawn_path, lonely, opened
from bot.charts.specs import Comparison, Line

_LEADER = 20
_NAME_HEIGHT = 28
_LOOKS = 9
_MARKERS = 6
_MARKER_SIZE = 13


class _Pen(NamedTuple):
    """A line's colour, dash and marker: any one of the three tells the five apart."""

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
    """The lines from zero, under an axis of hours or days since tracking began."""
    lines = comparison.lines
    counts = [count for line in lines for _, count in line.points]
    ages = [age for line in lines for age, _ in line.points]
    x, unit = age_scale(min(ages), max(ages), most=7)
    y = line_scale(min(*counts, 0), max(counts), most=6)
    names = [f"{line.label} {short(line.points[-1][1])}" for line in lines]
    widths = [sheet.text_width(name, bold=True) for name in names]
    left = sheet.left_of(y)
    box = Box(left, sheet.HEADING, sheet.WIDTH - left - _LEADER - max(widths) - sheet.MARGIN, sheet.PANEL)
    figure = sheet.sheet(sheet.HEADING + sheet.PANEL + sheet.FOOTING)
    broken = any(line.gaps for line in lines)
    sheet.heading(figure, comparison.unit, "a break: no reading" if broken else "", above=sheet.HEADING)
    sheet.footing(figure, f"{unit} since tracking began")
    axes = sheet.panel(figure, box, x, y)
    for number, line in enumerate(lines):
        _draw(axes, line, number, NARROWEST_GAP * (x.high - x.low) / box.width)
    paths = [_in_pixels(line, box, x, y) for line in lines]
    spots = name_spots(paths, widths)
    for name, line, path, spot, pen in zip(names, lines, paths, spots, _PENS, strict=False):
        end = path[-1]
        offset = (spot[0] - end[0], spot[1] - end[1])
        sheet.note(axes, name, line.points[-1], offset, leader=pen.color if abs(offset[1]) > 4 else None)
    return figure


def _in_pixels(line: Line[float], box: Box, x: Scale, y: Scale) -> list[Point]:
    wide, high = box.width / (x.high - x.low), box.height / (y.high - y.low)
    return [((age - x.low) * wide, (count - y.low) * high) for age, count in line.points]


def _draw(axes: Axes, line: Line[float], number: int, narrowest: float) -> None:
    pen = _PENS[number]
    xs, ys = drawn_path(opened(line.segments, narrowest))
    every = max(len(xs) // _MARKERS, 1)
    # The markers of one line sit between those of the next, so that lines which run together stay apart.
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
    dots(axes, (*lonely(line.segments, narrowest), line.points[-1]), pen.color, pen.marker, _MARKER_SIZE)


def name_spots(paths: Sequence[Sequence[Point]], widths: Sequence[float]) -> list[Point]:
    """Where the name of each line goes: right of its end, as near to it as lines and other names allow.

    Everything is in pixels. Names never cover each other and keep the order of their lines, the highest on top; one
    covers a line only where the floor, at 0, leaves no other room.
    """
    spans = [(path[-1][0] + _LEADER, path[-1][0] + _LEADER + width) for path, width in zip(paths, widths, strict=True)]
    order = sorted(range(len(paths)), key=lambda number: -paths[number][-1][1])
    heights: dict[int, float] = {}

    def beside(one: int, others: Iterable[int]) -> list[float]:
        left, right = spans[one]
        return [heights[other] for other in others if left < spans[other][1] and spans[other][0] < right]

    for rank, number in enumerate(order):
        ceiling = min((height - _NAME_HEIGHT for height in beside(number, order[:rank])), default=float("inf"))
        left, right = spans[number]
        near = [height for path in paths for height in _heights_between(path, left, right)]
        heights[number] = _free_height(paths[number][-1][1], ceiling, near)
    for rank, number in reversed(list(enumerate(order))):
        raised = [height + _NAME_HEIGHT for height in beside(number, order[rank + 1 :])]
        heights[number] = max([heights[number], 0, *raised])
    return [(spans[number][0], heights[number]) for number in range(len(paths))]


def _heights_between(path: Sequence[Point], left: float, right: float) -> list[float]:
    """Where a line passes from left to right, at a few places."""
    xs, ys = zip(*path, strict=True)
    begin, end = max(left, xs[0]), min(right, xs[-1])
    return [float(height) for height in interp(linspace(begin, end, _LOOKS), xs, ys)] if begin < end else []


def _free_height(wanted: float, ceiling: float, near: Sequence[float]) -> float:
    """The height closest to the wanted one, not above the ceiling, that keeps off every line nearby."""
    for distance in range(0, 4 * _NAME_HEIGHT, 4):
        for height in (wanted - distance, wanted + distance):
            if height <= ceiling and all(abs(height - up) > _NAME_HEIGHT / 2 for up in near):
                return height
    return min(wanted, ceiling)
