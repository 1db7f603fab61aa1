"""The wallet: what is there, what is promised, how long it lasts and where it went."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.domain.caller import Person
from bot.domain.moments import date_text
from bot.domain.money import MonthlyCap, Usage, dollars, left_after, unit_price
from bot.domain.wallet_state import WalletState
from bot.messages.offer import ADD_CREDIT
from bot.messages.outlook import can_finish, cap_left, how_long, money_ends, promised
from bot.messages.wording import available, freshness, plural
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
    Tone,
    text,
)


@dataclass(frozen=True, slots=True)
class WalletFacts:
    """What the wallet's card is made of. Money is dollars; `days` is what the mirrored snapshots of each UTC day cost.

    `running` counts the wallet's videos, `open_ended` those without a known end; `complete` is False if the API may
    hide some. `own` counts the running ones that the workspace may see, and `unread` those of them whose snapshots
    of the last hour were not read. `people` and `channels` hold what this month's trackings may cost at most.
    `difference` is what was billed beyond the price of the snapshots taken, None where the API leaves a part of the
    bill out. `history` counts the finished videos whose pages are still to be read.
    """

    wallet: WalletState
    own: int
    unread: int
    history: int
    days: tuple[tuple[date, Decimal], ...]
    picture: Picture | None
    people: tuple[tuple[Person, Decimal], ...]
    channels: tuple[tuple[str, Decimal], ...]
    difference: Decimal | None
    monthly_cap: MonthlyCap
    now: datetime


def wallet(facts: WalletFacts) -> Reply:
    """The wallet's card."""
    parts: list[Part] = [Fields(_fields(facts))]
    if facts.days:
        days = tuple((text(date_text(day, facts.now)), text(dollars(spent))) for day, spent in facts.days)
        parts.append(
            Table(
                "Spend by day (UTC), from the snapshots read here", (Column("Day"), Column("Spent", Align.RIGHT)), days
            )
        )
    if facts.days or facts.history:
        parts.append(_days_counted(facts))
    if facts.picture is not None:
        parts.append(facts.picture)
    if facts.people:
        people = tuple((text(Mention(each.id, each.name)), text(dollars(spent))) for each, spent in facts.people)
        parts.append(Table("Started this month by", (Column("Person"), Column("At most", Align.RIGHT)), people))
    if facts.channels:
        channels = tuple((text(Channel(each)), text(dollars(spent))) for each, spent in facts.channels)
        parts.append(Table("Started this month in", (Column("Channel"), Column("At most", Align.RIGHT)), channels))
    parts += [Note(_bill(facts)), freshness(facts.wallet.as_of, facts.now, facts.wallet.problem)]
    return Reply(
        _summary(facts),
        title="Wallet",
        parts=tuple(parts),
        actions=(
            *((ADD_CREDIT,) if facts.wallet.is_short else ()),
            Button("My videos", Call("videos")),
            Button("Refresh", Call("usage", in_place=True)),
        ),
        tone=Tone.WARNING if facts.wallet.is_short or facts.wallet.problem else Tone.INFO,
    )


def _days_counted(facts: WalletFacts) -> Note:
    """The sum by day lacks what was not read, and what other workspaces started; ContentStats's own sum does not."""
    missing = ""
    if facts.unread:
        were = "was" if facts.unread == 1 else "were"
        read = f"{facts.unread} of {plural(facts.own, 'running video')} {were} not read in the last hour"
        missing = f" {read}, so the real spend is higher. Run /videos to read them."
    if facts.history:
        missing += f" {plural(facts.history, 'finished video')} not read yet, so the real spend is higher."
    return Note(
        text(f"Spend by day is calculated from the snapshots read here. Spent is the total from ContentStats.{missing}")
    )


def _summary(facts: WalletFacts) -> str:
    state, runway = facts.wallet, facts.wallet.runway
    start = f"{available(state.usage).capitalize()} available, {dollars(runway.promised)} committed to running videos."
    if runway.empty_at is not None:
        ends = money_ends(state, runway.empty_at)
        return f"{start} {ends}, and tracking would pause."
    if state.complete and not any(state.running):
        return f"{start} Nothing is running."
    return f"{start} {can_finish(state)}"


def _fields(facts: WalletFacts) -> tuple[Field, ...]:
    usage, runway = facts.wallet.usage, facts.wallet.runway
    uncharged = usage.uncharged
    pending = "not stated" if uncharged is None else f"{dollars(uncharged)} collected, not charged yet"
    return (
        Field("Spent", text(_spent(usage))),
        Field("Available", text(available(usage))),
        Field("Pending", text(pending)),
        Field("Committed", text(promised(facts.wallet))),
        Field("Left after commitments", text(dollars(left_after(usage.available, runway.promised)))),
        Field("Runway", how_long(facts.wallet)),
        Field("Price", text(f"{unit_price(usage.cost_per_snapshot)} per snapshot, 24 per video per day")),
        Field("Monthly cap", text(cap_left(facts.monthly_cap))),
    )


def _spent(usage: Usage) -> str:
    """The API's own sum of everything that was ever spent."""
    if usage.spent is not None:
        return f"{dollars(usage.spent)} in total, according to ContentStats"
    if usage.total_charged is not None:
        return f"at least {dollars(usage.total_charged, down=True)} in total; the API doesn't state pending charges"
    return "not stated"


def _bill(facts: WalletFacts) -> Text:
    test = "This is a test key: nothing is charged. " if facts.wallet.is_test else ""
    usage, difference = facts.wallet.usage, facts.difference
    if usage.spent is None or difference is None:
        return text(f"{test}Bill check: the API doesn't state everything that was billed.")
    taken = f"{usage.total_snapshots:,} snapshots for {dollars(usage.spent)}"
    if not difference:
        return text(f"{test}Bill check: {taken}, matching today's price.")
    word = "more" if difference > 0 else "less"
    return text(f"{test}Bill check: {taken}, {dollars(abs(difference))} {word} than at today's price.")
