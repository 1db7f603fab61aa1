"""A campaign's totals, in worked examples and for any numbers, and its total hour by hour."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns.totals import TotalChange, campaign_totals, moments, total_line
from bot.domain.videos import HOUR, Metric, Snapshot, VideoReading
from bot.store.readings import LinkReadings
from bot.store.stored_video import first_seen
from tests.store.samples import NOW, PRICE, remember_page, video

DAY = timedelta(days=1)
VIEWS, LIKES = Metric.VIEWS, Metric.LIKES


def taken(counts, *, end=NOW, metric=VIEWS):
    """Hourly snapshots, the last one at `end`; None is a missing one."""
    start = end - HOUR * (len(counts) - 1)
    return tuple(Snapshot(start + HOUR * n, {metric: each}) for n, each in enumerate(counts) if each is not None)


def link(name, *trackings, **facts):
    """A link with the snapshots of each of its trackings, as read at `moments`."""
    stored = []
    for number, snapshots in enumerate(trackings):
        status = "monitoring" if number == len(trackings) - 1 else "completed"
        known = {"started_at": snapshots[0].taken_at, "days": 7, "status": status, "creator": "@Ada"} | facts
        first = first_seen(1, video(f"{name}-{number}", **known), f"tiktok:{name}", None, snapshots[0].taken_at)
        stored.append(replace(first, snapshot_count=len(snapshots), last_snapshot_at=snapshots[-1].taken_at))
    every = [each for snapshots in trackings for each in snapshots]
    at = (max((each for each in every if each.taken_at <= moment), default=None) for moment in moments(NOW))
    return LinkReadings(tuple(stored), every[0], tuple(at))


OLD = taken(range(0, 201 * 10, 10))
YOUNG = taken([500, 600, 700])
ENDED = taken([5, 900], end=NOW - 3 * DAY)


def test_a_total_is_the_sum_of_last_counts_and_a_new_video_gains_from_its_first_reading():
    found = [link("old", OLD), link("young", YOUNG), link("ended", ENDED, status="completed")]
    totals = campaign_totals(4, found, PRICE, NOW)
    assert (totals.main.count, totals.main.links) == (2_000 + 700 + 900, 3)
    assert totals.main.day == TotalChange(240 + 200, DAY, uneven=1)
    assert totals.main.week == TotalChange(1_680 + 200 + 895, 7 * DAY, uneven=2)
    assert (totals.ended, totals.unread, totals.gaps) == (1, 1, 0)
    assert [each.count for each in totals.videos] == [2_000, 900, 700]
    assert [(each.name, each.links, each.count, each.day) for each in totals.creators] == [("@Ada", 3, 3_600, 440)]


def test_a_change_has_its_real_window():
    assert campaign_totals(1, [link("young", YOUNG)], None, NOW).main.day == TotalChange(200, 2 * HOUR, uneven=1)
    over = link("over", taken(range(1_000), end=NOW - 2 * DAY), status="completed")
    assert campaign_totals(1, [over], None, NOW).main.week == TotalChange(120, 7 * DAY)
    gap = taken([0, *[None] * 30, 100, 110])
    totals = campaign_totals(1, [link("gap", gap)], None, NOW)
    assert (totals.main.day, totals.gaps) == (TotalChange(110, 32 * HOUR, uneven=1), 1)


def test_links_without_views_are_counted_apart_and_never_as_zero():
    photo = link("photo", taken([40, 50], metric=LIKES), platform="instagram")
    totals = campaign_totals(2, [photo, link("young", YOUNG)], PRICE, NOW)
    assert (totals.main.metric, totals.main.count) == (VIEWS, 700)
    assert (totals.apart.metric, totals.apart.count) == (LIKES, 50)
    alone = campaign_totals(1, [photo], PRICE, NOW)
    assert (alone.main.metric, alone.main.count, alone.apart) == (LIKES, 50, None)
    assert alone.money.per_thousand is None


def test_an_hour_without_views_does_not_lower_the_total():
    hidden = replace(link("hidden", (*OLD[:-1], Snapshot(NOW, {LIKES: 3}))), others={(0, VIEWS): OLD[-2]})
    totals = campaign_totals(2, [hidden, link("young", YOUNG)], PRICE, NOW)
    assert (totals.main.count, totals.main.links, totals.unread) == (1_990 + 700, 2, 0)
    assert totals.main.day.delta == 230 + 200


def test_money_counts_every_tracking_of_a_link():
    again = link("again", taken([100, 1_100], end=NOW - 10 * DAY), taken([3_000, 5_100]))
    money = campaign_totals(1, [again], Decimal("0.015"), NOW).money
    assert money.spent == 4 * Decimal("0.015")
    assert money.committed == (7 * 24 - 2) * Decimal("0.015")  # its first snapshot was taken at the start
    assert money.per_thousand == Decimal("0.012")  # $0.06 for 5,000 views


def test_without_a_reading_there_is_no_total():
    totals = campaign_totals(3, [], PRICE, NOW)
    assert (totals.main, totals.metrics, totals.unread, totals.as_of) == (None, (), 3, None)


counts = st.lists(st.one_of(st.none(), st.integers(0, 10**9)), min_size=1, max_size=60).filter(
    lambda each: each[0] is not None and each[-1] is not None
)


@given(st.lists(counts, min_size=1, max_size=5))
def test_totals_are_the_sums_of_their_links(series):
    found = [link(str(number), taken(each)) for number, each in enumerate(series)]
    whole = campaign_totals(len(found), found, PRICE, NOW)
    alone = [campaign_totals(1, [each], PRICE, NOW) for each in found]
    assert whole.main.count == sum(each[-1] for each in series) == sum(each.count for each in whole.creators)
    days = [each.main.day.delta for each in alone if each.main.day]
    assert (whole.main.day.delta if whole.main.day else 0) == sum(days)
    assert whole.money.spent == sum(each.money.spent for each in alone)
    assert whole.gaps == sum(each.gaps for each in alone)


@pytest.fixture
async def tracked(store, workspace, wallet_id):
    """Store the snapshots of trackings, each the newest of its link; returns its reading of the hours."""

    async def write(**trackings):
        for name, snapshots in trackings.items():
            read = VideoReading(video(name, started_at=snapshots[0].taken_at), snapshots)
            await remember_page(store, wallet_id, read, key=f"tiktok:{name.rstrip('_')}", count=0, day=0)
        keys = {f"tiktok:{name.rstrip('_')}" for name in trackings}
        return await store.total_history.hours(workspace, keys, VIEWS)

    return write


async def test_the_total_continues_over_ended_links_and_is_cut_if_too_much_is_unread(tracked):
    ended = taken([100, 200], end=NOW - 7 * HOUR)
    small = taken([1, 2, None, None, None, 3, 4, 5, 6])
    large = taken([1_000, 1_100, 1_200, None, None, 1_500, 1_600, 1_700, 1_800])
    line = total_line("views", VIEWS, await tracked(ended=ended, small=small, large=large), ())
    sums = [[count for _, count in segment] for segment in line.segments]
    assert sums == [[1_101, 1_302, 1_402], [1_703, 1_804, 1_905, 2_006]]
    assert (line.points[0][0], line.points[-1][0]) == (NOW - 8 * HOUR, NOW)


async def test_the_time_between_two_trackings_of_a_link_is_a_gap(tracked, neighbour, store):
    hours = await tracked(cat_=taken([5, 10], end=NOW - 5 * HOUR), cat=taken([50, 60]))
    line = total_line("views", VIEWS, hours, ())
    assert [[count for _, count in segment] for segment in line.segments] == [[5, 10], [50, 60]]
    assert line.missing_hours == 3
    assert total_line("views", VIEWS, (), ()) is None
    assert await store.total_history.hours(neighbour, ["tiktok:other"], VIEWS) == ()


async def test_a_silent_running_link_ends_the_line(tracked):
    silent, small = taken([1_000, 1_100], end=NOW - 4 * HOUR), taken([1] * 8)
    hours = await tracked(silent=silent, small=small)
    line = total_line("views", VIEWS, hours, [link("silent", silent), link("small", small)])
    assert (line.points[-1][0], line.points[-1][1]) == (NOW - 4 * HOUR, 1_101)
