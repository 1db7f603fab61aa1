from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.domain.clock import FastClock, is_fresh, is_overtaken, utc_now

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def test_now_is_aware_and_in_utc():
    assert utc_now().utcoffset() == timedelta(0)


def test_a_fast_clock_starts_where_it_is_told_and_stands_still_at_speed_zero():
    clock = FastClock(START, speed=0)
    assert [clock(), clock()] == [START, START]


def test_a_fast_clock_never_goes_back_and_keeps_the_zone():
    clock = FastClock(START, speed=3_600_000)
    moments = [START, *(clock() for _ in range(100))]
    assert all(earlier <= later for earlier, later in pairwise(moments))
    assert moments[-1] > START
    assert moments[-1].utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("minutes_ago", "fresh"), [(0, True), (59, True), (60, False), (1_440, False), (-1, False), (-1_440, False)]
)
def test_only_a_moment_of_the_last_hour_is_fresh_and_none_of_the_future(minutes_ago, fresh):
    assert is_fresh(START - timedelta(minutes=minutes_ago), START, timedelta(hours=1)) is fresh


@pytest.mark.parametrize(("minutes_later", "overtaken"), [(-1, False), (0, False), (0.1, True), (5, True), (6, False)])
def test_what_was_asked_before_is_overtaken_unless_the_clock_must_have_been_set_back(minutes_later, overtaken):
    assert is_overtaken(START, START + timedelta(minutes=minutes_later)) is overtaken
