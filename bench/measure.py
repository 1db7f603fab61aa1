"""Rows of the benchmark table, and paired measurements that stay fair on a busy machine."""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Task: TypeAlias = Callable[[], Awaitable[object]]

LAYOUT = "{:<3} {:<76} {:>10} {:>10} {:>8}  {:<10} {}"
HEAD = LAYOUT.format("row", "what", "ours", "floor", "ratio", "goal", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table. `met` is None if there is no goal; `tried` notes what was tried to reach a missed one."""

    number: int
    name: str
    ours: str
    floor: str = "-"
    ratio: str = "-"
    goal: str = "-"
    met: bool | None = None
    tried: str = ""

    def __str__(self) -> str:
        """The printed line, with `tried` below it if the goal was missed."""
        verdict = {None: "for information", True: "pass", False: "MISSED"}[self.met]
        line = LAYOUT.format(self.number, self.name, self.ours, self.floor, self.ratio, self.goal, verdict)
        return f"{line}\n    tried: {self.tried}" if self.met is False and self.tried else line


@dataclass(frozen=True, slots=True)
class Pair:
    """Two measurements taken in turn: the median of each, and the median of the ratios of adjacent runs.

    Trust only the ratio: if the machine is busy for half of a run, the two medians are off.
    """

    ours: float
    floor: float
    ratio: float

    @classmethod
    def of(cls, ours: Sequence[float], floor: Sequence[float]) -> "Pair":
        """Pair two series of the same length that were measured in turn."""
        ratios = [mine / theirs for mine, theirs in zip(ours, floor, strict=True)]
        return cls(*map(statistics.median, (ours, floor, ratios)))

    def row(self, number: int, name: str, goal: float | None = None, tried: str = "") -> Row:
        """The table row for two durations in seconds. The goal, if any, is a multiple of the floor."""
        shown = (duration(self.ours), duration(self.floor), f"{self.ratio:.2f}x")
        if goal is None:
            return Row(number, name, *shown)
        return Row(number, name, *shown, f"<= {goal:g}x", self.ratio <= goal, tried)


async def pair(ours: Task, floor: Task, rounds: int, block: int = 1) -> Pair:
    """Time two tasks in turn (A B A B), after one warm-up run of each; returns seconds per run.

    Run short tasks in blocks: a task of a few milliseconds can fall into step with the operating system's scheduler,
    which on a busy machine then always interrupts the same one of the two.
    """
    times: tuple[list[float], list[float]] = ([], [])
    await ours()
    await floor()
    for _ in range(rounds):
        for task, taken in zip((ours, floor), times, strict=True):
            began = time.perf_counter()
            for _ in range(block):
                await task()
            taken.append((time.perf_counter() - began) / block)
    return Pair.of(*times)


async def longest_stall(work: Awaitable[object]) -> float:
    """The longest time in seconds for which the event loop was blocked while `work` ran."""
    tick, worst = 0.001, 0.0

    async def watch() -> None:
        nonlocal worst
        while True:
            began = time.perf_counter()
            await asyncio.sleep(tick)
            worst = max(worst, time.perf_counter() - began - tick)

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0)
    await work
    watcher.cancel()
    return worst


def duration(seconds: float) -> str:
    """Format seconds as seconds or milliseconds."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.2f} ms"


def progress(text: str) -> None:
    """Report progress on stderr, outside the table."""
    print(f"... {text}", file=sys.stderr, flush=True)
