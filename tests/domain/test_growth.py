from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.growth import (
    Change,
    Coverage,
    Fall,
    Gap,
    ago,
    aligned,
    at_hour,
    change,
    coverage,
    engagement_hidden,
    engagement_rate,
    exact_count,
    falls,
    gaps,
    main_metric,
    metric_name,
    percent,
    price_per_thousand,
    recent_change,
    short_change,
    short_count,
    signed_count,
)
from bot.domain.videos import HOUR, Metric, Snapshot, VideoPlatform

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
DAY = 24 * HOUR
MINUTE = HOUR / 60


def views(*readings: tuple[float, int | None]) -> tuple[Snapshot, ...]:
    """Snapshots at these hours after the start; None is a reading without views."""
    return tuple(
        Snapshot(START + hours * HOUR, {} if count is None else {Metric.VIEWS: count}) for hours, count in readings
    )


def every_hour(count: int, missing: tuple[int, ...] = ()) -> tuple[Snapshot, ...]:
    """Hourly snapshots, each with ten more views."""
    return views(*((hour, hour * 10) for hour in range(count) if hour not in missing))


VIEWS, LIKES = Metric.VIEWS, Metric.LIKES


@pytest.mark.parametrize(
    ("platform", "snapshots", "main"),
    [
        ("tiktok", (Snapshot(START, {VIEWS: 1, LIKES: 1}),), VIEWS),
        ("instagram", (Snapshot(START, {LIKES: 1}),), LIKES),
        ("instagram", (Snapshot(START, {VIEWS: 1, LIKES: 1}),), LIKES),
        ("threads", (Snapshot(START, {LIKES: 1}),), LIKES),
        ("threads", views((0, 1)), VIEWS),
        ("tiktok", views((0, None), (1, 5)), VIEWS),
        ("tiktok", (), VIEWS),
        ("instagram", (), LIKES),
    ],
)
def test_views_are_the_main_metric_or_likes_if_there_are_none(platform, snapshots, main):
    assert main_metric(platform, snapshots) is main


def test_metrics_are_called_what_their_platform_calls_them():
    assert metric_name(VideoPlatform.TWITTER, Metric.SHARES) == "reposts"
    assert metric_name("twitter", Metric.COMMENTS) == "replies"
    assert metric_name("tiktok", Metric.SHARES) == "shares"
    assert metric_name("a new platform", Metric.VIEWS) == "views"


@pytest.mark.parametrize(
    ("snapshots", "window", "expected"),
    {
        "an unbroken day": (every_hour(30), DAY, (240, 24, 29, True, False)),
        "24.2 h, jitter": (views((0, 100), (24.2, 350)), DAY, (250, 24.2, 24.2, True, False)),
        "25.1 h, too long": (views((0, 100), (24.2, 350), (25.1, 360)), DAY, (260, 25.1, 25.1, False, False)),
        "a gap at its start": (every_hour(30, missing=(4, 5, 6, 7)), DAY, (260, 26, 29, False, False)),
        "six hours for one": (views((0, 10), (6, 70)), HOUR, (60, 6, 6, False, False)),
        "a young video": (every_hour(6), DAY, (50, 5, 5, False, False)),
        "without the metric": (views((0, 10), (1, None), (2, 30), (3, None)), 2 * HOUR, (20, 2, 2, True, False)),
        "a fall in the window": (views((0, 100), (1, 60), (2, 130)), 2 * HOUR, (30, 2, 2, True, True)),
        "a fall before it": (views((0, 100), (1, 60), (2, 130)), HOUR, (70, 1, 2, True, False)),
    }.values(),
)
def test_a_change_has_its_real_window_and_whether_the_counter_fell(snapshots, window, expected):
    delta, hours, until, exact, fell = expected
    assert change(snapshots, Metric.VIEWS, window) == Change(
        delta=delta, window=hours * HOUR, until=START + until * HOUR, exact=exact, fell=fell
    )


@pytest.mark.parametrize(
    ("snapshots", "delta", "hours"),
    {
        "an unbroken day": (every_hour(30), 240, 24),
        "14 hours of life": (views((0, 5_000), (14, 15_000)), 10_000, 14),
        "25 h and 23 h before, not 24 h": (every_hour(30, missing=(5,)), 250, 25),
        "26 h and 22 h before": (every_hour(30, missing=(4, 5, 6)), 220, 22),
        "90 minutes more than a day": (views((0, 100), (25.5, 400)), 300, 25.5),
        "a later row without the metric": (views((0, 100), (23, 300), (24, None)), 200, 23),
    }.values(),
)
def test_a_recent_change_covers_a_day_or_less(snapshots, delta, hours):
    found = recent_change(snapshots, Metric.VIEWS, DAY)
    assert found is not None
    assert (found.delta, found.window) == (delta, hours * HOUR)


@pytest.mark.parametrize("snapshots", [(), views((0, 1)), views((0, 1), (26, 5)), views((0, None), (1, None))])
def test_fewer_than_two_recent_readings_are_no_recent_change(snapshots):
    assert recent_change(snapshots, Metric.VIEWS, DAY) is None


@pytest.mark.parametrize("snapshots", [(), views((0, 1)), views((0, None), (1, None), (2, 5))])
def test_fewer_than_two_readings_are_no_change(snapshots):
    assert change(snapshots, Metric.VIEWS, DAY) is None


@given(
    st.lists(st.integers(0, 400), min_size=2, max_size=40, unique=True).map(sorted),
    st.sampled_from([HOUR, DAY, 7 * DAY]),
    st.data(),
)
def test_a_change_is_between_the_two_readings_that_fit_the_window_best(hours, window, data):
    counts = data.draw(st.lists(st.integers(0, 10**9), min_size=len(hours), max_size=len(hours)))
    found = change(views(*zip(hours, counts, strict=True)), Metric.VIEWS, window)
    assert found is not None
    base = hours[-1] - found.window // HOUR
    assert found.delta == counts[-1] - counts[hours.index(base)]
    assert all(abs(found.window - window) <= abs((hours[-1] - hour) * HOUR - window) for hour in hours[:-1])


def test_gaps_have_their_ends_and_the_number_missing():
    snapshots = views((0, 0), (1.1, 1), (2.55, 2), (4.1, 3), (10, 4))
    assert gaps(snapshots) == (
        Gap(START + 2.55 * HOUR, START + 4.1 * HOUR, 1),
        Gap(START + 4.1 * HOUR, START + 10 * HOUR, 5),
    )
    early_and_late = views(*((hour + (0.2 if hour % 2 else -0.2), hour) for hour in range(20)))
    assert gaps(early_and_late) == ()


@pytest.mark.parametrize(
    ("snapshots", "start", "hours", "collected", "expected"),
    [
        (every_hour(25, missing=(0, 7, 8, 20)), START, 24, 21, 24),
        (every_hour(24), START, 24, 24, 24),
        (every_hour(25, missing=(0,)), START, 24, 24, 24),
        (every_hour(11, missing=(0, 1, 2, 3)), START, 13.2, 7, 7 + 3 + 3),
        (every_hour(11, missing=(0, 1, 2, 5)), None, 10, 7, 8),
        ((), START, 5.5, 0, 5),
        ((), START, -1, 0, 0),
        ((), None, 0, 0, 0),
    ],
    ids=[
        *("three lost", "first at once", "first after an hour", "missing at both ends"),
        *("start unknown", "no snapshots", "before the start", "nothing known"),
    ],
)
def test_collected_and_expected_snapshots_are_counted(snapshots, start, hours, collected, expected):
    assert coverage(snapshots, start, START + hours * HOUR) == Coverage(collected, expected)


@given(st.lists(st.integers(0, 719), unique=True, min_size=1).map(sorted))
def test_snapshots_and_missing_ones_add_up_to_the_whole_tracking(hours):
    snapshots = views(*((hour, 1) for hour in hours))
    lost = sum(gap.missing for gap in gaps(snapshots))
    assert len(snapshots) + lost == hours[-1] - hours[0] + 1
    found = coverage(snapshots, START, START + 719 * HOUR)
    assert found.collected == len(hours) <= found.expected <= 720


def test_every_fall_is_found_across_readings_without_the_metric():
    snapshots = views((0, 100), (1, 90), (2, None), (3, 95), (4, None), (5, 20))
    assert falls(snapshots, Metric.VIEWS) == (Fall(START + HOUR, 100, 90), Fall(START + 5 * HOUR, 95, 20))
    assert falls(snapshots, Metric.LIKES) == ()


def test_engagement_is_the_platforms_counts_per_view():
    counts = {Metric.VIEWS: 1000, Metric.LIKES: 70, Metric.COMMENTS: 8, Metric.SHARES: 2, Metric.SAVES: 1}
    assert engagement_rate(Snapshot(START, counts)) == Decimal("0.081")
    assert engagement_rate(Snapshot(START, {Metric.VIEWS: 200, Metric.LIKES: 3})) == Decimal("0.015")


def test_engagement_names_the_metrics_that_the_last_snapshot_hides():
    shown = Snapshot(START, {Metric.VIEWS: 900, Metric.LIKES: 60, Metric.COMMENTS: 8})
    last = Snapshot(START + HOUR, {Metric.VIEWS: 1000, Metric.COMMENTS: 9})
    assert engagement_hidden((shown, last)) == (Metric.LIKES,)
    assert engagement_hidden((shown,)) == ()


@pytest.mark.parametrize("counts", [{Metric.LIKES: 5}, {Metric.VIEWS: 0, Metric.LIKES: 5}, {Metric.VIEWS: 5}])
def test_without_views_or_interactions_there_is_no_engagement_rate(counts):
    assert engagement_rate(Snapshot(START, counts)) is None


@pytest.mark.parametrize(
    ("cost", "new_views", "price"),
    [
        ("0.36", 12_000, "0.030"), ("0.36", 5_000_000, "0.000072"), ("2.52", 1_000, "2.52"),
        ("2.52", 333, "7.57"), ("0.36", 2_500, "0.14"), ("0", 10, "0"), ("1", 0, None), ("1", -5, None),
    ],
)  # fmt: skip
def test_a_thousand_new_views_have_a_price_if_there_are_any(cost, new_views, price):
    found = price_per_thousand(Decimal(cost), new_views)
    assert found == (None if price is None else Decimal(price))


def test_a_series_counts_hours_from_the_start_of_tracking_or_the_first_snapshot():
    assert aligned(views((1, 5), (2, None), (3.5, 9)), Metric.VIEWS, START) == ((1.0, 5), (3.5, 9))
    assert aligned(views((2, 5), (3, 9)), Metric.VIEWS, None) == ((0.0, 5), (1.0, 9))
    assert aligned((), Metric.VIEWS, None) == ()


@pytest.mark.parametrize(
    ("hour", "count"),
    [(0, 1), (1, 2), (1.5, 2), (1.6, None), (2, None), (3, 4), (3.4, 5), (4, 6), (4.6, None), (-0.4, 1), (-0.6, None)],
)
def test_a_series_is_read_at_the_nearest_reading_within_half_an_hour(hour, count):
    series = ((0.0, 1), (1.0, 2), (3.0, 4), (3.5, 5), (4.0, 6))
    assert at_hour(series, hour) == count
    assert at_hour((), hour) is None


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0"), (7, "7"), (999, "999"), (1_000, "1k"), (1_004, "1k"), (1_049, "1.05k"), (9_996, "10k"),
        (12_449, "12.4k"), (98_950, "99k"), (99_960, "100k"), (130_400, "130k"), (999_499, "999k"),
        (999_500, "1M"), (1_035_111, "1.04M"), (1_298_000, "1.3M"), (2_000_000_000, "2B"),
        (3_400_000_000_000, "3.4T"), (1_234_000_000_000_000, "1,234T"), (-12_400, "−12.4k"),
    ],
)  # fmt: skip
def test_short_counts_are_abbreviated(count, words):
    assert short_count(count) == words


@given(st.integers(0, 10**15))
def test_a_short_count_is_within_half_a_per_cent_of_the_exact_one(count):
    words = short_count(count)
    unit = {"k": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}.get(words[-1], 1)
    value = Decimal(words.rstrip("kMBT").replace(",", "")) * unit
    assert abs(value - count) * 200 <= count
    assert len(words) <= 6


def test_exact_and_signed_counts():
    assert exact_count(1_298_000) == "1,298,000"
    assert exact_count(-5) == "−5"
    assert [signed_count(n) for n in (1_200, -300, 0)] == ["+1,200", "−300", "±0"]
    assert [short_change(n) for n in (705_302, -1_200, 0)] == ["+705k", "−1.2k", "±0"]


def test_a_rate_is_shown_to_a_tenth_of_a_per_cent():
    rates = {"0.0812": "8.1%", "0.00049": "0.0%", "0": "0.0%", "12.5": "1,250.0%"}
    assert [percent(Decimal(rate)) for rate in rates] == [*rates.values()]


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "under 1 min"), (-HOUR, "under 1 min"), (timedelta(seconds=29), "under 1 min"),
        (timedelta(seconds=31), "1 min"), (5 * MINUTE, "5 min"), (59.4 * MINUTE, "59 min"),
        (59.6 * MINUTE, "1 h"), (3 * HOUR, "3 h"), (5.9 * HOUR, "6 h"), (36 * HOUR, "36 h"),
        (47.6 * HOUR, "2 d"), (30 * DAY, "30 d"),
    ],
)  # fmt: skip
def test_spans_use_one_unit(span, words):
    assert ago(span) == words
