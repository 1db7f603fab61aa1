"""Command line of `make bench`: prints a table that compares the bot with a floor, row by row.

A full run takes many minutes; `make bench ARGS="scaling planning"` runs only these two. Progress goes to stderr, so
stdout holds only the table.
"""

import argparse
import time

from bench import (
    answering,
    campaigns,
    charting,
    day,
    decoding,
    delivery,
    discord,
    planning,
    reads,
    scaling,
    serving,
    starting,
)
from bench.measure import HEAD, progress

BENCHMARKS = (
    answering,
    reads,
    discord,
    scaling,
    delivery,
    planning,
    day,
    decoding,
    charting,
    campaigns,
    starting,
    serving,
)


def main() -> None:
    benchmarks = {each.__name__.removeprefix("bench."): each for each in BENCHMARKS}
    parser = argparse.ArgumentParser(
        prog="bench", description="Measure how fast the bot is, each figure next to its floor."
    )
    parser.add_argument("benchmark", nargs="*", choices=benchmarks, default=[], help="what to measure (default: all)")
    names = parser.parse_args().benchmark or list(benchmarks)
    began = time.monotonic()
    print(HEAD, flush=True)
    for name in names:
        for row in benchmarks[name].rows():
            print(row, flush=True)
    progress(f"measured in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
