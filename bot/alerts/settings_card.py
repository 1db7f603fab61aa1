"""The card of a channel's alert settings, and the replies to changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.alerts import KIND_WORDS, MONEY_KINDS, AlertKind, AlertSetting, Subject
from bot.domain.clock import moment_text
from bot.domain.growth import short_count
from bot.domain.money import dollars
from bot.messages.wording import no_key_note
from bot.reply.call import Call
from bot.reply.model import Action, Button, Channel, Menu, MenuOption, Note, Paragraph, Reply, Tone, text

DEFAULT_ON = "Alerts for low balance and finished videos are on in this channel; change them with /alerts."
NO_MONEY = "Another company reads this channel, so low-balance alerts stay off. Turn them on with /alerts balance 10."
NO_AMOUNTS = "Not everyone may see money here, so alerts name no amounts. If everyone may, send /alerts amounts on."
NO_ALERTS = "No channel gets alerts yet. Run /alerts on in a channel where I can post."


EXAMPLES = (
    ("/alerts balance 10", "warn when less than $10 is left"),
    ("/alerts spike on", "or completed, trouble, milestones, payouts; off ends one"),
    ("/alerts milestones 50k 250k", "your own numbers"),
    ("/alerts mute until tomorrow 9am", "or 8h, tonight, friday"),
    ("/alerts quiet 22:00-07:00 Europe/Berlin", "hold alerts at night"),
)


@dataclass(frozen=True, slots=True)
class SettingFacts:
    """What a settings card shows. `setting` is None if nobody ever chose one; `change` describes the latest change.

    `sees_money`: the reader may see money. `cannot_post_reason` says why the bot can't post in the channel; empty if it
    can, or if that isn't known. `campaign` is the label of the only campaign covered, if any. `has_key`: an API key is
    linked.
    """

    setting: AlertSetting | None
    may_configure: bool
    now: datetime
    sees_money: bool = True
    change: str = ""
    cannot_post_reason: str = ""
    campaign: str = ""
    has_key: bool = True


def alert_settings(facts: SettingFacts) -> Reply:
    """The settings of one channel, with the buttons that change them."""
    setting = facts.setting
    if setting is None or not setting.is_on:
        why = f" {setting.off_reason}" if setting and setting.off_reason else ""
        return Reply(
            facts.change or f"Alerts are off in this channel.{why}",
            title="Alerts",
            parts=_key(facts),
            actions=(Button("Turn on", _set("", "on")),) if facts.may_configure else (),
            tone=Tone.SUCCESS if facts.change else Tone.INFO,
            changes_settings=bool(facts.change),
        )
    status = _kinds(setting, "On now") if facts.change else f"{_kinds(setting)}{_times(setting, facts)}"
    problem = facts.cannot_post_reason
    return Reply(
        facts.change or status,
        title="Alerts",
        parts=(
            *((Paragraph(text(status)),) if facts.change else ()),
            *((Note(text(problem)),) if problem else ()),
            *_key(facts),
        ),
        actions=_actions(setting, facts) if facts.may_configure else (),
        tone=Tone.WARNING if problem else Tone.SUCCESS if facts.change else Tone.INFO,
        changes_settings=bool(facts.change),
    )


def _key(facts: SettingFacts) -> tuple[Note, ...]:
    return () if facts.has_key else (no_key_note("alerts begin then"),)


def snoozed(until: datetime) -> Reply:
    """Confirmation that one alert posts nothing new until a time."""
    return Reply(
        f"Snoozed until {moment_text(until)}. If it's still open then, it is posted once more. The existing "
        "message stays up to date.",
        tone=Tone.SUCCESS,
    )


def snooze_button(setting_id: int, subject: Subject) -> Button:
    """Button of an open alert that silences it for a day."""
    return Button("Snooze", Call("alerts.snooze", {"setting": str(setting_id), "alert": str(subject)}))


def nothing_to_snooze() -> Reply:
    """Reply to a button whose alert is no longer open."""
    return Reply("That alert is no longer open, so there's nothing to snooze.", tone=Tone.WARNING)


def alerts_note(channel_id: str = "") -> Note:
    """Note that alerts were turned on along with something else."""
    if channel_id:
        where = Channel(channel_id)
        return Note(text("Alerts for low balance and finished videos are on in ", where, "; change them with /alerts."))
    return Note(text(DEFAULT_ON))


def no_alerts_note() -> Note:
    """Note that no channel gets alerts."""
    return Note(text(NO_ALERTS))


def _kinds(setting: AlertSetting, head: str = "Alerts on in this channel") -> str:
    on = [_kind(setting, kind) for kind in AlertKind if kind in setting.kinds]
    return f"{head}: {', '.join(on)}." if on else "No alerts are on in this channel."


def _kind(setting: AlertSetting, kind: AlertKind) -> str:
    own = f" ({milestone_words(setting.milestones)})" if kind is AlertKind.MILESTONES and setting.milestones else ""
    return f"{KIND_WORDS[kind].lower()}{own}"


def milestone_words(own: Sequence[int]) -> str:
    """The milestones of a channel: `50k, 250k`."""
    return ", ".join(map(short_count, own)) if own else "10k, 100k, 1M and so on"


def _times(setting: AlertSetting, facts: SettingFacts) -> str:
    """The campaign, the threshold, the mute and the quiet hours, as sentences."""
    wallet = ", except for low balance" if AlertKind.BALANCE in setting.kinds else ""
    only = f" Only campaign {facts.campaign}{wallet}." if facts.campaign else ""
    now, shows_low = facts.now, AlertKind.BALANCE in setting.kinds and facts.sees_money
    low = f" Low balance is below {dollars(setting.threshold)}." if shows_low else ""
    hidden = "" if setting.shows_money or not MONEY_KINDS & setting.kinds else " No amounts of money are named."
    muted = (
        f" Muted until {moment_text(setting.muted_until, now)}."
        if setting.muted_until and _is_muted(setting, now)
        else ""
    )
    quiet = f" Quiet {setting.quiet.words}." if setting.quiet else ""
    return f"{only}{low}{hidden}{quiet}{muted}"


def _is_muted(setting: AlertSetting, now: datetime) -> bool:
    return setting.muted_until is not None and now < setting.muted_until


def _actions(setting: AlertSetting, facts: SettingFacts) -> tuple[Action, ...]:
    mute = Call("alerts.set", {"what": "mute", "time": "8h"})
    campaign = facts.campaign.removesuffix(" (archived)")
    quiet = {"time": setting.quiet.times, "zone": setting.quiet.zone} if setting.quiet else {}
    return (
        Button("Low balance…", _form("balance", {"dollars": f"{setting.threshold.normalize():f}"})),
        Button("Quiet hours…", _form("quiet", quiet)),
        Button("Unmute", _set("unmute")) if _is_muted(setting, facts.now) else Button("Mute 8 h", mute),
        Menu(
            "More…",
            (
                *(_switch(setting, kind) for kind in AlertKind),
                MenuOption("Milestone numbers…", _form("milestones", _own(setting))),
                MenuOption("Only one campaign…", _form("campaign", {"campaign": campaign} if campaign else {})),
                _set_amounts(setting),
                MenuOption("Turn all alerts off", _set("", "off")),
            ),
        ),
    )


def _set_amounts(setting: AlertSetting) -> MenuOption:
    if setting.shows_money:
        return MenuOption("Leave amounts of money out", _set("amounts", "off"))
    return MenuOption("Name amounts of money", _set("amounts", "on"))


def _own(setting: AlertSetting) -> Mapping[str, str]:
    return {"counts": " ".join(map(str, setting.milestones))} if setting.milestones else {}


def _switch(setting: AlertSetting, kind: AlertKind) -> MenuOption:
    switch = "off" if kind in setting.kinds else "on"
    return MenuOption(f"Turn {KIND_WORDS[kind].lower()} {switch}", _set(kind, switch))


def _form(what: str, known: Mapping[str, str]) -> Call:
    """The form for one change, prefilled with known values if a button has room for them."""
    call = Call("alerts", {"what": what, **known, "asks": "1"})
    return call if call.fits else Call("alerts", {"what": what, "asks": "1"})


def _set(what: str, switch: str = "") -> Call:
    given = {"what": what, "switch": switch}
    return Call("alerts.set", {name: value for name, value in given.items() if value})
