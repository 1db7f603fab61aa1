"""Payouts in the database: final lines keep their terms, and are paid once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.errors import UsageError
from bot.domain.payout import Line, State, Terms
from bot.domain.payout_terms import read_terms
from bot.domain.videos import Metric
from bot.store.audit import Actor
from tests.store.samples import ADA, BEN, NOW

LINE = Line(
    key="tiktok:1",
    link="https://www.tiktok.com/@ada/video/1",
    title="Half \ud800 a character",
    platform="tiktok",
    creator="@Ada",
    handle="ada",
    metric=Metric.VIEWS,
    state=State.FINAL,
    start_at=NOW - timedelta(days=30),
    start=5,
    end_at=NOW,
    end=10**12 + 5,
    final_hour=NOW,
    missing=3,
    fallen=1,
    counted=10**12,
    rate=Decimal(10**6),
    creator_left=Decimal("9.99"),
    amount=Decimal("1000000000000000.00"),
)


def change(words, known_by=ADA):
    return (lambda terms: read_terms(words, terms, NOW.date())), lambda _: words, Actor(known_by, NOW)


async def test_lines_become_final_once_and_keep_their_terms(store, two_stores, workspace, neighbour):
    campaign, _ = await store.campaigns.create(workspace.id, "launch", Actor(ADA, NOW))
    ours, payouts = (workspace.id, campaign.id), store.payouts
    assert await payouts.terms(*ours) is None
    assert not await payouts.settle(*ours, 1, 0, [LINE])
    first = await payouts.change_terms(*ours, *change("tiktok 1000000, budget 50"))
    assert await payouts.change_terms(*ours, *change("budget 50")) == first == await payouts.terms(*ours)
    assert first.terms == Terms({"tiktok": Decimal(1_000_000)}, budget=Decimal(50))
    with pytest.raises(UsageError, match="bonus"):
        await payouts.change_terms(*ours, *change("bonus"))
    kept = await asyncio.gather(*(each.payouts.settle(*ours, first.id, 0, [LINE]) for each in two_stores * 2))
    assert sorted(kept) == [False, False, False, True]
    later = await payouts.change_terms(*ours, *change("tiktok 9"))
    assert later.id > first.id
    assert not await payouts.settle(*ours, first.id, 1, [replace(LINE, key="tiktok:2")])
    assert await payouts.lines(*ours) == {"tiktok:1": replace(LINE, title="Half ? a character", terms_id=first.id)}
    assert await payouts.with_budget(workspace.id) == (campaign.id,)
    assert await payouts.terms(neighbour.id, campaign.id) is None
    assert await payouts.lines(neighbour.id, campaign.id) == {}
    assert await payouts.change_terms(neighbour.id, campaign.id, *change("tiktok 1")) is None
    assert await payouts.mark_paid(neighbour.id, campaign.id, "tiktok", "ada", Actor(BEN, NOW)) == ()


async def test_a_creator_is_marked_as_paid_once_and_unmarked(store, workspace):
    campaign, _ = await store.campaigns.create(workspace.id, "launch", Actor(ADA, NOW))
    ours, payouts = (workspace.id, campaign.id), store.payouts
    terms = await payouts.change_terms(*ours, *change("tiktok 1"))
    others = [
        replace(LINE, key=f"tiktok:{n}", handle=who, amount=Decimal("2.50")) for n, who in ((2, "ada"), (3, "bo"))
    ]
    await payouts.settle(*ours, terms.id, 0, [replace(LINE, amount=Decimal("1.25")), *others])
    marked = await asyncio.gather(*(payouts.mark_paid(*ours, "tiktok", "ada", Actor(who, NOW)) for who in (ADA, BEN)))
    assert sorted(map(len, marked)) == [0, 2]
    paid = {key: line.state for key, line in (await payouts.lines(*ours)).items()}
    assert paid == {"tiktok:1": State.PAID, "tiktok:2": State.PAID, "tiktok:3": State.FINAL}
    assert await payouts.unmark_paid(*ours, "tiktok", "ada", NOW - timedelta(days=1), Actor(BEN, NOW)) == ()
    assert len(await payouts.unmark_paid(*ours, "tiktok", "ada", NOW, Actor(BEN, NOW))) == 2
    assert {line.state for line in (await payouts.lines(*ours)).values()} == {State.FINAL}
    said = [each.outcome for each in await store.audit.recent(workspace.id, 3)]
    assert said == [
        "Marked $3.75 for 2 videos of @Ada in campaign launch as not paid",
        "Marked $3.75 for 2 videos of @Ada in campaign launch as paid",
        "Terms of campaign launch: tiktok 1",
    ]
