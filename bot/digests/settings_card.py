"""The card of a channel's digest settings: schedule, contents, on or off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.domain.clock import moment_text
from bot.domain.digest import DigestOptions, Section
from bot.domain.schedule import WEEKDAYS, Schedule, time_words
from bot.messages.wording import platform_name
from bot.reply.call import Call
from bot.reply.model import (
    Button,
    Channel,
    Column,
    Field,
    Fields,
    Note,
    Part,
    Reply,
    Table,
    Text,
    Time,
    Tone,
    text,
)

_SHOWN = {
    Section.MOVERS: "top movers with a chart",
    Section.VIDEOS: "new and finished videos",
    Section.ENDING: "videos ending within 24 h",
    Section.FLAT: "flattened videos",
    Section.MONEY: "spend and runway",
}
NO_MONEY = "Another company reads this channel, so spend and balance are left out. Add the word money to include them."
EXAMPLE = "/digest on 09:00 Europe/Berlin"
_PREVIEW = Button("Preview", Call("digest", {"action": "now"}))


@dataclass(frozen=True, slots=True)
class DigestSetting:
    """One channel's digest. `next_at` is when the next one comes, `last_at` up to when the last one told.

    `off_reason` and `last_outcome` are sentences.
    """

    channel_id: str
    is_on: bool
    schedule: Schedule
    options: DigestOptions
    next_at: datetime
    last_at: datetime | None = None
    off_reason: str = ""
    last_outcome: str = ""


def digest_on(
    setting: DigestSetting, zone_from: str, *, cannot_post_reason: str | None, hides_money: bool = False
) -> Reply:
    """It is on, with its next delivery; `zone_from` says where the zone is from that nobody typed, else it is empty.

    `cannot_post_reason` is empty if the bot can post in the channel, and None if the platform does not say.
    `hides_money` says that money is left out because another company reads the channel.
    """
    where = f" The time zone is {zone_from}; name another one to change it." if zone_from else ""
    hint = (
        "If I'm not in this channel yet, add me so that I can post here."
        if cannot_post_reason is None
        else cannot_post_reason
    )
    comes = "is set up here:" if cannot_post_reason else "is posted here"
    return Reply(
        f"A digest {comes} {rhythm_words(setting.schedule)}. Next: {next_words(setting)}.{where}",
        title="Digest on",
        parts=(
            Fields((Field("Next", text(Time(setting.next_at))), Field("Shows", text(shown_words(setting.options))))),
            *((Note(text(hint)),) if hint else ()),
            *((Note(text(NO_MONEY)),) if hides_money else ()),
        ),
        actions=(_PREVIEW, *_switches(setting)),
        changes_settings=True,
        tone=Tone.WARNING if cannot_post_reason else Tone.SUCCESS,
    )


def digest_off(*, was_on: bool) -> Reply:
    """It is off, or was so before."""
    if not was_on:
        return Reply(f"This channel has no digest. Turn one on with {EXAMPLE}.", title="Digest off")
    return Reply(
        "No more digests here. The settings are kept; /digest on with a time turns it back on.",
        title="Digest off",
        tone=Tone.SUCCESS,
        changes_settings=True,
    )


def digest_status(here: DigestSetting | None, others: Sequence[DigestSetting]) -> Reply:
    """This channel's digest, and those of the workspace's other channels."""
    parts: list[Part] = []
    if here is not None:
        parts.append(Fields(_fields(here)))
    if others:
        rows = tuple(
            (text(Channel(each.channel_id)), text(rhythm_words(each.schedule)), _state(each)) for each in others
        )
        parts.append(Table("Other channels", (Column("Channel"), Column("Schedule"), Column("Next")), rows))
    switch = (Button("Turn on", Call("digest", {"action": "on"})),)
    return Reply(
        _status_words(here),
        title="Digest",
        parts=tuple(parts),
        actions=(
            _PREVIEW,
            *(_switches(here) if here is not None and here.is_on else switch),
        ),
        tone=Tone.WARNING if here is not None and here.off_reason else Tone.INFO,
    )


def not_a_channel() -> Reply:
    """A digest belongs to a channel."""
    return Reply(
        f"Digests are posted in a channel, and this isn't one. Type {EXAMPLE} in the channel that should get it, "
        "or use /digest now to see one here.",
        title="Digest",
        actions=(_PREVIEW,),
        tone=Tone.WARNING,
    )


def rhythm_words(schedule: Schedule) -> str:
    """When it comes, as the end of a sentence: `daily at 09:00 (Europe/Berlin)`, `every Monday at 09:00 (UTC)`."""
    days = "daily" if schedule.weekday is None else f"every {WEEKDAYS[schedule.weekday].capitalize()}"
    return f"{days} at {time_words(schedule.minute)} ({schedule.zone})"


def digest_title(schedule: Schedule) -> str:
    """What to call a digest that comes by this schedule."""
    return "Daily digest" if schedule.weekday is None else "Weekly digest"


def next_words(setting: DigestSetting) -> str:
    """The next delivery, in its own zone and in UTC; a time that the clock leaves out that day is explained."""
    zone = ZoneInfo(setting.schedule.zone)
    local = setting.next_at.astimezone(zone)
    words = moment_text(setting.next_at, zone=zone)
    if setting.schedule.zone != "UTC":
        words = f"{words} ({setting.next_at.astimezone(UTC):%H:%M} UTC)"
    if 60 * local.hour + local.minute != setting.schedule.minute:
        words = f"{words}; the clock change skips {time_words(setting.schedule.minute)} that day"
    return words


def shown_words(options: DigestOptions) -> str:
    """What it shows, and whether it is left out when there is nothing to say."""
    sections = [words for section, words in _SHOWN.items() if section in options.sections]
    platforms = ", ".join(map(platform_name, sorted(options.platforms)))
    only = f", {platforms} only" if platforms else ""
    skips = "; skipped when there is nothing to report" if options.skips_empty else ""
    return f"{', '.join(['totals', *sections])}{only}{skips}"


def in_a_line(setting: DigestSetting) -> Text:
    """Where and when it comes, for lists of settings."""
    return text(Channel(setting.channel_id), f" {rhythm_words(setting.schedule)}")


def _fields(here: DigestSetting) -> tuple[Field, ...]:
    fields = [
        Field("Schedule", text(rhythm_words(here.schedule))),
        Field("Next", _state(here)),
        Field("Covered up to", text(Time(here.last_at)) if here.last_at else text("none yet")),
        Field("Shows", text(shown_words(here.options))),
    ]
    if here.last_outcome:
        fields.append(Field("Last time", text(here.last_outcome)))
    return tuple(fields)


def _state(setting: DigestSetting) -> Text:
    if setting.is_on:
        return text(Time(setting.next_at))
    return text(f"off: {setting.off_reason}") if setting.off_reason else text("off")


def _status_words(here: DigestSetting | None) -> str:
    if here is None:
        return f"This channel has no digest. Set one up with {EXAMPLE}, or press Preview to see one now."
    if here.is_on:
        return f"A digest is posted here {rhythm_words(here.schedule)}. Next: {next_words(here)}."
    why = f": {here.off_reason}" if here.off_reason else "."
    return f"This channel's digest is off{why} Turn it back on with /digest on and a time."


def _switches(setting: DigestSetting) -> tuple[Button, ...]:
    """To change it, in a form that begins with how it is, and to switch it off. What is shown stays unless chosen."""
    schedule = setting.schedule
    every = "daily" if schedule.weekday is None else WEEKDAYS[schedule.weekday]
    stated = {"action": "on", "time": time_words(schedule.minute), "zone": schedule.zone, "every": every}
    change = Button("Change", Call("digest", stated | {"asks": "1"}))
    return change, Button("Turn off", Call("digest", {"action": "off"}))
