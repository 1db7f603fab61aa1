"""Example cards of payouts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.campaigns import payout_card
from bot.campaigns.owed import Owed
from bot.domain.campaigns import Campaign
from bot.domain.payout import Line, State, Terms
from bot.domain.videos import HOUR, Metric
from bot.reply.call import Call
from bot.reply.model import File, Reply
from bot.store.payouts import StoredTerms
from tests.examples import ANA, NOW, TITLES, link

TERMS = Terms(
    {"tiktok": Decimal("2.50"), "youtube": Decimal(1)},
    minimum=1000,
    video_cap=Decimal(200),
    creator_cap=Decimal(500),
    final_days=30,
    budget=Decimal(1000),
)
CAMPAIGN = Campaign(7, 1, TITLES[1][:40], None, None, None, None, NOW, ANA)


def payout_gallery() -> Iterator[tuple[str, Reply]]:
    """Every card by name."""
    owed = owing(9)
    undo = Call("payout.unpaid", {"campaign": "7", "creator": "tiktok @ana", "at": "1772359200"})
    yield "campaigns.payout_card.payout", payout_card.payout(owed, Decimal("12.60"), may_configure=True)
    plain = replace(owing(2), terms=replace(owed.terms, terms=replace(TERMS, budget=None)))
    yield "campaigns.payout_card.payout: no budget", payout_card.payout(plain, None, may_configure=False)
    over = replace(owed, terms=replace(owed.terms, terms=replace(TERMS, budget=Decimal(50))))
    yield "campaigns.payout_card.payout: over budget", payout_card.payout(over, Decimal(0), may_configure=True)
    yield "campaigns.payout_card.payout: empty", payout_card.payout(owing(0), None, may_configure=True)
    yield "campaigns.payout_card.no_terms", payout_card.no_terms(CAMPAIGN, may_configure=True)
    yield "campaigns.payout_card.no_terms: member", payout_card.no_terms(CAMPAIGN, may_configure=False)
    yield "campaigns.payout_card.terms_set", payout_card.terms_set(owed, Terms())
    yield "campaigns.payout_card.terms_set: the same", payout_card.terms_set(owed, TERMS)
    yield "campaigns.payout_card.payout_details", payout_card.payout_details(owing(25))
    yield "campaigns.payout_card.payout_details: empty", payout_card.payout_details(owing(0))
    file = File("payout-launch.csv", b"creator\r\n", "text/csv", "one row per video")
    yield "campaigns.payout_card.payout_file", payout_card.payout_file(owed, file)
    yield "campaigns.payout_card.marked_paid", payout_card.marked_paid(CAMPAIGN, owed.lines[:2], undo)
    yield "campaigns.payout_card.unmarked_paid", payout_card.unmarked_paid(CAMPAIGN, owed.lines[:2])
    yield "campaigns.payout_card.unmarked_paid: before", payout_card.unmarked_paid(CAMPAIGN, ())


def owing(count: int) -> Owed:
    """What a campaign of so many videos owes."""
    lines = tuple(map(_line, range(count)))
    terms = StoredTerms(3, TERMS, NOW - timedelta(days=20), ANA)
    return Owed(CAMPAIGN, terms, lines, sum((line.amount for line in lines), Decimal()) - 50, 840, NOW)


def _line(number: int) -> Line:
    state = (State.OPEN, State.FINAL, State.PAID, State.UNKNOWN)[number % 4]
    platform = "instagram" if state is State.UNKNOWN else ("tiktok", "youtube")[number % 2]
    name = (f"@{TITLES[number % len(TITLES)][:30]}", "@ana", "@Ana", "")[number % 4]
    line = Line(
        key=f"{platform}:{number}",
        link=link(number).url,
        title=TITLES[number % len(TITLES)],
        platform=platform,
        creator=name,
        handle=name.casefold().removeprefix("@"),
        metric=Metric.LIKES if platform == "instagram" else Metric.VIEWS,
        state=state,
        why="the terms have no rate per 1,000 likes" if state is State.UNKNOWN else "",
        final_hour=NOW - timedelta(days=number) if state in {State.FINAL, State.PAID} else NOW + timedelta(days=10),
    )
    if state is State.UNKNOWN:
        return line
    return replace(
        line,
        start_at=NOW - timedelta(days=20),
        start=1000,
        end_at=NOW - timedelta(days=number) - 3 * HOUR,
        end=201_000 - number * 7000,
        missing=number % 3,
        fallen=number % 2,
        counted=200_000 - number * 7000,
        minimum=1000,
        rate=Decimal("2.50"),
        video_cap=Decimal(200),
        amount=Decimal("123.45") - number,
        terms_id=2 if line.is_settled else 0,
    )
