"""The buttons of an offer: start it, cancel it, and check its outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import assert_never

from bot.commands.alerts import note_on_alerts
from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.domain.allowances import fixed
from bot.domain.errors import NotAllowed, NotEnoughBalance, NotFound, SpendingRefused
from bot.domain.money import Usage, dollars, price
from bot.domain.tracking import ENDED, RequestState, StartTerms, TrackRequest
from bot.domain.videos import Video
from bot.messages.allowance import how_to_raise, limit_words
from bot.messages.approval import above_words, ask_button
from bot.messages.offer import NOT_ENOUGH
from bot.messages.tracking import Result, cancelled, may_run_words, outcome_card, second_press, unclear_words
from bot.messages.wording import plural
from bot.reply.model import Button, Note, Reply
from bot.store.audit import Action, Entry
from bot.store.spend_guard import (
    AlreadyRunning,
    Expired,
    InFlight,
    LimitReached,
    MayRun,
    NeedsApproval,
    NotProposed,
    NotYours,
    Refused,
    Unclear,
)
from bot.wallet.spending import Outcome, public_key, report_keys

MOST_DAYS = 30
OPEN = frozenset({RequestState.SUBMITTED, RequestState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Batch:
    """One offer."""

    batch: str = argument(Kind.WORD, "the proposal's token", listed=False)


@dataclass(frozen=True, slots=True)
class Start:
    """One offer, and the length to track it. `sure` is the second press after a warning."""

    batch: str = argument(Kind.WORD, "the proposal's token", listed=False)
    days: int = argument(Kind.NUMBER, "how many days", listed=False, minimum=1, maximum=MOST_DAYS)
    sure: str = argument(Kind.CHOICE, "yes or no", default="no", choices=("yes", "no"), listed=False)
    despite: int = argument(Kind.NUMBER, "the newest unclear start", default=0, listed=False, minimum=0)


async def start(context: Context, args: Start) -> Reply:
    """Start an offer once, by its requester, before it expires; a video that may run already needs a second press."""
    return await start_offer(context, await own(context, args.batch), args)


async def start_offer(
    context: Context, requests: Sequence[TrackRequest], args: Start, approved: Decimal | None = None
) -> Reply:
    """Start an offer in its requester's name: on their own press, or for at most what another person `approved`."""
    usage = (await context.wallet.mirror.usage(timedelta(0))).value  # the price may have risen since the card
    check_price(usage, requests)
    cost, asker = price(args.days, usage.cost_per_snapshot), requests[0].person
    if approved is not None and cost * len(requests) > approved:  # an approval doesn't lift the requester's own limits
        raise SpendingRefused("The price has gone up since this was approved, so nothing was spent. Send /track again.")
    is_own = asker.id == context.caller.person.id
    terms = StartTerms(
        asker,
        args.days,
        cost,
        context.monthly_cap,
        context.caller.roles if is_own else frozenset(),
        is_sure=args.sure == "yes",
        despite=args.despite,
    )
    outcomes = await context.wallet.spending.start(requests, terms)
    results = tuple([await result_of(context, each) for each in outcomes])
    refusals = [each.refusal for each in outcomes]
    await _note_limit(context, requests, refusals, cost)
    again = _second_press(args, refusals, cost) if is_own else None
    is_started = any(result.started for result in results)
    card = await outcome_of(context, results, await note_on_alerts(context) if is_started else None, again)
    if not is_own or not any(map(_may_be_approved, refusals)):
        return card
    return replace(card, actions=(ask_button(args.batch, args.days), *card.actions))


async def _note_limit(
    context: Context, requests: Sequence[TrackRequest], refusals: Sequence[Refused | None], cost: Decimal
) -> None:
    """Record in the audit log that a limit stopped a press: one entry, however many videos."""
    stopped = [each for each in refusals if isinstance(each, LimitReached | NeedsApproval)]
    if not stopped:
        return
    match stopped[0]:
        case LimitReached(limit):
            why = f"over {limit_words(limit, whose='their')}"
        case NeedsApproval(above):
            why = f"more than {dollars(above)} needs approval"
    first = requests[next(place for place, each in enumerate(refusals) if each is stopped[0])]
    words = f"{plural(len(stopped), 'video')}, {dollars(len(stopped) * cost)}: {why}"
    entry = Entry(context.clock(), first.person, first.channel_id, Action.REFUSED, words, first.link)
    await context.store.audit.write(context.workspace.id, entry)


def _may_be_approved(refused: Refused | None) -> bool:
    """Whether another person's approval would let it start."""
    return isinstance(refused, NeedsApproval) or (isinstance(refused, LimitReached) and not fixed((refused.limit,)))


def _second_press(args: Start, refusals: Sequence[Refused | None], cost: Decimal) -> Button | None:
    """The button for what a person has to confirm once more; None if there is nothing."""
    unclear = [each.request for each in refusals if isinstance(each, Unclear)]
    doubtful = len(unclear) + sum(isinstance(each, MayRun) for each in refusals)
    newest = max(unclear, key=lambda each: each.submitted_at or each.proposed_at, default=None)
    despite = args.despite if newest is None else newest.id
    return second_press(args.batch, args.days, doubtful, doubtful * cost, despite) if doubtful else None


async def cancel(context: Context, args: Batch) -> Reply:
    """Cancel a proposal, if it is the caller's and still open."""
    requests = await offered(context, args.batch)
    if any(request.person.id != context.caller.person.id for request in requests):
        raise NotAllowed("Only the person who asked can cancel this offer. Nothing is spent unless they confirm it.")
    left = await context.store.tracking.cancel(context.workspace.id, args.batch, context.caller.person.id)
    if all(request.outcome == "cancelled" for request in left):
        return cancelled()
    return await outcome_of(context, [await result_of(context, Outcome(request)) for request in left])


async def check(context: Context, args: Batch) -> Reply:
    """Look once more for what an unclear request started."""
    return await settled(context, await offered(context, args.batch))


async def offered(context: Context, token: str) -> tuple[TrackRequest, ...]:
    """The requests proposed together. Raises NotFound if there are none."""
    requests = await context.store.tracking.batch(context.workspace.id, token)
    if not requests:
        raise NotFound("I can't find that offer any more. Send /track with the link again.")
    return requests


async def own(context: Context, token: str) -> tuple[TrackRequest, ...]:
    """The requests proposed to the caller. Raises NotAllowed if they are somebody else's."""
    requests = await offered(context, token)
    if any(request.person.id != context.caller.person.id for request in requests):
        raise NotAllowed("Only the person who asked can press this button. Send /track yourself.")
    return requests


def check_price(usage: Usage, requests: Sequence[TrackRequest]) -> None:
    """Raise SpendingRefused if a snapshot costs more now than a person was shown."""
    if any(usage.cost_per_snapshot > request.price for request in requests):
        msg = "The snapshot price has gone up since this card was posted, so nothing was spent. Send /track again."
        raise SpendingRefused(msg)


async def settled(context: Context, requests: Sequence[TrackRequest]) -> Reply:
    """The card with the state of the requests, after looking up open ones. Safe to repeat."""
    outcomes = await look_up_requests(context, requests)
    return await outcome_of(context, [await result_of(context, each) for each in outcomes])


async def look_up_requests(context: Context, requests: Sequence[TrackRequest]) -> list[Outcome]:
    """The state of the requests, after looking up open ones. Never sends one; safe to repeat."""
    settle = context.wallet.spending.settle
    return [await settle(each) if each.state in OPEN else Outcome(each) for each in requests]


async def outcome_of(
    context: Context, results: Sequence[Result], note: Note | None = None, again: Button | None = None
) -> Reply:
    """The card with the outcome of requests, and the keys of the outbox messages that it makes redundant.

    A start is announced in its channel, and its requester is notified unless they read this reply themselves.
    """
    here = [
        replace(each, is_news=each.is_news and each.request.channel_id == context.caller.channel_id) for each in results
    ]
    mine = [each for each in results if each.request.person.id == context.caller.person.id]
    reported = [each.request for each in mine if not each.is_refused]
    announced = [each.request for each in here if each.is_news]
    hides_money = bool(announced) and not await context.channel_sees_money()
    return replace(
        outcome_card(here, note, again, hides_money=hides_money),
        reports=tuple(key for each in reported for key in report_keys(each)),
        announces=tuple(public_key(each) for each in announced),
    )


async def result_of(context: Context, outcome: Outcome) -> Result:
    """A request's outcome as a card shows it."""
    request, error = outcome.request, outcome.error
    is_under_way = request.is_under_way(context.clock())
    if outcome.refusal is not None:
        words, video = _refused(context, outcome.refusal)
        is_refused = is_under_way or not isinstance(outcome.refusal, NotProposed)
        return Result(request, video, words, is_refused=is_refused, is_under_way=is_under_way)
    video = outcome.video
    if video is None and request.video_id is not None:
        stored = await context.store.videos.find(context.workspace, request.video_id)
        video = stored.video if stored else None
    short = isinstance(error, NotEnoughBalance)
    words = NOT_ENOUGH if short and not context.sees_money else str(error) if error else request.outcome
    return Result(request, video, words, short_of_money=short, is_news=outcome.is_news, is_under_way=is_under_way)


def _refused(context: Context, refusal: Refused) -> tuple[str, Video | None]:
    """A sentence why nothing was sent, and the running video if that is the reason."""
    video = None
    match refusal:
        case NotYours():
            words = "only the person who asked can press this button. Send /track yourself."
        case NotProposed(request):
            words = _used(request)
        case Expired():
            words = "the offer has expired. Send /track with the link again for today's figures."
        case AlreadyRunning(stored):
            hidden = not stored.is_visible_to(context.workspace.id)
            words, video = "the video is already being tracked, so nothing was spent.", None if hidden else stored.video
        case InFlight():
            words = "another request is starting this video right now. Check /videos in a minute."
        case Unclear(request):
            words = unclear_words(request.submitted_at or request.proposed_at)
        case MayRun(request):
            words = may_run_words(request.platform)
        case LimitReached(limit):
            left = dollars(limit.left, down=True)
            words = f"only {left} of {limit_words(limit)} is left. {how_to_raise(limit)}"
        case NeedsApproval(above):
            words = above_words(above)
        case _:
            assert_never(refusal)
    return words, video


def _used(request: TrackRequest) -> str:
    """Reply to a second press of a button; the card around it shows the state of the request."""
    if request.outcome == ENDED:
        return ENDED
    if request.state is RequestState.FAILED:
        return f"this button was already used: {request.outcome.rstrip('.')}. To retry, send /track again."
    return "This button was already used. Nothing is sent or charged twice."
