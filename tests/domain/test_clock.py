from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.domain.clock import FastClock, WallClock, date_text, day_text, moment_text, utc_now

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def test_a_fast_clock_starts_at_a_given_time_and_stops_at_speed_zero():
    clock = FastClock(START, speed=0)
    assert [clock(), clock()] == [START, START]
    assert utc_now().utcoffset() == timedelta(0)


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


AT = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


def test_a_moment_is_written_as_people_do():
    assert day_text(AT) == "31 Dec"
    assert date_text(AT) == "Thu 31 Dec"
    assert moment_text(AT) == "Thu 31 Dec, 23:30 UTC"
    assert moment_text(AT, zone=ZoneInfo("Europe/Berlin")) == "Fri 1 Jan, 00:30 Europe/Berlin"


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "Thu 31 Dec, 23:30 UTC"),
        (datetime(2027, 1, 1, tzinfo=UTC), "Thu 31 Dec 2026, 23:30 UTC"),
        (datetime(2025, 12, 31, tzinfo=UTC), "Thu 31 Dec 2026, 23:30 UTC"),
    ],
)
def test_the_year_is_shown_if_it_is_another_one(now, words):
    assert moment_text(AT, now) == words


def test_the_year_is_that_of_the_shown_time_zone():
    now = datetime(2027, 6, 1, tzinfo=UTC)
    assert moment_text(AT, now, ZoneInfo("Europe/Berlin")) == "Fri 1 Jan, 00:30 Europe/Berlin"
