"""/campaign: the list, one campaign's card, and everything that changes one."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from bot.campaigns.totals import campaign_totals, moments
from bot.commands.campaign_card import show_campaign
from bot.commands.campaign_words import ACTIONS, ALIASES
from bot.commands.command import Ask, Kind, Question, argument
from bot.commands.context import Context
from bot.commands.find_video import fitting
from bot.commands.tokens import titles_of, tokens_of
from bot.domain.allowances import Scope
from bot.domain.caller import Permission
from bot.domain.campaigns import Campaign, campaign_name, read_date
from bot.domain.errors import BotError, NotAllowed, NotFound, UsageError
from bot.domain.folding import folded
from bot.domain.links import looks_like_link
from bot.domain.money import read_cents
from bot.domain.videos import Metric
from bot.messages.campaign import (
    CampaignRow,
    Unfit,
    budget_used_up,
    campaign_changed,
    campaign_created,
    campaign_emptied,
    campaign_filled,
    campaign_list,
    channel_campaign,
    no_channel_campaign,
)
from bot.messages.problems import pick_match
from bot.messages.wording import video_options
from bot.reply.call import Call
from bot.reply.model import Reply, Tone
from bot.reply.text import visible
from bot.wallet.link_check import resolve

MOST_VIDEOS = 1_000
LONGEST_LINE = 120_000
"""Maximum characters of a line: a thousand links with all their parameters."""
_NONE = frozenset({"off", "none", "no"})
_FILLS = frozenset({"new", "add", "remove"})
_LINK = tuple[str, str, str]
"""A canonical key, a link and a platform."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CampaignArgs:
    """A campaign, an action on it and the action's values. Without arguments, campaigns are listed."""

    campaign: str = argument(Kind.CAMPAIGN, "the campaign's name", default="", suggested=True)
    action: str = argument(Kind.CHOICE, "what to do; nothing shows it", default="", choices=ACTIONS, aliases=ALIASES)
    videos: str = argument(Kind.WORD, "links, titles or ids of videos to add or remove", default="")
    name: str = argument(Kind.WORD, "the new name", default="")
    dollars: str = argument(Kind.WORD, "the budget for tracking, such as 50; off removes it", default="")
    start: str = argument(Kind.WORD, "the first day, such as 1 dec", default="")
    end: str = argument(Kind.WORD, "the last day, such as 2026-12-31", default="")


_CAMPAIGN = Ask("campaign", "Campaign", "its name; empty: this channel's", unless_known=True)
QUESTIONS = (
    Question(
        {"action": "new"},
        "New campaign",
        (
            Ask("name", "Name", "such as launch"),
            Ask("dollars", "Tracking budget", "the most dollars that tracking in it may cost; empty: no limit"),
            Ask("videos", "Videos", "links of the first ones", is_long=True),
        ),
        "Create",
    ),
    Question(
        {"action": "add"},
        "Add videos",
        (Ask("videos", "Videos", "links, or titles with commas between them", is_long=True), _CAMPAIGN),
        "Add",
    ),
    Question(
        {"action": "remove"},
        "Remove videos",
        (Ask("videos", "Videos", "links, or titles with commas between them", is_long=True), _CAMPAIGN),
        "Remove",
    ),
    Question({"action": "rename"}, "Rename campaign", (Ask("name", "New name", "such as launch"), _CAMPAIGN), "Rename"),
    Question(
        {"action": "budget"},
        "Tracking budget",
        (Ask("dollars", "Dollars", "the most that tracking in it may cost, such as 50; off: no limit"), _CAMPAIGN),
        "Save",
    ),
    Question(
        {"action": "dates"},
        "Dates of the campaign",
        (
            Ask("start", "First day", "such as 1 dec; off removes it"),
            Ask("end", "Last day", "such as 31 dec; off removes it"),
            _CAMPAIGN,
        ),
        "Save",
        needs_first=False,
    ),
    Question({}, "Show a campaign", (Ask("campaign", "Campaign", "its name"),), "Show"),
)
_NEEDS = {
    "new": ("name", "campaign"),
    "add": ("videos",),
    "remove": ("videos",),
    "rename": ("name",),
    "budget": ("dollars",),
    "dates": ("start", "end"),
}


def lacks_values(args: CampaignArgs) -> bool:
    """Whether a form has to ask for values that the action needs."""
    needs = _NEEDS.get(args.action, ())
    return bool(needs) and not any(getattr(args, each) for each in needs)


def check(args: CampaignArgs, now: datetime) -> None:
    """Raise UsageError for an invalid name, amount or date."""
    if args.action in {"new", "rename"} and args.name:
        _at("name", lambda: campaign_name(visible(args.name)))
    _at("dollars", lambda: _budget(args.dollars))
    for name in ("start", "end"):
        given = getattr(args, name)
        if given and given.casefold() not in _NONE:
            _at(name, lambda given=given: read_date(given, now.date()))  # type: ignore[misc] # a lambda's default


def _budget(typed: str) -> Decimal | None:
    """Parse a budget; None if it is to be removed, or not mentioned."""
    if typed.casefold() in {"", *_NONE}:
        return None
    budget = read_cents(typed)
    if budget <= 0:
        raise UsageError("A budget is more than $0. To remove it: /campaign launch budget off.")
    return budget


def _at(name: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except UsageError as error:
        raise UsageError(str(error), name) from None


async def campaign_command(context: Context, args: CampaignArgs) -> Reply:
    """List the campaigns, show one, or change one."""
    check(args, context.clock())
    action = args.action or _implied(args)
    _allow(context, action, args)
    match action:
        case "new":
            return await _create(context, args)
        case "off":
            return await _end_here(context)
        case "" | "archived" if not args.campaign:
            return await _list(context, archived=action == "archived")
    campaign = await context.campaign(args.campaign)
    if campaign is None:
        raise UsageError("Which campaign? Name it, for example: /campaign launch.", "campaign")
    if action in {"", "archived"}:
        return await show_campaign(context, campaign, args.campaign)
    if campaign.archived_at is not None and action not in {"restore", "remove"}:
        raise UsageError(f"{campaign.name} is archived. Restore it first: /campaign restore {campaign.name}.")
    return await _CHANGES[action](context, args, campaign)


def permission_of(action: str) -> Permission:
    """The permission that an action needs."""
    if action in {"", "archived"}:
        return Permission.LOOK
    return Permission.SPEND if action in _FILLS else Permission.CONFIGURE


def _implied(args: CampaignArgs) -> str:
    """The action implied by the given values."""
    if args.videos:
        return "add"
    if args.name:
        return "rename"
    return "budget" if args.dollars else "dates" if args.start or args.end else ""


def _allow(context: Context, action: str, args: CampaignArgs) -> None:
    if action in _FILLS and Permission.SPEND not in context.permissions:
        raise NotAllowed("You can view campaigns, but you can't fill them. Ask an admin. Nothing was changed.")
    sets_more = action in _FILLS and bool(args.dollars or args.start or args.end)
    if sets_more or permission_of(action) is Permission.CONFIGURE:
        context.require()


async def _list(context: Context, *, archived: bool) -> Reply:
    store, workspace = context.store, context.workspace
    campaigns = await store.campaigns.all(workspace.id, archived=archived)
    keys = await store.campaigns.keys(workspace.id)
    wanted = frozenset(key for each in campaigns for key in keys.get(each.id, ()))
    now = context.clock()
    found = await store.readings.at(workspace, moments(now), wanted) if wanted else ()
    known = {each.key: each for each in found}
    price = await context.price()
    rows = []
    for each in campaigns:
        links = keys.get(each.id, ())
        totals = campaign_totals(len(links), [known[key] for key in links if key in known], price, now)
        views = totals.main if totals.main is not None and totals.main.metric is Metric.VIEWS else None
        rows.append(
            CampaignRow(
                each,
                links=len(links),
                views=views.count if views else None,
                change_24h=views.day.delta if views and views.day else None,
                spent=totals.money.spent if totals.money else None,
            )
        )
    card = campaign_list(rows, archived=archived)
    return replace(card, shared_as=Call("campaign")) if rows and not archived else card


async def _create(context: Context, args: CampaignArgs) -> Reply:
    name = campaign_name(visible(args.name or args.campaign))
    here = context.workspace.id
    links, unfit = await _read_videos(context, args) if args.videos else ({}, ())
    campaign, is_new = await context.store.campaigns.create(here, name, context.actor)
    added: frozenset[str] = frozenset()
    if campaign.archived_at is None:
        if is_new:
            campaign = await _with_settings(context, args, campaign)
        added = await _join(context, campaign, links)
    is_kept = not is_new and bool(args.dollars or args.start or args.end)
    return campaign_created(
        context.shown(campaign),
        is_new=is_new,
        is_kept=is_kept,
        added=len(added),
        unfit=unfit,
        today=context.clock().date(),
    )


async def _add(context: Context, args: CampaignArgs, campaign: Campaign) -> Reply:
    links, unfit = await _read_videos(context, args)
    added = await _join(context, campaign, links)
    found = await context.store.readings.at(context.workspace, (context.clock(),), frozenset(links)) if links else ()
    untracked = len(links) - len(found)
    return campaign_filled(campaign, len(added), len(links) - len(added), untracked, unfit, args.campaign)


async def _join(context: Context, campaign: Campaign, links: Mapping[str, _LINK]) -> frozenset[str]:
    return await context.store.campaigns.add(context.workspace.id, campaign.id, tuple(links.values()), context.actor)


async def _remove(context: Context, args: CampaignArgs, campaign: Campaign) -> Reply:
    links, unfit = await _read_videos(context, args)
    removed = await context.store.campaigns.remove(
        context.workspace.id,
        campaign.id,
        frozenset(links),
        context.actor,
    )
    return campaign_emptied(campaign, len(removed), len(links) - len(removed), unfit)


async def _read_videos(context: Context, args: CampaignArgs) -> tuple[Mapping[str, _LINK], tuple[Unfit, ...]]:
    """Resolve the named videos to links, each once by its key, and collect the words that match none or several."""
    typed = args.videos
    words = tokens_of(typed)
    each_named = titles_of(typed)
    if all(looks_like_link(token.text) for token in words):
        each_named = [token.text for token in words]
    elif len(each_named) == len(words) and not any(token.quoted or looks_like_link(token.text) for token in words):
        each_named = [visible(typed).strip()]  # a single title, kept whole
    if not each_named:
        line = "remove <link> from launch" if args.action == "remove" else "add <link> to launch"
        raise UsageError(f"Which videos? Name them, for example: /campaign {line}.", "videos")
    if len(each_named) > MOST_VIDEOS:
        sentence = (
            f"That's {len(each_named):,} videos; one line can name {MOST_VIDEOS:,} at most. Send the rest after it."
        )
        raise UsageError(sentence, "videos")
    links: dict[str, _LINK] = {}
    unfit: list[Unfit] = []
    for named in dict.fromkeys(each_named):
        try:
            key, link, platform = await _link_of(context, named)
            links[key] = (key, link, platform)
        except BotError as error:
            unfit.append(Unfit(named, str(error)))
    return links, tuple(unfit)


async def _link_of(context: Context, named: str) -> _LINK:
    """The link of one video. Raises BotError if there is none, or if several match."""
    if looks_like_link(named):
        link = await resolve(context.wallet, named)
        return link.key, link.url, link.platform
    found = await fitting(context, named)
    if len({each.key for each in found}) > 1:
        choice = pick_match(Call("stats"), "video", video_options(each.video for each in found[:3]), more=False)
        raise NotFound(f"{choice.summary.partition('.')[0]}. Type more of the title, or paste its link.")
    return found[0].key, found[0].video.link, found[0].video.platform


async def _rename(context: Context, args: CampaignArgs, campaign: Campaign) -> Reply:
    if not args.name:
        raise UsageError("What should it be called? For example: /campaign launch rename spring.", "name")
    name = campaign_name(visible(args.name))
    renamed = await context.store.campaigns.rename(campaign.workspace_id, campaign.id, name, context.actor)
    if renamed is None:
        raise UsageError(f"There's already a campaign called {name}. Choose another name.", "name")
    before = f"It was called {campaign.name} before." if folded(name) != folded(campaign.name) else "Renamed."
    return campaign_changed(renamed, before, context.clock().date())


async def _archive(context: Context, args: CampaignArgs, campaign: Campaign) -> Reply:  # noqa: ARG001 - as the others
    archived = await context.store.campaigns.archive(campaign.workspace_id, campaign.id, context.actor)
    sentence = "Archived with everything in it; its videos stay tracked. /campaign restore brings it back."
    return campaign_changed(archived or campaign, sentence, context.clock().date())


async def _restore(context: Context, args: CampaignArgs, campaign: Campaign) -> Reply:  # noqa: ARG001 - as the others
    restored = await context.store.campaigns.restore(campaign.workspace_id, campaign.id, context.actor)
    was = "Restored." if campaign.archived_at is not None else "It wasn't archived."
    return campaign_changed(restored or campaign, was, context.clock().date())


async def _set(context: Context, args: CampaignArgs, campaign: Campaign) -> Reply:
    if not (args.dollars or args.start or args.end):
        raise UsageError("To what? For example: /campaign launch budget 50, or /campaign launch end 31 dec.")
    changed, today = await _with_settings(context, args, campaign), context.clock().date()
    limits = await context.limits(campaign.id) if args.dollars else ()
    full = next((each for each in limits if each.scope is Scope.BUDGET and not each.left), None)
    if full is None:
        return campaign_changed(changed, "Saved.", today)
    return campaign_changed(changed, f"Saved. {budget_used_up(full)}", today, Tone.WARNING)


async def _with_settings(context: Context, args: CampaignArgs, campaign: Campaign) -> Campaign:
    """Save the given budget and dates; returns the changed campaign."""
    today, store = context.clock().date(), context.store.campaigns
    if args.dollars:
        budget = _budget(args.dollars)
        campaign = await store.set_budget(campaign.workspace_id, campaign.id, budget, context.actor) or campaign
    if args.start or args.end:
        starts, ends = _day(args.start, campaign.starts_on, today), _day(args.end, campaign.ends_on, today)
        if starts is not None and ends is not None and ends < starts:
            raise UsageError("The last day is before the first one.", "end")
        campaign = await store.set_dates(campaign.workspace_id, campaign.id, starts, ends, context.actor) or campaign
    return campaign


def _day(typed: str, known: date | None, today: date) -> date | None:
    if not typed:
        return known
    return None if typed.casefold() in _NONE else read_date(typed, today)


async def _here(context: Context, args: CampaignArgs, campaign: Campaign) -> Reply:  # noqa: ARG001 - as the others
    caller = context.caller
    if not caller.channel_id or caller.is_direct:
        raise UsageError("Only a channel can have its own campaign. Run this command in one.")
    await context.store.campaigns.set_channel(context.workspace.id, campaign.id, context.actor)
    return channel_campaign(campaign)


async def _end_here(context: Context) -> Reply:
    before = (await context.channel()).campaign
    await context.store.campaigns.set_channel(context.workspace.id, None, context.actor)
    return no_channel_campaign(before)


_CHANGES: Mapping[str, Callable[[Context, CampaignArgs, Campaign], Awaitable[Reply]]] = {
    "add": _add,
    "remove": _remove,
    "rename": _rename,
    "archive": _archive,
    "restore": _restore,
    "budget": _set,
    "dates": _set,
    "here": _here,
}
