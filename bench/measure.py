"""What a line of the table is, and how two things are compared fairly on a machine that others use too."""

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
    """One line of the table. `met` is None where no goal was set; `tried` remarks on a goal that was missed."""

    number: int
    name: str
    ours: str
    floor: str = "-"
    ratio: str = "-"
    goal: str = "-"
    met: bool | None = None
    tried: str = ""

    def __str__(self) -> str:
        """The line as it is printed, with the remark below it where there is one to make."""
        verdict = {None: "for information", True: "pass", False: "MISSED"}[self.met]
        line = LAYOUT.format(self.number, self.name, self.ours, self.floor, self.ratio, self.goal, verdict)
        return f"{line}\n    tried: {self.tried}" if self.met is False and self.tried else line


@dataclass(frozen=True, slots=True)
class Pair:
    """Two things measured side by side: the median of each, and of the ratios of those that ran next to each other.

    Only the last is to be trusted: a machine that is busy for half of a run makes the two medians what it wants.
    """

    ours: float
    floor: float
    ratio: float

    @classmethod
    def of(cls, ours: Sequence[float], floor: Sequence[float]) -> "Pair":
        """The pair of two series that were measured in turn."""
        ratios = [mine / theirs for mine, theirs in zip(ours, floor, strict=True)]
        return cls(*map(statistics.median, (ours, floor, ratios)))

    def row(self, number: int, name: str, goal: float | None = None, tried: str = "") -> Row:
        """The line of two durations in seconds, held to at most `goal` times the floor if there is a goal."""
        shown = (duration(self.ours), duration(self.floor), f"{self.ratio:.2f}x")
        if goal is None:
            return Row(number, name, *shown)
        return Row(number, name, *shown, f"<= {goal:g}x", self.ratio <= goal, tried)


async def pair(ours: Task, floor: Task, rounds: int, block: int = 1) -> Pair:
    """Both once to warm up, then A B A B: what disturbs the one disturbs the other. Seconds of one run of a task.

    A short task is run in blocks. One that takes a few milliseconds falls into step with the system's scheduler, which
    on a busy machine then always interrupts the same of the two.
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
    """The longest time in seconds for which the event loop did not come round while `work` was under way."""
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
    """Seconds in the unit that suits them."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.2f} ms"


def progress(text: str) -> None:
    """Report progress on stderr, outside the table."""
    print(f"... {text}", file=sys.stderr, flush=True)
