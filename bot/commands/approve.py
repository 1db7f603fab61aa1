"""Approvals: ask a second person to approve an offer, and decide on it. An approved offer starts like any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.commands.command import Ask, Kind, Question, argument
from bot.commands.context import Context
from bot.commands.track_start import MOST_DAYS, Start, offered, own, start_offer
from bot.domain.allowances import (
    LONGEST_REASON,
    OPEN_FOR,
    Approval,
    ApprovalRule,
    ApprovalState,
    Spender,
    broken,
    fixed,
    tightest,
)
from bot.domain.errors import BotError, NotAllowed, NotFound, SpendingRefused
from bot.domain.money import dollars, price
from bot.domain.tracking import RequestState, TrackRequest
from bot.messages.allowance import how_to_raise, left_words, limit_words
from bot.messages.approval import approval_asked, approval_card, approval_decided
from bot.reply.model import Reply
from bot.reply.text import cut
from bot.wallet.approvals import asked_news, decided_news, not_started


@dataclass(frozen=True, slots=True)
class AskForApproval:
    """An offer, its length in days, and the reason for it."""

    batch: str = argument(Kind.WORD, "the proposal's token", listed=False)
    days: int = argument(Kind.NUMBER, "how many days", listed=False, minimum=1, maximum=MOST_DAYS)
    why: str = argument(Kind.WORD, "why it is worth it, in a line", default="")


@dataclass(frozen=True, slots=True)
class Decide:
    """A request for approval, and the decision."""

    approval: int = argument(Kind.NUMBER, "the request's number", listed=False)
    answer: str = argument(Kind.CHOICE, "yes or no", choices=("yes", "no"), listed=False)


@dataclass(frozen=True, slots=True)
class ShowApproval:
    """A request for approval."""

    approval: int = argument(Kind.NUMBER, "the request's number", listed=False)


QUESTIONS = (
    Question({}, "Ask for approval", (Ask("why", "Why", "why it's worth it, in one line for the approvers"),), "Ask"),
)


def lacks_reason(args: AskForApproval) -> bool:
    """Whether a form has to ask for the reason."""
    return not args.why


async def ask_for_approval(context: Context, args: AskForApproval) -> Reply:
    """Post a card for the approvers. Spends nothing; asking for the same again changes nothing."""
    requests = await own(context, args.batch)
    now = context.clock()
    if any(each.state is not RequestState.PROPOSED or each.expires_at <= now for each in requests):
        raise SpendingRefused("The offer has expired or was used. Send /track with the link again for today's figures.")
    rule = await context.store.approvals.rule(context.workspace.id)
    channel_id = _channel(context, rule)
    cost = await _cost(context, requests, args.days)
    asked = Approval(
        id=0,
        workspace_id=context.workspace.id,
        batch=args.batch,
        days=args.days,
        cost=cost,
        person=context.caller.person,
        channel_id=channel_id,
        why=cut(args.why, LONGEST_REASON),
        state=ApprovalState.PENDING,
        asked_at=now,
        expires_at=now + OPEN_FOR,
    )
    left = left_words(tightest(await context.limits(requests[0].campaign_id)), whose="their")
    kept = await context.store.approvals.ask(
        asked, requests, lambda each, shows: asked_news(each, requests, left if shows else "")
    )
    if kept is None:
        raise SpendingRefused("The offer has changed meanwhile, so nobody was asked. Press its button again.")
    return approval_asked(kept[0], now, is_new=kept[1])


async def decide(context: Context, args: Decide) -> Reply:
    """Approve or decline a request, once. An approved offer starts in its requester's name, at today's price."""
    caller, store, now = context.caller, context.store.approvals, context.clock()
    approval = await _found(context, args.approval)
    if approval.person.id == caller.person.id:
        raise NotAllowed("You asked for this yourself, so somebody else has to decide. Nothing was spent.")
    rule = await store.rule(context.workspace.id)
    if not rule.may_approve(caller.person.id, caller.roles, is_admin=context.may_configure):
        raise NotAllowed("Only approvers and admins can decide on this. Nothing was spent.")
    requests = await offered(context, approval.batch)
    says_yes = args.answer == "yes"
    if approval.state is ApprovalState.PENDING and now < approval.expires_at:
        if says_yes:
            await _check_still_fits(context, approval, requests)
        state = ApprovalState.APPROVED if says_yes else ApprovalState.DECLINED
        approval, _ = await store.decide(context.workspace.id, approval.id, state, caller.person, now, decided_news)
    if says_yes and approval.state is ApprovalState.APPROVED:
        return await _started(context, approval, requests)
    return approval_decided(approval, now)


async def show_approval(context: Context, args: ShowApproval) -> Reply:
    """Show a request's card again, for someone who can't find it in the channel."""
    approval, now = await _found(context, args.approval), context.clock()
    if approval.state is not ApprovalState.PENDING or now >= approval.expires_at:
        return approval_decided(approval, now)
    requests = await offered(context, approval.batch)
    first = requests[0]
    spender = Spender(approval.person.id, frozenset(), first.channel_id, first.campaign_id, first.parent_id)
    limits = await context.store.allowances.limits(context.workspace.id, spender, now, context.monthly_cap)
    return approval_card(approval, requests, left_words(tightest(limits), whose="their"))


async def _found(context: Context, number: int) -> Approval:
    approval = await context.store.approvals.find(context.workspace.id, number)
    if approval is None:
        raise NotFound("I can't find that request any more. Nothing was spent.")
    return approval


async def _started(context: Context, approval: Approval, requests: Sequence[TrackRequest]) -> Reply:
    """Start an approved offer. A second press, or one after a crash, starts only what wasn't sent yet."""
    try:
        card = await start_offer(context, requests, Start(approval.batch, approval.days), approval.cost)
    except BotError as error:
        if any(each.state is RequestState.PROPOSED for each in requests):
            await context.store.outbox.add(not_started(approval, str(error)), context.clock())
        raise
    if any(each.state is RequestState.PROPOSED for each in await offered(context, approval.batch)):
        await context.store.outbox.add(not_started(approval, card.summary), context.clock())
    return card


def _channel(context: Context, rule: ApprovalRule) -> str:
    """Channel for the card: the approvers' channel, else this one if only people of the workspace can read it."""
    caller = context.caller
    if rule.channel_id:
        return rule.channel_id
    if caller.is_direct or caller.is_shared or not caller.channel_id or caller.cannot_post_reason:
        msg = (
            "I can't ask for approval here. Send /track in a channel of this workspace that I can post in, or ask an "
            "admin to choose one for approvals with /allowance approval here."
        )
        raise NotAllowed(msg)
    return caller.channel_id


async def _cost(context: Context, requests: Sequence[TrackRequest], days: int) -> Decimal:
    """Today's cost of the offer. Raises SpendingRefused if no approval could let it start."""
    usage = (await context.wallet.mirror.usage()).value
    cost = price(days, usage.cost_per_snapshot) * len(requests)
    if cost > usage.available:
        there = dollars(usage.available, down=True)
        msg = f"Only {there} is available, and this costs up to {dollars(cost)}. Add credit first."
        raise SpendingRefused(msg)
    request = requests[0]
    spender = Spender(request.person.id, frozenset(), request.channel_id, request.campaign_id, request.parent_id)
    limits = await context.store.allowances.limits(context.workspace.id, spender, context.clock(), context.monthly_cap)
    reached = broken(fixed(limits), cost)
    if reached is not None:
        msg = f"Only {dollars(reached.left, down=True)} of {limit_words(reached)} is left. {how_to_raise(reached)}"
        raise SpendingRefused(msg)
    return cost


async def _check_still_fits(context: Context, approval: Approval, requests: Sequence[TrackRequest]) -> None:
    """Raise SpendingRefused if price, balance, cap or budget changed so that the offer can't start as shown."""
    if any(each.state is not RequestState.PROPOSED for each in requests):
        raise SpendingRefused("The offer was cancelled or used since, so there's nothing to approve.")
    if await _cost(context, requests, approval.days) > approval.cost:
        who = approval.person.name
        msg = (
            f"The price has gone up since {who} asked, so nothing was spent. Decline this, so that they can ask again."
        )
        raise SpendingRefused(msg)
