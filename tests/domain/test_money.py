from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commitments import Promise
from bot.domain.money import (
    Consequence,
    Runway,
    Usage,
    bill_check,
    consequences,
    dollars,
    left_after,
    price,
    promised,
    runway,
    unit_price,
)
from bot.domain.videos import HOUR

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
CENT_AND_A_HALF = Decimal("0.015")
DOLLAR = Decimal(1)


def owed(*hours: float, burns: bool = True) -> tuple[Promise, ...]:
    """Running videos v0, v1 … that end in these hours."""
    return tuple(Promise(f"v{number}", NOW + left * HOUR, burns=burns) for number, left in enumerate(hours))


def usage(balance: str, uncharged: str = "0", cost: Decimal = CENT_AND_A_HALF) -> Usage:
    return Usage(
        balance=Decimal(balance),
        uncharged=Decimal(uncharged),
        total_charged=Decimal(0),
        cost_per_snapshot=cost,
        total_snapshots=0,
    )


@pytest.mark.parametrize(
    ("days", "dollars"), [(1, "0.36"), (3, "1.08"), (7, "2.52"), (14, "5.04"), (30, "10.80"), (0, "0")]
)
def test_a_tracking_costs_24_snapshots_a_day(days, dollars):
    assert price(days, CENT_AND_A_HALF) == Decimal(dollars)


# Three videos end in 2, 5 and 10 hours, a snapshot costs a dollar. Due in each hour, and in sum:
#   hour      1  2  3  4  5  6  7  8  9 10
#   due       3  3  2  2  2  1  1  1  1  1
#   in sum    3  6  8 10 12 13 14 15 16 17
THREE = owed(5, 2, 10)


@pytest.mark.parametrize(
    ("available", "empty_in"),
    [
        ("17", None), ("16.99", 10), ("16.5", 10), ("16", 9), ("13", 6), ("12", 5), ("11", 5), ("10", 4),
        ("9", 4), ("6", 2), ("5", 2), ("3", 1), ("0.01", 1), ("0", 0), ("-4", 0), ("1000", None),
    ],
)  # fmt: skip
def test_the_burn_slows_down_as_each_video_ends(available, empty_in):
    assert runway(Decimal(available), DOLLAR, THREE, NOW) == Runway(
        promised=Decimal(17),
        empty_at=None if empty_in is None else NOW + empty_in * HOUR,
        left_after=Decimal(available) - 17,
        last_end=NOW + 10 * HOUR,
    )


def test_two_weeks_of_real_prices():
    # 7 days = 168 snapshots and 1 day = 24; together 192 = $2.88. $2.00 buys 133 and a third: 48 in the first day
    # (two an hour), then 86 more to the one that breaks the bank: hour 24 + 86 = 110.
    found = runway(Decimal("2.00"), CENT_AND_A_HALF, owed(168, 24), NOW)
    assert found == Runway(Decimal("2.88"), NOW + 110 * HOUR, Decimal("-0.88"), 0, NOW + 168 * HOUR)


PAUSED = Promise("paused", NOW + 100 * HOUR, burns=False)


@pytest.mark.parametrize(
    ("available", "cost", "promises", "expected"),
    [
        (5, 1, (), Runway(Decimal(0), None, Decimal(5))),
        (-1, 1, (), Runway(Decimal(0), None, Decimal(-1))),
        (0, 1, owed(0, -5), Runway(Decimal(0), None, Decimal(0))),
        (20, 1, (*THREE, PAUSED), Runway(Decimal(117), None, Decimal(-97), 1, NOW + 10 * HOUR)),
        (0, 0, THREE, Runway(Decimal(0), None, Decimal(0), 0, NOW + 10 * HOUR)),
    ],
    ids=["no videos", "no videos, in debt", "videos that are over", "a paused video is only promised", "a free key"],
)
def test_money_without_running_videos_never_runs_out(available, cost, promises, expected):
    assert runway(Decimal(available), Decimal(cost), promises, NOW) == expected


REMAINING = st.lists(st.integers(0, 60), max_size=12)


def hour_by_hour(available: Decimal, cost: Decimal, remaining: list[int]) -> int | None:
    """The slow way: pay each hour's snapshots until the money is gone while something is still due."""
    hour = 0
    while any(left > hour for left in remaining):
        if available <= 0:
            return hour
        hour += 1
        available -= cost * sum(left >= hour for left in remaining)
    return hour if available < 0 else None


@given(st.integers(-200, 4000), REMAINING, st.sampled_from(["0.015", "0.03", "1", "0.7"]))
def test_the_burn_down_agrees_with_paying_hour_by_hour(cents, remaining, cost):
    available, each = Decimal(cents) / 100, Decimal(cost)
    found = runway(available, each, owed(*remaining), NOW)
    expected = hour_by_hour(available, each, remaining) if remaining else None
    assert found.empty_at == (None if expected is None or not sum(remaining) else NOW + expected * HOUR)
    assert found.promised == sum(remaining) * each
    assert found.left_after == available - found.promised


def test_ten_thousand_videos_run_out_at_the_right_hour():
    many = owed(*(number % 720 + 1 for number in range(10_000)))
    total = promised(many, CENT_AND_A_HALF, NOW)
    assert runway(total, CENT_AND_A_HALF, many, NOW).empty_at is None
    # The last hour has the 13 videos of remainder 719 (numbers 719, 1439 … 9359): a cent less breaks in it.
    assert runway(total - Decimal("0.01"), CENT_AND_A_HALF, many, NOW).empty_at == NOW + 720 * HOUR
    assert runway(total - 13 * CENT_AND_A_HALF, CENT_AND_A_HALF, many, NOW).empty_at == NOW + 719 * HOUR


def test_the_card_shows_what_is_left_after_commitments():
    # $5.00 with $0.50 uncharged leaves 4.50; a video with 24 snapshots to come holds 0.36 of it.
    found = consequences(usage("5.00", "0.50"), owed(24), NOW)
    assert [(c.days, c.price, c.left_after, c.affordable) for c in found] == [
        (1, Decimal("0.36"), Decimal("3.78"), True),
        (3, Decimal("1.08"), Decimal("3.06"), True),
        (7, Decimal("2.52"), Decimal("1.62"), True),
        (14, Decimal("5.04"), Decimal("-0.90"), False),
        (30, Decimal("10.80"), Decimal("-6.66"), False),
    ]
    assert [c.pauses_at is None for c in found] == [True, True, True, False, False]


def test_the_card_names_the_running_videos_that_would_be_cut_short():
    # A dollar a snapshot, 60 dollars. v0 ends in 10 hours, v1 in 40; a new day's tracking adds 24.
    #   hours 1-10: 3 an hour = 30; 11-24: 2 an hour = 28 (58); 25 and 26: 1 each = 60. Dry in hour 26, v1 cut short.
    (one,) = consequences(usage("60", cost=DOLLAR), owed(10, 40), NOW, durations=(1,))
    assert one == Consequence(
        days=1, price=Decimal(24), left_after=Decimal(-14), pauses_at=NOW + 26 * HOUR, affected=("v1",), affordable=True
    )


def test_a_video_without_money_for_its_last_snapshot_is_cut_short():
    # One video of 10 hours and the new one of 24: 20 dollars for the first ten hours, and 19.50 are there.
    (one,) = consequences(usage("19.50", cost=DOLLAR), owed(10), NOW, durations=(1,))
    assert (one.pauses_at, one.affected, one.affordable) == (NOW + 10 * HOUR, ("v0",), False)
    (exact,) = consequences(usage("20", cost=DOLLAR), owed(10), NOW, durations=(1,))
    assert (exact.pauses_at, exact.affected) == (NOW + 10 * HOUR, ())


def test_several_links_at_once_cost_several_times():
    (three,) = consequences(usage("2.00"), (), NOW, durations=(1,), count=3)
    assert (three.price, three.left_after, three.affordable) == (Decimal("1.08"), Decimal("0.92"), True)
    (six,) = consequences(usage("2.00"), (), NOW, durations=(1,), count=6)
    # Six an hour: $0.09. $2.00 pays 22 hours ($1.98) and is gone in the 23rd.
    assert (six.left_after, six.pauses_at, six.affordable) == (Decimal("-0.16"), NOW + 23 * HOUR, False)


@pytest.mark.parametrize(
    ("wallet", "running", "days", "left", "pauses_at", "affected", "affordable"),
    [
        (usage("2.52"), (), 7, "0", None, (), True),
        (usage("0.10", "0.10"), owed(5), 1, "-0.435", NOW, ("v0",), False),
        (usage("0.40"), owed(24, burns=False), 1, "-0.32", None, (), True),
    ],
    ids=["exactly enough", "empty", "paused videos are committed but not cut short"],
)
def test_the_card_of_a_wallet_at_its_limit(wallet, running, days, left, pauses_at, affected, affordable):
    (card,) = consequences(wallet, running, NOW, durations=(days,))
    assert card == Consequence(days, price(days, CENT_AND_A_HALF), Decimal(left), pauses_at, affected, affordable)


@given(st.integers(0, 100), REMAINING, st.integers(1, 3), st.integers(0, 3))
def test_a_card_never_contradicts_itself(available, remaining, days, count):
    running = owed(*remaining)
    (card,) = consequences(usage(str(available), cost=DOLLAR), running, NOW, durations=(days,), count=count)
    assert (card.pauses_at is None) == (card.left_after >= 0 or not (remaining or count))
    assert card.price == count * price(days, DOLLAR)
    if card.pauses_at is None:
        assert card.affected == ()
    else:
        survivors = [p for p in running if p.video_id not in card.affected]
        assert all(p.ends_at <= card.pauses_at for p in survivors)
        assert all(p.ends_at >= card.pauses_at for p in running if p.video_id in card.affected)


@pytest.mark.parametrize(
    ("charged", "uncharged", "snapshots", "difference"),
    [("2.00", "0.52", 168, "0"), ("2.00", "0.55", 168, "0.03"), ("0", "2.505", 168, "-0.015")],
)
def test_the_bill_is_checked_against_the_snapshots_taken(charged, uncharged, snapshots, difference):
    wallet = replace(usage("5", uncharged), total_charged=Decimal(charged), total_snapshots=snapshots)
    assert bill_check(wallet) == Decimal(difference)


@pytest.mark.parametrize("silent", ["uncharged", "total_charged", "total_snapshots"])
def test_an_incomplete_bill_is_not_checked(silent):
    assert bill_check(replace(usage("5"), **{silent: None})) is None


def test_without_an_uncharged_amount_at_most_the_whole_balance_is_available():
    assert replace(usage("5"), uncharged=None).available == Decimal(5)


@pytest.mark.parametrize(
    ("amount", "owed", "available"),
    [
        ("2.52", "$2.52", "$2.52"), ("1.905", "$1.91", "$1.90"), ("-0.125", "-$0.12", "-$0.13"),
        ("1234.5", "$1,234.50", "$1,234.50"), ("1E+3", "$1,000.00", "$1,000.00"), ("0", "$0.00", "$0.00"),
        ("0.0099", "under $0.01", "under $0.01"), ("-0.0000001", "$0.00", "$0.00"),
        ("2.5200000001", "$2.52", "$2.52"), ("2.5199999999", "$2.52", "$2.52"),
    ],
)  # fmt: skip
def test_an_amount_has_two_decimals_rounded_pessimistically(amount, owed, available):
    assert (dollars(Decimal(amount)), dollars(Decimal(amount), down=True)) == (owed, available)


@pytest.mark.parametrize(
    ("available", "owed", "left"),
    [
        ("4.505", ("2.235",), "2.26"),  # $4.50 - $2.24
        ("4.505", ("4.505",), "0"),  # all of it is covered, so nothing is missing
        ("4.5", ("2.235", "2.52"), "-0.26"),
        ("0.1", ("0.105",), "-0.01"),
    ],
)
def test_the_sums_on_a_card_add_up(available, owed, left):
    assert left_after(Decimal(available), *map(Decimal, owed)) == Decimal(left)


@pytest.mark.parametrize(
    ("amount", "words"), [("0.015", "$0.015"), ("0.02", "$0.02"), ("0.000072", "$0.000072"), ("1234.5", "$1,234.50")]
)
def test_a_unit_price_keeps_its_digits(amount, words):
    assert unit_price(Decimal(amount)) == words
