"""Lines to draw, and one example of every chart worth looking at.

To look at them all: `pytest tests/charts -k every_example --basetemp=DIR` leaves the PNGs in that new directory.
"""

import math
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.charts.specs import Comparison, Growth, Line, Movers, Spec, Spend

START = datetime(2025, 11, 1, 10, tzinfo=UTC)
MONTH = 720

Count = Callable[[int], float]


def _hourly(label: str, count: Count, hours: int, missing: Collection[int] = ()) -> Line[datetime]:
    readings = [(START + timedelta(hours=hour), int(count(hour))) for hour in range(hours) if hour not in missing]
    return Line.hourly(label, readings)


def _aged(label: str, count: Count, hours: int, missing: Collection[int] = ()) -> Line[float]:
    return Line.hourly(label, [(float(hour), int(count(hour))) for hour in range(hours) if hour not in missing])


def _viral(hour: int) -> float:
    return 1_200 + 1.9e6 / (1 + math.exp(-(hour - 200) / 35)) + hour * 180


def _likes(hour: int) -> float:
    return _viral(hour) / 17


def _climb(hour: int) -> float:
    return 1_200.0 + math.pow(hour, 1.7) * 420


def _saturating(hour: int) -> float:
    return 900_000 * (1 - math.exp(-hour / 150))


HOLES = {*range(300, 312), 500}

EXAMPLES: dict[str, Spec] = {
    "growth-one-reading": Growth(_hourly("likes", lambda _: 7, 1)),
    "growth-three-readings": Growth(_hourly("views", lambda hour: 1_200 + 620 * hour, 3)),
    "growth-day-with-gap": Growth(_hourly("views", _climb, 25, {9, 10, 11})),
    "growth-fall-and-lone-reading": Growth(
        _hourly("views", lambda hour: _climb(hour) - (9_000 if hour > 14 else 0), 25, {3, 18, 20})
    ),
    "growth-month": Growth(_hourly("views", _viral, MONTH, HOLES)),
    "growth-month-two-metrics": Growth(_hourly("views", _viral, MONTH, HOLES), _hourly("likes", _likes, MONTH, HOLES)),
    "growth-every-other-reading": Growth(_hourly("views", _viral, MONTH, range(0, MONTH, 2))),
    "growth-flat": Growth(_hourly("views", lambda _: 1_298_010, 168)),
    "growth-close-up": Growth(_hourly("views", lambda hour: 1_298_010 + 310 * hour, 168)),
    "growth-zeros": Growth(_hourly("shares", lambda _: 0, 24)),
    "comparison-five": Comparison(
        "views",
        (
            _aged("A", _viral, MONTH, range(300, 330)),
            _aged("B", _saturating, MONTH),
            _aged("C", lambda hour: _saturating(hour) * 0.92, 500),
            _aged("D", lambda hour: hour * 1_500 + 100, 300),
            _aged("E", lambda hour: 3_000 + hour * 40, MONTH),
        ),
    ),
    "comparison-five-alike": Comparison("likes", tuple(_aged(label, lambda _: 1_000, 30) for label in "ABCDE")),
    "comparison-young": Comparison(
        "views", (_aged("A", lambda hour: 100 + 30 * hour, 4), _aged("B", lambda hour: 50 + 60 * hour, 2))
    ),
    "movers-mixed": Movers(
        "views",
        "24 h",
        (("1", 152_300), ("2", 48_210), ("3", 1_020), ("4", 0), ("5", -340), ("6", -23_400)),
    ),
    "movers-ten": Movers("views", "7 days", tuple((str(row), 2_000_000 // row**2) for row in range(1, 11))),
    "movers-down": Movers("likes", "24 h", (("A", -3), ("B", -12))),
    "spend-month": Spend(
        tuple((date(2025, 11, 1) + timedelta(days=day), Decimal("0.36") * (day * 7 % 12)) for day in range(30))
    ),
    "spend-week": Spend(tuple((date(2025, 12, 28) + timedelta(days=day), Decimal(40 * day)) for day in range(7))),
    "spend-one-day": Spend(((date(2025, 11, 1), Decimal("0.045")),)),
    "spend-nothing": Spend(((date(2025, 11, 1), Decimal(0)), (date(2025, 11, 3), Decimal(0)))),
}


@pytest.fixture
def hourly() -> Callable[..., Line[datetime]]:
    """A line of hourly readings from 1 November 2025, 10:00 UTC, some of them missing."""
    return _hourly


@pytest.fixture
def aged() -> Callable[..., Line[float]]:
    """A line of readings by hours since tracking began, some of them missing."""
    return _aged


@pytest.fixture(params=[*EXAMPLES.values()], ids=[*EXAMPLES])
def example(request: pytest.FixtureRequest) -> Spec:
    """Each of the charts worth looking at."""
    spec: Spec = request.param
    return spec
