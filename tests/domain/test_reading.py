"""When a page is worth reading: once a snapshot hour, soon after the snapshot, and never for what has said all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.poll_times import FARTHEST, GRACE, first_read, next_read
from bot.domain.videos import HOUR, Video

START = datetime(2026, 3, 2, 10, 17, tzinfo=UTC)
RUNNING = Video(id="v1", link="https://youtu.be/x", platform="youtube", status="monitoring", started_at=START, days=30)
spans = st.timedeltas(timedelta(days=-2), timedelta(days=40))


def test_the_first_page_is_read_when_it_has_a_snapshot_and_at_once_where_that_is_long_since():
    assert first_read(RUNNING, START) == START + HOUR + GRACE
    assert first_read(RUNNING, START + timedelta(days=3)) == START + timedelta(days=3)
    assert first_read(replace(RUNNING, started_at=None), START) == START


@given(spans)
def test_a_stated_start_never_puts_the_first_read_off_for_long(span):
    now = START + span
    assert now <= first_read(RUNNING, now) <= now + HOUR + GRACE


@given(spans, st.none() | spans)
def test_the_next_read_comes_with_the_next_snapshot(read, last):
    read_at, last_at = START + read, None if last is None else START + last
    due = next_read(RUNNING, read_at, last_at, START)
    assert read_at < due <= read_at + HOUR + GRACE
    if (last_at or START) <= read_at:
        assert (due - GRACE - (last_at or START)) % HOUR == timedelta()


def test_read_as_soon_as_it_is_due_a_video_is_read_once_for_each_of_its_hours():
    read_at, reads = START + HOUR + GRACE, 1
    last = START + HOUR
    while read_at < START + timedelta(days=30):
        due = next_read(RUNNING, read_at, last, START)
        read_at, last, reads = due + timedelta(seconds=5), last + HOUR, reads + 1
        assert read_at - last == GRACE + timedelta(seconds=5), "its lag must not grow"
    assert reads == 720


@pytest.mark.parametrize("status", ["paused", "completed", "error"])
def test_what_collects_nothing_is_read_once_more_and_then_left_alone(status):
    over, last = replace(RUNNING, status=status), START + 5 * HOUR
    due = next_read(over, last + GRACE, last, START)
    assert due == last + FARTHEST
    assert next_read(over, due, last, START) is None


@given(spans, st.none() | spans)
def test_what_is_over_is_never_read_for_ever(read, last):
    over = replace(RUNNING, status="completed")
    read_at, last_at = START + read, None if last is None else START + last
    due = next_read(over, read_at, last_at, START)
    assert due is None or read_at < due <= read_at + FARTHEST
