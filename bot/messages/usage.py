"""The wallet: what is there, what is promised, how long it lasts and where it went."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.domain.caller import Person
from bot.domain.money import Runway, Usage, dollars
from bot.messages.offer import ADD_CREDIT
from bot.messages.wording import freshness, plural
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Button,
    Channel,
    Column,
    Field,
    Fields,
    Mention,
    Note,
    Part,
    Picture,
    Reply,
    Table,
    Text,
    Time,
    Tone,
    text,
)


@dataclass(frozen=True, slots=True)
class WalletFacts:
    """What the wallet's card is made of. Money is dollars; `days` is what the mirrored snapshots of each UTC day cost.

    `people` and `channels` hold what this month's trackings may cost at most. `difference` is what was billed beyond
    the price of the snapshots taken.
    """

    usage: Usage
    runway: Runway
    running: int
    endless: int
    days: tuple[tuple[date, Decimal], ...]
    picture: Picture | None
    people: tuple[tuple[Person, Decimal], ...]
    channels: tuple[tuple[str, Decimal], ...]
    difference: Decimal
    monthly_cap: Decimal
    is_test: bool
    as_of: datetime
    problem: str
    now: datetime


def wallet(facts: WalletFacts) -> Reply:
    """The wallet's card."""
    parts: list[Part] = [Fields(_fields(facts))]
    if facts.days:
        days = tuple((text(day.isoformat()), text(dollars(spent))) for day, spent in facts.days)
        parts.append(Table("Spend by day (UTC)", (Column("Day"), Column("Spent", Align.RIGHT)), days))
    if facts.picture is not None:
        parts.append(facts.picture)
    if facts.people:
        people = tuple((text(Mention(each.id, each.name)), text(dollars(spent))) for each, spent in facts.people)
        parts.append(Table("Started this month by", (Column("Person"), Column("At most", Align.RIGHT)), people))
    if facts.channels:
        channels = tuple((text(Channel(each)), text(dollars(spent))) for each, spent in facts.channels)
        parts.append(Table("Started this month in", (Column("Channel"), Column("At most", Align.RIGHT)), channels))
    parts += [Note(_bill(facts)), freshness(facts.as_of, facts.now, facts.problem)]
    low = facts.runway.empty_at is not None
    return Reply(
        _summary(facts),
        title="Wallet",
        parts=tuple(parts),
        actions=(
            *((ADD_CREDIT,) if low else ()),
            Button("My videos", Call("videos")),
            Button("Refresh", Call("usage")),
        ),
        tone=Tone.WARNING if low or facts.problem else Tone.INFO,
    )


def _summary(facts: WalletFacts) -> str:
    start = f"{dollars(facts.usage.available)} available, {dollars(facts.runway.promised)} promised to running videos."
    if facts.runway.empty_at is not None:
        return f"{start} The money ends {facts.runway.empty_at:%Y-%m-%d %H:%M} UTC; tracking pauses then."
    return f"{start} All running videos can finish." if facts.running else f"{start} Nothing is running."


def _fields(facts: WalletFacts) -> tuple[Field, ...]:
    usage, runway = facts.usage, facts.runway
    endless = f", and {facts.endless} whose end is not known" if facts.endless else ""
    ends: Text = text("no end in sight") if runway.empty_at is None else text(Time(runway.empty_at))
    return (
        Field("Available", text(dollars(usage.available))),
        Field("Pending", text(f"{dollars(usage.uncharged)} collected, not charged yet")),
        Field("Promised", text(f"{dollars(runway.promised)} to {plural(facts.running, 'running video')}{endless}")),
        Field("Left when all is paid", text(dollars(runway.left_after))),
        Field("Runway", ends),
        Field("Price", text(f"{dollars(usage.cost_per_snapshot)} a snapshot, 24 a day and video")),
        Field("Cap a month", text(f"{dollars(facts.monthly_cap)} in this workspace")),
    )


def _bill(facts: WalletFacts) -> Text:
    test = "This is a test key: nothing is charged. " if facts.is_test else ""
    taken = f"{facts.usage.total_snapshots:,} snapshots were taken for {dollars(_billed(facts.usage))}"
    if not facts.difference:
        return text(f"{test}Bill check: {taken}, as their price says.")
    word = "more" if facts.difference > 0 else "less"
    return text(f"{test}Bill check: {taken}, {dollars(abs(facts.difference))} {word} than today's price says.")


def _billed(usage: Usage) -> Decimal:
    return usage.total_charged + usage.uncharged
