"""`make bench`: a line or more for each row of the table of goals, ours beside its floor in the same run.

Takes a few minutes. What is under way goes to stderr, so that the table alone can be kept.
"""

import time

from bench import (
    answering,
    charting,
    day,
    decoding,
    delivery,
    discord,
    planning,
    reading,
    scaling,
    serving,
    starting,
)
from bench.measure import HEAD, say


def main() -> None:
    began = time.monotonic()
    print(HEAD, flush=True)
    for room in (answering, reading, discord, scaling, delivery, planning, day, decoding, charting, starting, serving):
        for row in room.rows():
            print(row, flush=True)
    say(f"measured in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
