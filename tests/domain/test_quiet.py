"""Quiet hours through both clock changes, and mutes that always end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from bot.domain.errors import UsageError
from bot.domain.quiet import QuietHours, is_range, is_span, mute_end, read_quiet
from tests.domain.test_schedule import at, minutes, moments, zones

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
NIGHT = QuietHours("Europe/Berlin", 22 * 60, 7 * 60)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-03-28 21:00", "2026-03-29 05:00"),  # the night with an hour less
        ("2026-03-29 04:59", "2026-03-29 05:00"),
        ("2026-03-29 05:00", None),
        ("2026-10-24 20:00", "2026-10-25 06:00"),  # the night with an hour more
        ("2026-10-25 05:59", "2026-10-25 06:00"),
        ("2026-10-25 06:00", None),
    ],
)
def test_a_night_with_a_clock_change_ends_at_its_local_hour(now, end):
    assert NIGHT.end_of(at(now)) == (None if end is None else at(end))


@pytest.mark.parametrize("start", ["02:15", "02:30"])
def test_quiet_hours_that_begin_in_a_skipped_hour_begin_after_it(start):
    quiet = read_quiet(f"{start}-06:00", "Europe/Berlin")
    assert quiet.end_of(at("2026-03-29 00:59")) is None
    assert quiet.end_of(at("2026-03-29 02:00")) == at("2026-03-29 04:00")


@given(zones, minutes, minutes, moments)
def test_every_quiet_time_ends_within_a_day_and_is_not_quiet_at_its_end(zone, start, end, now):
    quiet = QuietHours(zone, start, end)
    over = quiet.end_of(now)
    if start != end and over is not None:
        assert now < over <= now + timedelta(hours=26)


@given(zones, minutes, moments)
def test_a_mute_until_a_time_ends_within_a_day_or_two(zone, minute, now):
    until = mute_end(f"{minute // 60:02}:{minute % 60:02}", now, zone)
    assert now < until <= now + timedelta(hours=50)


@pytest.mark.parametrize(
    ("words", "end"),
    {
        "8h": "2026-03-02 18:30", "2d": "2026-03-04 10:30", "90m": "2026-03-02 12:00",
        "1 week": "2026-03-09 10:30", "1h30": "2026-03-02 12:00", "1d 12h": "2026-03-03 22:30",
        "30d": "2026-04-01 10:30", "09:00": "2026-03-03 08:00", "12am": "2026-03-02 23:00",
        "tonight": "2026-03-03 08:00", "today": "2026-03-02 23:00", "today@evening": "2026-03-02 17:00",
        "tomorrow": "2026-03-03 08:00", "tomorrow@9am": "2026-03-03 08:00", "Tomorrow@17:30": "2026-03-03 16:30",
        "friday": "2026-03-06 08:00", "thurs@noon": "2026-03-05 11:00",
        "monday": "2026-03-09 08:00",  # today counts
        "mon@6pm": "2026-03-02 17:00", "mon@8am": "2026-03-09 07:00",
        "2026-03-30": "2026-03-30 07:00",  # in summer time by then
    }.items(),
)  # fmt: skip
def test_a_mute_ends_after_a_span_or_at_a_time_in_the_persons_time_zone(words, end):
    assert is_span(words)
    assert mute_end(words, NOW, "Europe/Berlin") == at(end)


@pytest.mark.parametrize(
    "words",
    ["", "forever", "0h", "31d", "9999w", "22:00-07:00", "2026-03-01", "2026-04-30", "today@9am", "2026-02-30@9am"],
)
def test_a_mute_without_an_end_is_refused(words):
    with pytest.raises(UsageError, match=r"mute|no date"):
        mute_end(words, NOW, "UTC")


@pytest.mark.parametrize("words", ["22:00", "22:00-25:00", "9-5", "22:00-22:00", "night"])
def test_invalid_quiet_hours_are_refused(words):
    with pytest.raises(UsageError):
        read_quiet(words, "UTC")


def test_quiet_hours_are_shown_as_typed():
    assert read_quiet("22:00–07:30", "Europe/Berlin").words == "22:00-07:30 Europe/Berlin"
    assert is_range("10pm-7am")
    assert read_quiet("10pm-7am", "UTC").words == "22:00-07:00 UTC"
