"""Days and moments in words: the weekday, the zone, and the year only if it is another one."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.clock import date_text, day_text, moment_text

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
