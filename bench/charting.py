"""Row 9: time to draw a chart in the bot's chart process, and how long ten charts block the event loop."""

import asyncio
import json
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bench.measure import Pair, Row, duration, longest_stall, pair
from bot.charts.charts import Charts
from bot.charts.specs import Chart, Comparison, Growth, Line, Movers, Spec, Spend

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY, WEEK, MONTH = 24, 168, 720
"""Hourly readings in a chart."""
ROUNDS, STALL_ROUNDS = 30, 9
GOAL = 1.2
LARGEST_PNG = 40_000
LONGEST_STALL = 0.010


def rows() -> Iterator[Row]:
    """Drawing time with a warm process, longest stall of the event loop, largest picture."""
    yield from asyncio.run(_rows())


async def _rows() -> list[Row]:
    async with Charts() as charts, _floor(await _draw(charts, growth(WEEK, 0))) as floor:
        return [await _warm(charts, floor), *await _stalls(charts, floor), await _largest(charts)]


async def _warm(charts: Charts, floor: Process) -> Row:
    fresh = iter(range(1, ROUNDS + 2))

    async def ours() -> None:
        await _draw(charts, growth(WEEK, next(fresh)))

    measured = await pair(ours, lambda: _floor_draws(floor), ROUNDS)
    return measured.row(9, "chart of a week's growth, warm; floor is matplotlib alone", GOAL)


async def _stalls(charts: Charts, floor: Process) -> list[Row]:
    """The longest stall while ten charts are drawn; the floor is the stall while another process draws them."""
    ours, cold, theirs = [], [], []
    for number in range(STALL_ROUNDS):
        ours.append(await longest_stall(_draw_all(charts, ten_charts(1_000 + number))))
        async with Charts() as new:
            cold.append(await longest_stall(_draw_all(new, ten_charts(2_000 + number))))
        theirs.append(await longest_stall(_floor_draws(floor, 10)))
    names = ("longest stall of the loop while 10 charts are drawn", "the same with a chart process that has to start")
    return [_stall_row(name, series, theirs) for name, series in zip(names, (ours, cold), strict=True)]


def _stall_row(name: str, ours: Sequence[float], floor: Sequence[float]) -> Row:
    stalls = Pair.of(ours, floor)
    shown = (duration(stalls.ours), duration(stalls.floor), f"{stalls.ratio:.2f}x")
    tried = f"the loop stalled for {shown[1]} by itself while matplotlib drew ten charts in another process"
    return Row(9, name, *shown, f"<= {LONGEST_STALL * 1e3:g} ms", stalls.ours <= LONGEST_STALL, tried)


async def _largest(charts: Charts) -> Row:
    sizes = [(len((await _draw(charts, spec)).png), type(spec).__name__.lower()) for spec in ten_charts(3_000)]
    size, kind = max(sizes)
    return Row(9, f"largest PNG of the ten ({kind})", f"{size / 1e3:.1f} KB", goal="<= 40 KB", met=size <= LARGEST_PNG)


def ten_charts(number: int) -> tuple[Spec, ...]:
    """Ten charts of all kinds. Each `number` gives other charts, so none comes from the cache."""
    movers = Movers(
        "Top movers",
        "views",
        START,
        START + timedelta(days=1),
        tuple((str(row), row * 1_000 + number) for row in range(1, 11)),
    )
    days = ((date(2026, 3, 1) + timedelta(days=day), Decimal(day + number) / 10) for day in range(14))
    lines = [
        Line.hourly(str(row), [(float(hour), number + row * hour**2) for hour in range(MONTH)]) for row in range(1, 6)
    ]
    growths = [
        growth(readings, 10 * number + index) for index, readings in enumerate((DAY, WEEK, WEEK, MONTH, MONTH, MONTH))
    ]
    return (
        movers,
        Spend("Acme", tuple(days), date(2026, 3, 14)),
        Comparison("views", START, tuple(lines)),
        Comparison("likes", START, tuple(lines)),
        *growths,
    )


def growth(readings: int, number: int) -> Growth:
    """A chart of a video's hourly growth, with some gaps."""
    counts = ((START + timedelta(hours=hour), number + 3 * hour**2) for hour in range(readings) if hour % 50 != 9)
    return Growth(f"Video {number}", Line.hourly("views", counts))


async def _draw_all(charts: Charts, specs: tuple[Spec, ...]) -> None:
    await asyncio.gather(*(_draw(charts, spec) for spec in specs))


async def _draw(charts: Charts, spec: Spec) -> Chart:
    chart = await charts.draw(spec)
    if chart is None:
        raise RuntimeError("a chart could not be drawn; see the log")
    return chart


@asynccontextmanager
async def _floor(like: Chart) -> AsyncIterator[Process]:
    """Run matplotlib in a process of its own, which draws a week's chart in the same size as `like`."""
    width, height = struct.unpack(">II", like.png[16:24])  # the size in a PNG's header
    script = str(Path(__file__).parent / "floors" / "chart.py")
    process = await asyncio.create_subprocess_exec(sys.executable, script, stdin=PIPE, stdout=PIPE)
    hours = [hour for hour in range(WEEK) if hour % 50 != 9]
    _stdin(process).write(json.dumps([width, height, hours, [3 * hour**2 for hour in hours]]).encode() + b"\n")
    try:
        yield process
    finally:
        _stdin(process).close()
        await process.wait()


async def _floor_draws(process: Process, times: int = 1) -> None:
    assert process.stdout is not None
    for _ in range(times):
        _stdin(process).write(b"\n")
        await process.stdout.readline()


def _stdin(process: Process) -> asyncio.StreamWriter:
    assert process.stdin is not None
    return process.stdin
