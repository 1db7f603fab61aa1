"""/track: the consequence card, and the buttons that change the offer. `track_start` has those that start it."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.commands.track_start import (
    MOST_DAYS,
    Batch,
    Start,
    check_price,
    look_up_requests,
    offered,
    outcome_of,
    own,
    result_of,
    settled,
    start_offer,
)
from bot.domain.campaigns import Campaign
from bot.domain.commitments import ends_at
from bot.domain.errors import DatabaseUnavailable, LinkError, NotFound, SpendingRefused, UsageError
from bot.domain.links import VideoLink, links_within, parse_link
from bot.domain.money import DURATIONS, consequences, dollars, price
from bot.domain.tracking import RequestState, TrackRequest
from bot.messages.campaign import Into, campaign_note
from bot.messages.offer import Offer, Row, consequence_card
from bot.messages.problems import UNSAVED, problem, with_links_left_out
from bot.messages.tracking import already_tracked, nothing_new
from bot.messages.wording import plural, still_running
from bot.reply.model import Reply, Tone
from bot.wallet.link_check import CheckedLink, check_links
from bot.wallet.spending import Outcome
from bot.wallet.wallet import live_state

USUAL_DAYS = 7
MOST_LINKS = 10
_LATER = (
    r"(?:in|after)\s+(?:\d+|an?|one)\s*(?:m|min|minutes?|h|hours?|d|days?|w|weeks?|months?)|from now|later|tomorrow"
    r"|tonight|next (?:week|month)|(?:on|next|from) (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:at|from) \d{1,2}(?::\d\d|[ap]m)|(?:starting|beginning) (?!now)\w+"
)
_COUNTED = r"\d+ (?:videos?|links?|posts?|clips?|reels?|shorts|times?|x|views|likes|percent)"
_NOT_COUNTED = "The number after a link is how many days to track it: /track <link> 7. Nothing else can be counted."
_NOT_LATER = (
    "Tracking starts when you press the button on the card, not later. To start later, send /track at that time. "
    "A number of days is how long it lasts: /track <link> 7."
)


@dataclass(frozen=True, slots=True)
class Track:
    """The videos to track, and for how long."""

    link: tuple[str, ...] = argument(Kind.LINK, "the video's link, or several separated by spaces", many=MOST_LINKS)
    days: int | None = argument(
        Kind.NUMBER,
        "how many days, 1 to 30",
        default=None,
        minimum=1,
        maximum=MOST_DAYS,
        refused=((_LATER, _NOT_LATER), (_COUNTED, _NOT_COUNTED)),
    )
    campaign: str = argument(Kind.CAMPAIGN, "the campaign that it goes into", default="", suggested=True)
    dollars: Decimal | None = argument(  # noqa: RUF009 - a field
        Kind.MONEY,
        "what it may cost, which is answered with the days that buys",
        default=None,
        listed=False,
        typed=True,
    )
    left_out: str = argument(Kind.WORD, "links of the same message that there is no room for", default="", listed=False)


@dataclass(frozen=True, slots=True)
class Length:
    """One offer, and the length to show it for."""

    batch: str = argument(Kind.WORD, "the proposal's token", listed=False)
    days: int = argument(Kind.NUMBER, "how many days", listed=False, minimum=1, maximum=MOST_DAYS)
    despite: int = argument(Kind.NUMBER, "the newest unclear start", default=0, listed=False, minimum=0)
    asked: int | None = argument(
        Kind.NUMBER, "how many days were typed", default=None, listed=False, minimum=1, maximum=MOST_DAYS
    )
    campaign: int | None = argument(
        Kind.NUMBER, "the number of the campaign to put it into, 0 for none", default=None, listed=False, minimum=0
    )


@dataclass(frozen=True, slots=True)
class TrackOn:
    """A tracking that has ended or is about to."""

    video: str = argument(Kind.VIDEO, "the video's id", listed=False)


async def track(context: Context, args: Track) -> Reply:
    """Show the consequence card. Nothing is spent before its button is pressed, unless the rules let it start at once.

    That takes a typed link with its days and nothing else, a price for which no rule requires confirmation, and no
    warning on its card. It goes through the same states as a press; in doubt, the card is shown.
    """
    if args.dollars is not None:
        raise UsageError(await _days_bought(context, args.dollars, len(args.link)), "days")
    return with_links_left_out(await _proposed(context, args), args.left_out.split())


def from_message(message: object) -> Mapping[str, str]:
    """Arguments of /track for a chat's message: its first links, and those beyond the maximum."""
    links = links_within(message)
    return {"link": " ".join(links[:MOST_LINKS]), "left_out": " ".join(links[MOST_LINKS:])}


async def _proposed(context: Context, args: Track) -> Reply:
    campaign = await _campaign_of(context, args.campaign)
    found = await check_links(context.wallet, context.workspace, args.link)
    if len(found) == 1 and found[0].problem:
        raise LinkError(found[0].problem)
    into = await _join_running(context, found, campaign, is_own=not args.campaign)
    up_to = Decimal(0)
    if _is_exact(context.typed, args) and found[0].is_new:
        up_to = await context.unconfirmed(None if campaign is None else campaign.id)
        if up_to and (await context.wallet.mirror.usage(timedelta(0))).problem:
            up_to = Decimal(0)  # only at a price that the API has just confirmed
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
    """Build the consequence card for the new links in these rows: of a `batch` proposed before, else of a new one.

    It shows `days`, and offers the days that the person `asked` for among the others. An offer that costs at most
    `up_to` dollars and needs no warning is started instead.
    """
    new = [row.link for row in rows if row.is_new and row.link is not None]
    now = context.clock()
    if not new:
        return already_tracked(rows[0], now, into) if len(rows) == 1 else nothing_new(rows, into)
    wallet, _ = await live_state(context.wallet)
    requests = batch or await _propose(context, new, wallet.usage.cost_per_snapshot, now, into)
    check_price(wallet.usage, requests)
    if batch:
        await context.store.tracking.lower_price(context.workspace.id, batch[0].batch, wallet.usage.cost_per_snapshot)
    durations = tuple(sorted({*DURATIONS, *filter(None, (days, asked))}))
    offer = Offer(
        batch=requests[0].batch,
        rows=rows,
        wallet=wallet,
        choices=consequences(wallet.usage, wallet.owed, wallet.as_of, durations, len(new)),
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
    """Start a typed offer, as a press on its card would."""
    try:
        card = await start_offer(context, requests, Start(offer.batch, offer.proposed.days))
    except DatabaseUnavailable:
        return problem(UNSAVED)
    return replace(card, summary=card.summary + campaign_note(offer.into)) if card.tone is Tone.SUCCESS else card


async def _propose(
    context: Context, links: Sequence[VideoLink], shown: Decimal, now: datetime, into: Into | None
) -> tuple[TrackRequest, ...]:
    """Store the proposal at the price shown."""
    batch, person = secrets.token_urlsafe(9), context.caller.person
    items = [(each.key, each.url, each.platform) for each in links]
    expires_at, campaign_id = now + context.offer_lasts, None if into is None else into.campaign.id
    channel, parent = context.caller.channel_id, context.caller.parent_id
    return await context.store.tracking.propose(
        context.workspace, channel, person, batch, items, shown, now, expires_at, campaign_id, parent
    )


async def track_on(context: Context, args: TrackOn) -> Reply:
    """Show the consequence card for the video's link, or when to ask again while it is still tracked."""
    stored = await context.store.videos.find(context.workspace, args.video)
    if stored is None:
        raise NotFound("I don't know this video any more. Send /track with its link.")
    end = ends_at(stored.video, stored.seen_at)
    if stored.video.is_running and end is not None and end > context.clock():
        return still_running(stored.video, end, context.clock())
    return await track(context, Track((stored.video.link,)))


async def _days_bought(context: Context, spent: Decimal, links: int) -> str:
    """Reply to an amount of money: how many days it pays for."""
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
    """Offer a second start for links whose first start is still unclear; it needs its own press."""
    outcomes = await look_up_requests(context, await offered(context, args.batch))
    newest = [await context.store.tracking.in_flight(context.wallet.id, each.request.key) for each in outcomes]
    now = context.clock()
    unclear = [each for each in newest if each is not None and not each.is_under_way(now)]
    links = [(link, each) for each in unclear if isinstance(link := parse_link(each.link), VideoLink)]
    if not links:
        return await outcome_of(context, [await result_of(context, each) for each in outcomes])
    rows = tuple(Row(link, unclear_at=each.submitted_at) for link, each in links)
    last = max(unclear, key=lambda each: each.submitted_at or each.proposed_at)
    into = await _chosen_campaign(context, [each.request for each in outcomes], None)
    return await _card(context, rows, None, last.id, into=into)


async def choose_length(context: Context, args: Length) -> Reply:
    """Show the same offer for another length. Spends nothing, and keeps the offer's expiry."""
    requests = await own(context, args.batch)
    if any(each.state is not RequestState.PROPOSED for each in requests):
        return await outcome_of(context, [await result_of(context, Outcome(each)) for each in requests])
    if any(each.expires_at <= context.clock() for each in requests):
        raise SpendingRefused("The offer has expired. Send /track with the link again for today's figures.")
    into = await _chosen_campaign(context, requests, args.campaign)
    found = await check_links(context.wallet, context.workspace, [each.link for each in requests])
    rows = tuple(_row(each, args.despite) for each in found)
    if len(rows) > 1 and not all(row.is_new for row in rows):  # its buttons would start more than it shows
        raise SpendingRefused("Some of these videos are tracked by now. Send /track with the links again.")
    return await _card(context, rows, args.days, args.despite, requests, args.asked, into)


def _row(candidate: CheckedLink, despite: int = 0) -> Row:
    """A link as a card shows it; an unclear start up to the id `despite`, which the person knows of, counts as new."""
    running, in_flight = candidate.running, candidate.in_flight
    if in_flight is not None and in_flight.id <= despite:
        return Row(candidate.link, unclear_at=in_flight.submitted_at)
    if running is None:
        hidden, may_run = candidate.is_hidden, candidate.may_run
        problem, typed, is_sent = candidate.problem, candidate.typed, in_flight is not None
        return Row(candidate.link, problem, typed, in_flight=is_sent, hidden=hidden, may_run=may_run)
    return Row(candidate.link, video=running.video, started_by=running.started_by, hidden=candidate.is_hidden)


_EXACT = re.compile(
    r"(?P<link>\S+)\s+(?P<days>[0-9]{1,2})(?:\s*d|\s*days?)?(?:\s+in\s+(?P<campaign>\S.*))?", re.IGNORECASE
)


def _is_exact(typed: str | Mapping[str, str] | None, args: Track) -> bool:
    """Whether somebody typed exactly one link and a number of days, and at most `in` a campaign.

    Only this can start something without a press, so anything that could be read differently doesn't count.
    """
    if typed is not None and not isinstance(typed, str):
        campaign = f" in {typed['campaign']}" if "campaign" in typed else ""
        typed = f"{typed.get('link', '')} {typed.get('days', '')}{campaign}"
    found = _EXACT.fullmatch(typed.strip()) if typed else None
    if found is None:
        return False
    name = (found["campaign"] or "").strip(' "“”')
    return args == Track((found["link"].removeprefix("<").removesuffix(">"),), int(found["days"]), name)


async def _campaign_of(context: Context, named: str) -> Campaign | None:
    """The named campaign, else the channel's own. Raises SpendingRefused if it is archived."""
    campaign = await context.campaign(named)
    if campaign is not None and campaign.archived_at is not None:
        sentence = f"Campaign {campaign.name} is archived, so nothing can be started in it. Restore it first."
        raise SpendingRefused(sentence)
    return campaign


async def _join_running(
    context: Context, found: Sequence[CheckedLink], campaign: Campaign | None, *, is_own: bool
) -> Into | None:
    """Add videos that already run, and that the workspace may see, to the campaign. This spends nothing."""
    if campaign is None:
        return None
    running = [each.running for each in found if each.running is not None and not each.is_hidden]
    items = tuple((each.key, each.video.link, each.video.platform) for each in running)
    joined = await context.store.campaigns.add(campaign.workspace_id, campaign.id, items, context.actor)
    return Into(campaign, is_own, len(joined))


async def _chosen_campaign(context: Context, requests: Sequence[TrackRequest], chosen: int | None) -> Into | None:
    """The campaign for proposed videos, changed if another one was chosen."""
    store, here = context.store, context.workspace.id
    number = requests[0].campaign_id if chosen is None else chosen
    campaign = await store.campaigns.find(here, number) if number else None
    into = campaign.id if campaign else None
    if into != requests[0].campaign_id and not await store.tracking.choose_campaign(here, requests[0].batch, into):
        raise SpendingRefused("Approval was asked for this offer as it is. Send /track again for another campaign.")
    own = (await context.channel()).campaign
    return None if campaign is None else Into(campaign, is_own=campaign == own)
