"""The chart process: reads specs from its input, answers with charts on its output, and ends when its input does.

It ends so with the bot, however that ended. An answer is a `Chart`, or the text of what went wrong.
"""

import logging
import os
import pickle
import sys
import traceback

from bot.charts.drawing import draw
from bot.charts.frames import HEAD, framed, length
from bot.charts.specs import Chart, Spec


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
