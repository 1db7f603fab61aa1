from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bot.domain.clock import FastClock, utc_now

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
