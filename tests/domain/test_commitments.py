"""Commitments of running videos: their ends and remaining snapshots, whenever the API takes the first one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.commitments import Observation, Promise, ends_at, promises, remaining_snapshots
from bot.domain.videos import HOUR, Video

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)

VIDEO = Video(id="v", link="https://www.youtube.com/watch?v=dQw4w9WgXcQ", platform="youtube", status="monitoring")
START = NOW - timedelta(days=2)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        ({"days_remaining": Decimal("4.99"), "days": 7, "started_at": START}, START + WEEK),
        ({"days_remaining": Decimal("5.01"), "days": 7, "started_at": START}, START + WEEK),
        ({"days_remaining": Decimal("4.5"), "days": 7, "started_at": START}, START + WEEK),
        ({"days_remaining": Decimal(0), "days": 7, "started_at": START}, START + WEEK),
        ({"days_remaining": Decimal(5), "days": 7, "started_at": START + HOUR}, START + HOUR + WEEK),
        ({"days_remaining": Decimal(6), "days": 7, "started_at": START + HOUR}, START + HOUR + WEEK),
        ({"days_remaining": Decimal("6.01"), "days": 7, "started_at": START}, START + timedelta(days=8)),
        ({"days_remaining": Decimal(6), "days": 7, "started_at": START}, START + timedelta(days=8)),
        ({"days_remaining": Decimal(6), "days": 7}, NOW + timedelta(days=6)),
        ({"days_remaining": Decimal(-1)}, NOW),
        ({"days_remaining": Decimal("1e20")}, NOW + timedelta(days=366)),
        ({"days": 7, "started_at": START}, START + timedelta(days=7)),
        ({"days": 7}, NOW + timedelta(days=7)),
        ({"started_at": START}, None),
        ({}, None),
    ],
)
def test_an_end_comes_from_start_and_duration_or_the_days_remaining(facts, end):
    assert ends_at(replace(VIDEO, **facts), seen_at=NOW) == end


@pytest.mark.parametrize(("digits", "pause"), [(2, 0), (1, 0), (0, 0), (2, 49)])
def test_an_end_is_the_same_in_every_response(digits, pause):
    """However the API rounds the days remaining, and also after a pause of some hours."""
    end = START + WEEK + pause // 24 * timedelta(days=1)
    ends = set()
    for minutes in range(0, 4 * 24 * 60, 7):
        now = NOW + timedelta(minutes=minutes)
        remaining = round((Decimal(7 * 24 + pause - 48) - Decimal(minutes) / 60) / 24, digits)
        ends.add(ends_at(replace(VIDEO, days=7, days_remaining=remaining, started_at=START), now))
    assert ends == {end}


def test_rounded_days_remaining_give_the_right_number_of_snapshots():
    for hours in range(1, 168):
        whole = Decimal((168 - hours) // 24)
        video = replace(VIDEO, days=7, days_remaining=whole, started_at=NOW - hours * HOUR)
        assert remaining_snapshots(Observation(video, NOW), NOW) == 168 - hours
    for hours in range(1, 721):
        two_digits = (Decimal(hours) / 24).quantize(Decimal("0.01"))
        assert remaining_snapshots(Observation(replace(VIDEO, days_remaining=two_digits), NOW), NOW) == hours


def test_only_running_videos_with_an_end_have_committed_snapshots():
    seen = [
        (replace(VIDEO, id="running", days=1), NOW),
        (replace(VIDEO, id="paused", status="paused", days=1), NOW),
        (replace(VIDEO, id="new state", status="queued", days=1), NOW - HOUR),
        (replace(VIDEO, id="done", status="completed", days=1), NOW),
        (replace(VIDEO, id="deleted", is_deleted=True, days=1), NOW),
        (replace(VIDEO, id="no end"), NOW),
    ]
    day = timedelta(days=1)
    assert promises(Observation(*each) for each in seen) == (
        (
            Promise("running", NOW + day),
            Promise("paused", NOW + day, burns=False),
            Promise("new state", NOW - HOUR + day),
        ),
        1,
    )


@pytest.mark.parametrize(
    ("left", "snapshots"),
    [
        (timedelta(days=7), 168),
        (timedelta(days=7) - timedelta(seconds=5), 168),
        (timedelta(hours=3), 3),
        (timedelta(hours=3, minutes=9), 3),
        (timedelta(hours=3, minutes=11), 4),
        (timedelta(minutes=11), 1),
        (timedelta(minutes=9), 0),
        (timedelta(0), 0),
        (timedelta(days=-3), 0),
    ],
)
def test_a_begun_hour_counts_as_a_snapshot_within_the_apis_rounding(left, snapshots):
    assert Promise("v", NOW + left).snapshots(NOW) == snapshots


@pytest.mark.parametrize(
    ("facts", "snapshots"),
    [
        ({"days_remaining": Decimal("0.5")}, 10),
        ({"days_remaining": Decimal("0.05")}, 0),
        ({"days_remaining": Decimal("0.5"), "status": "paused"}, 10),
        ({"days_remaining": Decimal("0.5"), "status": "completed"}, 0),
        ({"days_remaining": Decimal("0.5"), "is_deleted": True}, 0),
        ({}, None),
    ],
)
def test_stopping_saves_the_snapshots_still_to_come(facts, snapshots):
    assert remaining_snapshots(Observation(replace(VIDEO, **facts), NOW - 2 * HOUR), NOW) == snapshots


DAY = replace(VIDEO, days=1, started_at=NOW)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("minutes", [0, 1, 20, 49, 50, 55, 59])
@pytest.mark.parametrize("hours", [0, 1, 2, 22, 23])
@pytest.mark.parametrize("first", [0, 1], ids=["first at the start", "first after an hour"])
def test_a_day_commits_exactly_the_remaining_snapshots(first, hours, minutes):
    """At any minute of the hour, once its page was read."""
    taken = [NOW + hour * HOUR for hour in range(first, hours + 1)]
    seen = Observation(DAY, NOW, len(taken), taken[-1] if taken else None)
    ((promise,), _) = promises([seen])
    assert promise.snapshots(NOW + hours * HOUR + minutes * MINUTE) == 24 - len(taken)


@pytest.mark.parametrize("early", [5 * MINUTE / 60, 3 * MINUTE, 2 * HOUR])
def test_a_balance_read_before_the_start_is_left_with_the_price_that_was_confirmed(early):
    others = [Observation(replace(DAY, id="at the start", started_at=NOW - 3 * HOUR), NOW, 4, NOW)]
    for seen in ([], others):
        owed, _ = promises([*seen, Observation(DAY, NOW)])
        assert owed[-1].snapshots(NOW - early) == 24


@pytest.mark.parametrize(
    ("taken", "snapshots"),
    [
        ([(0, 40)], 23), ([(1, 40)], 23), ([(0, 40), (60, 40)], 22), ([(23, 0)], 23),
        ([(23, 0), (83, 0)], 22), ([(58, 0)], 23), ([(60, 0), (119, 0)], 22), ([(60, 0), (180, 0)], 21),
        ([(0, 0), (120, 0), (180, 0)], 21), ([(0, 0), (60, 0), (60, 7)], 22),
    ],
    ids=[
        "seconds after the start",
        "a minute after it",
        "the next one too",
        "on the clock's hour",
        "on the clock's next hour",
        "a little early",
        "the second one early",
        "the second hour missing",
        "the second hour missing, first at the start, counted as one more",
        "two rows in one hour",
    ],
)  # fmt: skip
def test_snapshots_need_not_be_taken_on_the_minute_of_the_start(taken, snapshots):
    times = [NOW + timedelta(minutes=minutes, seconds=seconds) for minutes, seconds in taken]
    assert remaining_snapshots(Observation(DAY, NOW, len(times), times[-1]), times[-1]) == snapshots


def test_videos_with_a_gap_or_unread_follow_the_others():
    shows = Observation(replace(DAY, id="shows"), NOW, 4, NOW + 3 * HOUR)
    gap = Observation(replace(DAY, id="gap"), NOW, 3, NOW + 3 * HOUR)
    unread = Observation(replace(DAY, id="unread", started_at=NOW + 3 * HOUR), NOW)
    at_clock_hour = Observation(replace(DAY, id="clock", started_at=NOW + 140 * MINUTE), NOW, 1, NOW + 3 * HOUR)
    owed, _ = promises([shows, shows._replace(video=replace(DAY, id="too")), gap, unread, at_clock_hour])
    assert [each.snapshots(NOW + 3 * HOUR) for each in owed] == [20, 20, 20, 23, 23]
    alone, _ = promises([gap, unread, at_clock_hour])
    assert [each.snapshots(NOW + 3 * HOUR) for each in alone] == [21, 24, 23]


@pytest.mark.parametrize(
    ("seen", "hours", "snapshots"),
    [
        (Observation(DAY, NOW, 1, NOW - 2 * HOUR), 0, 24),
        (Observation(replace(DAY, days_remaining=Decimal("1.5")), NOW + 12 * HOUR, 12, NOW + 12 * HOUR), 12, 36),
    ],
    ids=["a snapshot before the start is ignored", "a pause adds days"],
)
def test_remaining_snapshots_at_the_edges(seen, hours, snapshots):
    assert remaining_snapshots(seen, NOW + hours * HOUR) == snapshots
