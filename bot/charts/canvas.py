"""The paper and the pens: size, colours, type and the PNG. What is drawn on it is its neighbours' business.

Imports matplotlib, so it belongs to the chart process. A chart is 800 pixels wide for a phone that shows it at 400:
type is 23 pixels at least. The ground is opaque and framed, so that it reads in a light chat and in a dark one. Colours
are those of Okabe and Ito that keep 3:1 against white; a marker, a dash or a sign always says the same as the colour.
"""

import io
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from bot.charts.scales import Scale

WIDTH = 800
MARGIN = 26
HEADING = 76
PANEL = 290
FOOTING = 96
"""Pixels of a picture from top to bottom: a line of text and air, what is drawn, and two lines of text and air."""

INK = "#1f2328"
MUTED = "#57606a"
RULE = "#e3e7ec"
GROUND = "#ffffff"
FRAME = "#c3cad3"
BLUE = "#0072b2"
VERMILLION = "#d55e00"
GREEN = "#009e73"
PURPLE = "#cc79a7"

SMALL = 23
LARGE = 27
TICK_PAD = 8


class Box(NamedTuple):
    """Where something sits on the sheet, in pixels from its left and its top."""

    left: float
    top: float
    width: float
    height: float


def text_width(text: str, size: int = SMALL, *, bold: bool = False) -> float:
    """A generous guess in pixels, good enough to keep texts apart: measuring each would cost as much as drawing it."""
    return len(text) * size * (0.72 if bold else 0.64)


def sheet(height: int) -> Figure:
    """An empty framed picture. At 72 dots an inch a point is a pixel."""
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor=GROUND)
    frame = Rectangle((1, 1), WIDTH - 2, height - 2, fill=False, edgecolor=FRAME, linewidth=2, transform=None)
    figure.add_artist(frame)
    return figure


def heading(figure: Figure, title: str, remark: str = "", *, above: float) -> None:
    """The line above a panel whose top is given: what is counted, and how to read what is unusual."""
    top = above - HEADING + MARGIN
    _write(figure, MARGIN, top, title, "left", size=LARGE, weight="bold", color=INK)
    _write(figure, WIDTH - MARGIN, top + 3, remark, "right", size=SMALL, weight="normal", color=MUTED)


def footing(figure: Figure, text: str) -> None:
    """The line at the bottom: what the x axis shows, with its zone."""
    top = figure.bbox.height - MARGIN - SMALL + 4
    _write(figure, WIDTH - MARGIN, top, text, "right", size=SMALL, weight="normal", color=MUTED)


def _write(figure: Figure, left: float, top: float, text: str, ha: str, *, size: int, weight: str, color: str) -> None:
    y = 1 - top / figure.bbox.height
    figure.text(left / WIDTH, y, text, ha=ha, va="top", fontsize=size, fontweight=weight, color=color)


def blank(figure: Figure, box: Box, across: tuple[float, float], up: tuple[float, float]) -> Axes:
    """Axes of these limits at a place on the sheet, with nothing to be seen."""
    height = figure.bbox.height
    bounds = (box.left / WIDTH, 1 - (box.top + box.height) / height, box.width / WIDTH, box.height / height)
    axes = figure.add_axes(bounds, xlim=across, ylim=up, xticks=(), yticks=(), facecolor="none")
    axes.spines[:].set_visible(False)
    return axes


def panel(figure: Figure, box: Box, x: Scale, y: Scale, *, named: bool = True) -> Axes:
    """Axes with a floor, a rule across at each count, labels on the left and, if it is `named`, below."""
    axes = blank(figure, box, (x.low, x.high), (y.low, y.high))
    axes.set_xticks([at for at, _ in x.ticks], [label if named else "" for _, label in x.ticks])
    axes.set_yticks([at for at, _ in y.ticks], [label for _, label in y.ticks])
    axes.tick_params(labelsize=SMALL, labelcolor=MUTED, color=FRAME, width=2)
    axes.tick_params(axis="x", length=7, pad=8)
    axes.tick_params(axis="y", length=0, pad=TICK_PAD)
    axes.grid(axis="y", color=RULE, linewidth=1.5)
    axes.set_axisbelow(True)
    axes.axhline(y.low, color=FRAME, linewidth=2, zorder=1)
    return axes


def note(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    offset: tuple[float, float],
    *,
    size: int = SMALL,
    leader: str | None = None,
    align: str = "left",
) -> None:
    """Words so many pixels from a point of the data, tied to it by a line of the leader's colour if there is one."""
    tie = {"arrowstyle": "-", "color": leader, "linewidth": 2, "relpos": (0, 0.5)} if leader else None
    axes.annotate(
        text,
        at,
        offset,
        textcoords="offset points",
        ha=align,
        va="center",
        fontsize=size,
        fontweight="bold",
        color=INK,
        arrowprops=tie,
        annotation_clip=False,
        zorder=5,
    )


def left_of(*scales: Scale) -> float:
    """Where panels with these y axes begin, so that their labels fit on the left and the panels stand in line."""
    return MARGIN + TICK_PAD + max(text_width(label) for scale in scales for _, label in scale.ticks)


def png(figure: Figure) -> bytes:
    """The finished picture in 256 colours: none of its own shifts to be noticed, and the file is a third as large."""
    raw = io.BytesIO()
    figure.savefig(raw, format="rgba", dpi=72)
    size = round(figure.bbox.width), round(figure.bbox.height)
    drawn = Image.frombuffer("RGBA", size, raw.getvalue(), "raw", "RGBA", 0, 1).convert("RGB")
    target = io.BytesIO()
    drawn.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(target, "PNG")
    return target.getvalue()
