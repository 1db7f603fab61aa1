"""What the hours do to an account: billing per snapshot, the daily charge, the pause at zero. No HTTP."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sandbox.world import NotEnoughCredit, TooManyVideos, UnsupportedLink, World

KEY = "cs_test_a"
BEGAN = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
STEADY = "https://www.tiktok.com/@steady/video/1"
OTHER = "https://www.youtube.com/watch?v=steady-0002"
DELETED = "https://www.tiktok.com/@deleted/video/2"
GAPS = "https://www.instagram.com/p/gaps0001/"


def make_world(clock, balance="5.00", concurrent_videos=10):
    return World(clock, {KEY: "A"}, balance=Decimal(balance), concurrent_videos=concurrent_videos)


def wallet(world):
    account = world.account(KEY)
    return account.balance, account.uncharged, account.total_charged, account.total_snapshots


def test_each_collected_snapshot_costs_a_cent_and_a_half_and_is_charged_at_midnight(clock):
    world = make_world(clock)
    world.track(KEY, STEADY, 7)
    clock.advance(hours=13, minutes=29)
    assert wallet(world) == (Decimal("5.00"), Decimal("0.195"), Decimal(0), 13)
    clock.advance(minutes=1)
    assert wallet(world) == (Decimal("4.805"), Decimal("0.000"), Decimal("0.195"), 13)
    clock.advance(minutes=30)
    assert wallet(world) == (Decimal("4.805"), Decimal("0.015"), Decimal("0.195"), 14)
    assert world.account(KEY).available == Decimal("4.790")


def test_a_week_costs_what_was_estimated_and_completes(clock):
    world = make_world(clock)
    video = world.track(KEY, STEADY, 7)
    assert video.estimate == Decimal("2.520")
    clock.advance(days=7, minutes=-1)
    world.account(KEY)
    assert (video.status, len(video.hours)) == ("monitoring", 167)
    clock.advance(minutes=1)
    assert world.account(KEY).available == Decimal("2.480")
    assert (video.status, len(video.hours), video.days_remaining(clock())) == ("completed", 168, 0)
    clock.advance(days=30)
    assert world.account(KEY).available == Decimal("2.480")


def test_failed_snapshots_are_free(clock):
    world = make_world(clock)
    video = world.track(KEY, GAPS, 1)
    clock.advance(days=1)
    account = world.account(KEY)
    assert 0 < len(video.hours) < 24
    assert account.total_snapshots == len(video.hours)
    assert account.total_charged + account.uncharged == Decimal("0.015") * len(video.hours)


def test_a_tracking_above_the_available_money_or_of_another_site_is_refused(clock):
    world = make_world(clock, balance="0.36")
    world.track(KEY, STEADY, 1)
    clock.advance(hours=1)
    with pytest.raises(NotEnoughCredit) as refusal:
        world.track(KEY, OTHER, 1)
    assert (refusal.value.available, refusal.value.estimate) == (Decimal("0.345"), Decimal("0.360"))
    with pytest.raises(UnsupportedLink):
        world.track(KEY, "https://vimeo.com/1", 1)
    assert len(world.account(KEY).trackings) == 1


def test_all_videos_together_run_into_debt_by_one_snapshot_at_most(clock):
    world = make_world(clock, balance="0.37")
    for link in (STEADY, OTHER):
        world.track(KEY, link, 1)
    clock.advance(hours=20)
    assert world.account(KEY).available == Decimal("-0.005")


def test_without_money_all_videos_pause_and_resume_with_a_gap_after_credit(clock):
    world = make_world(clock, balance="2.52")
    first, second = world.track(KEY, STEADY, 7), world.track(KEY, OTHER, 7)
    clock.advance(hours=100)
    account = world.account(KEY)
    assert (first.status, second.status) == ("paused", "paused")
    assert (account.available, account.active, account.total_snapshots) == (Decimal("0.000"), 0, 168)
    assert first.hours == second.hours == list(range(1, 85))
    world.add_credit(KEY, Decimal(10))
    assert (first.status, second.status) == ("monitoring", "monitoring")
    clock.advance(hours=2)
    account = world.account(KEY)
    assert first.hours == second.hours == [*range(1, 85), 101, 102]
    assert account.available == Decimal("9.940")


def test_credit_that_does_not_lift_the_balance_above_zero_resumes_nothing(clock):
    world = make_world(clock, balance="0.36")
    video = world.track(KEY, STEADY, 1)
    world.add_credit(KEY, Decimal("-0.36"))
    assert video.status == "paused"
    world.add_credit(KEY, Decimal(0))
    assert video.status == "paused"
    world.add_credit(KEY, Decimal("0.01"))
    assert video.status == "monitoring"


def test_a_pause_does_not_prolong_a_tracking(clock):
    world = make_world(clock, balance="0.36")
    video = world.track(KEY, STEADY, 1)
    world.add_credit(KEY, Decimal(-1))
    clock.advance(hours=24)
    world.account(KEY)
    assert (video.status, video.hours) == ("completed", [])


def test_paused_videos_keep_their_places_under_the_limit(clock):
    world = make_world(clock, balance="0.36", concurrent_videos=1)
    world.track(KEY, STEADY, 1)
    world.add_credit(KEY, Decimal("-0.36"))
    world.add_credit(KEY, Decimal(10))
    with pytest.raises(TooManyVideos):
        world.track(KEY, OTHER, 1)


def test_two_trackings_of_one_video_have_the_same_counts(clock):
    world = make_world(clock)
    first = world.track(KEY, STEADY, 7)
    clock.advance(hours=9)
    second = world.track(KEY, "https://www.tiktok.com/@somebody/video/1?_r=1", 7)
    assert second.video is first.video


@given(
    pauses=st.lists(st.integers(1, 3_000), min_size=1, max_size=12),
    tracked=st.lists(st.tuples(st.sampled_from([STEADY, GAPS, OTHER, DELETED]), st.integers(1, 5)), max_size=4),
    spare=st.decimals("0.01", "3", places=2),
)
def test_reads_do_not_change_an_account(pauses, tracked, spare):
    def live(moments):
        now = [BEGAN]
        world = make_world(lambda: now[0], "1.80")
        for link, days in tracked:
            world.track(KEY, link, days)
        world.add_credit(KEY, spare - Decimal("1.80"))
        for minutes in moments:
            now[0] = BEGAN + timedelta(minutes=minutes)
            world.account(KEY)
        return wallet(world), [
            (each.status, each.hours, each.is_deleted) for each in world.account(KEY).trackings.values()
        ]

    moments = list(accumulate(pauses))
    assert live(moments) == live(moments[-1:])
