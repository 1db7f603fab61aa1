"""/digest: a channel's daily or weekly summary: its settings, and a preview."""

from dataclasses import dataclass, replace

from bot.commands.alerts import note_on_alerts
from bot.commands.command import Ask, Kind, Question, argument
from bot.commands.context import Context
from bot.digests.card import Delivery, digest
from bot.digests.details_card import digest_details as details_card
from bot.digests.facts import read_period
from bot.digests.gather import digest_facts, gather, scope_of
from bot.digests.settings_card import (
    CHANGE,
    NO_KEY,
    NO_MONEY,
    NOT_ALL_SEE_MONEY,
    NOT_SILENT,
    OWN_CAMPAIGN,
    DigestSetting,
    digest_off,
    digest_on,
    digest_status,
    not_a_channel,
    setting_words,
)
from bot.domain.digest import DigestOptions, Ranked, Section, Window
from bot.domain.errors import NotFound, UsageError
from bot.domain.schedule import WEEKDAYS, WORKDAYS, Schedule, ordinal
from bot.domain.videos import DAY, VideoPlatform
from bot.domain.zones import UTC_NAME, zone_names
from bot.messages.wording import PLATFORM_NAMES
from bot.reply.model import Reply
from bot.store.audit import Action
from bot.store.digests import Subscription

_SHORT = {day: (day[:3], day[:4], day[:5], f"{day}s", f"{day[:3]}s") for day in WEEKDAYS}
_DAY_WORDS = tuple(dict.fromkeys((word, day) for day, words in _SHORT.items() for word in words if word != day))
_OFFERED_DAYS = ("5th", "10th", "15th", "20th", "25th", "last")
_WEEKENDS = "weekends"
_MONTH_DAYS = {ordinal(day): day for day in range(2, 32)} | {"last": 31, "monthly": 1}
_MONTH_WORDS = (
    *((word, word) for word in _MONTH_DAYS if word not in {*_OFFERED_DAYS, "monthly"}),
    *(("1st", "monthly"), ("month", "monthly"), ("end", "last")),
)
_DAY_NAME = r"(?:mon|tue|wed|thu|fri|sat|sun)\w*"
_UNKNOWN_RHYTHMS = (
    rf"(?:first|second|third|fourth|last|other|1st|2nd|3rd|4th|5th) {_DAY_NAME}|(?:month|monthly)\b.*\b{_DAY_NAME}"
    rf"|{_DAY_NAME}\b.*\b(?:month|monthly)|daily\b.*\b(?:weekly|monthly)|(?:weekly|monthly)\b.*\bdaily"
    r"|weekly\b.*\bmonthly|monthly\b.*\bweekly|(?:bi|semi)-?(?:weekly|monthly)|fortnight(?:ly)?|quarterly|yearly|hourly"
    r"|every (?:other|second|third|\d+) \w+|once(?! (?:a|per|every)\b)|twice"
)
_RHYTHMS = (
    "A digest comes daily, on weekdays or weekends, on the days of the week that you name, or on one day of the month, "
    "such as the 15th. Nothing was changed."
)
_NOT_IN_RANGE = "".join(f"(?<!{each} )" for each in ("day", "days", *(day[:3] for day in WEEKDAYS)))
_LATER_START = (
    rf"{_NOT_IN_RANGE}(?:start|starting|starts|beginning|from|until|till|through) (?:on )?"
    rf"(?:{_DAY_NAME}|tomorrow|next|today)"
)
_NO_LATER_START = "A digest begins with its next time and runs until /digest off. Nothing was changed."
_EVERYTHING, _SKIP, _SILENT = "everything", "skip", "silent"
_ALL = frozenset(Section)
_TOP = {f"top-{each}": each for each in Ranked}
"""Words for a leaderboard, and what each ranks."""
_AMOUNTS = {"amounts": True, "no-amounts": False}
"""Whether the channel may see money; unlike other words, these don't narrow the contents."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What to do; for `on` also when, in which time zone, how often and with which contents."""

    action: str | None = argument(
        Kind.CHOICE,
        "on, off, now (preview) or status",
        default=None,
        choices=("on", "off", "now", "status"),
        aliases=(("preview", "now"), ("settings", "status"), ("show", "status")),
        vague=("show",),
    )
    time: int | None = argument(Kind.TIME, "such as 09:00 or 5pm", default=None, suggested=True)
    zone: str | None = argument(Kind.ZONE, "a city or time zone; default: yours", default=None, suggested=True)
    every: tuple[str, ...] = argument(
        Kind.CHOICE,
        "daily, weekdays, mon,thu or 15th",
        default=(),
        many=6,
        choices=("daily", "weekdays", _WEEKENDS, *WEEKDAYS, "monthly", *_OFFERED_DAYS),
        aliases=(
            *_DAY_WORDS,
            *_MONTH_WORDS,
            *((word, "daily") for word in ("day", "everyday")),
            *((word, "weekdays") for word in ("weekday", "workdays", "workday")),
            ("weekend", _WEEKENDS),
            *((word, WEEKDAYS[0]) for word in ("weekly", "week")),
        ),
        vague=("weekly", "week", "monthly", "month", "day"),
        refused=((_UNKNOWN_RHYTHMS, _RHYTHMS), (_LATER_START, _NO_LATER_START)),
        labels=(
            ("daily", "Every day"),
            ("weekdays", "Weekdays (Mon to Fri)"),
            (_WEEKENDS, "Weekends (Sat and Sun)"),
            *((day, day.capitalize()) for day in WEEKDAYS),
            ("monthly", "1st of the month"),
            *((day, f"{day} of the month") for day in _OFFERED_DAYS[:-1]),
            ("last", "Last day of the month"),
        ),
    )
    show: tuple[str, ...] = argument(
        Kind.CHOICE,
        "what to show; skip: no empty ones; silent: no ping",
        default=(),
        many=6,
        choices=(
            *(_EVERYTHING, Section.MOVERS, *_TOP),
            *(each for each in Section if each not in {Section.MOVERS, Section.LEADERBOARD}),
            *(*VideoPlatform, _SKIP, _SILENT, *_AMOUNTS),
        ),
        aliases=(
            *(("x", VideoPlatform.TWITTER), ("all", _EVERYTHING), ("leaderboard", "top-creators")),
            *((f"leaderboard-{each}", f"top-{each}") for each in Ranked),
            *(("creators", "top-creators"), ("people", "top-people")),
        ),
        labels=(
            *((each, each.capitalize()) for each in (_EVERYTHING, Section.MOVERS, Section.MONEY)),
            *((word, f"Leaderboard: {each}") for word, each in _TOP.items()),
            (Section.VIDEOS, "New and finished videos"),
            (Section.ENDING, "Videos ending in 24 h"),
            (Section.FLAT, "Flattened videos"),
            *((each, f"Only {name}") for each, name in PLATFORM_NAMES.items()),
            (_SKIP, "Skip it if there's nothing to report"),
            (_SILENT, "Silent: notify nobody (Discord)"),
            ("amounts", "Amounts: everyone here may see money"),
            ("no-amounts", "No amounts: not everyone may see money"),
        ),
    )
    campaign: str = argument(Kind.CAMPAIGN, "only this campaign's; all: every video", default="", suggested=True)
    asks: str = argument(Kind.WORD, "whether a form asks for changes of what is given", default="", listed=False)


@dataclass(frozen=True, slots=True)
class DigestDetails:
    """A digest's period, the post that showed it, and the id of its campaign."""

    period: str = argument(Kind.WORD, "the period", listed=False)
    post: str = argument(Kind.WORD, "the digest's post", default="", listed=False)
    campaign: str = argument(Kind.CAMPAIGN, "the digest's campaign", default="", listed=False)


_ASKS = (
    Ask("time", "When", "the local time, such as 09:00 or 5pm"),
    Ask("zone", "Time zone", "a city or time zone; default: yours, or the last one used"),
    Ask("every", "Days", "every day, on some days of the week, or on a day of the month"),
    Ask("show", "What to show", "everything, unless you choose"),
    Ask("campaign", "Campaign", "only this campaign's videos; all: every video"),
)
QUESTIONS = (
    Question(
        {"asks": CHANGE},
        "Change the digest",
        (*_ASKS[:3], Ask("show", "What to show", "as it is, unless you choose"), _ASKS[4]),
        "Save",
    ),
    Question({}, "Post a digest here", _ASKS, "Turn on digest"),
)
"""The form has no field for the action: its button turns the digest on, or saves what is changed."""


def wants_form(args: Digest) -> bool:
    """Whether to open a form: to turn a digest on without a time, or to change it from a button."""
    return bool(args.asks) or (args.action in {None, "on"} and args.time is None)


async def digest_command(context: Context, args: Digest) -> Reply:
    """Turn the digest on, change it, turn it off, preview it, or show its settings."""
    match args.action:
        case "now":
            return await _preview(context, args)
        case "status":
            return await _status(context)
        case None if args == Digest():
            return await _status(context)
    context.require()
    if context.caller.is_direct or not context.caller.channel_id:
        return not_a_channel()
    if args.action == "off":
        if replace(args, action=None) != Digest():
            raise UsageError("/digest off has no end and takes no settings. Send it on its own; nothing was changed.")
        was_on = await context.store.digests.switch_off(context.workspace.id, context.caller.channel_id)
        if was_on:
            await context.write_down(Action.SETTING, "digest off")
        return digest_off(was_on=was_on)
    return await _on(context, args)


async def _on(context: Context, args: Digest) -> Reply:
    caller, store = context.caller, context.store.digests
    known = await store.find(context.workspace.id, caller.channel_id)
    minute = args.time if args.time is not None else known.schedule.minute if known else None
    if minute is None:
        raise UsageError("A digest needs a time of day, such as 09:00.", "time")
    zone, zone_from = await _zone(context, args, known)
    days = _days(args.every) if args.every or known is None else (known.schedule.weekdays, known.schedule.month_day)
    words = tuple(each for each in args.show if each not in _AMOUNTS)
    options = _options(words) if words else known.options if known else DigestOptions()
    campaign_id = await _campaign_id(context, args, known)
    options = replace(options, campaign_id=campaign_id)
    said = next((_AMOUNTS[each] for each in args.show if each in _AMOUNTS), True if Section.MONEY in words else None)
    if said:
        options = replace(options, sections=options.sections | {Section.MONEY})
    await context.choose_money(said=said)
    cannot_be_silent = options.is_silent and not caller.takes_silent_posts
    if cannot_be_silent:
        options = replace(options, is_silent=False)
    schedule = Schedule(minute, zone, *days)
    set_now = await store.switch_on(
        context.workspace, caller.channel_id, schedule, options, caller.person, context.clock()
    )
    on = setting(set_now, await context.campaign_label(campaign_id))
    await context.write_down(Action.SETTING, f"digest {setting_words(on)}")
    hides_money = not set_now.shows_money and Section.MONEY in options.sections
    no_money = NO_MONEY if caller.is_shared else NOT_ALL_SEE_MONEY
    is_own = known is None and not args.campaign and campaign_id is not None
    notes = (no_money,) * hides_money + (NOT_SILENT,) * cannot_be_silent + (OWN_CAMPAIGN,) * is_own
    notes += (NO_KEY,) * (context.account is None)
    reply = digest_on(on, zone_from, cannot_post_reason=caller.cannot_post_reason, notes=notes)
    note = await note_on_alerts(context)
    return replace(reply, parts=(*reply.parts, note)) if note else reply


async def _zone(context: Context, args: Digest, known: Subscription | None) -> tuple[str, str]:
    """The zone, and its source if nobody typed it and none was set here before."""
    if args.zone is not None:
        return args.zone, ""
    if known is not None:
        return known.schedule.zone, ""
    if context.caller.zone in zone_names():
        return context.caller.zone, "your own"
    last = await context.store.digests.last_zone(context.workspace.id)
    if last is not None:
        return last, "the one last used in this workspace"
    return UTC_NAME, "UTC, because I don't know yours"


async def _campaign_id(context: Context, args: Digest, known: Subscription | None) -> int | None:
    """The named campaign, else the one set here before, else for a new digest the channel's own."""
    if known is not None and not args.campaign:
        return known.options.campaign_id
    campaign = await context.campaign(args.campaign)
    return None if campaign is None else campaign.id


def _options(words: tuple[str, ...]) -> DigestOptions:
    """Parse the options. Sections and platforms narrow the contents only if some are named."""
    ranked = [_TOP[word] for word in words if word in _TOP]
    if len(ranked) > 1:
        raise UsageError("A digest has one leaderboard: top creators, top videos or top people.", "show")
    sections = frozenset(each for each in Section if each in words or (each is Section.LEADERBOARD and ranked))
    platforms = frozenset(each.value for each in VideoPlatform if each in words)
    if _EVERYTHING in words:
        sections, platforms = frozenset(), frozenset()
    return DigestOptions(
        sections or _ALL, platforms, _SKIP in words, _SILENT in words, ranked=ranked[0] if ranked else Ranked.CREATORS
    )


def _days(words: tuple[str, ...]) -> tuple[frozenset[int], int | None]:
    """The weekdays and the day of the month. Raises UsageError if kinds are mixed."""
    monthly = [_MONTH_DAYS[word] for word in words if word in _MONTH_DAYS]
    weekdays = {WEEKDAYS.index(word) for word in words if word in WEEKDAYS}
    weekdays |= WORKDAYS if "weekdays" in words else set()
    weekdays |= {5, 6} if _WEEKENDS in words else set()
    if len(monthly) + bool(weekdays) + ("daily" in words) > 1:
        raise UsageError("A digest comes daily, on some days of the week, or on one day of the month.", "every")
    return frozenset(weekdays), monthly[0] if monthly else None


async def _preview(context: Context, args: Digest) -> Reply:
    """Preview the digest of the period that ends now, for the caller only. Changes no schedule and stores nothing."""
    wallet = context.wallet
    await wallet.mirror.usage()
    await wallet.sweep()
    known = await context.store.digests.find(context.workspace.id, context.caller.channel_id)
    now = context.clock()
    window = Window(now - (known.schedule.period(known.next.date) if known else DAY), now)
    await wallet.mirror.read_unread(await context.store.videos.active(context.workspace, window.start))
    found = await gather(context.store, context.workspace, window, is_test=wallet.is_test)
    options = _shown(context, known, await _campaign_id(context, args, known))
    scope = await scope_of(context.store, context.workspace, options)
    facts = digest_facts(found, options, context.charts, scope)
    return digest(facts, Delivery("Digest preview", known.next.at if known is not None and known.is_on else None))


async def digest_details(context: Context, args: DigestDetails) -> Reply:
    """Show every list of a digest's period, from the mirror as it is now; a posted one goes on from the one before."""
    window, store = read_period(args.period), context.store.digests
    if window is None:
        raise NotFound("I can't find that digest any more. /digest now shows one.")
    window = replace(window, reported=frozenset() if args.post else None)
    subscriptions = await store.of_workspace(context.workspace.id)
    posted = next((each for each in subscriptions if f"{each.id}" == args.post.partition(".")[0]), None)
    known = posted or await store.find(context.workspace.id, context.caller.channel_id)
    found = await gather(context.store, context.workspace, window, is_test=context.wallet.is_test)
    campaign = await context.campaign(args.campaign) if args.campaign else None
    options = _shown(context, known, campaign.id if campaign else None)
    scope = await scope_of(context.store, context.workspace, options)
    return details_card(digest_facts(found, options, context.charts, scope), args.post)


def _shown(context: Context, known: Subscription | None, campaign_id: int | None) -> DigestOptions:
    """A digest's options for this campaign, without money if the reply may not show it."""
    options = known.shown if known else DigestOptions()
    hidden = frozenset() if context.sees_money else {Section.MONEY}
    return replace(options, sections=options.sections - hidden, campaign_id=campaign_id)


async def _status(context: Context) -> Reply:
    found = await context.store.digests.of_workspace(context.workspace.id)
    here = next((each for each in found if each.channel_id == context.caller.channel_id), None)
    labels = {each: await context.campaign_label(each) for each in {sub.options.campaign_id for sub in found}}
    shown = {each.id: setting(each, labels[each.options.campaign_id]) for each in found}
    zone, _ = await _zone(context, Digest(), None)
    others = tuple(shown[each.id] for each in found if each is not here)
    return digest_status(shown[here.id] if here else None, others, zone)


def setting(subscription: Subscription, campaign: str = "") -> DigestSetting:
    """Convert a stored digest for messages, with its campaign's label."""
    return DigestSetting(
        channel_id=subscription.channel_id,
        is_on=subscription.is_on,
        schedule=subscription.schedule,
        options=subscription.shown,
        hides_money=Section.MONEY in subscription.options.sections and not subscription.shows_money,
        next_at=subscription.next.at,
        last_at=subscription.last_window_end,
        off_reason=subscription.off_reason,
        last_outcome=subscription.last_outcome,
        campaign=campaign,
    )
