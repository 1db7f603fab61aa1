"""`make bench`: a line or more for each row of the table of goals, ours beside its floor in the same run.

Takes many minutes; `make bench ARGS="scaling planning"` measures these alone. What is under way goes to stderr, so that
the table alone can be kept.
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
    parser = argparse.ArgumentParser(prog="bench", description="How fast the bot is, each figure beside its floor.")
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
