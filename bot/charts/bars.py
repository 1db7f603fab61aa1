"""The pictures of a ranking (top movers, a leaderboard) and of daily spend: bars, which always begin at zero."""

from datetime import date, timedelta
from decimal import Decimal
from math import copysign

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.charts import canvas
from bot.charts.canvas import MARGIN, SMALL, WIDTH, Box
from bot.charts.names import fitted, font, width
from bot.charts.scales import Scale, dollar_scale, span_text, window_text
from bot.charts.specs import Movers, Spend
from bot.domain.clock import day_text
from bot.domain.growth import short_change, short_count
from bot.domain.money import dollars

_ROW, _NAME, _BAR = 78, 36, 24
"""Pixels of a row, of the room for its name, whatever hangs below its letters, and of its bar."""

_NUMBER_PAD = 8
_SHORTEST_BAR = 3
_FEWEST_DAYS = 7
_MOST_DAY_LABELS = 6


def movers_figure(movers: Movers) -> Figure:
    """A name per row, and under it a bar with its number: to the right for a gain, hatched to the left for a loss."""
    changes, room = movers.changes, WIDTH - 2 * MARGIN
    about = f"{movers.unit} gained · {window_text(movers.since, movers.until)}"
    if movers.hour is not None:
        about = f"{movers.unit} at hour {movers.hour} of tracking"
    figure = canvas.picture(movers.title, about, len(changes) * _ROW)
    zero, scale = _zero_and_scale([change for _, change in changes], room)
    box = Box(MARGIN, canvas.HEADING, room, len(changes) * _ROW)
    axes = canvas.blank(figure, box, (-zero, room - zero), (len(changes) * _ROW, 0))
    for row, (name, change) in enumerate(changes):
        top, lost = row * _ROW, change < 0
        length = copysign(max(abs(change) * scale, _SHORTEST_BAR if change else 0), change)
        color, hatch = (canvas.VERMILLION, "//") if lost else (canvas.BLUE, None)
        middle = top + _NAME + _BAR / 2
        axes.barh(middle, length, _BAR, color=color, hatch=hatch, edgecolor=canvas.GROUND, linewidth=0, zorder=2)
        axes.plot((0, 0), (middle - _BAR / 2, middle + _BAR / 2 + 4), color=canvas.MUTED, linewidth=2, zorder=3)
        _write(axes, -zero, top + _NAME / 3, fitted(name, room, SMALL))
        number_at = length + copysign(_NUMBER_PAD, change)
        number = short_change(change) if movers.hour is None else short_count(change)
        _write(axes, number_at, middle, number, ha="right" if lost else "left", bold=True)
    return figure


def _write(axes: Axes, x: float, y: float, text: str, *, ha: str = "left", bold: bool = False) -> None:
    face = font(text, SMALL, bold=bold)
    y += canvas.CAPITAL * SMALL
    axes.text(x, y, text, ha=ha, va="baseline", fontproperties=face, color=canvas.INK, parse_math=False)


def _zero_and_scale(changes: list[int], room: float) -> tuple[float, float]:
    """How far from the left zero sits, and the pixels of one count, with room for a number at each bar's end."""
    gained = max(*changes, 0)
    lost = -min(*changes, 0)
    number = 2 * _NUMBER_PAD + max(width(short_change(change), SMALL, bold=True) for change in changes)
    left = number if lost else 0
    scale = (room - left - number) / max(gained + lost, 1)
    return left + lost * scale, scale


def spend_figure(spend: Spend) -> Figure:
    """A bar per day, the dearest one with its amount, today's pale because it isn't over."""
    first, last = spend.days[0][0], spend.days[-1][0]
    dearest_day, dearest = max(spend.days, key=lambda entry: entry[1])
    total = sum((spent for _, spent in spend.days), Decimal())
    y = dollar_scale(dearest, most=6)
    left = canvas.left_of(y)
    # The label of the last day reaches beyond its bar.
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
    """A bar's number above it; at the edges it leans inwards."""
    low, high = axes.get_xlim()
    across = (top[0] - low) / (high - low) * box.width
    half = width(text, SMALL, bold=True) / 2
    align = "left" if across < half else "right" if across > box.width - half else "center"
    canvas.note(axes, text, top, (0, 16), align=align)


def days_scale(days: int, first: date) -> Scale:
    """A place per day, a week wide at least so that one bar does not fill the picture."""
    spare = max(_FEWEST_DAYS - days, 0) / 2
    step = -(-days // _MOST_DAY_LABELS)
    ticks = tuple((number, day_text(first + timedelta(days=number))) for number in range(0, days, step))
    return Scale(-0.6 - spare, days - 0.4 + spare, ticks)
