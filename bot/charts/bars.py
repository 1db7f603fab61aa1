"""Bar charts: rankings (top movers, leaderboards), daily spend, and a video's gains per hour and day."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, timedelta
from decimal import Decimal
from math import copysign
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.charts import canvas
from bot.charts.canvas import MARGIN, SMALL, WIDTH, Box
from bot.charts.names import fitted, font, width
from bot.charts.scales import Scale, bar_scale, dollar_scale, span_text, time_scale, window_text
from bot.charts.specs import Gains, Movers, Spend
from bot.domain.clock import day_text
from bot.domain.growth import short_change, short_count
from bot.domain.money import dollars
from bot.domain.videos import HOUR

_ROW, _NAME, _BAR = 78, 36, 24
"""Pixels of a row, of its name with descenders, and of its bar."""

_NUMBER_PAD = 8
_SHORTEST_BAR = 3
_FEWEST_DAYS = 7
_MOST_DAY_LABELS = 6


def movers_figure(movers: Movers) -> Figure:
    """A name per row, and below it a bar with its number: to the right for a gain, hatched to the left for a loss."""
    changes, room = movers.changes, WIDTH - 2 * MARGIN
    about = f"{movers.unit} gained · {window_text(movers.since, movers.until)}"
    if movers.hour is not None:
        about = f"{movers.unit} at hour {movers.hour} of tracking"
    figure = canvas.picture(movers.title, about, len(changes) * _ROW)
    numbers = [short_change(change) if movers.hour is None else short_count(change) for _, change in changes]
    if movers.units:
        numbers = [f"{number} {unit}" for number, unit in zip(numbers, movers.units, strict=True)]
    zero, scale = _zero_and_scale([change for _, change in changes], numbers, room)
    box = Box(MARGIN, canvas.HEADING, room, len(changes) * _ROW)
    axes = canvas.blank(figure, box, (-zero, room - zero), (len(changes) * _ROW, 0))
    for row, ((name, change), number) in enumerate(zip(changes, numbers, strict=True)):
        top, lost = row * _ROW, change < 0
        length = copysign(max(abs(change) * scale, _SHORTEST_BAR if change else 0), change)
        color, hatch = (canvas.VERMILLION, "//") if lost else (canvas.BLUE, None)
        middle = top + _NAME + _BAR / 2
        axes.barh(middle, length, _BAR, color=color, hatch=hatch, edgecolor=canvas.GROUND, linewidth=0, zorder=2)
        axes.plot((0, 0), (middle - _BAR / 2, middle + _BAR / 2 + 4), color=canvas.MUTED, linewidth=2, zorder=3)
        _write(axes, -zero, top + _NAME / 3, fitted(name, room, SMALL))
        number_at = length + copysign(_NUMBER_PAD, change)
        _write(axes, number_at, middle, number, ha="right" if lost else "left", bold=True)
    return figure


def _write(axes: Axes, x: float, y: float, text: str, *, ha: str = "left", bold: bool = False) -> None:
    face = font(text, SMALL, bold=bold)
    y += canvas.CAPITAL * SMALL
    axes.text(x, y, text, ha=ha, va="baseline", fontproperties=face, color=canvas.INK, parse_math=False)


def _zero_and_scale(changes: Sequence[int], numbers: Iterable[str], room: float) -> tuple[float, float]:
    """Distance of zero from the left, and pixels per count, with room for a number at each bar's end."""
    gained = max(*changes, 0)
    lost = -min(*changes, 0)
    number = 2 * _NUMBER_PAD + max(width(each, SMALL, bold=True) for each in numbers)
    left = number if lost else 0
    scale = (room - left - number) / max(gained + lost, 1)
    return left + lost * scale, scale


def spend_figure(spend: Spend) -> Figure:
    """A bar per day; the highest has its amount, today's is pale because the day isn't over."""
    first, last = spend.days[0][0], spend.days[-1][0]
    dearest_day, dearest = max(spend.days, key=lambda entry: entry[1])
    total = sum((spent for _, spent in spend.days), Decimal())
    y = dollar_scale(dearest, most=6)
    left = canvas.left_of(y)
    # The last day's label is wider than its bar.
    box = Box(left, canvas.HEADING, WIDTH - left - MARGIN - _NUMBER_PAD, canvas.PANEL)
    x = days_scale((last - first).days + 1, first)
    key = [f"{dollars(total)} in all, of snapshots read"]
    if last >= spend.today:
        key.append("pale: today so far")
    about = f"dollars spent per day · {span_text(first, last)}, UTC"
    figure = canvas.picture(spend.name, about, canvas.PANEL + canvas.TICKS, key)
    axes = canvas.panel(figure, box, x, y)
    for day, spent in spend.days:
        color = canvas.PALE if day >= spend.today else canvas.BLUE
        axes.bar((day - first).days, float(spent), 0.72, color=color, zorder=2)
    if dearest:
        note_over_bar(axes, box, dollars(dearest), ((dearest_day - first).days, float(dearest)))
    return figure


def note_over_bar(axes: Axes, box: Box, text: str, top: tuple[float, float]) -> None:
    """Write a bar's number above it; at the edges it is aligned inwards."""
    low, high = axes.get_xlim()
    across = (top[0] - low) / (high - low) * box.width
    half = width(text, SMALL, bold=True) / 2
    align = "left" if across < half else "right" if across > box.width - half else "center"
    canvas.note(axes, text, top, (0, 16), align=align)


def days_scale(days: int, first: date) -> Scale:
    """One place per day, at least a week wide so that a single bar doesn't fill the picture."""
    spare = max(_FEWEST_DAYS - days, 0) / 2
    step = -(-days // _MOST_DAY_LABELS)
    ticks = tuple((number, day_text(first + timedelta(days=number))) for number in range(0, days, step))
    return Scale(-0.6 - spare, days - 0.4 + spare, ticks)


_CAPTION = 48
_GAINS_HEIGHT = 170
_RIGHT_PAD = 44
"""Pixels right of a panel, since its last label may be wider than its bar."""

_APART = 4
"""Width in pixels from which a white line separates a bar from the next."""

_FEWEST_HOURS = 12
_BELOW = _CAPTION + _GAINS_HEIGHT + canvas.TICKS
_LOWER = canvas.HEADING + _BELOW + 12
"""Top of the lower panel."""


class _Bar(NamedTuple):
    """Position, width and height of a bar, and whether hourly readings cover all of it."""

    left: float
    width: float
    gain: int
    whole: bool = True


def gains_figure(gains: Gains) -> Figure:
    """Two panels with separate scales: a day gains many times as much as an hour."""
    line, days, since = gains.line, gains.days, gains.since
    end = line.points[-1][0].astimezone(UTC)
    start = min(since, end - _FEWEST_HOURS * HOUR).astimezone(UTC)
    hours = [_Bar((at - start) / HOUR, (until - at) / HOUR, gain) for at, until, gain in gains.hours]
    by_day = [_Bar(at - 0.36, 0.72, gain, whole) for at, (_, gain, whole) in enumerate(days) if gain is not None]
    holes = [((before - start) / HOUR, (after - before) / HOUR) for before, after in line.gaps if before >= since]
    empty_days = [(at - 0.5, 1.0) for at, each in enumerate(days) if each.gain is None]
    shown = round((end - since) / HOUR)
    panels = (
        ("last hour" if shown == 1 else f"per hour, last {shown} h", time_scale(start, end, most=6), hours, holes),
        ("per day", days_scale(len(days), days[0].day), by_day, empty_days),
    )
    ys = [bar_scale([bar.gain for bar in bars], most=4) for _, _, bars, _ in panels]
    left = canvas.left_of(*ys)
    key = _gains_key([*hours, *by_day], has_gap=bool(holes or empty_days))
    about = f"{line.label} gained · {span_text(line.points[0][0].astimezone(UTC).date(), end.date())}, UTC"
    figure = canvas.picture(gains.name, about, _LOWER + _BELOW - canvas.HEADING, [*key])
    for (caption, x, bars, gaps), y, top in zip(panels, ys, (canvas.HEADING, _LOWER), strict=True):
        canvas.write(figure, caption, top + _CAPTION / 3, bold=True)
        _draw_gains(
            figure, Box(left, top + _CAPTION, canvas.WIDTH - left - _RIGHT_PAD, _GAINS_HEIGHT), x, y, bars, gaps
        )
    return figure


def _gains_key(bars: Sequence[_Bar], *, has_gap: bool) -> Iterator[str]:
    if has_gap:
        yield "grey: no reading"
    if not all(bar.whole for bar in bars):
        yield "pale: part of a day"
    if any(bar.gain < 0 for bar in bars):
        yield "hatched: a loss"


def _draw_gains(
    figure: Figure, box: Box, x: Scale, y: Scale, bars: Sequence[_Bar], gaps: Sequence[tuple[float, float]]
) -> None:
    axes = canvas.panel(figure, box, x, y)
    axes.broken_barh(gaps, (y.low, y.high - y.low), facecolor=canvas.HOLE, zorder=0.5)
    pixels = box.width / (x.high - x.low)
    for lost in (False, True):
        drawn = [bar for bar in bars if (bar.gain < 0) == lost]
        axes.bar(
            [bar.left for bar in drawn],
            [bar.gain for bar in drawn],
            [bar.width for bar in drawn],
            align="edge",
            color=canvas.VERMILLION if lost else [canvas.BLUE if bar.whole else canvas.PALE for bar in drawn],
            hatch="//" if lost else None,
            edgecolor=canvas.GROUND,
            linewidth=1 if any(bar.width * pixels > _APART for bar in drawn) else 0,
            zorder=2,
        )
    best = max(bars, key=lambda bar: bar.gain, default=None)
    if best is not None and best.gain > 0:
        note_over_bar(axes, box, short_change(best.gain), (best.left + best.width / 2, best.gain))
