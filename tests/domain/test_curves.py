from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.curves import joined, still_grows
from bot.domain.growth import JITTER, Coverage, aligned, at_hour
from bot.domain.videos import HOUR, Metric, Snapshot, Video, VideoReading

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
LATER = START + 1_000 * HOUR


def tracking(id_, first, *counts, status="completed"):
    """A tracking that began some hours after the start, with a snapshot per hour; None is a missing one."""
    began = START + first * HOUR
    taken = enumerate(counts, 1)
    snapshots = tuple(Snapshot(began + hour * HOUR, {Metric.VIEWS: n}) for hour, n in taken if n is not None)
    return VideoReading(Video(id_, "https://x", "tiktok", status, started_at=began), snapshots)


def series(curve):
    return [(video.id, (taken.taken_at - START) / HOUR, taken.counts[Metric.VIEWS]) for video, taken in curve.parts]


def test_a_later_tracking_continues_the_series_after_a_gap():
    curve = joined([tracking("b", 72, 500, 510, status="monitoring"), tracking("a", 0, 100, 200)])
    assert series(curve) == [("a", 1, 100), ("a", 2, 200), ("b", 73, 500), ("b", 74, 510)]
    assert (curve.video.id, curve.started_at) == ("b", START)
    assert curve.between == ((START + 2 * HOUR, START + 73 * HOUR),)
    assert curve.coverage(START + 74 * HOUR) == Coverage(4, 4)
    assert [(video.id, len(run)) for video, run in curve.runs] == [("a", 2), ("b", 2)]
    assert at_hour(aligned(curve.reading.snapshots, Metric.VIEWS, curve.started_at), 73) == 500


def test_if_two_trackings_overlap_no_hour_counts_twice_and_gaps_are_filled():
    curve = joined([tracking("a", 0, 10, None, None, 40, 50), tracking("b", 0.6, 11, 21, 31, 41, 51, 61)])
    filled = [("b", 1.6, 11), ("b", 2.6, 21)]
    assert series(curve) == [("a", 1, 10), *filled, ("a", 4, 40), ("a", 5, 50), ("b", 5.6, 51), ("b", 6.6, 61)]
    assert (curve.billed, curve.between) == (9, ())


def test_a_running_tracking_represents_its_link_even_if_another_began_later():
    curve = joined([tracking("old", 0, 1, status="monitoring"), tracking("new", 5, 2, status="error")])
    assert curve.video.id == "old"


@pytest.mark.parametrize(
    ("counts", "grows"),
    [
        ([], False),
        ([100], False),
        ([10_000, 12_000], True),
        ([10_000, 10_050], False),  # less than 1% and less than 1,000 per day
        ([1_000_000, 1_002_000], True),  # less than 1%, yet 2,000 per day
        ([12_000, 10_000], False),
    ],
)
def test_a_video_still_grows_if_its_last_day_added_enough(counts, grows):
    assert still_grows(tracking("a", 0, *counts)) is grows


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 12), st.decimals(0, 1, places=2)), min_size=1, max_size=5))
def test_a_joined_series_is_in_order_and_covers_every_hour_that_any_tracking_has(given_trackings):
    trackings = [
        tracking(str(number), float(first + offset), *range(length))
        for number, (first, length, offset) in enumerate(given_trackings)
    ]
    curve = joined(trackings)
    times = [taken.taken_at for _, taken in curve.parts]
    assert times == sorted(times)
    assert all(later - earlier >= JITTER for earlier, later in pairwise(times))
    every = [taken.taken_at for each in trackings for taken in each.snapshots]
    assert all(min(abs(at - kept) for kept in times) <= HOUR + JITTER for at in every)
    assert joined(reversed(trackings)) == curve
    found = curve.coverage(LATER)
    assert found is None or found.collected == curve.billed
