"""The chart process: reads specs from its input, answers with charts on its output, and ends when its input does.

It ends so with the bot, however that ended. An answer is a `Chart`, or the text of what went wrong.
"""

import logging
import os
import pickle
import sys
import traceback
from typing import assert_never

from bot.charts.alt import comparison_alt, file_name, gains_alt, growth_alt, movers_alt, spend_alt
from bot.charts.specs import HEAD, Chart, Comparison, Gains, Growth, Movers, Spec, Spend, framed, length


def draw(spec: Spec) -> Chart:
    """The picture and its sentences. The first call in a process imports matplotlib, which takes most of a second."""
    from bot.charts import bars, canvas, lines  # noqa: PLC0415 - after `main` has set MATPLOTLIBRC

    match spec:
        case Growth():
            figure, alt = lines.growth_figure(spec), growth_alt(spec)
        case Gains():
            figure, alt = bars.gains_figure(spec), gains_alt(spec)
        case Comparison():
            figure, alt = lines.comparison_figure(spec), comparison_alt(spec)
        case Movers():
            figure, alt = bars.movers_figure(spec), movers_alt(spec)
        case Spend():
            figure, alt = bars.spend_figure(spec), spend_alt(spec)
        case _:
            assert_never(spec)
    return Chart(canvas.png(figure), alt, file_name(spec))


def main() -> None:
    """Draw until the input ends."""
    # A chart looks the same whatever style this machine's user prefers, and remarks on a cache are for nobody's screen.
    os.environ["MATPLOTLIBRC"] = os.devnull
    logging.disable(logging.WARNING)
    asked = sys.stdin.buffer
    with open(sys.stdout.fileno(), "wb", buffering=0, closefd=False) as answers:
        while head := asked.read(HEAD):
            spec: Spec = pickle.loads(asked.read(length(head)))  # noqa: S301 - from the bot's end of the pipe alone
            try:
                answers.write(framed(_drawn(spec)))
            except BrokenPipeError:
                return


def _drawn(spec: Spec) -> Chart | str:
    try:
        return draw(spec)
    except Exception:  # noqa: BLE001 - whatever it is, it costs one picture and not the process
        return traceback.format_exc()


if __name__ == "__main__":
    main()
