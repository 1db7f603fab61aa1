"""/track: the card with the price, and its buttons that offer something else. `track_start` has those that start it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.commands.context import Context
from bot.commands.track_arguments import MOST_DAYS, MOST_LINKS, Batch, Length, Start, Track, is_exact
from bot.commands.track_campaign import campaign_of, chosen_campaign, join_running
from bot.commands.track_start import (
    check_price,
    looked_up,
    offered,
    outcome_of,
    own,
    result_of,
    settled,
    start_offer,
)
from bot.domain.errors import (
    DatabaseUnavailable,
    LinkError,
    SpendingRefused,
    UsageError,
)
from bot.domain.links import VideoLink, links_within, parse_link
from bot.domain.money import DURATIONS, consequences, dollars, price
from bot.domain.tracking import RequestState, TrackRequest
from bot.messages.campaign import Into, goes_into
from bot.messages.offer import Offer, Row, consequence_card
from bot.messages.problems import UNSAVED, problem, with_links_left_out
from bot.messages.tracking import already_tracked, nothing_new
from bot.messages.wording import plural
from bot.reply.model import Reply, Tone
from bot.wallet.link_check import CheckedLink, check_links
from bot.wallet.spending import Outcome
from bot.wallet.wallet import live_state

USUAL_DAYS = 7


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
        card = await settled(context, (found[0].in_flight,))
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
    check_price(wallet.usage, requests)
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
    outcomes = await looked_up(context, await offered(context, args.batch))
    newest = [await context.store.tracking.in_flight(context.wallet.id, each.request.key) for each in outcomes]
    now = context.clock()
    unclear = [each for each in newest if each is not None and not each.is_under_way(now)]
    links = [(link, each) for each in unclear if isinstance(link := parse_link(each.link), VideoLink)]
    if not links:
        return await outcome_of(context, [await result_of(context, each) for each in outcomes])
    rows = tuple(Row(link, unclear_at=each.submitted_at) for link, each in links)
    last = max(unclear, key=lambda each: each.submitted_at or each.proposed_at)
    into = await chosen_campaign(context, [each.request for each in outcomes], None)
    return await _card(context, rows, None, last.id, into=into)


async def choose_length(context: Context, args: Length) -> Reply:
    """The same offer for another length. Nothing is spent, and the offer ends when it would have."""
    requests = await own(context, args.batch)
    if any(each.state is not RequestState.PROPOSED for each in requests):
        return await outcome_of(context, [await result_of(context, Outcome(each)) for each in requests])
    if any(each.expires_at <= context.clock() for each in requests):
        raise SpendingRefused("The offer has expired. Send /track with the link again for today's figures.")
    into = await chosen_campaign(context, requests, args.campaign)
    found = await check_links(context.wallet, context.workspace, [each.link for each in requests])
    rows = tuple(_row(each, args.despite) for each in found)
    if len(rows) > 1 and not all(row.is_new for row in rows):  # its buttons would start more than it shows
        raise SpendingRefused("Some of these videos are tracked by now. Send /track with the links again.")
    return await _card(context, rows, args.days, args.despite, requests, args.asked, into)


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
