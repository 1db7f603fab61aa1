from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.payout import Line, PaidVideo, State, Terms, accounts, lines, reached_at, to_cents, total
from bot.domain.videos import HOUR, Metric, Snapshot, Video

START = datetime(2026, 3, 1, 10, 20, tzinfo=UTC)
DAY = timedelta(days=1)
RATES = {"youtube": Decimal("2.50"), "tiktok": Decimal(1)}
TERMS = Terms(RATES)


def paid(number: int, *counts: int | None, platform: str = "tiktok", creator: str = "@ana", late: int = 0) -> PaidVideo:
    """A video with a count in each hour since its start; None is an hour without a snapshot."""
    metric = Metric.LIKES if platform == "instagram" else Metric.VIEWS
    taken = tuple(
        Snapshot(START + (late + hour) * HOUR, {metric: count})
        for hour, count in enumerate(counts)
        if count is not None
    )
    video = Video(f"v{number}", f"https://example.com/{number}", platform, "monitoring", creator=creator)
    since = START + late * HOUR
    return PaidVideo(f"{platform}:{number}", video, since, since + 999 * DAY, taken)


def sole(terms: Terms, video: PaidVideo, now: datetime = START + DAY) -> Line:
    (line,) = lines(terms, [video], {}, now)
    return line


@pytest.mark.parametrize(
    ("terms", "counts", "counted", "amount"),
    [
        (TERMS, (1000, 13_345), 12_345, "12.34"),  # 12.345 rounds to the even cent
        (TERMS, (1000, 13_355), 12_355, "12.36"),  # so does 12.355
        (replace(TERMS, from_zero=True), (1000, 13_345), 13_345, "13.34"),
        (replace(TERMS, minimum=12_346), (1000, 13_345), 0, "0.00"),
        (replace(TERMS, minimum=12_345), (1000, 13_345), 12_345, "12.34"),
        (replace(TERMS, video_cap=Decimal(10)), (1000, 13_345), 12_345, "10.00"),
        (replace(TERMS, video_cap=Decimal(10), creator_cap=Decimal("7.5")), (1000, 13_345), 12_345, "7.50"),
        (Terms({"tiktok": Decimal(0)}), (1000, 13_345), 12_345, "0.00"),
        (Terms({"tiktok": Decimal(10**9)}), (0, 10**12), 10**12, "1000000000000000000.00"),
        (TERMS, (5000, 2000), 0, "0.00"),
        (TERMS, (5000,), 0, "0.00"),
    ],
)
def test_a_line_is_the_minimum_the_rate_and_then_the_caps(terms, counts, counted, amount):
    line = sole(terms, paid(1, *counts))
    assert (line.counted, line.amount) == (counted, Decimal(amount))


def test_the_count_is_from_the_final_hour():
    two_days = replace(TERMS, final_days=2)
    video = paid(1, *range(0, 100_000, 1000))
    line = sole(two_days, video, START + 3 * DAY)
    assert (line.state, line.end, line.end_at) == (State.FINAL, 48_000, START + 2 * DAY)
    assert line.final_hour == (START + 2 * DAY).replace(minute=0)
    assert not line.ends_early
    assert sole(two_days, video, START + 2 * DAY).state is State.OPEN
    unread = replace(video, read_at=START + 2 * DAY)
    assert sole(two_days, unread, START + 5 * DAY).state is State.OPEN


def test_without_a_reading_in_the_final_hour_the_one_before_counts_and_is_stated():
    counts = [hour * 1000 for hour in range(46)] + [None] * 5 + [99_000]
    line = sole(replace(TERMS, final_on=date(2026, 3, 3)), paid(1, *counts), START + 9 * DAY)
    assert (line.end, line.end_at, line.ends_early) == (99_000, START + 51 * HOUR, True)
    assert (line.missing, line.fallen) == (5, 0)
    assert sole(replace(TERMS, final_days=2), paid(1, *counts), START + 9 * DAY).end == 45_000


@pytest.mark.parametrize(
    ("video", "why"),
    [
        (paid(1, 5, 6, platform="instagram"), "the terms have no rate per 1,000 likes"),
        (paid(1), "no reading yet"),
        (replace(paid(1, 5), snapshots=(Snapshot(START, {Metric.LIKES: 5}),)), "no views are stated"),
        (replace(paid(1, 5), tracked_since=None, read_at=None), "not tracked yet"),
    ],
)
def test_a_line_that_cannot_be_computed_has_a_reason(video, why):
    line = sole(TERMS, video)
    assert (line.state, line.why, line.amount) == (State.UNKNOWN, why, 0)


def test_instagram_is_paid_by_likes():
    line = sole(replace(TERMS, rates={"instagram": Decimal(3)}), paid(1, 100, 1600, platform="instagram"))
    assert (line.metric, line.counted, line.amount) == (Metric.LIKES, 1500, Decimal("4.50"))


def test_a_creators_cap_goes_to_their_oldest_videos_and_final_lines_keep_theirs():
    capped = replace(TERMS, creator_cap=Decimal(10), final_days=1)
    videos = [paid(2, 0, 8000, late=1), paid(1, 0, 7000), paid(3, 0, 5000, creator="@bo")]
    found = {line.key: line for line in lines(capped, videos, {}, START + HOUR * 3)}
    assert [found[f"tiktok:{number}"].amount for number in (1, 2, 3)] == [7, 3, 5]
    final = {line.key: line for line in lines(capped, videos, {}, START + 2 * DAY)}
    changed = lines(replace(capped, rates={"tiktok": Decimal(9)}, creator_cap=Decimal(1)), videos[:1], final, START)
    assert changed == tuple(final.values())


def test_the_budget_is_reached_at_the_pace_of_the_last_day():
    assert reached_at(Decimal(100), Decimal(60), Decimal(40), START) == START + 2 * DAY
    assert reached_at(Decimal(100), Decimal(100), Decimal(100), START) == START
    assert reached_at(Decimal(100), Decimal(60), Decimal(60), START) is None


DOLLARS = st.decimals(min_value=0, max_value=1000, places=2)
VIDEOS = st.lists(
    st.tuples(
        st.sampled_from(["tiktok", "youtube", "instagram"]),
        st.sampled_from(["@ana", "@bo", ""]),
        st.lists(st.none() | st.integers(0, 10**7), max_size=4),
        st.integers(0, 30),
    ),
    max_size=6,
).map(
    lambda rows: [
        paid(n, *counts, platform=site, creator=by, late=late) for n, (site, by, counts, late) in enumerate(rows)
    ]
)
ANY_TERMS = st.builds(
    Terms,
    rates=st.dictionaries(st.sampled_from(["tiktok", "youtube", "instagram"]), DOLLARS),
    from_zero=st.booleans(),
    minimum=st.integers(0, 10**6),
    video_cap=st.none() | DOLLARS,
    creator_cap=st.none() | DOLLARS,
    final_days=st.none() | st.integers(1, 3),
)


@given(ANY_TERMS, VIDEOS, st.integers(0, 100))
def test_lines_sum_up_within_their_caps_and_can_be_recomputed(terms, videos, hours):
    found = lines(terms, videos, {}, START + hours * HOUR)
    assert len(found) == len(videos)
    assert total(found) == sum(account.amount for account in accounts(found))
    for line in found:
        earned = (Decimal(line.counted) * line.rate / 1000).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        bounds = [each for each in (earned, line.video_cap, line.creator_left) if each is not None]
        assert line.amount == (min(bounds) if line.state is not State.UNKNOWN else 0) >= 0
        assert line.counted in {0, line.end - line.start}
    if terms.creator_cap is not None:
        assert all(each.amount <= terms.creator_cap for each in accounts(found) if each.creator)


@given(ANY_TERMS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_views_never_earn_less(terms, count, more):
    amounts = [sole(replace(terms, rates=RATES), paid(1, 0, each)).amount for each in (count, count + more)]
    assert amounts == sorted(amounts)


def test_a_tenth_of_a_cent_of_a_large_rate_is_exact():
    assert to_cents(999_999_999_999, Decimal("999999.999999")) == Decimal("999999999998000.00")


def test_the_relevant_counts_alone_give_the_same_amount():
    whole = paid(1, 10, None, 900, 40, 50_000)
    glance = replace(whole, snapshots=(whole.snapshots[0], whole.snapshots[-1]), missing=1)
    seen, read = sole(TERMS, glance), sole(TERMS, whole)
    assert (read.missing, read.fallen) == (1, 1)
    assert seen == replace(read, fallen=0)
