"""The chart process: reads specs from stdin, writes charts to stdout, and ends at the end of its input.

So it ends with the bot, however that ended. A response is a `Chart`, or the text of an error.
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
    """Draw a spec. The first call in a process imports matplotlib, which takes most of a second."""
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
    # Ignore this machine's matplotlib style, and hide its notices about its cache.
    os.environ["MATPLOTLIBRC"] = os.devnull
    logging.disable(logging.WARNING)
    asked = sys.stdin.buffer
    with open(sys.stdout.fileno(), "wb", buffering=0, closefd=False) as answers:
        while head := asked.read(HEAD):
            spec: Spec = pickle.loads(asked.read(length(head)))  # noqa: S301 - only the bot writes to this pipe
            try:
                answers.write(framed(_drawn(spec)))
            except BrokenPipeError:
                return


def _drawn(spec: Spec) -> Chart | str:
    try:
        return draw(spec)
    except Exception:  # noqa: BLE001 - an error costs one picture, not the process
        return traceback.format_exc()


if __name__ == "__main__":
    main()
