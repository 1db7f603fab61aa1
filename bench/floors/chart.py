"""Floor of row 9: matplotlib alone, drawing the same readings in the same size.

The first line on stdin is JSON: `[width, height, hours, counts]`. Each further line draws the chart once, and is
answered by an empty line.
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
