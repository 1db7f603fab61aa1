"""Examples of messages about approvals."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from bot.domain.allowances import OPEN_FOR, Approval, ApprovalRule, ApprovalState
from bot.domain.caller import Person
from bot.domain.tracking import RequestState
from bot.messages import approval, offer
from bot.reply.model import Reply
from tests.examples import ANA, NOW, REASON, TITLES, offered, request


def approval_gallery() -> Iterator[tuple[str, Reply]]:
    """Every card by name."""
    boss = Person("U0000002", "Boss *star* @everyone")
    asked = Approval(
        7, 1, "x" * 12, 7, Decimal("2.52"), ANA, "C0AB12CD3", TITLES[0], ApprovalState.PENDING, NOW, NOW + OPEN_FOR
    )
    approved = replace(asked, state=ApprovalState.APPROVED, decided_by=boss, decided_at=NOW)
    declined = replace(approved, state=ApprovalState.DECLINED)
    expired = replace(asked, state=ApprovalState.EXPIRED)
    one, many = [request(RequestState.PROPOSED)], [request(RequestState.PROPOSED, number) for number in range(7)]
    left = "$1.20 left of their $20.00 monthly allowance"
    yield "approval.approval_card", approval.approval_card(asked, one, left)
    yield "approval.approval_card: several, no reason", approval.approval_card(replace(asked, why=""), many, left)
    yield "approval.approval_card: no amounts", approval.approval_card(asked, one, "")
    yield "approval.approval_decided: no amounts", approval.approval_decided(approved, shows_money=False)
    for each in (approved, declined, expired):
        yield f"approval.approval_decided: {each.state}", approval.approval_decided(each)
        yield f"approval.approval_answered: {each.state}", approval.approval_answered(each)
    yield "approval.approved_not_started", approval.approved_not_started(approved, REASON)
    yield "approval.approval_asked", approval.approval_asked(asked, NOW, is_new=True)
    yield "approval.approval_asked: again", approval.approval_asked(asked, NOW, is_new=False)
    rule = ApprovalRule(Decimal(25), "C0AB12CD3", {boss.id: boss.name}, {"S1": "Editors <!here>"})
    yield "approval.approvals_card", approval.approvals_card(rule, "Saved.")
    yield "approval.approvals_card: waiting", approval.approvals_card(ApprovalRule(), "", [asked] * 2)
    yield "approval.approvals_card: none", approval.approvals_card(ApprovalRule(), may_configure=False)
    above = replace(offered("50.00", 30), approval_above=Decimal(5))
    yield "offer.consequence_card: needs approval", offer.consequence_card(above)
