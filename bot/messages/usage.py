"""The wallet: balance, commitments and runway; the details show where the money went."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.domain.allowances import Limit, Scope
from bot.domain.caller import Person
from bot.domain.clock import date_text, moment_text
from bot.domain.money import Usage, WalletState, dollars, unit_price
from bot.messages.allowance import left_of_sum, left_words
from bot.messages.offer import ADD_CREDIT
from bot.messages.wording import (
    at_latest,
    available,
    cost_caveats,
    freshness,
    left,
    plural,
    promised,
    runway_text,
    shortfall,
)
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Button,
    Channel,
    Column,
    Drawing,
    Field,
    Fields,
    Mention,
    Note,
    Part,
    Picture,
    Reply,
    Table,
    Tone,
    text,
)


@dataclass(frozen=True, slots=True)
class SpendFacts:
    """Spending of a wallet, in dollars; `days` is the cost of the mirrored snapshots per UTC day.

    `own` counts the running videos that the workspace may see, `unread` those without a read snapshot in the last hour;
    `history` counts finished videos whose pages are still to be read. `people`, `channels` and `campaigns` hold the
    maximum cost of this month's trackings. `difference` is what was billed beyond the price of the snapshots, None if
    the API omits part of the bill.
    """

    wallet: WalletState
    own: int
    unread: int
    history: int
    days: tuple[tuple[date, Decimal], ...]
    picture: Picture | Drawing | None
    people: tuple[tuple[Person, Decimal], ...]
    channels: tuple[tuple[str, Decimal], ...]
    campaigns: tuple[tuple[str, Decimal], ...]
    difference: Decimal | None
    limits: tuple[Limit, ...]
    now: datetime


def wallet(state: WalletState, limit: Limit, now: datetime) -> Reply:
    """The wallet card."""
    test = "Test key: nothing is charged. " if state.is_test else ""
    age = freshness(state.as_of, now, state.problem).text
    line, strong = money_line(state)
    return Reply(
        f"{line} {_spent(state.usage)}{_limit(state.usage, limit)}.",
        title="Wallet",
        strong=strong,
        parts=(Note(text(test, *(f"{doubt} " for doubt in cost_caveats(state)), *age)),),
        actions=(
            *((ADD_CREDIT,) if state.is_short else (Button("My videos", Call("videos")),)),
            Button("Details", Call("usage.details")),
            Button("Refresh", Call("usage", in_place=True)),
        ),
        tone=Tone.WARNING if state.is_short or state.problem else Tone.INFO,
    )


def money_line(state: WalletState) -> tuple[str, tuple[str, ...]]:
    """Balance, commitments, and whether that is enough as far as is known; and the words to emphasise."""
    there = f"{available(state.usage).capitalize()} available"
    if state.complete and not any(state.running):
        return f"{there}. Nothing is running.", (there,)
    runway = state.runway
    remaining = left(state)
    start, short = f"{there} · {dollars(runway.promised)} committed", f"{dollars(-remaining)} short"
    if runway.empty_at is not None:
        then = f". Tracking would pause {moment_text(runway.empty_at)}{at_latest(state)}."
        if state.usage.available <= 0:
            then = ". Tracking pauses until you add credit."
        return (f"{start} · {short}{then}", (there, short)) if remaining < 0 else (f"{start}{then}", (there,))
    if remaining < 0:
        return f"{start} · {shortfall(state, remaining)}.", (there, short)
    return f"{start} · {'' if state.is_certain else 'up to '}{dollars(remaining)} left.", (there,)


def wallet_details(facts: SpendFacts) -> Reply:
    """Card about spending: bill check, spend by day, person and channel, and the limits."""
    parts: list[Part] = [Fields(_fields(facts))]
    if facts.days:
        days = tuple((text(date_text(day, facts.now)), text(dollars(spent))) for day, spent in facts.days)
        parts.append(Table("Spend by day (UTC)", (Column("Day"), Column("Spent", Align.RIGHT)), days))
    if facts.days or facts.history:
        parts.append(_days_counted(facts))
    if facts.picture is not None:
        parts.append(facts.picture)
    for heads, rows in (
        (("by", "Person"), [(text(Mention(each.id, each.name)), spent) for each, spent in facts.people]),
        (("in", "Channel"), [(text(Channel(each)), spent) for each, spent in facts.channels]),
        (("for", "Campaign"), [(text(name), spent) for name, spent in facts.campaigns]),
    ):
        if rows:
            columns = (Column(heads[1]), Column("Costs up to", Align.RIGHT))
            sums = tuple((each, text(dollars(spent))) for each, spent in rows)
            parts.append(Table(f"Started this month {heads[0]}", columns, sums))
    return Reply(_bill(facts), title="Wallet details", parts=tuple(parts))


def _days_counted(facts: SpendFacts) -> Note:
    """Note that the spend by day omits unread snapshots and other workspaces, unlike ContentStats's own sum."""
    missing = []
    if facts.unread:
        were = "was" if facts.unread == 1 else "were"
        running = f"{facts.unread} of {plural(facts.own, 'running video')} {were} not read in the last hour"
        missing.append(f"{running} (/videos reads {'it' if facts.unread == 1 else 'them'})")
    if facts.history:
        missing.append(f"{plural(facts.history, 'finished video is', 'finished videos are')} not read yet")
    more = f" {' and '.join(missing)}, so the real spend is higher." if missing else ""
    return Note(text(f"Spend by day is calculated from the snapshots read here.{more}"))


def _fields(facts: SpendFacts) -> tuple[Field, ...]:
    usage = facts.wallet.usage
    pending = "not stated" if usage.uncharged is None else f"{dollars(usage.uncharged)} collected, not charged yet"
    return (
        Field("Pending", text(pending)),
        Field("Committed", text(promised(facts.wallet))),
        Field("Runway", runway_text(facts.wallet)),
        Field("Price", text(f"{unit_price(usage.cost_per_snapshot)} per snapshot, 24 per video per day")),
        *(Field(_limit_name(each), text(left_of_sum(each))) for each in facts.limits),
    )


def _spent(usage: Usage) -> str:
    """The API's own total of everything spent."""
    if usage.spent is not None:
        return f"{dollars(usage.spent)} spent so far"
    if usage.total_charged is not None:
        return f"At least {dollars(usage.total_charged, down=True)} spent so far"
    return "ContentStats doesn't state what was spent"


_LIMIT_NAMES = {
    Scope.OPERATOR: "Monthly cap",
    Scope.EVERYONE: "Monthly allowance of each person",
    Scope.ROLE: "Monthly allowance of {}",
    Scope.PERSON: "Your monthly allowance",
    Scope.CHANNEL: "This channel's monthly allowance",
    Scope.CAMPAIGN: "Monthly allowance of {}",
    Scope.BUDGET: "Budget of {}",
}


def _limit_name(limit: Limit) -> str:
    return _LIMIT_NAMES[limit.scope].format(limit.name)


def _limit(usage: Usage, limit: Limit) -> str:
    """What is left of the tightest limit, if it is less than the balance."""
    return f"; {left_words(limit)}" if limit.left < usage.available else ""


def _bill(facts: SpendFacts) -> str:
    usage, difference = facts.wallet.usage, facts.difference
    if usage.spent is None or difference is None:
        return "The bill can't be checked: ContentStats doesn't state everything that was billed."
    taken = f"{usage.total_snapshots:,} snapshots for {dollars(usage.spent)}"
    if not difference:
        return f"{taken}, matching today's price."
    return f"{taken}, {dollars(abs(difference))} {'more' if difference > 0 else 'less'} than at today's price."
