"""/alerts: which alerts a channel gets, and when they are silenced."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from bot.alerts.settings_card import (
    NO_AMOUNTS,
    NO_MONEY,
    SettingFacts,
    alert_settings,
    alerts_note,
    milestone_words,
    no_alerts_note,
    nothing_to_snooze,
    snoozed,
)
from bot.commands.command import Ask, Kind, Question, argument
from bot.commands.context import Context
from bot.domain.alerts import KIND_WORDS, MONEY_KINDS, SNOOZE, AlertKind, AlertSetting, Subject, default_setting
from bot.domain.caller import Person
from bot.domain.clock import moment_text
from bot.domain.errors import UsageError
from bot.domain.money import dollars
from bot.domain.quiet import ENDLESS, is_range, mute_end, read_quiet
from bot.domain.zones import UTC_NAME, zone_names
from bot.reply.model import Note, Reply
from bot.store.audit import Action

MOST_MILESTONES = 10
_USUAL = "usual"
_MUTE, _UNMUTE, _QUIET, _CAMPAIGN, _STATUS = "mute", "unmute", "quiet", "campaign", "status"
_AMOUNTS = "amounts"
_KINDS = tuple(AlertKind)
_USES = {
    AlertKind.BALANCE: ("dollars",),
    AlertKind.MILESTONES: ("counts", "campaign"),
    _MUTE: ("time", "zone"),
    _UNMUTE: (),
    _QUIET: ("time", "zone"),
    _CAMPAIGN: ("campaign",),
}
"""The values that each change takes besides on or off; every other change takes a campaign."""


@dataclass(frozen=True, slots=True)
class Alerts:
    """One change to a channel's alerts; without one, or with status, it shows the settings."""

    what: str = argument(
        Kind.CHOICE,
        "what to change, or status for the settings",
        default="",
        choices=(*_KINDS, _MUTE, _UNMUTE, _QUIET, _CAMPAIGN, _AMOUNTS, _STATUS),
        aliases=(
            ("threshold", "balance"),
            ("low", "balance"),
            ("spikes", "spike"),
            ("milestone", "milestones"),
            ("completion", "completed"),
            ("finished", "completed"),
            ("troubles", "trouble"),
            *((each, "payouts") for each in ("payout", "payout.budget", "budget", "budgets")),
            ("snooze", _MUTE),
            ("hours", _QUIET),
            ("settings", _STATUS),
            ("show", _STATUS),
        ),
    )
    switch: str = argument(
        Kind.CHOICE,
        "on or off; usual for the usual milestones",
        default="",
        choices=("on", "off", _USUAL),
        aliases=(("default", _USUAL), ("standard", _USUAL), ("reset", _USUAL)),
    )
    counts: tuple[int, ...] = argument(
        Kind.COUNT,
        "your own milestones, such as 50k 250k",
        default=(),
        many=MOST_MILESTONES,
        beside=AlertKind.MILESTONES,
    )
    dollars: Decimal | None = argument(Kind.MONEY, "the balance below which to warn, such as 10", default=None)  # noqa: RUF009 - a field
    time: str = argument(
        Kind.SPAN,
        "a mute's end (8h, 2d, 09:00), or quiet hours (22:00-07:00)",
        default="",
        refused=(("forever|indefinitely|always", ENDLESS),),
    )
    zone: str = argument(Kind.ZONE, "the time zone of the quiet hours", default="", suggested=True)
    campaign: str = argument(
        Kind.CAMPAIGN,
        "alerts about this campaign's videos only; all: every video",
        default="",
        suggested=True,
        beside=_CAMPAIGN,
    )
    asks: str = argument(Kind.WORD, "whether a form asks for changes of what is given", default="", listed=False)


@dataclass(frozen=True, slots=True)
class Snooze:
    """The alert behind a button: the id of its setting, and its subject."""

    setting: int = argument(Kind.NUMBER, "the setting's number", listed=False)
    alert: str = argument(Kind.WORD, "the alert", listed=False)


QUESTIONS = (
    Question({"what": "balance"}, "Low balance", (Ask("dollars", "Warn below", "dollars left, such as 10"),), "Save"),
    Question(
        {"what": "quiet"},
        "Quiet hours",
        (
            Ask("time", "From and to", "such as 22:00-07:00"),
            Ask("zone", "Time zone", "a city or time zone, such as Europe/Berlin"),
        ),
        "Save",
    ),
    Question({"what": "milestones"}, "Milestones", (Ask("counts", "Numbers", "such as 50k 250k 1M"),), "Save"),
    Question(
        {"what": "campaign"}, "Only one campaign", (Ask("campaign", "Campaign", "its name; all: every video"),), "Save"
    ),
    Question({"what": "mute"}, "Mute alerts", (Ask("time", "Until", "such as 8h, tonight or friday 9am"),), "Mute"),
)


def is_incomplete(args: Alerts) -> bool:
    """Whether a form has to ask for more."""
    if args.asks:
        return True
    match args.what:
        case "mute" | "quiet":
            return not args.time and not args.switch
        case "balance":
            return args.dollars is None and not args.switch
        case "milestones":
            return not args.counts and not args.switch
        case "campaign":
            return not args.campaign and not args.switch
        case _:
            return False


def check(args: Alerts, now: datetime) -> None:
    """Raise UsageError for a change that is invalid in every channel."""
    if args == Alerts() or args.what == _STATUS:
        return
    try:
        _changed(default_setting(0, "", Person("", "")), args, now, UTC_NAME)
    except UsageError as error:
        raise UsageError(str(error), error.argument or ("time" if args.time else "what")) from None


async def alerts(context: Context, args: Alerts) -> Reply:
    """Show this channel's settings, after the change if there is one."""
    setting = await context.store.alerts.of_channel(context.workspace.id, context.caller.channel_id)
    change = ""
    if args != Alerts() and args.what != _STATUS:
        setting, change = await _change(context, args, setting)
    return alert_settings(
        SettingFacts(
            setting=setting,
            may_configure=context.may_configure,
            sees_money=context.sees_money,
            now=context.clock(),
            change=change,
            cannot_post_reason=context.caller.cannot_post_reason or "",
            campaign=await context.campaign_label(setting.campaign_id) if setting else "",
            has_key=context.account is not None,
        )
    )


async def note_on_alerts(context: Context) -> Note | None:
    """Turn on alerts for money and finished videos if no channel of the workspace has set any.

    Uses this channel if the bot may post here, else one that gets a digest. The note names the channel or, once per
    person, explains how to choose one.
    """
    caller, store, now = context.caller, context.store.alerts, context.clock()
    if await store.was_ever_set(context.workspace.id):
        return None
    is_open = caller.channel_id and not (caller.is_direct or caller.cannot_post_reason or caller.is_shared)
    if is_open:
        channel_id = caller.channel_id
    else:
        digests = await context.store.digests.of_workspace(context.workspace.id)
        others = (each.channel_id for each in digests if each.is_on and each.channel_id != caller.channel_id)
        channel_id = next(others, "")
    if not channel_id:
        reader = f"{context.workspace.id}:{caller.person.id}"
        return no_alerts_note() if await context.store.inbox.is_new("alerts", reader, now) else None
    await context.choose_money(said=None)
    is_new = await store.ensure_default(context.workspace, channel_id, caller.person)
    if is_new:
        await context.write_down(Action.SETTING, "alerts: turned on by the first use")
    return alerts_note("" if is_open else channel_id) if is_new else None


async def snooze(context: Context, args: Snooze) -> Reply:
    """Snooze one alert for a day: it posts nothing new."""
    _check(context)
    setting = await context.store.alerts.find(context.workspace.id, args.setting)
    until = context.clock() + SNOOZE
    if setting is None or not await context.store.alerts.snooze(setting.id, Subject.read(args.alert), until):
        return nothing_to_snooze()
    await context.write_down(Action.SETTING, f"alerts: one snoozed until {moment_text(until)}")
    return snoozed(until)


async def _change(context: Context, args: Alerts, known: AlertSetting | None) -> tuple[AlertSetting, str]:
    _check(context)
    person, now = context.caller.person, context.clock()
    fresh = default_setting(context.workspace.id, context.caller.channel_id, person)
    if context.caller.is_shared:  # people of another company would see the balance
        fresh = replace(fresh, kinds=fresh.kinds - {AlertKind.BALANCE})
    # A channel that was never set, or is off, starts with only the requested kind on.
    setting = known or replace(fresh, is_on=False)
    own_zone = context.caller.zone if context.caller.zone in zone_names() else ""
    changed, words = _changed(setting, args, now, own_zone)
    if args.campaign or args.what == _CAMPAIGN:
        campaign = await context.campaign(args.campaign or "all")
        changed = replace(changed, campaign_id=campaign.id if campaign else None)
        only = f"Only campaign {campaign.label}." if campaign else "Alerts cover every video again."
        words = f"{words} {only}".strip()
    await context.choose_money(said=args.switch == "on" if args.what == _AMOUNTS else None)
    saved = await context.store.alerts.save(replace(changed, set_by=person, off_reason=""), now)
    if context.caller.is_shared and saved.is_on and not setting.is_on and not saved.wants(AlertKind.BALANCE):
        words = f"{words} {NO_MONEY}"
    elif saved.is_on and not saved.shows_money and saved.wants(AlertKind.BALANCE) and args.what in {"", *MONEY_KINDS}:
        words = f"{words} {NO_AMOUNTS}"
    if args.what != _AMOUNTS:  # recorded in the audit log with the channel's choice
        await context.write_down(Action.SETTING, f"alerts: {words}")
    is_idle = not saved.is_on and setting.is_on is saved.is_on and args != Alerts(switch="off")
    return saved, f"{words} Alerts are off in this channel; turn them on with /alerts on." if is_idle else words


def _check(context: Context) -> None:
    context.require()
    if not context.caller.channel_id:
        raise UsageError("I can't post here, so alerts can't arrive. Run /alerts in a channel, or in a message to me.")


def _changed(setting: AlertSetting, args: Alerts, now: datetime, usual_zone: str) -> tuple[AlertSetting, str]:
    """Apply a change to a setting; returns it with a sentence about the change.

    Raises UsageError if something is missing. `usual_zone` is the person's own, if the platform provides it.
    """
    zone = args.zone or (setting.quiet.zone if setting.quiet else usual_zone)
    if args.time and not args.what and args.switch == "off" and not is_range(args.time):
        args = replace(args, what=_MUTE, switch="")  # off until monday
    what = args.what or _meant(args)
    _refuse_unused(what, args)
    if what in _KINDS:
        return _with_kind(setting, AlertKind(what), args)
    match what:
        case "mute" | "unmute" if what == _UNMUTE or args.switch == "off":
            was_muted = setting.muted_until is not None and now < setting.muted_until
            return replace(setting, muted_until=None), "No longer muted." if was_muted else "Nothing was muted."
        case "mute":
            until = mute_end(args.time, now, zone or UTC_NAME)
            words = f"Muted until {moment_text(until)}. Anything still open then is posted once."
            return replace(setting, muted_until=until), words
        case "quiet" | "amounts":
            return _with_quiet(setting, args, zone) if what == _QUIET else (setting, _amounts_words(args))
        case "campaign" if args.campaign or args.switch == "off":
            return replace(setting, is_on=setting.is_on or args.switch == "on"), ""
        case "campaign":
            raise UsageError("Which campaign? For example: /alerts in launch, or /alerts in all.", "campaign")
        case _ if args.switch:
            off = "Alerts are off in this channel. Turn them back on with /alerts on."
            is_on = args.switch == "on"
            return replace(setting, is_on=is_on), "Alerts are on in this channel." if is_on else off
        case _:
            raise UsageError("A time zone needs quiet hours, for example 22:00-07:00 Europe/Berlin.", "time")


def _amounts_words(args: Alerts) -> str:
    if not args.switch:
        raise UsageError("Add on or off: /alerts amounts on, if everyone here may see money.", "switch")
    return f"Alerts and digests {'name' if args.switch == 'on' else 'leave out'} amounts of money in this channel."


def _refuse_unused(what: str, args: Alerts) -> None:
    """Raise UsageError for a value that this change doesn't use."""
    if args.switch == _USUAL and what != AlertKind.MILESTONES:
        raise UsageError("Only milestones have usual numbers. Send /alerts milestones usual.", "switch")
    if not args.switch and what not in _USES:
        return  # on or off is asked for first
    if what == _MUTE and args.switch == "on" and args.time and not args.what:
        raise UsageError("Alerts can't be on for a time only. /alerts mute 8h silences them until then.", "time")
    is_off = args.switch == "off"
    uses = () if is_off and what in {AlertKind.BALANCE, AlertKind.MILESTONES, _MUTE, _QUIET} else _USES.get(what)
    uses = (() if is_off else ("campaign",)) if uses is None else uses
    for name in ("dollars", "counts", "time", "zone", "campaign"):
        value = getattr(args, name)
        if value not in {None, "", ()} and name not in uses:
            shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            off = " off" if is_off and what else ""
            msg = f"/alerts {what or args.switch}{off} uses no {name} (“{shown[:20]}”). Send each change by itself."
            raise UsageError(msg, name)


def _meant(args: Alerts) -> str:
    """The change that a value implies without its name."""
    if args.counts or args.switch == _USUAL:
        return AlertKind.MILESTONES
    if args.dollars is not None:
        return AlertKind.BALANCE
    if args.time:
        return _QUIET if is_range(args.time) else _MUTE
    return _CAMPAIGN if args.campaign and not args.switch else ""


def _with_kind(setting: AlertSetting, kind: AlertKind, args: Alerts) -> tuple[AlertSetting, str]:
    name = KIND_WORDS[kind]
    if kind is AlertKind.BALANCE and args.dollars is not None and args.switch != "off":
        if not args.dollars:
            raise UsageError(
                "Below how many dollars should I warn? For example: /alerts balance 10. Or send /alerts balance off.",
                "dollars",
            )
        on = replace(_switched_on(setting, kind), threshold=args.dollars)
        return (on, f"{name}: alerts below {dollars(args.dollars)}, and if credit lasts less than 72 hours.")
    if args.switch == "off":
        return replace(setting, kinds=setting.kinds - {kind}), f"{name}: off."
    if kind is AlertKind.MILESTONES and (args.counts or args.switch):
        own = tuple(sorted(set(args.counts))) or (() if args.switch == _USUAL else setting.milestones)
        on = replace(_switched_on(setting, kind), milestones=own)
        return on, f"{name}: on, at {milestone_words(own)}."
    if not args.switch and kind is AlertKind.BALANCE:
        raise UsageError("Below how many dollars should I warn? For example: /alerts balance 10.", "dollars")
    if not args.switch:
        more = ", or your own numbers: /alerts milestones 50k 250k" if kind is AlertKind.MILESTONES else ""
        msg = f"Add on or off: /alerts {kind} on{more}."
        raise UsageError(msg, "switch")
    return _switched_on(setting, kind), f"{name}: on."


def _switched_on(setting: AlertSetting, kind: AlertKind) -> AlertSetting:
    return replace(setting, is_on=True, kinds=setting.kinds | {kind})


def _with_quiet(setting: AlertSetting, args: Alerts, zone: str) -> tuple[AlertSetting, str]:
    if args.switch == "off":
        return replace(setting, quiet=None), "Quiet hours are off."
    if not args.time:
        raise UsageError("Quiet from when to when? For example: /alerts quiet 22:00-07:00 Europe/Berlin.", "time")
    if not zone:
        msg = f"In which time zone? For example: /alerts quiet {args.time[:20]} Europe/Berlin."
        raise UsageError(msg, "zone")
    quiet = read_quiet(args.time, zone)
    words = f"Quiet hours: {quiet.words}. Alerts in that time are held and posted in one message at the end."
    return replace(setting, quiet=quiet), words
