"""Which of a video's hours stand out, and which only seem to."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.spikes import growth_of_hour, is_above_usual, last_hour, milestone, next_milestone, reached_on
from bot.domain.videos import Metric

START = datetime(2026, 3, 2, 10, tzinfo=UTC)


def grown(*growths, first=5_000):
    """Readings an hour apart."""
    return [(START + timedelta(hours=hour), count) for hour, count in enumerate(accumulate((first, *growths)))]


def test_an_hour_far_above_the_others_stands_out():
    hour = last_hour(grown(*[100] * 10, 5_000), Metric.VIEWS)
    assert hour.stands_out
    assert (hour.growth, hour.usual, hour.count) == (5_000, 100, 11_000)


@pytest.mark.parametrize(
    "growths",
    [
        [100] * 10 + [900],  # too few to matter
        [1_000] * 10 + [2_500],  # not three times the usual
        [2_000, 100, 4_000, 200, 3_000, 1_000, 5_000, 0, 3_500, 6_000],  # as variable as before
        [2**hour for hour in range(10)] + [1_000],  # growing as before
    ],
)
def test_an_average_hour_does_not_stand_out(growths):
    assert not last_hour(grown(*growths), Metric.VIEWS).stands_out


def test_likes_have_a_lower_threshold_than_views():
    assert last_hour(grown(*[5] * 10, 150), Metric.LIKES).stands_out
    assert not last_hour(grown(*[5] * 10, 150), Metric.VIEWS).stands_out


def test_a_short_history_a_gap_or_a_fall_is_no_spike():
    assert last_hour([], Metric.VIEWS) is None
    assert last_hour(grown(*[100] * 5, 9_000), Metric.VIEWS) is None
    assert last_hour(grown(*[100] * 6, 9_000), Metric.VIEWS).stands_out
    steady = grown(*[100] * 10)
    after_gap = [*steady, (steady[-1][0] + timedelta(hours=1, minutes=31), 50_000)]
    for readings in (after_gap, grown(*[100] * 10, -6_000)):
        assert last_hour(readings, Metric.VIEWS) is None
        assert growth_of_hour(readings) is None
    assert last_hour(grown(*[100] * 10, -6_000, 6_000), Metric.VIEWS).growth == 0, "a recovery"


def test_a_gap_in_the_past_counts_for_nothing():
    readings = grown(*[100] * 5, 50_000, *[100] * 5, 5_000)
    holed = [*readings[:6], *((at + timedelta(hours=5), count) for at, count in readings[6:])]
    assert last_hour(holed, Metric.VIEWS).usual == 100


def test_a_workspaces_usual_growth_is_the_ninth_decile():
    others = [*range(100, 1_000, 100), 50_000]
    assert is_above_usual(50_001, others)
    assert not is_above_usual(950, others)
    assert is_above_usual(1, [9_999] * 4)


@given(st.lists(st.integers(-3_000, 9_000), max_size=30))
def test_any_readings_can_be_judged(growths):
    hour = last_hour(grown(*growths), Metric.VIEWS)
    assert hour is None or hour.limit >= hour.usual


@pytest.mark.parametrize(
    ("before", "count", "reached"),
    [
        (0, 9_999, None), (9_999, 10_000, 10_000), (10_000, 10_001, None), (500, 2_000_000, 1_000_000),
        (150_000, 999_999, None), (999_999, 12_000_000, 10_000_000), (50_000, 8_000, None),
    ],
)  # fmt: skip
def test_the_highest_milestone_between_two_counts_is_passed(before, count, reached):
    assert milestone(before, count) == reached


@given(st.lists(st.integers(0, 10**10), min_size=2, max_size=20).map(sorted))
def test_a_growing_count_passes_each_milestone_once(counts):
    passed = [milestone(before, count) for before, count in pairwise(counts)]
    found = [each for each in passed if each is not None]
    assert len(set(found)) == len(found)
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("before", "count", "own", "passed"), [(5, 12, (10, 11, 13), 11), (10, 12, (10,), None), (0, 10**9, (7,), 7)]
)
def test_own_milestones_replace_the_usual_ones(before, count, own, passed):
    assert milestone(before, count, own) == passed


@pytest.mark.parametrize(("count", "own", "following"), [(0, (), 10_000), (10_000, (), 100_000), (7, (5, 9), 9)])
def test_the_next_milestone_is_the_lowest_above_the_count(count, own, following):
    assert next_milestone(count, own) == following
    assert next_milestone(9, (5, 9)) is None


@pytest.mark.parametrize(
    ("per_day", "days"), [(100, 5), (500, 1), (17, 29), (16, None), (0, None), (-5, None), (None, None)]
)
def test_a_goal_within_a_month_is_predicted_by_the_current_pace(per_day, days):
    at = datetime(2026, 3, 2, tzinfo=UTC)
    found = reached_on(500, 1_000, per_day, at)
    assert found == (None if days is None else (at + timedelta(days=days)).date())
