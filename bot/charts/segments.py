"""Shared by growth and comparison: readings become strokes, gaps become grey. A stroke never crosses a gap."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import nan
from typing import TypeAlias

from matplotlib.axes import Axes
from numpy import interp

from bot.charts import canvas as sheet

Point: TypeAlias = tuple[float, float]
Segments: TypeAlias = Sequence[Sequence[Point]]

NARROWEST_GAP = 6
"""Pixels: less would be lost on a phone."""

MANY_POINTS = 12


def opened(segments: Segments, narrowest: float) -> Segments:
    """The segments with each narrow gap widened to what can be seen, by drawing its two edges back along the line.

    An hour of a month is a pixel, and a line is four wide. A segment too short to draw back leaves no stroke.
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


def holes(axes: Axes, lines: Iterable[Segments], narrowest: float) -> None:
    """Grey where readings are missing, wide enough to be seen in a month of hours."""
    low, high = axes.get_ylim()
    for segments in lines:
        for before, after in pairwise(segments):
            left, right = before[-1][0], after[0][0]
            width = max(right - left, narrowest)
            axes.broken_barh([((left + right - width) / 2, width)], (low, high - low), facecolor=sheet.HOLE, zorder=0.5)


def drawn_path(segments: Segments) -> tuple[list[float], list[float]]:
    """Segments as matplotlib takes them: a NaN between two of them lifts the pen."""
    xs: list[float] = []
    ys: list[float] = []
    for segment in segments:
        if xs:
            xs.append(nan)
            ys.append(nan)
        xs += (x for x, _ in segment)
        ys += (y for _, y in segment)
    return xs, ys


def lonely(segments: Segments, narrowest: float) -> Sequence[Point]:
    """The points whose stroke is too short to be seen, so that they need a dot."""
    return [point for segment in segments if segment[-1][0] - segment[0][0] <= narrowest for point in segment]


def dots(axes: Axes, points: Sequence[Point], color: str, marker: str, size: int) -> None:
    """A marker at each point, on top of every line, and whole even at the edge. Many are small, to stay apart."""
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
