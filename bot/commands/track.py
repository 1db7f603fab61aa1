"""/track: what it would cost, then, on one press of the asker's, the tracking."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import assert_never

from bot.commands.alerts import note_on_alerts
from bot.commands.context import Context
from bot.commands.track_arguments import MOST_DAYS, MOST_LINKS, Batch, Length, Start, Track, is_exact
from bot.commands.track_campaign import campaign_of, chosen_campaign, join_running
from bot.domain.allowances import fixed
from bot.domain.errors import (
    DatabaseUnavailable,
    LinkError,
    NotAllowed,
    NotEnoughBalance,
    NotFound,
    SpendingRefused,
    UsageError,
)
from bot.domain.links import VideoLink, links_within, parse_link
from bot.domain.money import DURATIONS, Usage, consequences, dollars, price
from bot.domain.tracking import ENDED, RequestState, TrackRequest
from bot.domain.videos import Video
from bot.messages.approval import above_words, ask_button
from bot.messages.campaign import Into, goes_into
from bot.messages.limits import limit_words, who_raises
from bot.messages.offer import (
    NOT_ENOUGH,
    Offer,
    Row,
    already_tracked,
    consequence_card,
    nothing_new,
)
from bot.messages.problems import UNSAVED, problem, with_links_left_out
from bot.messages.tracking import Result, cancelled, may_run_words, outcome_card, second_press, unclear_words
from bot.messages.wording import plural
from bot.reply.model import Button, Note, Reply, Tone
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
from bot.wallet.link_check import CheckedLink, check_links
from bot.wallet.spending import Outcome, public_key, report_keys
from bot.wallet.wallet import live_state

USUAL_DAYS = 7
OPEN = frozenset({RequestState.SUBMITTED, RequestState.UNKNOWN})


async def track(context: Context, args: Track) -> Reply:
    """The consequence card: nothing is spent before its button is pressed, except for what the rules let start at once.

    That is a typed link with its days and nothing else, at a price that no rule has confirmed, whose card would warn
    of nothing. It goes through the same states as a press, and whatever is doubtful gets the card.
    """
    if args.dollars is not None:
        raise UsageError(await _what_it_buys(context, args.dollars, len(args.link)), "days")
    return with_links_left_out(await _proposed(context, args), args.left_out.split())


def from_message(message: object) -> Mapping[str, str]:
    """What /track takes from a chat's message: its first links, and those that there is no room for."""
    links = links_within(message)
    return {"link": " ".join(links[:MOST_LINKS]), "left_out": " ".join(links[MOST_LINKS:])}


async def _proposed(context: Context, args: Track) -> Reply:
    campaign = await campaign_of(context, args.campaign)
    found = await check_links(context.wallet, context.workspace, args.link)
    if len(found) == 1 and found[0].problem:
        raise LinkError(found[0].problem)
    into = await join_running(context, found, campaign, is_own=not args.campaign)
    up_to = Decimal(0)
    if is_exact(context.typed, args) and found[0].is_new:
        up_to = await context.unconfirmed(None if campaign is None else campaign.id)
        if up_to and (await context.wallet.mirror.usage(timedelta(0))).problem:
            up_to = Decimal(0)  # only at a price that the API has just stated
    if len(found) == 1 and found[0].in_flight is not None:
        card = await _settled(context, (found[0].in_flight,))
        return already_tracked(_row(found[0]), context.clock()) if found[0].is_hidden else card
    return await _card(context, tuple(map(_row, found)), args.days, asked=args.days, into=into, up_to=up_to)


async def _card(
    context: Context,
    rows: tuple[Row, ...],
    days: int | None,
    despite: int = 0,
    batch: Sequence[TrackRequest] = (),
    asked: int | None = None,
    into: Into | None = None,
    up_to: Decimal = Decimal(0),
) -> Reply:
    """The consequence card of what is new in these rows: of a `batch` that was proposed before, else of a new one.

    It shows `days`, and offers the days that the person `asked` for among the others. What costs `up_to` so many
    dollars and needs no warning is started instead.
    """
    new = [row.link for row in rows if row.is_new and row.link is not None]
    now = context.clock()
    if not new:
        return already_tracked(rows[0], now, into) if len(rows) == 1 else nothing_new(rows, into)
    wallet, _ = await live_state(context.wallet, now)
    requests = batch or await _propose(context, new, wallet.usage.cost_per_snapshot, now, into)
    _check_price(wallet.usage, requests)
    if batch:
        await context.store.tracking.lower_price(context.workspace.id, batch[0].batch, wallet.usage.cost_per_snapshot)
    durations = tuple(sorted({*DURATIONS, *filter(None, (days, asked))}))
    offer = Offer(
        batch=requests[0].batch,
        rows=rows,
        wallet=wallet,
        choices=consequences(wallet.usage, wallet.owed, now, durations, len(new)),
        days=days,
        usual_days=USUAL_DAYS,
        approval_above=(await context.store.approvals.rule(context.workspace.id)).above,
        limits=await context.limits(None if into is None else into.campaign.id),
        expires_at=requests[0].expires_at,
        now=now,
        despite=despite,
        asked=asked,
        into=into,
        campaigns=await context.store.campaigns.all(context.workspace.id),
        sees_money=context.sees_money,
    )
    return await _start_at_once(context, requests, offer) if offer.needs_no_press(up_to) else consequence_card(offer)


async def _start_at_once(context: Context, requests: Sequence[TrackRequest], offer: Offer) -> Reply:
    """Start what was typed, as a press of its card would."""
    try:
        card = await start_offer(context, requests, Start(offer.batch, offer.proposed.days))
    except DatabaseUnavailable:
        return problem(UNSAVED)
    return replace(card, summary=card.summary + goes_into(offer.into)) if card.tone is Tone.SUCCESS else card


async def _propose(
    context: Context, links: Sequence[VideoLink], shown: Decimal, now: datetime, into: Into | None
) -> tuple[TrackRequest, ...]:
    """Store what is proposed at the price that is shown."""
    batch, person = secrets.token_urlsafe(9), context.caller.person
    items = [(each.key, each.url, each.platform) for each in links]
    expires_at, campaign_id = now + context.offer_lasts, None if into is None else into.campaign.id
    channel, parent = context.caller.channel_id, context.caller.parent_id
    return await context.store.tracking.propose(
        context.workspace, channel, person, batch, items, shown, now, expires_at, campaign_id, parent
    )


async def _what_it_buys(context: Context, spent: Decimal, links: int) -> str:
    """The answer to a sum of money: how many days it pays for."""
    each = " for each video" if links > 1 else ""
    snapshot = await context.wallet.price()
    if snapshot is None:
        return f"/track takes days, not dollars: /track <link> 7. The card shows the price{each}."
    day = price(1, snapshot) * links
    days = min(int(spent / day) if day else MOST_DAYS, MOST_DAYS)
    if not days:
        return f"/track takes days, not dollars. {dollars(spent)} is less than one day costs ({dollars(day)})."
    return (
        f"/track takes days, not dollars. {dollars(spent)} buys {plural(days, 'day')}{each} ({dollars(days * day)}): "
        f"/track <link> {days}."
    )


async def again(context: Context, args: Batch) -> Reply:
    """Offer a second start of the links whose first one is still unclear; its press is the second one."""
    outcomes = await _looked_up(context, await offered(context, args.batch))
    newest = [await context.store.tracking.in_flight(context.wallet.id, each.request.key) for each in outcomes]
    now = context.clock()
    unclear = [each for each in newest if each is not None and not each.is_under_way(now)]
    links = [(link, each) for each in unclear if isinstance(link := parse_link(each.link), VideoLink)]
    if not links:
        return await _outcome(context, [await _result(context, each) for each in outcomes])
    rows = tuple(Row(link, unclear_at=each.submitted_at) for link, each in links)
    last = max(unclear, key=lambda each: each.submitted_at or each.proposed_at)
    into = await chosen_campaign(context, [each.request for each in outcomes], None)
    return await _card(context, rows, None, last.id, into=into)


async def choose_length(context: Context, args: Length) -> Reply:
    """The same offer for another length. Nothing is spent, and the offer ends when it would have."""
    requests = await own(context, args.batch)
    if any(each.state is not RequestState.PROPOSED for each in requests):
        return await _outcome(context, [await _result(context, Outcome(each)) for each in requests])
    if any(each.expires_at <= context.clock() for each in requests):
        raise SpendingRefused("The offer has expired. Send /track with the link again for today's figures.")
    into = await chosen_campaign(context, requests, args.campaign)
    found = await check_links(context.wallet, context.workspace, [each.link for each in requests])
    rows = tuple(_row(each, args.despite) for each in found)
    if len(rows) > 1 and not all(row.is_new for row in rows):  # its buttons would start more than it shows
        raise SpendingRefused("Some of these videos are tracked by now. Send /track with the links again.")
    return await _card(context, rows, args.days, args.despite, requests, args.asked, into)


async def start(context: Context, args: Start) -> Reply:
    """Start what was proposed: once, by the asker, within its time; a video that may run already on a second press."""
    return await start_offer(context, await own(context, args.batch), args)


async def start_offer(
    context: Context, requests: Sequence[TrackRequest], args: Start, approved: Decimal | None = None
) -> Reply:
    """Start an offer in its asker's name: on their own press, or for at most what another person `approved`."""
    usage = (await context.wallet.mirror.usage()).value
    _check_price(usage, requests)
    cost, asker = price(args.days, usage.cost_per_snapshot), requests[0].person
    if approved is not None and cost * len(requests) > approved:  # their yes would not lift the asker's own limits
        raise SpendingRefused("The price has gone up since this was approved, so nothing was spent. Send /track again.")
    is_own = asker.id == context.caller.person.id
    outcomes = await context.wallet.spending.start(
        requests,
        asker,
        args.days,
        cost,
        context.monthly_cap,
        is_sure=args.sure == "yes",
        roles=context.caller.roles if is_own else frozenset(),
        despite=args.despite,
    )
    results = tuple([await _result(context, each) for each in outcomes])
    refusals = [each.refusal for each in outcomes]
    await _note_limit(context, requests, refusals, cost)
    again = _second_press(args, refusals, cost) if is_own else None
    is_started = any(result.started for result in results)
    card = await _outcome(context, results, await note_on_alerts(context) if is_started else None, again)
    if not is_own or not any(map(_may_be_approved, refusals)):
        return card
    return replace(card, actions=(ask_button(args.batch, args.days), *card.actions))


async def _note_limit(
    context: Context, requests: Sequence[TrackRequest], refusals: Sequence[Refused | None], cost: Decimal
) -> None:
    """Add to the audit that a limit stopped a press: one entry, however many videos it was for."""
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
    entry = Entry(context.clock(), first.person, first.channel_id, Action.REFUSED, first.link, None, None, words)
    await context.store.audit.write(context.workspace.id, entry)


def _may_be_approved(refused: Refused | None) -> bool:
    """Whether another person's yes would let it start."""
    return isinstance(refused, NeedsApproval) or (isinstance(refused, LimitReached) and not fixed((refused.limit,)))


def _second_press(args: Start, refusals: Sequence[Refused | None], cost: Decimal) -> Button | None:
    """The button for what a person has to confirm once more, None if there is nothing."""
    unclear = [each.request for each in refusals if isinstance(each, Unclear)]
    doubtful = len(unclear) + sum(isinstance(each, MayRun) for each in refusals)
    newest = max(unclear, key=lambda each: each.submitted_at or each.proposed_at, default=None)
    despite = args.despite if newest is None else newest.id
    return second_press(args.batch, args.days, doubtful, doubtful * cost, despite) if doubtful else None


async def cancel(context: Context, args: Batch) -> Reply:
    """Drop a proposal, if it is the caller's and still one."""
    requests = await offered(context, args.batch)
    if any(request.person.id != context.caller.person.id for request in requests):
        raise NotAllowed("Only the person who asked can cancel this offer. Nothing is spent unless they confirm it.")
    left = await context.store.tracking.cancel(context.workspace.id, args.batch, context.caller.person.id)
    if all(request.outcome == "cancelled" for request in left):
        return cancelled()
    return await _outcome(context, [await _result(context, Outcome(request)) for request in left])


async def check(context: Context, args: Batch) -> Reply:
    """Look once more for what an unclear request started."""
    return await _settled(context, await offered(context, args.batch))


async def offered(context: Context, token: str) -> tuple[TrackRequest, ...]:
    """What was proposed together; NotFound if nothing was."""
    requests = await context.store.tracking.batch(context.workspace.id, token)
    if not requests:
        raise NotFound("I can't find that offer any more. Send /track with the link again.")
    return requests


async def own(context: Context, token: str) -> tuple[TrackRequest, ...]:
    """What the caller was proposed; NotAllowed if it was somebody else."""
    requests = await offered(context, token)
    if any(request.person.id != context.caller.person.id for request in requests):
        raise NotAllowed("Only the person who asked can press this button. Send /track yourself.")
    return requests


def _check_price(usage: Usage, requests: Sequence[TrackRequest]) -> None:
    """Raise SpendingRefused if a snapshot costs more now than a person was shown."""
    if any(usage.cost_per_snapshot > request.price for request in requests):
        msg = "The snapshot price has gone up since this card was posted, so nothing was spent. Send /track again."
        raise SpendingRefused(msg)


async def _settled(context: Context, requests: Sequence[TrackRequest]) -> Reply:
    """How the requests stand, after a look for those whose outcome is open."""
    outcomes = await _looked_up(context, requests)
    return await _outcome(context, [await _result(context, each) for each in outcomes])


async def _looked_up(context: Context, requests: Sequence[TrackRequest]) -> list[Outcome]:
    settle = context.wallet.spending.settle
    return [await settle(each) if each.state in OPEN else Outcome(each) for each in requests]


async def _outcome(
    context: Context, results: Sequence[Result], note: Note | None = None, again: Button | None = None
) -> Reply:
    """The card of what became of requests, with the outbox messages that it makes needless.

    A start is announced where it was asked for, and its asker is notified unless they read this themselves.
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


def _row(candidate: CheckedLink, despite: int = 0) -> Row:
    """A link as a card shows it; an unclear start up to `despite`, which the asker knows of, leaves it new."""
    running, in_flight = candidate.running, candidate.in_flight
    if in_flight is not None and in_flight.id <= despite:
        return Row(candidate.link, unclear_at=in_flight.submitted_at)
    if running is None:
        hidden, may_run = candidate.is_hidden, candidate.may_run
        problem, typed, is_sent = candidate.problem, candidate.typed, in_flight is not None
        return Row(candidate.link, problem, typed, in_flight=is_sent, hidden=hidden, may_run=may_run)
    return Row(candidate.link, video=running.video, started_by=running.started_by, hidden=candidate.is_hidden)


async def _result(context: Context, outcome: Outcome) -> Result:
    """What a person is told of one request."""
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
    """Why nothing was sent, in a sentence, and the running video where that is why."""
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
            words = f"only {left} of {limit_words(limit)} is left. {who_raises(limit)}"
        case NeedsApproval(above):
            words = above_words(above)
        case _:
            assert_never(refusal)
    return words, video


def _used(request: TrackRequest) -> str:
    """What to say to a second press of a button; the card around it says how the request stands."""
    if request.outcome == ENDED:
        return ENDED
    if request.state is RequestState.FAILED:
        return f"this button was already used: {request.outcome.rstrip('.')}. To retry, send /track again."
    return "This button was already used. Nothing is sent or charged twice."
