"""The card of a channel's alert settings, and the replies to changes."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.alerts import AlertKind, AlertSetting
from bot.domain.moments import moment_text
from bot.domain.money import dollars
from bot.reply.call import Call
from bot.reply.model import Action, Button, Channel, Code, Field, Fields, Note, Reply, Text, Time, Tone, text

KIND_WORDS = {
    AlertKind.BALANCE: "Low balance",
    AlertKind.COMPLETED: "Finished videos",
    AlertKind.TROUBLE: "Videos in trouble",
    AlertKind.SPIKE: "Spikes",
    AlertKind.MILESTONES: "Milestones",
}
DEFAULT_ON = "Alerts for low balance and finished videos are on in this channel; change them with /alerts."
NO_MONEY = "Another company reads this channel, so low-balance alerts stay off. Turn them on with /alerts balance 10."
NOBODY_TOLD = "No channel gets alerts yet. Run /alerts on in a channel where I can post."


@dataclass(frozen=True, slots=True)
class SettingFacts:
    """What a settings' card shows. `setting` is None where nobody ever chose; `said` is what just changed.

    `cannot_post_reason` says why the bot cannot post in the channel; empty if it can, or if that isn't known.
    """

    setting: AlertSetting | None
    channel_id: str
    may_configure: bool
    now: datetime
    said: str = ""
    cannot_post_reason: str = ""


def alert_settings(facts: SettingFacts) -> Reply:
    """The settings of one channel, with the buttons that change them."""
    setting = facts.setting
    if setting is None or not setting.is_on:
        why = f" {setting.off_reason}" if setting and setting.off_reason else ""
        return Reply(
            facts.said or f"Alerts are off in this channel.{why}",
            title="Alerts",
            parts=(_hint(),),
            actions=(Button("Turn on", _set("", "on")),) if facts.may_configure else (),
            tone=Tone.SUCCESS if facts.said else Tone.INFO,
            changes_settings=bool(facts.said),
        )
    return Reply(
        facts.said or _summary(setting, facts.now),
        title="Alerts",
        parts=(
            Fields(_fields(setting, facts)),
            *((Note(text(facts.cannot_post_reason)),) if facts.cannot_post_reason else ()),
            _hint(),
        ),
        actions=_actions(setting, facts.now) if facts.may_configure else (),
        tone=Tone.WARNING if facts.cannot_post_reason else Tone.SUCCESS if facts.said else Tone.INFO,
        changes_settings=bool(facts.said),
    )


def snoozed(until: datetime) -> Reply:
    """One alert posts nothing new until a moment."""
    return Reply(
        f"Snoozed until {moment_text(until)}. If it's still open then, it is posted once more. The existing "
        "message stays up to date.",
        tone=Tone.SUCCESS,
    )


def silencing(setting_id: int, subject: str) -> tuple[Button, Button]:
    """The buttons of an open alert that keep it, or all of the channel's, quiet for a while."""
    snooze = Call("alerts.snooze", {"setting": str(setting_id), "alert": subject})
    return Button("Snooze 24 h", snooze), Button("Mute all 8 h", Call("alerts", {"what": "mute", "time": "8h"}))


def nothing_to_snooze() -> Reply:
    """The alert behind a button is gone."""
    return Reply("That alert is no longer open, so there's nothing to snooze.", tone=Tone.WARNING)


def alerts_note(channel_id: str = "") -> Note:
    """What starting something says of the alerts that were switched on beside it."""
    if channel_id:
        where = Channel(channel_id)
        return Note(text("Alerts for low balance and finished videos are on in ", where, "; change them with /alerts."))
    return Note(text(DEFAULT_ON))


def nobody_told() -> Note:
    """What starting something says where no channel is told of anything."""
    return Note(text(NOBODY_TOLD))


def _summary(setting: AlertSetting, now: datetime) -> str:
    on = [KIND_WORDS[kind].lower() for kind in AlertKind if kind in setting.kinds]
    told = f"Alerts on in this channel: {', '.join(on)}." if on else "No alerts are on in this channel."
    until = setting.muted_until
    return told if until is None or until <= now else f"{told} Muted until {moment_text(until, now)}."


def _fields(setting: AlertSetting, facts: SettingFacts) -> tuple[Field, ...]:
    fields = [Field("Channel", text(Channel(facts.channel_id)))]
    for kind in AlertKind:
        is_on = kind in setting.kinds
        words = (
            f"below {dollars(setting.threshold)}, or credit for less than 72 h" if kind is AlertKind.BALANCE else "on"
        )
        fields.append(Field(KIND_WORDS[kind], text(words if is_on else "off")))
    muted = setting.muted_until if setting.muted_until and facts.now < setting.muted_until else None
    until: Text = text("no") if muted is None else text("until ", Time(muted, facts.now))
    quiet = "none" if setting.quiet is None else setting.quiet.words
    return (*fields, Field("Muted", until), Field("Quiet hours", text(quiet)))


def _hint() -> Note:
    return Note(
        text(
            "For example: ",
            Code("/alerts balance 10"),
            ", ",
            Code("/alerts spike on"),
            ", ",
            Code("/alerts mute 8h"),
            ", ",
            Code("/alerts quiet 22:00-07:00 Europe/Berlin"),
            ".",
        )
    )


def _actions(setting: AlertSetting, now: datetime) -> tuple[Action, ...]:
    kinds = [kind for kind in AlertKind if kind is not AlertKind.BALANCE]
    muted = setting.muted_until is not None and now < setting.muted_until
    return (
        *(_switch(setting, kind) for kind in kinds),
        Button("Unmute", _set("unmute"))
        if muted
        else Button("Mute 8 h", Call("alerts.set", {"what": "mute", "time": "8h"})),
        Button("Low balance…", Call("alerts", {"what": "balance"})),
        Button("Quiet hours…", Call("alerts", {"what": "quiet"})),
        Button("All off", _set("", "off")),
    )


def _switch(setting: AlertSetting, kind: AlertKind) -> Button:
    is_on = kind in setting.kinds
    switch = "off" if is_on else "on"
    return Button(f"Turn {KIND_WORDS[kind].lower()} {switch}", _set(kind, switch))


def _set(what: str, switch: str = "") -> Call:
    given = {"what": what, "switch": switch}
    return Call("alerts.set", {name: value for name, value in given.items() if value})
