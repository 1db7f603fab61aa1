"""The picture of growth: a metric over time in UTC."""

from collections.abc import Iterator
from datetime import UTC, datetime

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.charts import canvas as sheet
from bot.charts.canvas import Box
from bot.charts.names import width
from bot.charts.scales import line_scale, span_text, time_scale
from bot.charts.segments import MANY_POINTS, NARROWEST_GAP, dots, drawn_path, holes, lonely, opened
from bot.charts.specs import Growth, Line
from bot.domain.growth import short_count
from bot.domain.videos import HOUR

_END_PAD = 16
"""Pixels from a line's end to its number."""

_END_DOT = 14


def growth_figure(growth: Growth) -> Figure:
    """The line under an axis of clock times or days, with its latest count at its end."""
    line = growth.line
    counts = [count for _, count in line.points]
    first, last = line.points[0][0].astimezone(UTC), line.points[-1][0].astimezone(UTC)
    x, y = time_scale(first, last, most=6), line_scale(min(counts), max(counts), most=6)
    end = short_count(counts[-1])
    left = sheet.left_of(y)
    right = _END_PAD + width(end, sheet.LARGE, bold=True) + sheet.MARGIN
    box = Box(left, sheet.HEADING, sheet.WIDTH - left - right, sheet.PANEL)
    about = f"{line.label} \N{MIDDLE DOT} {span_text(first.date(), last.date())}, UTC"
    figure = sheet.picture(growth.name, about, sheet.PANEL + sheet.TICKS, [*_key(line), *growth.remarks])
    axes = sheet.panel(figure, box, x, y)
    _draw(axes, line, first, (x.high - x.low) / box.width)
    above_floor = (counts[-1] - y.low) / (y.high - y.low) * box.height
    offset = (_END_PAD, max(sheet.LARGE * 0.7 - above_floor, 0))
    sheet.note(axes, end, ((last - first) / HOUR, counts[-1]), offset, size=sheet.LARGE, align="left")
    return figure


def _key(line: Line[datetime]) -> Iterator[str]:
    """How to read what is unusual, if anything is."""
    if line.gaps:
        yield "grey: no reading"
    if line.falls:
        yield "\N{BLACK DOWN-POINTING TRIANGLE} the count fell"


def _draw(axes: Axes, line: Line[datetime], start: datetime, pixel: float) -> None:
    """The line, filled down to zero where the axis begins there. `pixel` is one of the picture's, in hours."""
    segments = [[((at - start) / HOUR, count) for at, count in segment] for segment in line.segments]
    narrowest = NARROWEST_GAP * pixel
    holes(axes, [segments], narrowest)
    xs, ys = drawn_path(opened(segments, narrowest))
    axes.plot(xs, ys, color=sheet.BLUE, linewidth=4, solid_capstyle="butt", clip_on=False, zorder=3)
    if axes.get_ylim()[0] == 0:
        axes.fill_between(xs, ys, color=sheet.BLUE, alpha=0.12, linewidth=0, zorder=2)
    points = [point for segment in segments for point in segment]
    dots(axes, lonely(segments, narrowest) if len(points) > MANY_POINTS else points, sheet.BLUE, "o", 9)
    dots(axes, points[-1:], sheet.BLUE, "o", _END_DOT)
    dots(axes, [((at - start) / HOUR, count) for at, count in line.falls], sheet.VERMILLION, "v", 16)
