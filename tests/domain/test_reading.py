"""When a page is due: once per hour of snapshots, soon after the snapshot, and never once it is final."""

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


def test_the_first_page_is_read_once_it_has_a_snapshot():
    assert first_read(RUNNING, START) == START + HOUR + GRACE
    assert first_read(RUNNING, START + timedelta(days=3)) == START + timedelta(days=3)
    assert first_read(replace(RUNNING, started_at=None), START) == START


@given(spans)
def test_a_future_start_never_delays_the_first_read_for_long(span):
    now = START + span
    assert now <= first_read(RUNNING, now) <= now + HOUR + GRACE


@given(spans, st.none() | spans)
def test_the_next_read_comes_with_the_next_snapshot(read, last):
    read_at, last_at = START + read, None if last is None else START + last
    due = next_read(RUNNING, read_at, last_at, START)
    assert read_at < due <= read_at + HOUR + GRACE
    if (last_at or START) <= read_at:
        assert (due - GRACE - (last_at or START)) % HOUR == timedelta()


def test_a_video_read_when_due_is_read_once_per_hour():
    read_at, reads = START + HOUR + GRACE, 1
    last = START + HOUR
    while read_at < START + timedelta(days=30):
        due = next_read(RUNNING, read_at, last, START)
        read_at, last, reads = due + timedelta(seconds=5), last + HOUR, reads + 1
        assert read_at - last == GRACE + timedelta(seconds=5), "its lag must not grow"
    assert reads == 720


@pytest.mark.parametrize("status", ["paused", "completed", "error"])
def test_an_idle_video_is_read_once_more_and_then_no_longer(status):
    over, last = replace(RUNNING, status=status), START + 5 * HOUR
    due = next_read(over, last + GRACE, last, START)
    assert due == last + FARTHEST
    assert next_read(over, due, last, START) is None


@given(spans, st.none() | spans)
def test_an_ended_video_is_not_read_forever(read, last):
    over = replace(RUNNING, status="completed")
    read_at, last_at = START + read, None if last is None else START + last
    due = next_read(over, read_at, last_at, START)
    assert due is None or read_at < due <= read_at + FARTHEST
