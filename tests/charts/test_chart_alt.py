from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from bot.charts.alt import comparison_alt, gains_alt, growth_alt, movers_alt, spend_alt
from bot.charts.specs import Comparison, Gains, Growth, Line, Movers, Spend

NOON = datetime(2025, 11, 1, 12, tzinfo=UTC)


def counted(*counts):
    return lambda hour: counts[hour]


def test_growth_states_both_counts_the_period_in_utc_and_gaps(hourly):
    line = hourly("views", lambda hour: 1_200 + hour * 4_000, 25, {9, 10, 11})
    assert growth_alt(Growth("Cat", line)) == (
        "Views grew from 1,200 to 97,200 between 10:00 on 1 Nov 2025 and 10:00 on 2 Nov 2025 (UTC); "
        "3 hours are missing."
    )
    tokyo = timezone(timedelta(hours=9))
    line = Line.hourly("views", [(datetime(2025, 11, 1, hour, tzinfo=tokyo), hour) for hour in (8, 9)])
    assert growth_alt(Growth("Cat", line)) == (
        "Views grew from 8 to 9 between 23:00 on 31 Oct 2025 and 00:00 on 1 Nov 2025 (UTC)."
    )


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((7,), "Likes were 7 at 10:00 UTC on 1 Nov 2025, the only reading."),
        ((7, 9), "Likes grew from 7 to 9 between 10:00 and 11:00 UTC on 1 Nov 2025."),
        ((9, 9, 9), "Likes stayed at 9 between 10:00 and 12:00 UTC on 1 Nov 2025."),
        ((9, 7), "Likes fell from 9 to 7 between 10:00 and 11:00 UTC on 1 Nov 2025; the counter fell once."),
        ((9, 8, 7, 12), "Likes grew from 9 to 12 between 10:00 and 13:00 UTC on 1 Nov 2025; the counter fell 2 times."),
        (
            (9, 12, 9),
            (
                "Likes began and ended at 9, with 9 to 12 in between, between 10:00 and 12:00 UTC on 1 Nov 2025; "
                "the counter fell once."
            ),
        ),
    ],
)
def test_growth_distinguishes_rise_fall_stillness_and_a_single_reading(hourly, counts, sentence):
    assert growth_alt(Growth("Cat", hourly("likes", counted(*counts), len(counts)))) == sentence


def test_gains_state_the_latest_and_best_hour_and_day_and_gaps(hourly):
    def count(hour):
        return hour * 10 + (500 if hour > 3 else 0)

    assert gains_alt(Gains("Cat", hourly("views", count, 40, {5}))) == (
        "+10 views in the hour to 01:00 UTC on 3 Nov; most in the hour to 14:00 UTC on 1 Nov: +510. "
        "Best day (UTC): +630 on 1 Nov 2025 (part of the day), +20 on 3 Nov 2025 (part of the day); 1 hour is missing."
    )
    assert gains_alt(Gains("Cat", hourly("views", count, 2))) == (
        "+10 views in the hour to 11:00 UTC on 1 Nov. Day (UTC): +10 on 1 Nov 2025 (part of the day)."
    )


def test_a_comparison_names_the_leader_at_the_last_common_hour_and_later_counts(aged):
    lines = (
        aged("A", lambda hour: 100 * hour, 49),
        aged("B", lambda hour: 5_000 + hour, 25),
        aged("C", lambda hour: hour, 25, {3, 4, 9}),
    )
    assert comparison_alt(Comparison("views", NOON, lines)) == (
        "“B” leads at hour 24 since tracking began, the last that all have: “B” 5,024 views, “A” 2,400 and “C” 24. "
        "Later: “A” 4,800 views at hour 48. 3 hours are missing in “C”."
    )


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            [("A", {1: 5}), ("B", {1: 5}), ("C", {1: 3})],
            (
                "“A” and “B” are level at hour 1 since tracking began, the last that all have: "
                "“A” 5 views, “B” 5 and “C” 3."
            ),
        ),
        (
            [("A", {0: 5}), ("B", {3.2: 7, 6.2: 9})],
            (
                "No hour that all have. Latest: “A” 5 views at hour 0 and “B” 9 views at hour 6. "
                "2 hours are missing in “B”."
            ),
        ),
        ([("A", {1: 1, 2: 2})], "“A” has 2 views at hour 2 since tracking began."),
        (
            [("Cat", {1: 5}), ("Cat", {1: 3})],
            "1 “Cat” leads at hour 1 since tracking began, the last that all have: 1 “Cat” 5 views and 2 “Cat” 3.",
        ),
    ],
    ids=["equals", "no shared hour", "one", "the same name"],
)
def test_a_comparison_without_one_leader(lines, words):
    drawn = tuple(Line.hourly(name, [(float(hour), n) for hour, n in counts.items()]) for name, counts in lines)
    assert comparison_alt(Comparison("views", NOON, drawn)) == words


def test_movers_state_gains_and_losses():
    movers = Movers("Top movers", "views", NOON, NOON + timedelta(days=1), (("Cat", 12_000), ("Dog", 0), ("C", -200)))
    assert movers_alt(movers) == "Views in 24 h: “Cat” gained 12,000, “Dog” did not change and “C” lost 200."
    mixed = replace(movers, unit="views/likes", units=("views", "views", "likes"))
    assert movers_alt(mixed).endswith("“Cat” gained 12,000 views, “Dog” did not change and “C” lost 200 likes.")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({1: "2.52", 3: "0.015"}, "$2.54 was spent from 1 to 3 Nov 2025 (days in UTC), most on 1 Nov: $2.52."),
        ({1: "2.52"}, "$2.52 was spent on 1 Nov 2025 (UTC)."),
        ({1: "0"}, "nothing was spent on 1 Nov 2025 (UTC)."),
    ],
)
def test_spend_states_total_period_and_highest_day(days, words):
    spent = tuple((date(2025, 11, day), Decimal(dollars)) for day, dollars in days.items())
    assert spend_alt(Spend("Acme", spent, date.max)) == f"By the snapshots read here, {words}"
