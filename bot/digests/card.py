"""The digest: what happened to a workspace's videos in a window, for a channel that wants to know."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from bot.digests import tables
from bot.digests.facts import DigestFacts
from bot.digests.summary import available_words, spent_words, summary
from bot.domain.clock import moment_text
from bot.domain.digest import FLAT_RULE, Section, Total, VideoChange
from bot.domain.growth import ago, percent, signed_count
from bot.domain.money import dollars
from bot.messages.outlook import how_long
from bot.messages.wording import name_of, plural, shortened
from bot.reply.call import Call
from bot.reply.model import (
    Action,
    Button,
    Field,
    Fields,
    Note,
    Option,
    Part,
    Reply,
    Select,
    Span,
    Time,
    Tone,
    text,
)

MOST_BUTTONS = 3
"""How many flattened videos get a button each; beyond, one menu offers them all."""
MOST_OPTIONS = 25
"""What a menu holds on every platform."""
_STOP_LABEL = 60


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one channel gets it: its rhythm in words, when the next one comes, and how late this one is.

    `is_weekly` says that it comes once a week. `due_at` is given where it comes late, `next_at` is None where nothing
    is scheduled; `ref` names this post to its own buttons and is empty in a preview.
    """

    rhythm: str
    next_at: datetime | None
    is_weekly: bool = False
    due_at: datetime | None = None
    is_preview: bool = False
    ref: str = ""


def digest(facts: DigestFacts, delivery: Delivery) -> Reply:
    """The post, or its preview. Without the section on money, nothing in it is about money."""
    if Section.MONEY not in facts.options.sections:
        facts = replace(facts, money=None, cost_per_snapshot=None)
    length = "Weekly" if delivery.is_weekly else "Daily"
    title = "Digest preview" if delivery.is_preview else f"{length} digest"
    is_short = facts.money is not None and facts.money.wallet.is_short
    is_wrong = bool(is_short or facts.unread or delivery.due_at)
    return Reply(
        summary(facts),
        title=title,
        parts=(*_parts(facts), *_notes(facts, delivery)),
        actions=_actions(facts, delivery),
        tone=Tone.WARNING if is_wrong else Tone.INFO,
    )


def digest_without_key(rhythm: str) -> Reply:
    """What a channel is told, once, that wants a digest of a workspace without an API key."""
    return Reply(
        f"A digest is due here {rhythm}. This workspace has no ContentStats API key, so I can't make one. Ask an admin "
        "to link a key with /connect; digests then start on their own. I won't repeat this.",
        title="Digest",
        actions=(Button("Connect", Call("connect")),),
        tone=Tone.WARNING,
    )


def digests_missed(rhythm: str, due_at: datetime, channel: Span) -> Reply:
    """What the person who set a digest up is told when one was left out because it came too late."""
    return Reply(
        f"The digest due {moment_text(due_at)} was skipped because the bot was offline for too long. The next "
        f"one covers that period too. It's posted {rhythm}.",
        title="Digest skipped",
        parts=(Note(text("It was for ", channel, ".")),),
        tone=Tone.WARNING,
    )


def _parts(facts: DigestFacts) -> tuple[Part, ...]:
    shown = facts.options.sections
    parts: list[Part] = [_overview(facts)]
    if Section.MOVERS in shown and facts.movers:
        parts.append(tables.movers(facts.movers, facts.window.end))
        if facts.picture is not None:
            parts.append(facts.picture)
    if Section.VIDEOS in shown:
        parts += tables.new(facts.new, facts.window.end)
        parts += tables.finished(facts.finished, facts.window.end)
    if Section.ENDING in shown:
        parts += tables.ending(facts.ending, facts.window.end)
    if Section.FLAT in shown and facts.flat:
        parts += tables.flat(facts.flat, facts.cost_per_snapshot)
        parts.append(Note(text(FLAT_RULE)))
    return tuple(parts)


def _overview(facts: DigestFacts) -> Fields:
    span = ago(facts.window.length)
    least = "" if facts.complete else "at least "
    fields = [Field(str(each.metric).capitalize(), text(_total_words(each, span))) for each in facts.totals]
    paused = f", {facts.running.paused:,} paused" if facts.running.paused else ""
    fields.append(Field("Running", text(f"{least}{plural(facts.running.running, 'video')}{paused}")))
    if facts.money is not None and Section.MONEY in facts.options.sections:
        money = facts.money
        fields.append(Field(f"Spent in {span}", text(spent_words(facts, money))))
        fields.append(Field("Available", text(available_words(facts, money))))
        lasts = how_long(money.wallet)
        fields.append(Field("Runway", lasts))
    return Fields(tuple(fields))


def _total_words(total: Total, span: str) -> str:
    """The sum, and how it compares with the one before if both are of the same videos."""
    if total.trend is None or total.alike != total.videos:
        return signed_count(total.delta)
    return f"{signed_count(total.delta)} ({signed_percent(total.trend)} compared with the {span} before)"


def signed_percent(share: Decimal) -> str:
    """A change as a share of what was: +8.1%, −3%."""
    return f"{'+' if share > 0 else '−' if share < 0 else '±'}{percent(abs(share))}"


def _notes(facts: DigestFacts, delivery: Delivery) -> tuple[Note, ...]:
    window = facts.window
    notes = [Note(text("From ", Time(window.start), " to ", Time(window.end), ". ", *_freshness(facts)))]
    caveats = _caveats(facts)
    if caveats:
        notes.append(Note(text(" ".join(caveats))))
    if delivery.due_at is not None:
        notes.append(Note(text("Posted late: this digest was due ", Time(delivery.due_at), ".")))
    if delivery.next_at is not None:
        notes.append(Note(text("Next digest: ", Time(delivery.next_at), f". It's posted {delivery.rhythm}.")))
    if delivery.is_preview:
        notes.append(Note(text("Only you can see this preview. It doesn't change the schedule.")))
    return tuple(notes)


def _freshness(facts: DigestFacts) -> tuple[str | Span, ...]:
    if facts.newest_at is None:
        return ("No snapshot has been read yet.",)
    return ("The newest snapshot is from ", Time(facts.newest_at), ".")


def _caveats(facts: DigestFacts) -> list[str]:
    caveats = []
    if facts.coverage.collected < facts.coverage.expected:
        caveats.append(f"{facts.coverage.collected:,} of {facts.coverage.expected:,} snapshots were collected.")
    money = facts.money
    if money is not None and money.late:
        caveats.append(f"{dollars(money.late)} of the spend is for earlier snapshots that were only read now.")
    if facts.unread:
        have = "has" if facts.unread == 1 else "have"
        caveats.append(f"{plural(facts.unread, 'running video')} {have} no snapshot in this period.")
    if facts.uneven:
        changes = f"{plural(facts.uneven, 'change')} {'is' if facts.uneven == 1 else 'are'}"
        caveats.append(f"{changes} over a different period: tracking began partway through, or snapshots are missing.")
    if facts.fell:
        caveats.append(f"The counter of {plural(facts.fell, 'video')} fell. The platform removed counts.")
    if not facts.complete:
        caveats.append("The API lists at most 100 videos per platform and status, so older ones may be missing here.")
    if facts.is_test:
        caveats.append("This is a test key: nothing is charged.")
    return caveats


def _actions(facts: DigestFacts, delivery: Delivery) -> tuple[Action, ...]:
    others = (Button("My videos", Call("videos")), Button("Wallet", Call("usage")))
    if Section.FLAT not in facts.options.sections or not facts.flat:
        return others
    return (*_stops(facts.flat, delivery.ref), *others)


def _stops(flat: Sequence[VideoChange], ref: str) -> tuple[Action, ...]:
    """A button for each of a few, one menu for many: each opens the question that a /stop asks."""
    argument = {"post": ref} if ref else {}
    if len(flat) <= MOST_BUTTONS:
        return tuple(
            Button(
                f"Stop {number}: {shortened(name_of(each.video), _STOP_LABEL)}",
                Call("stop", argument | {"video": each.video.id}),
            )
            for number, each in enumerate(flat, 1)
        )
    options = tuple(
        Option(shortened(f"{number}: {name_of(each.video)}", 75), each.video.id)
        for number, each in enumerate(flat[:MOST_OPTIONS], 1)
    )
    return (Select("Stop a flattened video", Call("stop", argument), "video", options),)
