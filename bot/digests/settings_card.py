"""Card of a channel's digest settings: schedule, contents, on or off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.domain.clock import date_text
from bot.domain.digest import DigestOptions, Ranked, Section
from bot.domain.schedule import WEEKDAYS, WORKDAYS, Schedule, ordinal, time_words
from bot.messages.wording import platform_name, series
from bot.reply.call import Call
from bot.reply.model import (
    Button,
    Channel,
    Column,
    Field,
    Fields,
    Item,
    Listing,
    Note,
    Part,
    Plain,
    Reply,
    Text,
    Time,
    Tone,
    text,
)

_SHOWN = {
    Section.MOVERS: "movers",
    Section.LEADERBOARD: "top {ranked}",
    Section.VIDEOS: "new and finished",
    Section.ENDING: "ending",
    Section.FLAT: "flattened",
    Section.MONEY: "money",
}
NO_MONEY = "Another company reads this channel, so spend and balance are left out. Press Show amounts to include them."
NOT_ALL_SEE_MONEY = (
    "Not everyone may see money here, so spend and balance are left out. Press Show amounts to include them."
)
NOT_SILENT = "Posts can't be silent in this chat, so the digest notifies people as usual."
NO_KEY = "No API key is linked yet, so digests begin once an admin links one with /connect."
OWN_CAMPAIGN = "It's this channel's campaign. To cover every video, press Change and choose the campaign all."
EXAMPLE = "/digest on 09:00 Europe/Berlin"
EXAMPLES = (
    (EXAMPLE, "every day; or pick days: weekdays, mon,thu or 15th"),
    ("/digest on 9am skip", "none when there's nothing to report; silent: no ping in Discord"),
    ("/digest on 9am in launch", "about one campaign alone"),
    ("/digest now", "preview it privately"),
    ("/digest off", "end it"),
)
CHANGE = "2"
"""What the button of the form to change a digest carries; a longer word leaves no room for long time zones."""
_PREVIEW = Button("Preview", Call("digest", {"action": "now"}))


@dataclass(frozen=True, slots=True)
class DigestSetting:
    """One channel's digest. `next_at` is when the next one comes; the last one covered the time up to `last_at`.

    `off_reason` and `last_outcome` are sentences. `campaign` is the label of the only one that it covers, if any.
    `hides_money`: it would show money if the channel were allowed to see it.
    """

    channel_id: str
    is_on: bool
    schedule: Schedule
    options: DigestOptions
    next_at: datetime
    last_at: datetime | None = None
    off_reason: str = ""
    last_outcome: str = ""
    campaign: str = ""
    hides_money: bool = False


def digest_on(
    setting: DigestSetting, zone_from: str, *, cannot_post_reason: str | None, notes: Sequence[str] = ()
) -> Reply:
    """Confirmation that a digest is on, with its next delivery. `zone_from`: the source of a zone that nobody typed.

    `cannot_post_reason` is empty if the bot can post in the channel, and None if the platform doesn't report it.
    """
    where = f" The time zone is {zone_from}; name another one to change it." if zone_from else ""
    join = "If I'm not in this channel yet, add me so that I can post here."
    hint = join if cannot_post_reason is None else cannot_post_reason
    comes = "is set up here:" if cannot_post_reason else "is posted here"
    return Reply(
        f"A digest {comes} {rhythm_words(setting.schedule)}. Next: {next_words(setting)}.{where}",
        title="Digest on",
        parts=(*_shows(setting), *(Note(text(each)) for each in (hint, *notes) if each)),
        actions=(_PREVIEW, *_switches(setting), *_show_amounts(setting)),
        changes_settings=True,
        tone=Tone.WARNING if cannot_post_reason else Tone.SUCCESS,
    )


def digest_off(*, was_on: bool) -> Reply:
    """Confirmation that the digest is off, or was off already."""
    if not was_on:
        return Reply(f"This channel has no digest. Turn one on with {EXAMPLE}.", title="Digest off")
    return Reply(
        "No more digests here. The settings are kept; /digest on with a time turns it back on.",
        title="Digest off",
        tone=Tone.SUCCESS,
        changes_settings=True,
    )


def digest_status(here: DigestSetting | None, others: Sequence[DigestSetting], zone: str = "") -> Reply:
    """This channel's digest, and those of the workspace's other channels. `zone` prefills the form of a new one."""
    parts: list[Part] = []
    if here is not None:
        parts += _shows(here)
        if here.last_outcome:
            parts.append(Note(text(here.last_outcome)))
    if others:
        columns = (Column("Channel"), Column("Schedule"), Column("Next"))
        parts.append(Listing("Other channels", columns, tuple(map(_item, others))))
    begun = {"time": "09:00"} | ({"zone": zone} if zone else {}) | {"every": "daily", "asks": "1"}
    turn_on = Button("Turn on digest", _form(here) if here is not None else Call("digest", begun))
    return Reply(
        _status_words(here),
        title="Digest",
        parts=tuple(parts),
        actions=(*(_switches(here) if here is not None and here.is_on else (turn_on,)), _PREVIEW),
        tone=Tone.WARNING if here is not None and here.off_reason else Tone.INFO,
    )


def not_a_channel() -> Reply:
    """Explains that a digest needs a channel."""
    return Reply(
        f"Digests are posted in a channel with messages, and this isn't one. Type {EXAMPLE} in the channel that should "
        "get it, or use /digest now to see one here.",
        title="Digest",
        actions=(_PREVIEW,),
        tone=Tone.WARNING,
    )


def rhythm_words(schedule: Schedule) -> str:
    """The schedule as the end of a sentence: `daily at 09:00 (Europe/Berlin)`, `every Monday at 09:00 (UTC)`."""
    return f"{_days_words(schedule)} at {time_words(schedule.minute)} ({schedule.zone})"


def setting_words(setting: DigestSetting) -> str:
    """All settings for the audit log: the schedule, and what differs from the defaults."""
    facts = (f"{name.lower()}: {words}" for name, words in _facts(setting))
    return "; ".join((rhythm_words(setting.schedule), *facts))


def _days_words(schedule: Schedule) -> str:
    if schedule.month_day is not None:
        day = "last day" if schedule.month_day == 31 else ordinal(schedule.month_day)
        return f"on the {day} of each month"
    if schedule.weekdays == WORKDAYS:
        return "on weekdays"
    if schedule.weekdays:
        return f"every {series(WEEKDAYS[day].capitalize() for day in sorted(schedule.weekdays))}"
    return "daily"


def next_words(setting: DigestSetting) -> str:
    """The next delivery in local time and UTC, with a note if that day's clock change skips the usual time."""
    zone = ZoneInfo(setting.schedule.zone)
    local = setting.next_at.astimezone(zone)
    words = f"{date_text(local)}, {local:%H:%M}"
    if setting.schedule.zone != "UTC":
        words = f"{words} ({setting.next_at.astimezone(UTC):%H:%M} UTC)"
    if 60 * local.hour + local.minute != setting.schedule.minute:
        words = f"{words}; the clock change skips {time_words(setting.schedule.minute)} that day"
    return words


def _shows(setting: DigestSetting) -> tuple[Fields, ...]:
    named = tuple(Field(name, text(words)) for name, words in _facts(setting))
    return (Fields(named),) if named else ()


def _facts(setting: DigestSetting) -> tuple[tuple[str, str], ...]:
    """Its contents, unless that is everything, and how it is posted."""
    options = setting.options
    sections = [words.format(ranked=options.ranked) for section, words in _SHOWN.items() if section in options.sections]
    platforms = series(map(platform_name, sorted(options.platforms))) if options.platforms else ""
    is_usual = len(sections) == len(_SHOWN) and options.ranked is Ranked.CREATORS
    shown = "" if is_usual else ", ".join(["totals", *sections])
    fields = (
        ("Shows", shown),
        ("Only", ", ".join(filter(None, (_campaign(setting), platforms)))),
        ("Skipped", "when there's nothing to report" if options.skips_empty else ""),
        ("Silent", "notifies nobody" if options.is_silent else ""),
    )
    return tuple(each for each in fields if each[1])


def _campaign(setting: DigestSetting) -> str:
    return f"campaign {setting.campaign}" if setting.campaign else ""


def in_a_line(setting: DigestSetting) -> Text:
    """Channel and schedule, for lists of settings."""
    return text(Channel(setting.channel_id), f" {rhythm_words(setting.schedule)}")


def _item(other: DigestSetting) -> Item:
    only = f" · only {_campaign(other)}" if other.campaign else ""
    rhythm, state = text(f"{rhythm_words(other.schedule)}{only}"), _state(other)
    return Item(text(Channel(other.channel_id)), (rhythm, state), (*rhythm, Plain(" · "), *state))


def _state(setting: DigestSetting) -> Text:
    if setting.is_on:
        return text(Time(setting.next_at))
    return text(f"off: {setting.off_reason}") if setting.off_reason else text("off")


def _status_words(here: DigestSetting | None) -> str:
    if here is None:
        return f"This channel has no digest. Set one up with {EXAMPLE}, or press Preview to see one now."
    rhythm = rhythm_words(here.schedule)
    if here.is_on:
        return f"A digest is posted here {rhythm}. Next: {next_words(here)}."
    why = f": {here.off_reason}" if here.off_reason else "."
    return f"This channel's digest is off{why} It came {rhythm}."


def _switches(setting: DigestSetting) -> tuple[Button, ...]:
    """Buttons to change it, in a form prefilled with its settings, and to turn it off. Contents stay unless chosen."""
    return Button("Change", _form(setting, CHANGE)), Button("Turn off", Call("digest", {"action": "off"}))


def _show_amounts(setting: DigestSetting) -> tuple[Button, ...]:
    given = {"action": "on", "time": time_words(setting.schedule.minute), "show": "amounts"}
    return (Button("Show amounts", Call("digest", given)),) if setting.hides_money else ()


def _form(setting: DigestSetting, asks: str = "1") -> Call:
    """Call that opens the form for changes. The campaign is filled in if a button has room; otherwise it is kept.

    What it `asks` for is `CHANGE` if the digest is on.
    """
    call = Call("digest", _stated(setting.schedule) | {"asks": asks})
    name = setting.campaign.removesuffix(" (archived)")
    more = Call("digest", {**call.arguments, "campaign": name})
    return more if name and more.fits else call


def _stated(schedule: Schedule) -> dict[str, str]:
    """The schedule as arguments of the command, in few letters."""
    if schedule.month_day is not None:
        every = {1: "monthly", 31: "last"}.get(schedule.month_day) or ordinal(schedule.month_day)
    elif schedule.weekdays == WORKDAYS:
        every = "weekdays"
    else:
        every = " ".join(WEEKDAYS[day][:3] for day in sorted(schedule.weekdays)) or "daily"
    return {"time": time_words(schedule.minute), "zone": schedule.zone, "every": every}
