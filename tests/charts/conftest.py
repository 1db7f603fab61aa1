"""Lines to draw, and an example of every kind of chart.

To look at them all: `pytest tests/charts -k every_example --basetemp=DIR` leaves the PNGs in that new directory.
"""

import math
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.charts.specs import Comparison, Gains, Growth, Line, Movers, Spec, Spend

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


def _climb(hour: int) -> float:
    return 1_200.0 + math.pow(hour, 1.7) * 420


def _saturating(hour: int) -> float:
    return 900_000 * (1 - math.exp(-hour / 150))


HOLES = {*range(300, 312), 500}

NAMES = (
    "Unboxing episode 1",
    "Распаковка, серия 1 🎉",
    "开箱视频第一集 その1 박스 언박싱",
    "فتح الصندوق الحلقة 1",
    "अनबॉक्सिंग एपिसोड क्ष",
    "แกะกล่องตอนที่ 1",
    "Unboxing the new phone that everyone in the whole world talks about, part 2",
    "Ανοίγοντας $x^2$ פתיחת קופסה",
    "🎉🎉",
    "မြန်မာ ကြော် తెలుగు ଓଡ଼ିଆ",
)


def _days(first: date, amounts: Collection[Decimal]) -> tuple[tuple[date, Decimal], ...]:
    return tuple((first + timedelta(days=day), amount) for day, amount in enumerate(amounts))


EXAMPLES: dict[str, Spec] = {
    "growth-one-reading": Growth(NAMES[8], _hourly("likes", lambda _: 7, 1)),
    "growth-zero": Growth(NAMES[0], _hourly("comments", lambda _: 0, 1)),
    "growth-three-readings": Growth(NAMES[7], _hourly("views", lambda hour: 1_200 + 620 * hour, 3)),
    "growth-day-with-gap": Growth(NAMES[0], _hourly("views", _climb, 25, {9, 10, 11})),
    "growth-fall-and-lone-reading": Growth(
        NAMES[3], _hourly("views", lambda hour: _climb(hour) - (9_000 if hour > 14 else 0), 25, {3, 18, 20})
    ),
    "growth-month": Growth(NAMES[2], _hourly("views", _viral, MONTH, HOLES)),
    "growth-every-other-reading": Growth(NAMES[1], _hourly("views", _viral, MONTH, range(0, MONTH, 2))),
    "growth-flat": Growth(NAMES[9], _hourly("views", lambda _: 1_298_010, 168)),
    "growth-close-up": Growth(NAMES[6], _hourly("views", lambda hour: 1_298_010 + 310 * hour, 168)),
    "growth-zeros": Growth(NAMES[4], _hourly("shares", lambda _: 0, 24)),
    "gains-two-readings": Gains(NAMES[8], _hourly("likes", lambda hour: 7 + hour, 2)),
    "gains-day-with-gap": Gains(NAMES[0], _hourly("views", _climb, 25, {9, 10, 11})),
    "gains-fall": Gains(NAMES[5], _hourly("views", lambda hour: _climb(hour) - (90_000 if hour > 60 else 0), 75)),
    "gains-days-missing": Gains(NAMES[4], _hourly("views", _climb, 168, range(40, 100))),
    "gains-month": Gains(NAMES[1], _hourly("views", _viral, MONTH, HOLES)),
    "comparison-five": Comparison(
        "views",
        START + timedelta(hours=MONTH),
        (
            _aged(NAMES[0], _viral, MONTH, range(300, 330)),
            _aged(NAMES[2], _saturating, MONTH),
            _aged(NAMES[3], lambda hour: _saturating(hour) * 0.92, 500),
            _aged(NAMES[4], lambda hour: hour * 1_500 + 100, 300),
            _aged(NAMES[6], lambda hour: 3_000 + hour * 40, MONTH),
        ),
    ),
    "comparison-five-alike": Comparison("likes", START, tuple(_aged("Same", lambda _: 1_000, 30) for _ in range(5))),
    "comparison-young": Comparison(
        "views",
        START,
        (_aged(NAMES[0], lambda hour: 100 + 30 * hour, 40, {10}), _aged(NAMES[6], lambda hour: 50 + 60 * hour, 25)),
    ),
    "movers-mixed": Movers(
        "Top movers",
        "views",
        START - timedelta(days=1),
        START,
        tuple(zip(NAMES, (152_300, 48_210, 1_020, 0, -340, -23_400), strict=False)),
    ),
    "movers-units": Movers(
        "Top movers",
        "views/likes",
        START - timedelta(days=1),
        START,
        ((NAMES[0], 22_300), (NAMES[1], 552), (NAMES[2], -1_020)),
        units=("views", "likes", "views"),
    ),
    "movers-ten": Movers(
        "Top movers",
        "views",
        START - timedelta(days=7),
        START,
        tuple((name, 2_000_000 // row**2) for row, name in enumerate(NAMES, 1)),
    ),
    "movers-down": Movers("Top movers", "likes", START - timedelta(hours=5), START, ((NAMES[0], -3), (NAMES[1], -12))),
    "spend-month": Spend(
        "Acme", _days(date(2025, 11, 1), [Decimal("0.36") * (day * 7 % 12) for day in range(30)]), date(2025, 11, 30)
    ),
    "spend-week": Spend(NAMES[3], _days(date(2025, 12, 28), [Decimal(40 * day) for day in range(7)]), date(2026, 1, 9)),
    "spend-one-day": Spend("Acme", ((date(2025, 11, 1), Decimal("0.045")),), date(2025, 11, 1)),
    "spend-nothing": Spend(
        "Acme", ((date(2025, 11, 1), Decimal(0)), (date(2025, 11, 3), Decimal(0))), date(2025, 11, 4)
    ),
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
    spec: Spec = request.param
    return spec
