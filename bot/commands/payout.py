"""/payout: what a campaign owes its creators, its terms, and who was paid. Computes only, never moves money."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from bot.campaigns.owed import Owed, owed
from bot.campaigns.payout_card import (
    WHOLE,
    creator_value,
    marked_paid,
    no_terms,
    payout,
    payout_details,
    payout_file,
    terms_set,
    unmarked_paid,
)
from bot.campaigns.payout_csv import payout_csv
from bot.commands.command import Ask, Kind, Question, argument
from bot.commands.context import Context
from bot.domain.campaigns import Campaign
from bot.domain.errors import NotFound, UsageError
from bot.domain.folding import folded
from bot.domain.payout import State, Terms
from bot.domain.payout_terms import SITES, read_terms, terms_line, terms_words
from bot.domain.videos import VideoPlatform
from bot.messages.wording import PLATFORM_NAMES, platform_name, series
from bot.reply.call import Call
from bot.reply.model import Reply
from bot.reply.text import visible

TERMS, PAID, CSV = "terms", "paid", "csv"
_LINE = re.compile(
    rf"(?:for\s+)?(?P<campaign>\"[^\"]*\"|.*?)\s*(?:\b(?P<action>{TERMS}|{PAID}|{CSV})\b[\s:]*(?P<rest>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_NO_HANDLE = frozenset({"", "no handle", "nobody"})


@dataclass(frozen=True, slots=True)
class Payout:
    """The campaign, and what to show or change of its payout."""

    campaign: str = argument(Kind.CAMPAIGN, "the campaign's name", default="", suggested=True)
    action: str = argument(
        Kind.CHOICE, "what to do; nothing shows what is owed", default="", choices=(TERMS, PAID, CSV)
    )
    terms: str = argument(Kind.WORD, "such as: youtube 2.50 per 1000, cap 200, final after 30 days", default="")
    creator: str = argument(Kind.WORD, "who was paid, such as @handle", default="")
    whole: str = argument(Kind.WORD, "yes if the terms are all there is", default="", listed=False)


@dataclass(frozen=True, slots=True)
class PaidMark:
    """A creator of a campaign, and the Unix second of the paid mark."""

    campaign: str = argument(Kind.CAMPAIGN, "the campaign", listed=False)
    creator: str = argument(Kind.WORD, "the creator", default="", listed=False)
    at: str = argument(Kind.WORD, "when", default="", listed=False)


_CAMPAIGN = Ask("campaign", "Campaign", "its name; empty: this channel's", unless_known=True)


def _in_full(carried: str) -> str:
    """The terms that a button carries, as people write them."""
    try:
        return terms_line(read_terms(carried, Terms(), date(2000, 1, 1)))
    except UsageError:
        return carried


QUESTIONS = (
    Question(
        {"whole": WHOLE},
        "Payout terms",
        (Ask("terms", "Terms", "the current ones; what you remove ends", begins=_in_full, is_long=True), _CAMPAIGN),
        "Save terms",
    ),
    Question(
        {"action": TERMS},
        "Payout terms",
        (
            Ask("terms", "What changes", "such as: youtube 2.50 per 1000, cap 200, final after 30 days", is_long=True),
            _CAMPAIGN,
        ),
        "Save terms",
    ),
    Question(
        {"action": PAID},
        "Mark as paid",
        (Ask("creator", "Creator", "whose final videos you paid, such as @handle"), _CAMPAIGN),
        "Mark as paid",
    ),
    Question({}, "Show a payout", (Ask("campaign", "Campaign", "its name"),), "Show"),
)


def read_line(typed: str) -> Mapping[str, str]:
    """Parse a typed line: `launch`, `launch terms youtube 2 per 1000`, `launch paid @ana`, `launch csv`."""
    found = _LINE.fullmatch(typed.strip())
    if found is None:
        return {"campaign": typed}
    action = (found["action"] or "").casefold()
    given = {"campaign": found["campaign"].strip().strip('"'), "action": action}
    rest = {TERMS: "terms", PAID: "creator"}.get(action)
    if rest is not None:
        given[rest] = found["rest"].strip()
    elif found["rest"]:
        raise UsageError(f"I don't know what “{found['rest'][:40]}” means here. Send /payout launch csv.", None)
    return {name: value for name, value in given.items() if value}


def lacks_values(args: Payout) -> bool:
    """Whether a form has to ask for values that the action needs."""
    lacks_terms = args.whole == WHOLE or (args.action == TERMS and not args.terms)
    return lacks_terms or (args.action == PAID and not args.creator)


def check(args: Payout, now: datetime) -> None:
    """Raise UsageError for terms that are invalid whatever they change."""
    if args.terms:
        read_terms(args.terms, Terms(dict.fromkeys(VideoPlatform, Decimal())), now.date())


async def payout_command(context: Context, args: Payout) -> Reply:
    """Show what is owed or its file, or change the terms or who was paid."""
    campaign = await _campaign(context, args.campaign)
    if args.action == TERMS or args.terms:
        return await _set_terms(context, campaign, args.terms, is_whole=args.whole == WHOLE)
    if args.action == PAID or args.creator:
        return await _mark(context, campaign, args.creator)
    found = await owed(context.store, context.workspace, campaign, context.clock(), whole=args.action == CSV)
    if found is None:
        return no_terms(campaign, may_configure=context.may_configure)
    if args.action == CSV:
        return payout_file(found, payout_csv(found))
    price = await context.account.price() if context.account is not None else None
    tracking = None if price is None else found.snapshots * price
    card = payout(found, tracking, may_configure=context.may_configure, is_own=not args.campaign)
    return replace(card, shared_as=Call("payout", {"campaign": str(campaign.id)}))


async def details(context: Context, args: PaidMark) -> Reply:
    """Show every line of a payout."""
    campaign = await _campaign(context, args.campaign)
    found = await owed(context.store, context.workspace, campaign, context.clock(), whole=True)
    if found is None:
        return no_terms(campaign, may_configure=context.may_configure)
    return replace(payout_details(found), shared_as=Call("payout.details", {"campaign": str(campaign.id)}))


async def mark(context: Context, args: PaidMark) -> Reply:
    """Mark the final lines of the creator behind a button as paid."""
    return await _mark(context, await _campaign(context, args.campaign), args.creator)


async def unmark(context: Context, args: PaidMark) -> Reply:
    """Undo one paid mark."""
    context.require()
    campaign = await _campaign(context, args.campaign)
    platform, handle = _creator(args.creator)
    if platform is None or not args.at.isascii() or not args.at.isdecimal() or len(args.at) > 11:
        raise NotFound("I can't find what was marked any more. /payout shows what is paid.")
    at = datetime.fromtimestamp(int(args.at), UTC)
    found = await context.store.payouts.unmark_paid(
        context.workspace.id, campaign.id, platform, handle, at, context.actor
    )
    return unmarked_paid(campaign, found)


async def _campaign(context: Context, named: str) -> Campaign:
    campaign = await context.campaign(named)
    if campaign is None:
        raise UsageError("Which campaign? Name it, for example: /payout launch.", "campaign")
    return campaign


async def _set_terms(context: Context, campaign: Campaign, typed: str, *, is_whole: bool) -> Reply:
    """Freeze lines that are final, then change the terms; `is_whole` replaces all of them."""
    context.require()
    store, here, now = context.store, context.workspace, context.clock()
    words = visible(typed)
    before = await owed(store, here, campaign, now)
    await store.payouts.change_terms(
        here.id,
        campaign.id,
        lambda known: read_terms(words, Terms() if is_whole else known, now.date()),
        lambda terms: "; ".join(terms_words(terms, PLATFORM_NAMES)),
        context.actor,
    )
    found = await owed(store, here, campaign, now, keeps=False)
    if found is None:
        raise NotFound("I can't find that campaign any more.")
    return terms_set(found, before.terms.terms if before else Terms())


async def _mark(context: Context, campaign: Campaign, typed: str) -> Reply:
    context.require()
    actor = context.actor
    actor = replace(actor, at=actor.at.replace(microsecond=0))
    found = await owed(context.store, context.workspace, campaign, context.clock())
    if found is None:
        return no_terms(campaign, may_configure=True)
    if not typed.strip():
        raise UsageError("Who was paid? For example: /payout launch paid @handle.", "creator")
    platform, handle = _creator(typed)
    if handle and handle not in {line.handle for line in found.lines}:  # a name from before a rename
        handle = next(iter(await context.store.videos.handles(context.workspace, handle)), handle)
    theirs = [line for line in found.lines if line.handle == handle and platform in {None, line.platform}]
    if not theirs:
        known = series(sorted({line.creator for line in found.lines if line.creator})[:5] or ["nobody"])
        msg = f"Nobody in {campaign.name} is called “{typed[:40]}”. It has videos of {known}."
        raise NotFound(msg)
    final = {line.platform for line in theirs if line.state is State.FINAL}
    if len(final) > 1:
        sites = series(sorted(map(platform_name, final)))
        msg = (
            f"{theirs[0].creator or 'No handle'} is on {sites}: name one, for example: paid {creator_value(theirs[0])}."
        )
        raise UsageError(msg, "creator")
    if not final:
        raise UsageError(_why_unpaid(found, theirs[0].creator, {line.state for line in theirs}), "creator")
    site = final.pop()
    marked = await context.store.payouts.mark_paid(context.workspace.id, campaign.id, site, handle, actor)
    if not marked:
        raise UsageError(_why_unpaid(found, theirs[0].creator, {State.PAID}), "creator")
    undo = {"campaign": str(campaign.id), "creator": creator_value(marked[0]), "at": f"{actor.at.timestamp():.0f}"}
    return marked_paid(campaign, marked, Call("payout.unpaid", undo))


def _why_unpaid(found: Owed, creator: str, states: set[State]) -> str:
    whose = creator or "videos without a handle"
    if State.OPEN in states:
        terms = found.terms.terms
        never = terms.final_days is None and terms.final_on is None
        then = "Add a final date to the terms: final after 30 days." if never else "/payout shows when they are final."
        return f"No unpaid line of {whose} is final yet. {then}"
    if State.PAID in states:
        return f"Everything final of {whose} is marked as paid already."
    return f"No line of {whose} can be computed. /payout shows why."


def _creator(typed: str) -> tuple[str | None, str]:
    """The platform, if one is named, and the folded handle; empty for videos without one."""
    site, _, rest = visible(typed).strip().replace(":", " ").partition(" ")
    platform = SITES.get(site.casefold())
    name = folded(rest if platform else typed)
    return platform, "" if name in _NO_HANDLE else name
