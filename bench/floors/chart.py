"""Floor of row 9: the library alone, drawing the same readings at the same size as often as it is asked.

The first line of its input is JSON: `[width, height, hours, counts]`. For every further one it draws, and answers with
an empty one.
"""

import io
import json
import sys

from matplotlib.figure import Figure


def main() -> None:
    width, height, hours, counts = json.loads(sys.stdin.readline())
    for _ in sys.stdin:
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        figure.add_subplot(title="Views").plot(hours, counts)
        figure.savefig(io.BytesIO(), format="png")
        print(flush=True)


if __name__ == "__main__":
    main()
