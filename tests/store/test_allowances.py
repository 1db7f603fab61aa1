"""Spending limits: every applicable rule binds, to the cent, however many people press at once."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.allowances import Allowance, Limit, Scope, Spender, broken, is_bound, month_start, tightest
from bot.store.audit import Actor
from bot.store.spend_guard import LimitReached, Submitted
from tests.store.samples import ADA, BEN, NOW, proposed, submitted, video

EDITORS = frozenset({"S1"})


def rule(scope, target="", monthly="1"):
    return Allowance(scope, target, "name", Decimal(monthly))


async def put(store, workspace, *rules):
    for each in rules:
        await store.allowances.put(workspace.id, each, Actor(BEN, NOW, "C1"))


@pytest.mark.parametrize(
    ("rules", "binding"),
    [
        ([rule(Scope.EVERYONE)], Scope.EVERYONE),
        ([rule(Scope.EVERYONE, monthly="9"), rule(Scope.ROLE, "S1")], Scope.ROLE),
        ([rule(Scope.ROLE, "S2")], None),
        ([rule(Scope.PERSON, ADA.id)], Scope.PERSON),
        ([rule(Scope.PERSON, BEN.id)], None),
        ([rule(Scope.CHANNEL, "C1"), rule(Scope.CHANNEL, "C2", "0")], Scope.CHANNEL),
        ([rule(Scope.EVERYONE, monthly="2"), rule(Scope.PERSON, ADA.id, "1.5"), rule(Scope.ROLE, "S1")], Scope.ROLE),
    ],
)
async def test_the_tightest_rule_that_fits_binds_and_is_named(store, workspace, rules, binding):
    await put(store, workspace, *rules)
    first, second = await proposed(store, workspace, "a", "b")
    assert isinstance(await submitted(store, first, Decimal("0.6"), roles=EDITORS), Submitted)
    refused = await submitted(store, second, Decimal("0.400001") if binding else Decimal(5), roles=EDITORS)
    if binding is None:
        assert isinstance(refused, Submitted)
    else:
        assert refused == LimitReached(Limit(binding, Decimal(1), Decimal("0.6"), "name"))
        assert isinstance(await submitted(store, second, Decimal("0.4"), roles=EDITORS), Submitted)


@pytest.mark.parametrize(
    ("limits", "roles"),
    [({"S1": "3", "S2": "1", "S3": "2"}, frozenset({"S1", "S2", "S3"})), ({"S1": "9", "S2": "1"}, None)],
    ids=["three roles", "roles unknown"],
)
async def test_the_tightest_of_a_persons_roles_binds(store, workspace, limits, roles):
    await put(store, workspace, *(rule(Scope.ROLE, role, monthly) for role, monthly in limits.items()))
    (only,) = await proposed(store, workspace, "a")
    assert (await submitted(store, only, Decimal("1.01"), roles=roles)).limit.limit == Decimal(1)
    assert isinstance(await submitted(store, only, Decimal(1), roles=roles), Submitted)


async def test_a_channels_limit_is_shared_and_everyones_is_per_person(store, workspace):
    await put(store, workspace, rule(Scope.EVERYONE, monthly="1"), rule(Scope.CHANNEL, "C1", "1.5"))
    (mine,) = await proposed(store, workspace, "a")
    (theirs,) = await proposed(store, workspace, "b", person=BEN, batch="other")
    assert isinstance(await submitted(store, mine, Decimal(1)), Submitted)
    assert (await submitted(store, theirs, Decimal(1))).limit.scope is Scope.CHANNEL
    assert isinstance(await submitted(store, theirs, Decimal("0.5")), Submitted)


async def test_a_threads_starts_count_in_its_channel(store, workspace):
    await put(store, workspace, rule(Scope.CHANNEL, "C1", "1.5"), rule(Scope.CHANNEL, "T1", "0.7"))
    (mine,) = await proposed(store, workspace, "a", batch="a")
    (threaded,) = await proposed(store, workspace, "b", batch="b", channel=("T1", "C1"))
    (elsewhere,) = await proposed(store, workspace, "c", batch="c", channel=("T2", "C2"))
    assert (await submitted(store, threaded, Decimal("0.8"))).limit.limit == Decimal("0.7")
    assert isinstance(await submitted(store, threaded, Decimal("0.6")), Submitted)
    assert (await submitted(store, mine, Decimal(1))).limit == Limit(
        Scope.CHANNEL, Decimal("1.5"), Decimal("0.6"), "name"
    )
    assert isinstance(await submitted(store, mine, Decimal("0.9")), Submitted)
    assert isinstance(await submitted(store, elsewhere, Decimal(9)), Submitted)


async def test_a_campaigns_budget_covers_all_its_starts_over_time(store, workspace):
    campaign, _ = await store.campaigns.create(workspace.id, "launch", Actor(ADA, NOW))
    await store.campaigns.set_budget(workspace.id, campaign.id, Decimal(1), Actor(ADA, NOW))
    long_ago = NOW - timedelta(days=90)
    (old,) = await proposed(store, workspace, "a", batch="old", now=long_ago, campaign_id=campaign.id)
    assert isinstance(await submitted(store, old, Decimal("0.7"), now=long_ago), Submitted)
    await store.tracking.mark_tracking(old.id, video("v1"), long_ago)
    (new,) = await proposed(store, workspace, "b", campaign_id=campaign.id)
    (outside,) = await proposed(store, workspace, "c", batch="outside")
    refused = await submitted(store, new, Decimal("0.5"))
    assert refused == LimitReached(Limit(Scope.BUDGET, Decimal(1), Decimal("0.7"), "launch"))
    assert isinstance(await submitted(store, outside, Decimal(5)), Submitted)


async def test_a_campaign_can_be_chosen_during_a_start_only_within_its_budget(store, workspace):
    full, _ = await store.campaigns.create(workspace.id, "full", Actor(ADA, NOW))
    await store.campaigns.set_budget(workspace.id, full.id, Decimal(0), Actor(ADA, NOW))
    for turn in range(20):
        (request,) = await proposed(store, workspace, f"key{turn}", batch=f"batch{turn}")
        result, _ = await asyncio.gather(
            submitted(store, request, Decimal("0.01")),
            store.tracking.choose_campaign(workspace.id, request.batch, full.id),
        )
        (after,) = await store.tracking.batch(workspace.id, request.batch)
        assert isinstance(result, LimitReached) == (after.campaign_id == full.id), turn


async def test_a_rule_is_replaced_removed_audited_and_limited_to_its_workspace(store, workspace, neighbour):
    await put(store, workspace, rule(Scope.EVERYONE, monthly="1"), rule(Scope.EVERYONE, monthly="2"))
    assert [each.monthly for each in await store.allowances.all(workspace.id)] == [Decimal(2)]
    assert await store.allowances.all(neighbour.id) == ()
    assert await store.allowances.remove(neighbour.id, Scope.EVERYONE, "", Actor(BEN, NOW)) is False
    assert await store.allowances.remove(workspace.id, Scope.EVERYONE, "", Actor(BEN, NOW)) is True
    assert [each.outcome for each in await store.audit.recent(workspace.id, 9)] == [
        "Allowance of everyone: removed",
        "Allowance of everyone: $2.00 a month",
        "Allowance of everyone: $1.00 a month",
    ]


async def test_months_begin_in_the_workspaces_time_zone(store, workspace):
    await put(store, workspace, rule(Scope.EVERYONE, monthly="1"))
    await store.allowances.set_zone(workspace.id, "Pacific/Auckland", Actor(BEN, NOW))
    last_second = datetime(2026, 3, 31, 10, 59, 59, tzinfo=UTC)  # 23:59:59 in Auckland
    (old,) = await proposed(store, workspace, "a", batch="old", now=last_second)
    assert isinstance(await submitted(store, old, Decimal(1), now=last_second), Submitted)
    (new,) = await proposed(store, workspace, "b", now=last_second)
    assert isinstance(await submitted(store, new, Decimal(1), now=last_second), LimitReached)
    assert isinstance(await submitted(store, new, Decimal(1), now=last_second + timedelta(seconds=1)), Submitted)


@given(
    limits=st.lists(st.tuples(st.sampled_from(list(Scope)), st.integers(0, 9), st.integers(0, 9)), min_size=1),
    cost=st.integers(0, 9),
)
def test_a_cost_is_refused_if_any_limit_has_no_room(limits, cost):
    made = [Limit(scope, Decimal(limit), Decimal(used)) for scope, limit, used in limits]
    found = broken(made, Decimal(cost))
    assert (found is None) is all(each.used + cost <= each.limit for each in made)
    assert tightest(made).left == min(each.left for each in made)


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Asia/Kathmandu", "UTC"])
def test_a_month_begins_at_its_first_midnight(zone):
    for hours in range(0, 24 * 400, 7):
        now = NOW + timedelta(hours=hours)
        start = month_start(now, ZoneInfo(zone))
        local = start.astimezone(ZoneInfo(zone))
        assert start <= now
        assert (local.day, local.hour) == (1, 0)
        assert local.month == now.astimezone(ZoneInfo(zone)).month


def test_a_rule_of_another_target_binds_nobody():
    spender = Spender(ADA.id, EDITORS, "C1", 7)
    bound = [is_bound(rule(scope, target), spender) for scope in Scope for target in ("x", "8")]
    assert bound == [scope is Scope.EVERYONE for scope in Scope for _ in range(2)]


async def test_nobody_exceeds_any_limit_by_a_cent_however_many_press_at_once(store, two_stores, workspace):
    """Random rules, stores of two processes, two people; the sums are checked afterwards."""
    rng = random.Random(7)
    people = (ADA, BEN)
    roles = {ADA.id: EDITORS, BEN.id: frozenset()}
    for turn in range(6):
        rules = [
            rule(Scope.EVERYONE, monthly=f"{rng.randint(1, 6)}.{rng.randint(0, 99):02}"),
            rule(Scope.PERSON, rng.choice(people).id, f"{rng.randint(0, 4)}.5"),
            rule(Scope.CHANNEL, "C1", f"{rng.randint(1, 9)}"),
            rule(Scope.ROLE, "S1", f"{rng.randint(0, 5)}.01"),
        ]
        await put(store, workspace, *rules)
        now = NOW + timedelta(days=40 * turn)
        asked = []
        for person in people:
            keys = [f"{turn}:{person.id}:{number}" for number in range(8)]
            asked += await proposed(store, workspace, *keys, person=person, batch=f"{turn}{person.id}", now=now)
        costs = {each.id: Decimal(rng.randint(1, 200)) / 100 for each in asked}
        rng.shuffle(asked)
        terms = {"cap": Decimal(8), "now": now}
        presses = (
            submitted(rng.choice(two_stores), each, costs[each.id], roles=roles[each.person.id], **terms)
            for each in asked
        )
        answers = await asyncio.gather(*presses)
        sent = [each.request for each in answers if isinstance(each, Submitted)]
        for one in rules:
            for person in people:
                if is_bound(one, Spender(person.id, roles[person.id], "C1")):
                    whose = sent if one.scope is Scope.CHANNEL else [e for e in sent if e.person.id == person.id]
                    assert sum(costs[each.id] for each in whose) <= one.monthly
        assert sum(costs[each.id] for each in sent) <= 8
        assert all(isinstance(each, LimitReached) for each in answers if not isinstance(each, Submitted))
