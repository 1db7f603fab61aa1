"""The picture of one video's gains: a bar for each of the last hours, and a bar per UTC day below."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import NamedTuple

from matplotlib.figure import Figure

from bot.charts import canvas as sheet
from bot.charts.bars import days_scale, note_over_bar
from bot.charts.canvas import Box
from bot.charts.scales import Scale, bar_scale, span_text, time_scale
from bot.charts.specs import Gains
from bot.domain.growth import short_change
from bot.domain.videos import HOUR

_CAPTION = 48
_HEIGHT = 170
_RIGHT = 44
"""Pixels right of a panel: its last label may reach beyond it."""

_APART = 4
"""Pixels of a bar from which a white line parts it from the next one."""

_FEWEST_HOURS = 12
_BELOW = _CAPTION + _HEIGHT + sheet.TICKS
_LOWER = sheet.HEADING + _BELOW + 12
"""Where the lower panel begins."""


class _Bar(NamedTuple):
    """Where a bar begins, how wide and high it is, and whether hourly readings cover all of it."""

    left: float
    width: float
    gain: int
    whole: bool = True


def gains_figure(gains: Gains) -> Figure:
    """Two panels with scales of their own: a day gains many times what an hour does."""
    line, days, since = gains.line, gains.days, gains.since
    end = line.points[-1][0].astimezone(UTC)
    start = min(since, end - _FEWEST_HOURS * HOUR).astimezone(UTC)
    hours = [_Bar((at - start) / HOUR, (until - at) / HOUR, gain) for at, until, gain in gains.hours]
    by_day = [_Bar(at - 0.36, 0.72, gain, whole) for at, (_, gain, whole) in enumerate(days) if gain is not None]
    holes = [((before - start) / HOUR, (after - before) / HOUR) for before, after in line.gaps if before >= since]
    empty_days = [(at - 0.5, 1.0) for at, each in enumerate(days) if each.gain is None]
    panels = (
        (f"per hour, last {round((end - since) / HOUR)} h", time_scale(start, end, most=6), hours, holes),
        ("per day", days_scale(len(days), days[0].day), by_day, empty_days),
    )
    ys = [bar_scale([bar.gain for bar in bars], most=4) for _, _, bars, _ in panels]
    left = sheet.left_of(*ys)
    key = _key([*hours, *by_day], has_gap=bool(holes or empty_days))
    about = f"{line.label} gained · {span_text(line.points[0][0].astimezone(UTC).date(), end.date())}, UTC"
    figure = sheet.picture(gains.name, about, _LOWER + _BELOW - sheet.HEADING, [*key])
    for (caption, x, bars, gaps), y, top in zip(panels, ys, (sheet.HEADING, _LOWER), strict=True):
        sheet.write(figure, caption, top + _CAPTION / 3, bold=True)
        _draw(figure, Box(left, top + _CAPTION, sheet.WIDTH - left - _RIGHT, _HEIGHT), x, y, bars, gaps)
    return figure


def _key(bars: Sequence[_Bar], *, has_gap: bool) -> Iterator[str]:
    if has_gap:
        yield "grey: no reading"
    if not all(bar.whole for bar in bars):
        yield "pale: part of a day"
    if any(bar.gain < 0 for bar in bars):
        yield "hatched: a loss"


def _draw(
    figure: Figure, box: Box, x: Scale, y: Scale, bars: Sequence[_Bar], gaps: Sequence[tuple[float, float]]
) -> None:
    axes = sheet.panel(figure, box, x, y)
    axes.broken_barh(gaps, (y.low, y.high - y.low), facecolor=sheet.HOLE, zorder=0.5)
    pixels = box.width / (x.high - x.low)
    for lost in (False, True):
        drawn = [bar for bar in bars if (bar.gain < 0) == lost]
        axes.bar(
            [bar.left for bar in drawn],
            [bar.gain for bar in drawn],
            [bar.width for bar in drawn],
            align="edge",
            color=sheet.VERMILLION if lost else [sheet.BLUE if bar.whole else sheet.PALE for bar in drawn],
            hatch="//" if lost else None,
            edgecolor=sheet.GROUND,
            linewidth=1 if any(bar.width * pixels > _APART for bar in drawn) else 0,
            zorder=2,
        )
    best = max(bars, key=lambda bar: bar.gain, default=None)
    if best is not None and best.gain > 0:
        note_over_bar(axes, box, short_change(best.gain), (best.left + best.width / 2, best.gain))
