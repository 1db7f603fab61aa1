"""Rankings of gains: worked examples, and properties of any ranking."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.leaderboard import Count, Gain, gained, ranking

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
END = START + timedelta(days=1)


def at(hours, count):
    return Count(START + timedelta(hours=hours), count)


@pytest.mark.parametrize(
    ("first", "before", "last", "gain"),
    {
        "whole window": (at(-40, 5), at(0, 100), at(24, 350), Gain(250)),
        "a counter that fell": (at(-40, 5), at(-0.5, 100), at(24, 40), Gain(-60)),
        "began within it": (at(6, 30), None, at(24, 90), Gain(60, began=True)),
        "one reading": (at(24, 30), None, at(24, 30), Gain(0, began=True)),
        "silent since before the start": (at(-9, 1), at(-2, 7), at(-2, 7), None),
        "no reading": (None, None, None, None),
        "hours missing at the start": (at(-9, 1), at(-2, 100), at(24, 130), Gain(30, has_gap=True)),
        "hours missing at the end": (at(-9, 1), at(0, 100), at(20, 130), Gain(30, has_gap=True)),
    }.values(),
)
def test_a_gain_is_the_change_within_the_window(first, before, last, gain):
    assert gained(first, before, last, START, END) == gain


def test_sums_ties_moves_and_unranked_videos():
    gains = [("ann", Gain(5)), ("ann", Gain(7, began=True)), ("bea", Gain(12)), ("cem", Gain(-3)), ("dan", None)]
    earlier = [("bea", Gain(1)), ("cem", Gain(9)), ("eva", Gain(4))]
    found = ranking(gains, earlier)
    assert [(each.rank, each.who, each.gain, each.links, each.move) for each in found.standings] == [
        (1, "ann", 12, 2, None),
        (1, "bea", 12, 1, 2),
        (3, "cem", -3, 1, -2),
    ]
    assert (found.unread, found.began, found.gaps, found.fell, found.has_moves) == (1, 1, 0, 1, True)
    assert found.of("cem").rank == 3
    assert found.of("dan") is None


def test_without_an_earlier_window_nobody_is_new():
    assert ranking([("ann", Gain(1))]).has_moves is False
    assert ranking([]).standings == ()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-(10**9), 10**9)), max_size=500), st.randoms())
def test_ranks_follow_the_sums_whatever_the_order(rows, random):
    gains = [(who, Gain(gain)) for who, gain in rows]
    found = ranking(gains).standings
    random.shuffle(gains)
    assert ranking(gains).standings == found
    assert sum(each.gain for each in found) == sum(gain for _, gain in rows)
    assert sum(each.links for each in found) == len(rows)
    for each in found:
        assert each.rank == 1 + sum(other.gain > each.gain for other in found)
    assert ranking(gains, gains).standings == tuple(replace(each, move=0) for each in found)
