from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.charts.scales import (
    age_scale,
    bar_scale,
    dollar_scale,
    line_scale,
    logarithmic_scale,
    span_text,
    time_scale,
    window_text,
)

COUNTS = st.integers(0, 10**15)


def labels(scale):
    return [label for _, label in scale.ticks]


@pytest.mark.parametrize(
    ("scale", "shown"),
    [
        (line_scale(1_200, 94_441, 6), "0 20k 40k 60k 80k 100k"),
        (line_scale(1_298_010, 1_349_780, 6), "1.3M 1.32M 1.34M"),
        (line_scale(0, 900_000, 6), "0 200k 400k 600k 800k"),
        (line_scale(1_298_000, 1_298_040, 6), "1.295M 1.3M"),
        (line_scale(0, 0, 6), "0 1"),
        (line_scale(1_000, 1_000, 6), "0 200 400 600 800 1,000"),
        (bar_scale([-81_000, 14_000], 4), "−50k 0"),
        (bar_scale([], 4), "0 1"),
        (logarithmic_scale(0, 2_000_000), "0 10 100 1k 10k 100k 1M"),
        (logarithmic_scale(3_000, 2_000_000), "10k 100k 1M"),
        (dollar_scale(Decimal("3.96"), 6), "$0 $1 $2 $3 $4"),
        (dollar_scale(Decimal("0.36"), 6), "$0.00 $0.10 $0.20 $0.30 $0.40"),
    ],
    ids=[
        *("from zero", "zoomed in", "one unit", "distinct ticks", "nothing", "whole ticks", "bars include zero"),
        *("no bars", "powers of ten and zero", "powers of ten", "dollars", "cents"),
    ],
)
def test_an_axis_has_few_distinct_ticks_in_one_unit(scale, shown):
    assert labels(scale) == shown.split()


def test_zooming_in_does_not_turn_stillness_into_growth():
    scale = line_scale(1_000_000, 1_000_001, 6)
    assert scale.high - scale.low > 9_000


@settings(deadline=None)
@given(COUNTS, COUNTS, st.integers(2, 6))
def test_every_axis_of_counts_covers_its_values_with_few_distinct_ticks(one, other, most):
    lowest, highest = sorted((one, other))
    scale = line_scale(lowest, highest, most)
    assert scale.low <= lowest <= highest <= scale.high
    assert 1 <= len(scale.ticks) <= most + 1
    assert len(set(labels(scale))) == len(scale.ticks)
    assert all(scale.low <= at <= scale.high for at, _ in scale.ticks)


@settings(deadline=None)
@given(st.decimals(0, 10**7, places=3), st.integers(2, 6))
def test_every_axis_of_dollars_starts_at_zero_and_covers_its_bars(highest, most):
    scale = dollar_scale(highest, most)
    assert scale.ticks[0][0] == 0
    assert float(highest) <= scale.high
    assert len(set(labels(scale))) == len(scale.ticks) <= most + 1


def moment(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_a_day_has_clock_times_and_the_date_at_midnight():
    day = time_scale(moment(2025, 11, 1, 10), moment(2025, 11, 2, 10), 6)
    assert labels(day) == ["12:00", "18:00", "2 Nov", "06:00"]
    assert labels(time_scale(moment(2025, 11, 1), moment(2025, 11, 6), 6))[0] == "1 Nov"


def test_a_month_has_weeks_from_its_first_midnight():
    scale = time_scale(moment(2025, 11, 1, 10), moment(2025, 12, 1, 9), 6)
    assert labels(scale) == ["2 Nov", "9 Nov", "16 Nov", "23 Nov", "30 Nov"]
    assert scale.ticks[0][0] == 14


def test_a_single_moment_is_in_the_middle_of_an_hour_with_its_own_tick():
    scale = time_scale(moment(2025, 11, 1, 10, 5), moment(2025, 11, 1, 10, 5), 6)
    assert (scale.low, scale.high) == (-0.5, 0.5)
    assert scale.ticks == ((0, "10:05"),)


@settings(deadline=None)
@given(
    st.timedeltas(timedelta(), timedelta(days=36_000)).map(lambda since: moment(2000, 1, 1) + since),
    st.timedeltas(timedelta(), timedelta(days=4_000)),
)
def test_every_time_axis_has_one_to_six_distinct_ticks_inside(first, span):
    scale = time_scale(first, first + span, 6)
    assert 1 <= len(scale.ticks) <= 6
    assert all(scale.low <= at <= scale.high for at, _ in scale.ticks)


def test_age_is_in_hours_up_to_three_days_and_then_in_days():
    scale, unit = age_scale(0, 47, 7)
    assert (labels(scale), unit) == (["0", "12", "24", "36"], "hours")
    scale, unit = age_scale(0, 720, 7)
    assert (labels(scale), unit) == (["0", "5", "10", "15", "20", "25", "30"], "days")
    assert labels(age_scale(-0.2, 80, 7)[0]) == ["0", "1", "2", "3"]
    assert age_scale(-0.2, 0, 7)[0].low == -0.2, "a first reading before the start is on the axis"


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2025, 11, 3), date(2025, 11, 3), "3 Nov 2025"),
        (date(2025, 11, 3), date(2025, 11, 30), "3 to 30 Nov 2025"),
        (date(2025, 11, 3), date(2025, 12, 1), "3 Nov to 1 Dec 2025"),
        (date(2025, 12, 28), date(2026, 1, 3), "28 Dec 2025 to 3 Jan 2026"),
    ],
)
def test_a_span_of_days_repeats_nothing(first, last, text):
    assert span_text(first, last) == text


def test_a_window_is_stated_to_the_minute_with_its_zone():
    assert window_text(moment(2025, 12, 31, 9), moment(2026, 1, 1, 9)) == "31 Dec, 09:00 to 1 Jan 2026, 09:00 UTC"
    assert window_text(moment(2024, 12, 28, 9), moment(2025, 12, 31, 9)) == "28 Dec 2024 to 31 Dec 2025, UTC"
    assert window_text(moment(2025, 12, 1, 9), moment(2025, 12, 2, 9)) == "1 Dec, 09:00 to 2 Dec 2025, 09:00 UTC"
    assert window_text(moment(2025, 12, 2, 9), moment(2025, 12, 2, 12)) == "2 Dec 2025, 09:00 to 12:00 UTC"
