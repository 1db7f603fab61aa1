"""Canvas of every picture: size, colours, fonts, the heading with subject, unit and period, the key, and the PNG.

Imports matplotlib, so only the chart process may import this. A chart is 800 pixels wide for a phone that shows it at
360, so text is at least 23 pixels high. The background is opaque and framed, for light and dark chats. Colours are
those of Okabe and Ito with a contrast of 3:1 against white; a marker, dash, hatch or sign always has the same meaning.
"""

import io
from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from bot.charts.names import drawable, fitted, font, width
from bot.charts.scales import Scale

WIDTH = 800
MARGIN = 26
HEADING = 116
PANEL = 290
TICKS = 44
KEY = 46
"""Heights in pixels: the heading, a panel, the labels below it, and the key."""

INK = "#1f2328"
MUTED = "#57606a"
RULE = "#e3e7ec"
GROUND = "#ffffff"
FRAME = "#c3cad3"
HOLE = "#dfe3e9"
BLUE = "#0072b2"
PALE = "#99c7e0"
VERMILLION = "#d55e00"
GREEN = "#009e73"
PURPLE = "#cc79a7"

SMALL = 23
LARGE = 28
CAPITAL = 0.36
"""Half a capital letter's height relative to the size; positions text, as each script's font has different bounds."""

TICK_PAD = 8


class Box(NamedTuple):
    """A rectangle on the picture, in pixels from its left and top."""

    left: float
    top: float
    width: float
    height: float


def picture(name: str, about: str, height: int, key: Sequence[str] = ()) -> Figure:
    """Create a framed picture with `height` pixels below the name and the line with unit and period.

    `key` explains unusual marks at the bottom. At 72 dots per inch a point is a pixel.
    """
    height += HEADING + (KEY if key else MARGIN)
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor=GROUND)
    frame = Rectangle((1, 1), WIDTH - 2, height - 2, fill=False, edgecolor=FRAME, linewidth=2, transform=None)
    figure.add_artist(frame)
    room, shown = WIDTH - 2 * MARGIN, drawable(name)
    size = LARGE if width(shown, LARGE, bold=True) <= room else SMALL
    write(figure, fitted(name, room, size, bold=True), 35, size=size, bold=True)
    write(figure, about, 80, color=MUTED)
    write(figure, " · ".join(key), height - MARGIN, color=MUTED)
    return figure


def write(
    figure: Figure,
    text: str,
    middle: float,
    left: float = MARGIN,
    *,
    size: int = SMALL,
    bold: bool = False,
    color: str = INK,
) -> None:
    """Write a line of text, its middle `middle` pixels from the top."""
    y = 1 - (middle + CAPITAL * size) / figure.bbox.height
    face = font(text, size, bold=bold)
    figure.text(left / WIDTH, y, text, va="baseline", fontproperties=face, color=color, parse_math=False)


def blank(figure: Figure, box: Box, across: tuple[float, float], up: tuple[float, float]) -> Axes:
    """Invisible axes with these limits in a rectangle of the picture."""
    height = figure.bbox.height
    bounds = (box.left / WIDTH, 1 - (box.top + box.height) / height, box.width / WIDTH, box.height / height)
    axes = figure.add_axes(bounds, xlim=across, ylim=up, xticks=(), yticks=(), facecolor="none")
    axes.spines[:].set_visible(False)
    return axes


def panel(figure: Figure, box: Box, x: Scale, y: Scale) -> Axes:
    """Axes with a baseline, a horizontal rule at each count, and labels on the left and below."""
    axes = blank(figure, box, (x.low, x.high), (y.low, y.high))
    axes.set_xticks([at for at, _ in x.ticks], [label for _, label in x.ticks])
    axes.set_yticks([at for at, _ in y.ticks], [label for _, label in y.ticks])
    axes.tick_params(labelsize=SMALL, labelcolor=MUTED, color=FRAME, width=2)
    axes.tick_params(axis="x", length=7, pad=8)
    axes.tick_params(axis="y", length=0, pad=TICK_PAD)
    axes.grid(axis="y", color=RULE, linewidth=1.5)
    axes.set_axisbelow(True)
    axes.axhline(max(y.low, 0) if y.low < 0 < y.high else y.low, color=FRAME, linewidth=2, zorder=1)
    return axes


def note(
    axes: Axes, text: str, at: tuple[float, float], offset: tuple[float, float], *, size: int = SMALL, align: str
) -> None:
    """Bold text at an offset in pixels from a data point."""
    axes.annotate(
        text,
        at,
        offset,
        textcoords="offset points",
        ha=align,
        va="center_baseline",
        fontproperties=font(text, size, bold=True),
        color=INK,
        annotation_clip=False,
        zorder=5,
    )


def left_of(*scales: Scale) -> float:
    """Left edge of panels with these y axes, so that the labels fit and the panels align."""
    return MARGIN + TICK_PAD + max(width(label, SMALL) for scale in scales for _, label in scale.ticks)


def png(figure: Figure) -> bytes:
    """Encode the picture in 256 colours: no colour shifts visibly, and the file is a third as large."""
    raw = io.BytesIO()
    figure.savefig(raw, format="rgba", dpi=72)
    size = round(figure.bbox.width), round(figure.bbox.height)
    drawn = Image.frombuffer("RGBA", size, raw.getvalue(), "raw", "RGBA", 0, 1).convert("RGB")
    target = io.BytesIO()
    drawn.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(target, "PNG")
    return target.getvalue()
