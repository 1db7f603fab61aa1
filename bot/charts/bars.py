"""The pictures of top movers and of daily spend: bars, which always begin at zero."""

from datetime import date, timedelta
from decimal import Decimal
from math import copysign

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.charts import canvas
from bot.charts.canvas import LARGE, MARGIN, WIDTH, Box
from bot.charts.scales import Scale, dollar_scale, short, span_text
from bot.charts.specs import Movers, Spend
from bot.domain.moments import day_text
from bot.domain.money import dollars

_ROW = 52
_NUMBER_PAD = 8
_SHORTEST_BAR = 3
_FEWEST_DAYS = 7
_MOST_DAY_LABELS = 6


def movers_figure(movers: Movers) -> Figure:
    """A bar a row, to the right where the video gained and hatched to the left where it lost, each with its number."""
    changes = movers.changes
    figure = canvas.sheet(canvas.HEADING + len(changes) * _ROW + MARGIN)
    canvas.heading(figure, f"{movers.unit}, change in {movers.window}", above=canvas.HEADING)
    left = MARGIN * 2 + max(canvas.text_width(label, LARGE, bold=True) for label, _ in changes)
    box = Box(left, canvas.HEADING, WIDTH - left - MARGIN, len(changes) * _ROW)
    zero, scale = _zero_and_scale([change for _, change in changes], box.width)
    axes = canvas.blank(figure, box, (-zero, box.width - zero), (len(changes) - 0.5, -0.5))
    axes.axvline(0, color=canvas.FRAME, linewidth=2, zorder=1)
    for row, (label, change) in enumerate(changes):
        lost = change < 0
        length = copysign(max(abs(change) * scale, _SHORTEST_BAR if change else 0), change)
        color, hatch = (canvas.VERMILLION, "//") if lost else (canvas.BLUE, None)
        axes.barh(row, length, 0.62, color=color, hatch=hatch, edgecolor=canvas.GROUND, linewidth=0, zorder=2)
        _write(axes, length + copysign(_NUMBER_PAD, change), row, signed(change), ha="right" if lost else "left")
        _write(axes, -zero - MARGIN, row, label, ha="right", weight="bold")
    return figure


def _write(axes: Axes, x: float, row: int, text: str, *, ha: str, weight: str = "normal") -> None:
    axes.text(x, row, text, ha=ha, va="center_baseline", fontsize=LARGE, fontweight=weight, color=canvas.INK)


def signed(change: int) -> str:
    """A change in few characters, its direction always written: +12.3k, -200, 0."""
    return f"+{short(change)}" if change > 0 else short(change)


def _zero_and_scale(changes: list[int], width: float) -> tuple[float, float]:
    """How far from the left zero sits, and the pixels of one count, with room for a number at each bar's end."""
    gained = max(*changes, 0)
    lost = -min(*changes, 0)
    room = 2 * _NUMBER_PAD + max(canvas.text_width(signed(change), LARGE) for change in changes)
    left = room if lost else 0
    scale = (width - left - room) / max(gained + lost, 1)
    return left + lost * scale, scale


def spend_figure(spend: Spend) -> Figure:
    """A bar a day, the dearest one with its amount."""
    first, last = spend.days[0][0], spend.days[-1][0]
    dearest_day, dearest = max(spend.days, key=lambda entry: entry[1])
    total = sum((spent for _, spent in spend.days), Decimal())
    figure = canvas.sheet(canvas.HEADING + canvas.PANEL + canvas.FOOTING)
    canvas.heading(figure, "dollars a day", f"{dollars(total)} of snapshots read", above=canvas.HEADING)
    canvas.footing(figure, f"{span_text(first, last)}, days in UTC")
    y = dollar_scale(dearest, most=6)
    left = canvas.left_of(y)
    # The label of the last day reaches beyond its bar.
    box = Box(left, canvas.HEADING, WIDTH - left - MARGIN - _NUMBER_PAD, canvas.PANEL)
    x = _days_scale((last - first).days + 1, first)
    axes = canvas.panel(figure, box, x, y)
    places = [(day - first).days for day, _ in spend.days]
    axes.bar(places, [float(spent) for _, spent in spend.days], 0.72, color=canvas.BLUE, zorder=2)
    if dearest:
        at = (dearest_day - first).days
        across = (at - x.low) / (x.high - x.low) * box.width
        half = canvas.text_width(dollars(dearest), bold=True) / 2
        # Over its bar, but over nothing else: at the edges it leans inwards.
        align = "left" if across < half else "right" if across > box.width - half + MARGIN else "center"
        canvas.note(axes, dollars(dearest), (at, float(dearest)), (0, 14), align=align)
    return figure


def _days_scale(days: int, first: date) -> Scale:
    """A place a day, a week wide at least so that one bar does not fill the picture."""
    spare = max(_FEWEST_DAYS - days, 0) / 2
    step = -(-days // _MOST_DAY_LABELS)
    ticks = tuple((number, day_text(first + timedelta(days=number))) for number in range(0, days, step))
    return Scale(-0.6 - spare, days - 0.4 + spare, ticks)
