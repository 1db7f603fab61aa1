from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bot.domain.clock import FastClock, WallClock, utc_now

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def test_now_is_aware_and_in_utc():
    assert utc_now().utcoffset() == timedelta(0)


def test_a_fast_clock_starts_at_a_given_time_and_stops_at_speed_zero():
    clock = FastClock(START, speed=0)
    assert [clock(), clock()] == [START, START]


def test_a_fast_clock_never_goes_back_and_keeps_the_zone():
    clock = FastClock(START, speed=3_600_000)
    moments = [START, *(clock() for _ in range(100))]
    assert all(earlier <= later for earlier, later in pairwise(moments))
    assert moments[-1] > START
    assert moments[-1].utcoffset() == timedelta(0)


def test_the_wall_clock_follows_large_steps_back_but_not_small_ones(caplog):
    wall, elapsed = [START.timestamp()], [0.0]
    clock = WallClock(lambda: wall[0], lambda: elapsed[0])

    def after(seconds, step):
        elapsed[0] += seconds
        wall[0] += seconds + step
        return clock() - START

    minute = timedelta(minutes=1)
    assert after(60, 0) == minute
    assert after(60, -120) == 2 * minute, "time goes on"
    assert after(60, -120) == 3 * minute
    assert caplog.messages == []
    assert after(0, -120) == -3 * minute, "six minutes in all: followed"
    assert caplog.messages == ["clock was set back"]
    assert after(60, 3_600) == 58 * minute
    assert after(60, -3_600) == -minute
