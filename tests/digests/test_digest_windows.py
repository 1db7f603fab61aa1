"""Every video in any window: nothing is counted twice, left out, or given for another time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digests.gather import _reported, _reported_until, video_change
from bot.domain.digest import LATE, LONGEST_WINDOW, Window, collected, flattened, totals, window_of
from bot.domain.poll_times import GRACE
from bot.domain.schedule import Schedule
from bot.domain.videos import HOUR, Metric, Snapshot, Video
from bot.store.stored_video import first_seen
from tests.domain.test_schedule import recurrences

DAY = timedelta(days=1)
START = datetime(2026, 3, 1, tzinfo=UTC)
DAILY = Schedule(0, "UTC")
ANY = settings(deadline=None, max_examples=60)
DELAYS = st.sampled_from([0, 0, 0, 0, 1, 2, 5, 30, None])
"""Hours until a snapshot is read; None if it never is."""
counts = st.lists(st.none() | st.integers(0, 10_000), min_size=1, max_size=100)
whole = st.lists(st.integers(0, 10_000), min_size=75, max_size=100)
minutes = st.integers(0, 59)
hours = st.integers(1, 120)


def stored(**facts):
    video = Video("v", "https://www.tiktok.com/@a/video/1", "tiktok", "monitoring", started_at=START, days=30)
    return replace(first_seen(1, video, "tiktok:1", None, START), main_metric=Metric.VIEWS, **facts)


def taken(found, minute):
    return tuple(
        Snapshot(START + hour * HOUR + timedelta(minutes=minute), {Metric.VIEWS: count})
        for hour, count in enumerate(found)
        if count is not None
    )


@ANY
@given(counts, minutes, hours, hours)
def test_a_change_is_between_two_readings_up_to_the_windows_end(found, minute, end, length):
    snapshots = taken(found, minute)
    window = Window(START + (end - length) * HOUR, START + end * HOUR)
    each = video_change(stored(), snapshots, window)
    by_time = {snapshot.taken_at: snapshot.counts[Metric.VIEWS] for snapshot in snapshots}
    if each.change is not None:
        assert window.start < each.change.until <= window.end
        assert each.change.delta == by_time[each.change.until] - by_time[each.change.until - each.change.window]
        assert each.change.exact == (abs(each.change.window - window.length) <= HOUR / 2)
    if each.before is not None and each.change is not None:
        assert each.before.until <= each.change.until - each.change.window
    assert 0 <= each.coverage.collected <= each.coverage.expected or not each.coverage.expected
    assert each.coverage.expected <= window.length / HOUR + 1


@ANY
@given(whole, minutes, st.integers(0, 59))
def test_days_that_follow_each_other_count_every_hour_once(found, minute, due_minute):
    snapshots = taken(found, minute)
    ends = [START + day * DAY + timedelta(hours=1, minutes=due_minute) for day in (1, 2, 3)]
    days = [video_change(stored(), snapshots, Window(end - DAY, end)) for end in ends]
    assert [each.change.exact for each in days[1:]] == [True, True]
    for earlier, later in pairwise(days[1:]):
        assert later.change.until - later.change.window == earlier.change.until
        assert later.before.delta == earlier.change.delta
    (total,) = totals(days[2:])
    assert (total.alike_delta, total.alike_before) == (days[2].change.delta, days[1].change.delta)


@ANY
@given(
    st.lists(
        st.tuples(st.integers(0, 10_000), st.sampled_from([0, 0, 0, 0, 1, 2, 5, 30, None])), min_size=100, max_size=140
    ),
    minutes,
    minutes,
    st.sampled_from([0, 30, 59]),
    st.lists(st.integers(3, 30), min_size=4, max_size=6),
)
def test_digests_that_follow_each_other_count_every_gain_once(found, minute, due_minute, second, lengths):
    """Whatever is read some hours late, or never."""
    snapshots, read_at = [], {}
    for hour, (count, late) in enumerate(found):
        if late is not None:
            at = START + hour * HOUR + timedelta(minutes=minute, seconds=second)
            snapshots.append(Snapshot(at, {Metric.VIEWS: count}))
            read_at[at] = at + GRACE + late * HOUR
    due, begun, reported, last = START + timedelta(minutes=due_minute), None, frozenset(), None
    for length in lengths:
        due += length * HOUR
        known = [each for each in snapshots if read_at[each.taken_at] <= due]
        row = stored(last_snapshot_at=known[-1].taken_at if known else None)
        window = Window(due - DAY, due) if begun is None else Window(begun, due, reported)
        change = video_change(row, known, window, dict(reported).get("v"))
        begun = _reported_until([row], window)
        reported = _reported([change], window, begun)
        if change.change is not None:
            if last is not None:
                assert change.change.until - change.change.window == last
            last = change.change.until
        elif change.counted_at is not None and change.counted_at <= due:
            assert last in {None, change.counted_at}
            last = change.counted_at


@ANY
@given(counts, minutes, hours)
def test_any_flattened_video_is_old_and_hardly_grew(found, minute, end):
    window = Window(START + (end - 24) * HOUR, START + end * HOUR)
    each = video_change(stored(), taken(found, minute), window)
    if flattened([each]):
        assert each.day.until - START >= 2 * DAY
        assert each.day.delta * 100 < max(each.count, 1)
        assert each.saves > 0


@ANY
@given(st.integers(-80, 80), recurrences)
def test_a_window_follows_the_last_one_unless_that_is_too_old_or_in_the_future(days, recurrence):
    schedule = Schedule(540, "UTC", *recurrence)
    due = schedule.next_after(START + 60 * DAY)
    period = schedule.period(due.date)
    assert schedule.next_after(due.at - period - HOUR).at == due.at - period
    assert schedule.next_after(due.at - period) == due
    window = window_of(schedule, due, due.at + days * DAY)
    assert window.end == due.at
    follows = timedelta() < -days * DAY <= max(LONGEST_WINDOW, 2 * period)
    assert window.length == (-days * DAY if follows else period)
    assert window_of(schedule, due, None).length == period


@ANY
@given(
    st.lists(st.tuples(st.integers(0, 59), st.integers(0, 100), st.sets(st.integers(0, 99))), min_size=1, max_size=4),
    st.lists(st.integers(1, 30), min_size=1, max_size=8),
    st.integers(0, LATE // HOUR - 1),
)
def test_consecutive_digests_count_every_snapshot_once(videos, lengths, delay):
    """A snapshot may be read up to `delay` hours late, and is in the next digest."""
    ends = [START]
    for length in (*lengths, LATE // HOUR, 24):
        ends.append(ends[-1] + length * HOUR)
    taken = [
        (START + hour * HOUR + timedelta(minutes=minute), (hour * 7 % (delay + 1)) * HOUR)
        for minute, hours, gaps in videos
        for hour in range(hours)
        if hour not in gaps and START + hour * HOUR < ends[-3]
    ]
    total, told = 0, None
    for start, end in pairwise(ends):
        read = [Snapshot(at, {}) for at, late in taken if at + GRACE + late <= end]
        found = collected(read, Window(start, end))
        total += found.inside + found.late(told)
        told = found.recent
    assert total == len(taken)


def test_a_digest_on_the_hour_counts_as_many_snapshots_as_any_other():
    """Snapshots of 05:59 cannot be read at 06:00, so all of them belong to the next day's digest."""
    snapshots = [Snapshot(START + hour * HOUR - timedelta(minutes=1), {}) for hour in range(100)]
    for hour in range(24, 90):
        end = START + hour * HOUR
        assert collected(snapshots, Window(end - DAY, end)).inside == 24


def test_snapshots_without_the_main_metric_cost_as_much():
    snapshots = tuple(
        Snapshot(START + hour * HOUR, {Metric.VIEWS: hour} if hour % 2 else {Metric.LIKES: hour}) for hour in range(30)
    )
    window = Window(START + 4 * HOUR, START + 28 * HOUR)
    each = video_change(stored(), snapshots, window)
    assert (each.coverage.collected, each.coverage.expected) == (24, 24)
    assert (each.change.delta, each.change.exact) == (24, True)
    assert collected(snapshots, window).inside == 24
