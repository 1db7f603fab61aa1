"""Cards of an approval: the request, the decision, and the messages to the requester."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bot.domain.allowances import Approval, ApprovalRule, ApprovalState
from bot.domain.money import dollars
from bot.domain.tracking import TrackRequest
from bot.messages.wording import name_of_link, plural
from bot.reply.call import Call
from bot.reply.model import (
    Button,
    Channel,
    Column,
    Field,
    Fields,
    Item,
    Link,
    Listing,
    Mention,
    Note,
    Paragraph,
    Part,
    Plain,
    Reply,
    Span,
    Time,
    Tone,
    Weight,
    text,
)

SECOND_ACCOUNT = "Nobody approves their own request; a second account of the same person can't be detected."


def ask_button(batch: str, days: int) -> Button:
    """Button that opens a form to ask for approval of an offer."""
    return Button("Ask for approval", Call("approval.ask", {"batch": batch, "days": str(days)}))


def approval_card(approval: Approval, requests: Sequence[TrackRequest], left: str) -> Reply:
    """The request for approvers: what somebody wants to start, why, and what is `left` of the limits.

    In a channel that may not see money `left` is empty, and approvers open the card with the amounts first.
    """
    first = requests[0]
    more = f" and {len(requests) - 1} more" if len(requests) > 1 else ""
    why = f": {approval.why}" if approval.why else " asks for it."
    return Reply(
        f"{_what(approval, len(requests), shows_money=bool(left)).capitalize()}.",
        title="Approve this spending?",
        parts=(
            Paragraph(text(Link(name_of_link(first.link, first.platform), first.link), more)),
            Paragraph(text(_asker(approval), why)),
            Note(text(f"{left}. " if left else "", "Ends ", Time(approval.expires_at), ".")),
        ),
        actions=(
            Button("Approve", _decide(approval, "yes"), Weight.CONFIRM),
            Button("Decline", _decide(approval, "no"), Weight.DANGER),
        )
        if left
        else (_open(approval),),
        tone=Tone.WARNING,
    )


def approval_decided(approval: Approval, now: datetime | None = None, *, shows_money: bool = True) -> Reply:
    """The card after the decision, without buttons. `now` shows a request as expired before the periodic job does."""
    if now is not None and approval.state is ApprovalState.PENDING:
        approval = replace(approval, state=ApprovalState.EXPIRED)
    by: tuple[Part, ...] = ()
    if approval.decided_by is not None:
        by = (Paragraph(text("By ", Mention(approval.decided_by.id, approval.decided_by.name), ".")),)
    return Reply(
        f"{_what(approval, shows_money=shows_money).capitalize()}.",
        title=_TITLES[approval.state],
        parts=(*by, Fields((Field("Asked by", text(_asker(approval))),))),
        tone=_TONES[approval.state],
    )


def approval_answered(approval: Approval) -> Reply:
    """Direct message to the requester with the decision."""
    by = "Somebody" if approval.decided_by is None else approval.decided_by.name
    match approval.state:
        case ApprovalState.APPROVED:
            words = f"{by} approved this: {_what(approval)}. Tracking starts now. If it doesn't, press the button."
        case ApprovalState.DECLINED:
            words = f"{by} declined this: {_what(approval)}. Nothing was spent."
        case _:
            words = f"Nobody decided on this in time: {_what(approval)}. Nothing was spent. Send /track to ask again."
    actions = (_start(approval),) if approval.state is ApprovalState.APPROVED else ()
    return Reply(words, title=_TITLES[approval.state], actions=actions, tone=_TONES[approval.state])


def approved_not_started(approval: Approval, reason: str) -> Reply:
    """Direct message to the requester: approved, but not started for another reason."""
    return Reply(
        f"Your request was approved, but tracking didn't start: {reason}",
        title="Not started",
        actions=(_start(approval),),
        tone=Tone.PROBLEM,
    )


def approval_asked(approval: Approval, now: datetime, *, is_new: bool) -> Reply:
    """Reply to the requester: where the card was posted, and when it expires."""
    if approval.state is not ApprovalState.PENDING:
        return approval_decided(approval)
    sent = "I've asked for approval" if is_new else "Approval was asked for already"
    return Reply(
        f"{sent}. Nothing is spent until somebody says yes, and you'll get a message either way.",
        title="Waiting for approval",
        parts=(
            Fields((Field("Asked in", text(Channel(approval.channel_id))),)),
            Note(text("Ends ", Time(approval.expires_at, now), ".")),
        ),
        tone=Tone.SUCCESS,
    )


def approvals_card(
    rule: ApprovalRule,
    change: str = "",
    waiting: Sequence[Approval] = (),
    *,
    may_configure: bool = True,
    is_changed: bool = True,
) -> Reply:
    """When starts need approval, who gives it, where it is asked for, and `waiting` requests in case a card is lost.

    `change` answers a change; `is_changed` says whether it had an effect.
    """
    items = tuple(Item(text(_asker(each)), (text(_what(each)),), text(_what(each)), _open(each)) for each in waiting)
    listing = (Listing("Waiting", (Column("Asked by"), Column("For")), items, "Open a request"),) if items else ()
    change_call = {"action": "approval", "asks": "1"} | ({} if rule.above is None else {"dollars": f"{rule.above:.2f}"})
    needs = "Only starts over an allowance need approval."
    if rule.above is not None:
        needs = f"Starts above {dollars(rule.above)} need approval, and so do starts over an allowance."
    people: list[Span] = [Mention(*each) for each in sorted(rule.people.items())]
    names = [*people, *(Plain(name or each) for each, name in sorted(rule.roles.items())), Plain("admins")]
    where = text(Channel(rule.channel_id)) if rule.channel_id else text("the channel of the request")
    who = [span for each in names for span in (Plain(", "), each)][1:]
    return Reply(
        f"{change} {needs}".strip(),
        title="Approvals",
        parts=(
            Fields((Field("Who approves", text(*who)), Field("Asked in", where))),
            *listing,
            Note(text(SECOND_ACCOUNT)),
        ),
        actions=(Button("Change…", Call("allowance", change_call)),) if may_configure else (),
        tone=Tone.SUCCESS if change and is_changed else Tone.INFO,
        changes_settings=bool(change) and is_changed,
    )


def above_words(above: Decimal) -> str:
    """Sentence why a start needs approval."""
    return f"More than {dollars(above)} at once needs approval."


_TITLES = {
    ApprovalState.PENDING: "Waiting for approval",
    ApprovalState.APPROVED: "Approved",
    ApprovalState.DECLINED: "Declined",
    ApprovalState.EXPIRED: "Not approved in time",
}
_TONES = {
    ApprovalState.PENDING: Tone.INFO,
    ApprovalState.APPROVED: Tone.SUCCESS,
    ApprovalState.DECLINED: Tone.WARNING,
    ApprovalState.EXPIRED: Tone.WARNING,
}


def _what(approval: Approval, videos: int = 1, *, shows_money: bool = True) -> str:
    which = f"{plural(videos, 'video')} for " if videos > 1 else ""
    cost = f", up to {dollars(approval.cost)}" if shows_money else ""
    return f"tracking {which}{plural(approval.days, 'day')}{cost}"


def _open(approval: Approval) -> Button:
    return Button("Open", Call("approval.show", {"approval": str(approval.id)}))


def _asker(approval: Approval) -> Span:
    return Mention(approval.person.id, approval.person.name)


def _start(approval: Approval) -> Button:
    """Button for the requester; it can't start anything twice."""
    call = Call("track.start", {"batch": approval.batch, "days": str(approval.days)})
    return Button(f"Track {plural(approval.days, 'day')}", call, Weight.CONFIRM)


def _decide(approval: Approval, answer: str) -> Call:
    return Call("approval.decide", {"approval": str(approval.id), "answer": answer})
