"""Each local date once, whatever a zone does with its clocks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UsageError
from bot.domain.schedule import Schedule, looks_like_time, ordinal, read_time, time_words
from bot.domain.videos import DAY
from bot.domain.zones import zone_names

zones = st.sampled_from(zone_names())
minutes = st.integers(0, 24 * 60 - 1)
moments = st.datetimes(datetime(2010, 1, 1), datetime(2037, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds
recurrences = st.one_of(
    st.tuples(st.frozensets(st.integers(0, 6))), st.tuples(st.just(frozenset()), st.integers(1, 31))
)

BERLIN = "Europe/Berlin"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def following(schedule, start, count):
    """The occurrences after a moment, each computed as the store does: from the last date and its moment."""
    found, moment, last = [], start, None
    for _ in range(count):
        found.append(schedule.next_after(moment, last))
        moment, last = found[-1].at, found[-1].date
    return found


@pytest.mark.parametrize(
    ("zone", "time", "day", "due"),
    [
        ("UTC", "09:00", date(2026, 3, 2), "2026-03-02 09:00"),
        (BERLIN, "09:00", date(2026, 3, 2), "2026-03-02 08:00"),
        (BERLIN, "09:00", date(2026, 7, 2), "2026-07-02 07:00"),
        # the repeated hour counts the first time
        ("America/New_York", "01:30", date(2026, 11, 1), "2026-11-01 05:30"),
        (BERLIN, "02:30", date(2026, 10, 25), "2026-10-25 00:30"),
        # the missing hour moves forward by the gap
        ("America/New_York", "02:30", date(2026, 3, 8), "2026-03-08 07:30"),
        ("America/Santiago", "00:00", date(2026, 9, 6), "2026-09-06 04:00"),
        ("Africa/Cairo", "00:00", date(2026, 4, 24), "2026-04-23 22:00"),
        ("Australia/Lord_Howe", "02:15", date(2026, 10, 4), "2026-10-03 15:45"),
        # Greenland's gap before midnight makes it the next date's, and yet this date's
        ("America/Nuuk", "23:30", date(2026, 3, 28), "2026-03-29 01:30"),
    ],
)
def test_a_local_date_is_due_by_the_rule(zone, time, day, due):
    schedule = Schedule(read_time(time), zone)
    assert schedule.due_at(day) == at(due)
    assert schedule.next_after(at(due) - timedelta(seconds=1)).date == day
    assert schedule.next_after(at(due), day).date == day + DAY


def test_a_skipped_date_is_never_due_but_its_neighbours_are():
    days = following(Schedule(9 * 60, "Pacific/Apia"), at("2011-12-29 00:00"), 3)
    assert [each.date.day for each in days] == [29, 31, 1]
    assert [each.at for each in days] == [at("2011-12-29 19:00"), at("2011-12-30 19:00"), at("2011-12-31 19:00")]


@pytest.mark.parametrize(
    ("zone", "time"),
    [
        (BERLIN, "02:30"), ("America/New_York", "01:30"), ("America/Santiago", "00:00"),
        ("Africa/Cairo", "00:00"), ("Australia/Lord_Howe", "02:15"), ("America/Nuuk", "23:30"),
        ("Pacific/Apia", "09:00"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("year", [2011, 2024, 2026])
def test_a_year_has_each_of_its_dates_once(zone, time, year):
    schedule = Schedule(read_time(time), zone)
    before = schedule.due_at(date(year - 1, 12, 31))
    found = following(schedule, before, 366)
    wanted = [date(year, 1, 1) + DAY * number for number in range(365)]
    missing = {date(2011, 12, 30)} if zone == "Pacific/Apia" else set()
    assert [each.date for each in found if each.date.year == year][: 365 - len(missing & set(wanted))] == [
        day for day in wanted if day not in missing
    ]


def dates(schedule, start):
    """Every date of a schedule after `start`, by the calendar."""
    day = start
    while True:
        day += DAY
        last = (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY
        is_its_day = schedule.month_day is None or day.day == min(schedule.month_day, last.day)
        if is_its_day and day.weekday() in (schedule.weekdays or range(7)):
            yield day


@given(zones, minutes, recurrences, moments)
def test_occurrences_only_go_forward_and_skip_no_date(zone, minute, recurrence, start):
    schedule = Schedule(minute, zone, *recurrence)
    found = following(schedule, start, 5)
    assert found[0].at > start
    for earlier, later in pairwise(found):
        assert earlier.at < later.at
        calendar = dates(schedule, earlier.date)
        upcoming = next(calendar)
        assert later.date == upcoming or (later.date == next(calendar) and zone in {"Pacific/Apia", "Pacific/Fakaofo"})
        assert schedule.period(later.date) == later.at - earlier.at
        assert schedule.useful_until(earlier.date) == earlier.at + (later.at - earlier.at) / 2
    for each in found:
        assert each.at == schedule.due_at(each.date)
        local = each.at.astimezone(ZoneInfo(zone))
        on_time = (local.date(), 60 * local.hour + local.minute) == (each.date, minute)
        assert on_time or timedelta() < local.replace(tzinfo=None) - datetime.combine(
            each.date, datetime.min.time()
        ) - timedelta(minutes=minute) <= timedelta(hours=2)


@given(zones, zones, minutes, minutes, recurrences, moments, st.integers(0, 72))
def test_another_hour_or_time_zone_never_repeats_a_date(zone, other, minute, later, recurrence, start, hours):
    first = Schedule(minute, zone).next_after(start)
    now = first.at + timedelta(hours=hours)
    changed = Schedule(later, other, *recurrence).next_after(now, first.date)
    assert changed.date > first.date
    assert changed.at > now


def test_a_month_that_is_too_short_has_its_digest_on_its_last_day():
    days = following(Schedule(540, BERLIN, month_day=30), at("2028-01-01 00:00"), 4)
    assert [f"{each.date}" for each in days] == ["2028-01-30", "2028-02-29", "2028-03-30", "2028-04-30"]
    assert [ordinal(day) for day in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 31)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "31st")
    ]


@pytest.mark.parametrize(
    ("words", "time"),
    {
        "09:00": "09:00", "9:00": "09:00", "0900": "09:00", "9am": "09:00", "9 pm": "21:00", "12am": "00:00",
        "12:30 PM": "12:30", "9.30": "09:30", "9h30": "09:30", "noon": "12:00", "Midnight": "00:00",
        "23:59": "23:59", "9 a.m.": "09:00",
    }.items(),
)  # fmt: skip
def test_a_time_is_read_in_any_format(words, time):
    assert looks_like_time(words)
    assert time_words(read_time(words)) == time


@pytest.mark.parametrize(("words", "time"), [("9", "09:00"), ("0", "00:00"), ("23", "23:00"), ("1730", "17:30")])
def test_a_bare_hour_is_a_time_only_if_one_is_expected(words, time):
    assert not looks_like_time(words)
    assert time_words(read_time(words)) == time


@pytest.mark.parametrize("words", ["24:00", "24", "2400", "0960", "13pm", "0am", "9:60", "morning", "", "-1:00", "9:0"])
def test_an_invalid_time_is_refused_with_an_example(words):
    with pytest.raises(UsageError, match="Write it like 09:00, 17:30 or 9am"):
        read_time(words)


@given(minutes)
def test_a_shown_time_can_be_typed(minute):
    assert read_time(time_words(minute)) == minute
