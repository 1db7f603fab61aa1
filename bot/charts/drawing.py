"""From a spec to a finished chart: the one function that the chart process runs."""

from typing import assert_never

from bot.charts.alt import comparison_alt, growth_alt, movers_alt, spend_alt
from bot.charts.specs import Chart, Comparison, Growth, Movers, Spec, Spend


def draw(spec: Spec) -> Chart:
    """The picture and its sentences. The first call in a process imports matplotlib, which takes most of a second."""
    from bot.charts import bars, canvas, comparison, growth  # noqa: PLC0415 - only the chart process loads matplotlib

    match spec:
        case Growth():
            return Chart(canvas.png(growth.growth_figure(spec)), growth_alt(spec))
        case Comparison():
            return Chart(canvas.png(comparison.comparison_figure(spec)), comparison_alt(spec))
        case Movers():
            return Chart(canvas.png(bars.movers_figure(spec)), movers_alt(spec))
        case Spend():
            return Chart(canvas.png(bars.spend_figure(spec)), spend_alt(spec))
        case _:
            assert_never(spec)
