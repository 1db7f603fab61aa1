from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.charts.specs import Comparison, DayGain, Gains, HourGain, Line, Movers, Spend

NOON = datetime(2025, 11, 1, 12, tzinfo=UTC)


def at(hours):
    return NOON + timedelta(hours=hours)


def test_a_missing_hour_splits_the_line_and_is_counted():
    line = Line.hourly("views", [(at(0), 1), (at(1), 2), (at(5), 9)])
    assert line.segments == (((at(0), 1), (at(1), 2)), ((at(5), 9),))
    assert line.gaps == ((at(1), at(5)),)
    assert line.missing_hours == 3


def test_a_reading_lower_than_the_one_before_is_a_fall_even_across_a_gap():
    line = Line.hourly("views", [(0.0, 5), (1.0, 4), (2.0, 6), (9.0, 5)])
    assert line.falls == ((1.0, 4), (9.0, 5))


@pytest.mark.parametrize(
    "segments",
    [(), ((),), (((NOON, 1),), ()), (((at(1), 1), (at(0), 2)),), (((NOON.replace(tzinfo=None), 1),),)],
    ids=["nothing", "no point", "an empty segment", "backwards", "no zone"],
)
def test_a_line_without_ordered_aware_points_is_refused(segments):
    with pytest.raises(ValueError, match="line"):
        Line("views", segments)


def test_a_comparison_has_one_to_five_lines_and_movers_are_one_to_ten():
    line = Line("Cat", (((0.0, 1),),))
    for wrong in ((), (line,) * 6):
        with pytest.raises(ValueError, match="comparison"):
            Comparison("views", NOON, wrong)
    for changes in ((), (("Cat", 1),) * 11):
        with pytest.raises(ValueError, match="movers"):
            Movers("Top movers", "views", NOON, at(24), changes)
    with pytest.raises(ValueError, match="unit"):
        Movers("Top movers", "views/likes", NOON, at(24), (("Cat", 1), ("Dog", 2)), units=("views",))


def test_gains_cover_recent_hours_without_gaps_and_utc_days():
    line = Line.hourly("views", [(at(hour), 10 * hour) for hour in range(61) if hour not in {55, 56}])
    gains = Gains("Cat", line)
    assert gains.hours[0] == HourGain(at(12), at(13), 10)
    assert [hour.end for hour in gains.hours if hour.end > at(53)] == [at(54), at(58), at(59), at(60)]
    first = NOON.date()
    assert gains.days == tuple(
        DayGain(first + timedelta(days=number), gain, whole)
        for number, (gain, whole) in enumerate([(110, False), (240, True), (240, False), (10, False)])
    )


def test_a_day_without_a_reading_and_the_next_have_no_gain():
    gains = Gains("Cat", Line.hourly("views", [(at(hour), hour) for hour in range(100) if not 10 < hour < 40]))
    assert [day.gain for day in gains.days] == [10, None, None, 24, 16]
    with pytest.raises(ValueError, match="two readings"):
        Gains("Cat", Line("views", (((NOON, 1),),)))


def test_spend_is_of_days_in_order_and_never_negative():
    today, tomorrow = date(2025, 1, 1), date(2025, 1, 2)
    for wrong in ((), ((today, Decimal(-1)),), ((tomorrow, Decimal(1)), (today, Decimal(1)))):
        with pytest.raises(ValueError, match="spend"):
            Spend("Acme", wrong, today)


def test_specs_of_equal_data_are_equal():
    one, same, other = (Movers("Top movers", "views", NOON, at(24), (("1", change),)) for change in (5, 5, 6))
    assert len({one, same, other}) == 2
