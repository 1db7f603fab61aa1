"""From a spec to a finished chart: the one function that the chart process runs."""

from typing import assert_never

from bot.charts.alt import comparison_alt, file_name, gains_alt, growth_alt, movers_alt, spend_alt
from bot.charts.specs import Chart, Comparison, Gains, Growth, Movers, Spec, Spend


def draw(spec: Spec) -> Chart:
    """The picture and its sentences. The first call in a process imports matplotlib, which takes most of a second."""
    from bot.charts import bars, canvas, comparison, gains, growth  # noqa: PLC0415 - only the chart process loads it

    match spec:
        case Growth():
            figure, alt = growth.growth_figure(spec), growth_alt(spec)
        case Gains():
            figure, alt = gains.gains_figure(spec), gains_alt(spec)
        case Comparison():
            figure, alt = comparison.comparison_figure(spec), comparison_alt(spec)
        case Movers():
            figure, alt = bars.movers_figure(spec), movers_alt(spec)
        case Spend():
            figure, alt = bars.spend_figure(spec), spend_alt(spec)
        case _:
            assert_never(spec)
    return Chart(canvas.png(figure), alt, file_name(spec))
