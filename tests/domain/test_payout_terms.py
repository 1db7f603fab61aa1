from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.domain.errors import UsageError
from bot.domain.payout import Terms
from bot.domain.payout_terms import EXAMPLE, packed_terms, read_terms, terms_words
from bot.domain.videos import VideoPlatform
from bot.reply.call import Call

TODAY = date(2026, 11, 29)
FULL = Terms(
    rates={"youtube": Decimal("2.50"), "tiktok": Decimal(1), "instagram": Decimal(3)},
    from_zero=True,
    minimum=1000,
    video_cap=Decimal(200),
    creator_cap=Decimal(500),
    final_days=30,
    budget=Decimal(5000),
)

SPOKEN = (
    "YT: $2.50, tt 1 for a thousand views and ig 3/1k likes; since 0 min 1k max $200 per video creator cap 500 "
    "final in 30 days budget of 5,000"
)
NONE = "no cap, no cap per creator, no minimum, no budget, no ig, no youtube, never final, from first reading"


@pytest.mark.parametrize(
    ("typed", "known", "expected"),
    [
        (EXAMPLE, Terms(), FULL),
        (SPOKEN, Terms(), FULL),
        ("budget 6000", FULL, replace(FULL, budget=Decimal(6000))),
        ("2 per 1000", Terms(), Terms(dict.fromkeys(("tiktok", "youtube", "twitter"), Decimal(2)))),
        ("budget 6k, max 1k per creator", FULL, replace(FULL, budget=Decimal(6000), creator_cap=Decimal(1000))),
        ("x 2 cpm", Terms(), Terms({"twitter": Decimal(2)})),
        ("x 0", Terms(), Terms({"twitter": Decimal(0)})),
        ("x 1 final on 31 Dec", Terms(), Terms({"twitter": Decimal(1)}, final_on=date(2026, 12, 31))),
        ("x 1 final Jan 5", Terms(), Terms({"twitter": Decimal(1)}, final_on=date(2027, 1, 5))),
        ("x 1 final on 2026-12-31", Terms(), Terms({"twitter": Decimal(1)}, final_on=date(2026, 12, 31))),
        (NONE, FULL, Terms({"tiktok": Decimal(1)})),
    ],
)  # fmt: skip
def test_terms_are_read_from_plain_words(typed, known, expected):
    assert read_terms(typed, known, TODAY) == expected


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "What does the campaign pay?"),
        ("youtube 2 per 1000, bonus 20 each", "“bonus 20 each”"),
        ("youtube lots", "“youtube lots”"),
        ("instagram 3 per 1000 views", "Instagram has no views"),
        ("tiktok 3 per 1000 likes", "Likes are paid on Instagram alone"),
        ("youtube 2 per 100", "Rates are per 1,000 views"),
        ("youtube 0.01 per view", "Rates are per 1,000 views"),
        ("youtube 1000000000", "an amount can be 9,999,999 at most"),
        ("youtube 1, cap 0", "at least $0.01"),
        ("youtube 1, budget 5.001", "could be"),
        ("youtube 1, final after 0 days", "after 1 to 3,650 days"),
        ("youtube 1, final on 2026-02-31", "is no date"),
        ("youtube 1, final on 2020-12-31", "more than a year ago"),
        ("budget 50", "Name a rate"),
        ("tiktok 1e9 per 1000", "I can't read “1e9” as a number"),
        ("youtube 1, minimum 1e3", "I can't read “1e3” as a number"),
        ("youtube 1 per 1000,bonus 2", "“bonus 2”"),
        ("youtube 2 per 1000, youtube 3 per 1000", "state the rate for youtube twice"),
        ("youtube 2, cap 200 cap 300", "state the video cap twice"),
        ("youtube 2, budget 50, budget 500", "state the budget twice"),
    ],
)
def test_unknown_terms_are_named(typed, sentence):
    with pytest.raises(UsageError, match=sentence.replace("$", r"\$").replace("?", r"\?")):
        read_terms(typed, Terms(), TODAY)


def test_written_terms_state_everything():
    assert "; ".join(terms_words(FULL, {"youtube": "YouTube", "tiktok": "TikTok", "instagram": "Instagram"})) == (
        "YouTube $2.50 per 1,000 views; TikTok $1.00 per 1,000 views; Instagram $3.00 per 1,000 likes; counted from "
        "zero; minimum 1,000; at most $200.00 per video; at most $500.00 per creator, oldest videos first; final 30 "
        "days after tracking begins; budget $5,000.00"
    )


def test_packed_terms_of_any_usual_size_fit_a_button_and_are_read_back():
    most = Terms(
        rates=dict.fromkeys(VideoPlatform, Decimal("999.999999")),
        from_zero=True,
        minimum=999_999_999,
        video_cap=Decimal("9999999.99"),
        creator_cap=Decimal("9999999.99"),
        final_on=date(2030, 12, 31),
        budget=Decimal("9999999.99"),
    )
    for terms in (most, FULL, Terms({"twitter": Decimal(0)})):
        assert read_terms(packed_terms(terms), Terms(), TODAY) == terms
        assert Call("payout", {"campaign": "99999", "whole": "1", "terms": packed_terms(terms)}).fits


@pytest.mark.parametrize("typed", ["~", "~T", "~B1", "~Ozzzzzzzzzz"])
def test_text_that_only_looks_packed_is_refused(typed):
    with pytest.raises(UsageError, match="Name a rate"):
        read_terms(typed, Terms(), TODAY)
