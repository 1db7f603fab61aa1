"""Approvals: each request gets one answer, and an approval has its limits."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.allowances import OPEN_FOR, Allowance, Approval, ApprovalRule, ApprovalState, Scope
from bot.domain.caller import Person
from bot.reply.model import Reply
from bot.store.audit import Actor
from bot.store.outbox import Message, News
from bot.store.spend_guard import Expired, LimitReached, NeedsApproval, Submitted
from tests.store.samples import ADA, BEN, NOW, THERE, proposed, submitted

EVE = Person("U3", "Eve")
COST = Decimal("2.52")


def told(approval, _shows_money):
    key = f"told:{approval.id}:{approval.state}"
    return News((Message(key, approval.workspace_id, "C1", Reply(approval.state)),))


async def asked(store, workspace, **changes):
    facts = {"batch": "batch", "days": 7, "cost": COST, "person": ADA, "channel_id": "C1", "why": "launch"}
    facts |= {"state": ApprovalState.PENDING, "asked_at": NOW, "expires_at": NOW + OPEN_FOR} | changes
    batch = facts["batch"]
    requests = await store.tracking.batch(workspace.id, batch) or await proposed(store, workspace, "asked", batch=batch)
    return await store.approvals.ask(Approval(0, workspace.id, **facts), requests, told)


def decided(store, workspace, approval, state, person=BEN, now=NOW):
    return store.approvals.decide(workspace.id, approval.id, state, person, now, told)


async def test_of_two_simultaneous_answers_one_counts(store, workspace):
    await proposed(store, workspace, "a")
    approval, is_new = await asked(store, workspace)
    assert is_new
    assert await asked(store, workspace) == (approval, False), "asking again is the same request"
    answers = [ApprovalState.APPROVED, ApprovalState.DECLINED] * 3
    people = [Person(f"U{number}", "") for number in range(10, 16)]
    done = await asyncio.gather(
        *(decided(store, workspace, approval, state, person) for state, person in zip(answers, people, strict=True))
    )
    assert sum(is_mine for _, is_mine in done) == 1
    assert len({each.state for each, _ in done}) == 1
    lines = [each.outcome.partition(":")[0] for each in await store.audit.recent(workspace.id, 10)]
    assert lines == [done[0][0].state, "pending"]


async def test_an_offer_changed_during_the_request_is_not_submitted_for_approval(store, workspace):
    requests = await proposed(store, workspace, "a")
    wanted = Approval(0, workspace.id, "batch", 7, COST, ADA, "C1", "", ApprovalState.PENDING, NOW, NOW + OPEN_FOR)
    other, _ = await store.campaigns.create(workspace.id, "other", Actor(ADA, NOW))
    for _ in range(10):
        asked_for, chosen = await asyncio.gather(
            store.approvals.ask(wanted, requests, told), store.tracking.choose_campaign(workspace.id, "batch", other.id)
        )
        assert (asked_for is None) is chosen, "either it was asked for as it was, or it was changed"
        if not chosen:
            break
    await store.tracking.cancel(workspace.id, "batch", ADA.id)
    assert await store.approvals.ask(wanted, requests, told) is None


async def test_own_foreign_and_expired_requests_cannot_be_answered(store, workspace):
    there = await store.workspaces.ensure_workspace(THERE, await store.wallets.ensure_wallet("other", NOW))
    approval, _ = await asked(store, workspace)
    assert await decided(store, workspace, approval, ApprovalState.APPROVED, ADA) == (approval, False)
    assert await store.approvals.find(there.id, approval.id) is None
    late = NOW + OPEN_FOR
    assert await decided(store, workspace, approval, ApprovalState.APPROVED, now=late) == (approval, False)
    await asyncio.gather(*(store.approvals.expire(late, told) for _ in range(3)))
    assert (await store.approvals.find(workspace.id, approval.id)).state is ApprovalState.EXPIRED
    assert len(await store.audit.recent(workspace.id, 10)) == 2


@pytest.mark.parametrize("limit", [Scope.EVERYONE, Scope.PERSON, Scope.CHANNEL])
async def test_an_approval_exceeds_an_allowance_once_but_no_fixed_limit(store, workspace, limit):
    target = {Scope.EVERYONE: "", Scope.PERSON: ADA.id, Scope.CHANNEL: "C1"}[limit]
    await store.allowances.put(workspace.id, Allowance(limit, target, "", Decimal(1)), Actor(EVE, NOW, "C1"))
    first, second = await proposed(store, workspace, "a", "b")
    assert isinstance(await submitted(store, first, COST), LimitReached)
    later = NOW + timedelta(hours=20)
    approval, _ = await asked(store, workspace, cost=COST * 2)
    assert isinstance(await submitted(store, first, COST, now=later), Expired), "an offer's figures hold ten minutes"
    await decided(store, workspace, approval, ApprovalState.APPROVED, now=later)
    assert isinstance(await submitted(store, first, COST, now=later, days=14), LimitReached), "of another length"
    assert isinstance(await submitted(store, first, COST + 1, now=later), LimitReached), "at a higher price"
    assert isinstance(await submitted(store, first, COST, now=later, cap=Decimal("2.51")), LimitReached)
    assert isinstance(await submitted(store, first, COST, now=later), Submitted)
    assert isinstance(await submitted(store, second, COST, now=later + OPEN_FOR), Expired)
    (other,) = await proposed(store, workspace, "c", batch="other", now=later)
    assert isinstance(await submitted(store, other, COST, now=later), LimitReached)


async def test_a_press_above_the_threshold_needs_approval_whatever_each_video_costs(store, workspace):
    await store.approvals.change_rule(
        workspace.id, ApprovalRule(above=Decimal(5)), Actor(EVE, NOW, "C1"), "above $5.00"
    )
    alone, (first, _) = await proposed(store, workspace, "a", batch="one"), await proposed(store, workspace, "b", "c")
    assert isinstance(await submitted(store, alone[0], Decimal(5)), Submitted)
    assert await submitted(store, first, Decimal("2.51")) == NeedsApproval(Decimal(5))
    approval, _ = await asked(store, workspace, cost=Decimal("5.02"))
    await decided(store, workspace, approval, ApprovalState.APPROVED)
    assert isinstance(await submitted(store, first, Decimal("2.51")), Submitted)
