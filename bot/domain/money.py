"""Money in Decimal US dollars: cost of tracking, commitments, and when the balance runs out.

The burn-down counts snapshots, one per video and hour until that video's own end, and steps from end to end.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from bot.domain.commitments import Observation, Promise, promises
from bot.domain.errors import UsageError
from bot.domain.videos import HOUR, RunningCount, count_running

SNAPSHOTS_A_DAY = 24
DURATIONS = (1, 3, 7, 14, 30)
"""The durations on a consequence card, in days."""

_AMOUNT = re.compile(
    r"(?P<before>(?:us)?\$|usd|[€£¥₹₩₽]|eur|gbp|jpy|inr|cad|aud|chf)?\s*(?P<number>\d(?:[\d.,]|['’](?=\d{3}))*)"
    r"\s*(?P<after>\$|usd|dollars?|bucks?|[€£¥₹₩₽]|eur(?:os?)?|gbp|pounds?|quid|jpy|yen|inr|cad|aud|chf)?",
    re.IGNORECASE,
)
_DOLLARS = frozenset({"", "$", "us$", "usd", "dollar", "dollars", "buck", "bucks"})
_GROUPED = re.compile(
    r"(?P<whole>\d{1,3}(?P<mark>[.,'’])\d{3}(?:(?P=mark)\d{3})?)(?:(?!(?P=mark))[.,](?P<part>\d{1,2}))?"
)
_PLAIN = re.compile(r"(?P<whole>\d{1,7})(?:\.(?P<part>\d{1,6})|,(?P<cents>\d{1,2}))?")
_CENT, _MICRO = Decimal("0.01"), Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Usage:
    """The wallet of one API key, as `GET /usage` reports it: dollars, except the number of snapshots.

    None if the API omits a value: missing values are never taken for 0.
    """

    balance: Decimal
    uncharged: Decimal | None
    total_charged: Decimal | None
    cost_per_snapshot: Decimal
    total_snapshots: int | None

    @property
    def available(self) -> Decimal:
        """Upper bound of what can be spent: the balance less snapshots known to be collected but not charged."""
        return self.balance - (self.uncharged or 0)

    @property
    def spent(self) -> Decimal | None:
        """Total ever spent according to the API: charged and not charged yet. None if it omits one of the two."""
        if self.total_charged is None or self.uncharged is None:
            return None
        return self.total_charged + self.uncharged


@dataclass(frozen=True, slots=True)
class Runway:
    """How long the money lasts. `left_after` is what remains after all commitments, negative if they aren't covered.

    `empty_at` is when it reaches 0 with snapshots still due, to the hour; None if it outlasts every video that burns.
    Paused videos are in `promised` but burn nothing now, so they never bring `empty_at` closer: `paused` counts those
    with commitments. `last_end` is when the last burning video ends, None if there is none.
    """

    promised: Decimal
    empty_at: datetime | None
    left_after: Decimal
    paused: int = 0
    last_end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Consequence:
    """Consequence of tracking for a number of days. `price` is for all new videos together.

    `affordable`: the price doesn't exceed what is available now, or the API would answer 402. `pauses_at` is when the
    balance would run out, and `affected` are the ids of running videos that would be cut short then.
    """

    days: int
    price: Decimal
    left_after: Decimal
    pauses_at: datetime | None
    affected: tuple[str, ...]
    affordable: bool


def price(days: int, cost_per_snapshot: Decimal) -> Decimal:
    """Full price of tracking one video for a number of days."""
    return days * SNAPSHOTS_A_DAY * cost_per_snapshot


def promised(owed: Iterable[Promise], cost_per_snapshot: Decimal, now: datetime) -> Decimal:
    """Cost of all commitments from now on, paused videos included."""
    return sum(promise.snapshots(now) for promise in owed) * cost_per_snapshot


def runway(available: Decimal, cost_per_snapshot: Decimal, owed: Sequence[Promise], now: datetime) -> Runway:
    """How long the available money lasts if nothing new is started."""
    total = promised(owed, cost_per_snapshot, now)
    dry = _runs_dry(available, cost_per_snapshot, sorted(remaining for _, remaining in _burning(owed, now)))
    paused = sum(not promise.burns and promise.snapshots(now) > 0 for promise in owed)
    ends = [promise.ends_at for promise in owed if promise.burns and promise.snapshots(now) > 0]
    empty_at = None if dry is None else now + dry[0] * HOUR
    return Runway(total, empty_at, available - total, paused, max(ends, default=None))


def consequences(
    usage: Usage, owed: Sequence[Promise], now: datetime, durations: Sequence[int] = DURATIONS, count: int = 1
) -> tuple[Consequence, ...]:
    """Consequences of tracking `count` more videos now, for each duration in days."""
    cost, available = usage.cost_per_snapshot, usage.available
    left = available - promised(owed, cost, now)
    burning = _burning(owed, now)
    hours = sorted(remaining for _, remaining in burning)
    answers = []
    for days in durations:
        total = count * price(days, cost)
        dry = _runs_dry(available, cost, sorted([*hours, *[days * SNAPSHOTS_A_DAY] * count]))
        cut = () if dry is None else tuple(video_id for video_id, remaining in burning if remaining > dry[1])
        empty_at = None if dry is None else now + dry[0] * HOUR
        answers.append(Consequence(days, total, left - total, empty_at, cut, affordable=total <= available))
    return tuple(answers)


def _burning(owed: Iterable[Promise], now: datetime) -> list[tuple[str, int]]:
    return [(promise.video_id, promise.snapshots(now)) for promise in owed if promise.burns]


def _runs_dry(available: Decimal, cost: Decimal, remaining: Sequence[int]) -> tuple[int, int] | None:
    """The hour in which the money reaches 0, and the last hour paid in full; None if everything is paid.

    `remaining` has each video's snapshots to come, ascending. The burn rate is constant between two ends, so this takes
    one step per video, not per hour.
    """
    due = sum(remaining) * cost
    if available >= due or not due:
        return None
    whole = int(max(available, Decimal(0)) // cost)
    needed = whole if available <= whole * cost else whole + 1
    hour = ended = 0
    while needed > (stretch := (remaining[ended] - hour) * (len(remaining) - ended)):
        needed, whole, hour, ended = needed - stretch, whole - stretch, remaining[ended], ended + 1
    running = len(remaining) - ended
    return hour - (-needed // running), hour + whole // running


def bill_check(usage: Usage) -> Decimal | None:
    """What was billed beyond the price of the snapshots taken; 0 if the bill is correct, negative if it is less.

    None if the API omits part of the bill.
    """
    if usage.spent is None or usage.total_snapshots is None:
        return None
    return usage.spent - usage.total_snapshots * usage.cost_per_snapshot


def dollars(amount: Decimal, *, down: bool = False) -> str:
    """An amount in cents for people: `$1.91`, and `under $0.01` for a fraction of a cent.

    Prices, commitments and spend are rounded up, so that nothing costs more than shown. `down` is for money that can
    still be spent, which is never overstated, and for amounts introduced by "at least".
    """
    if 0 < _exact(amount) < _CENT:
        return f"under ${_CENT}"
    whole = _cents(amount, down=down)
    return f"{'-' if whole < 0 else ''}${abs(whole):,.2f}"


def looks_like_money(words: str) -> bool:
    """Whether the text is an amount in any currency: `10`, `$2.50`, `5,50`, `€5`."""
    return _AMOUNT.fullmatch(words) is not None


def read_money(words: str) -> Decimal:
    """Parse an amount of dollars. Raises UsageError if it isn't one, or is ambiguous.

    A comma or point before one or two digits starts the cents (`5,50`); before three it groups thousands (`5,000`).
    Only `5.000` could be either.
    """
    found = _AMOUNT.fullmatch(words.strip())
    if found is None:
        msg = f"I can't read “{words[:40]}” as an amount. Write it like 10 or 2.50."
        raise UsageError(msg)
    if not {(found["before"] or "").casefold(), (found["after"] or "").casefold()} <= _DOLLARS:
        raise UsageError("Amounts are in US dollars. Write it like 10 or 2.50.")
    number = found["number"].rstrip(".,")
    if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", number):
        msg = f"“{number}” could be {number.split('.')[0]} or {number.replace('.', '')} dollars. Write one of these."
        raise UsageError(msg)
    match = _PLAIN.fullmatch(number)
    if match is not None:
        return _decimal(match["whole"], match["part"] or match["cents"])
    if re.fullmatch(r"\d{8,}", number):
        raise UsageError("That's too much: an amount can be 9,999,999 at most.")
    match = _GROUPED.fullmatch(number)
    if match is None:
        msg = f"I can't read “{words[:40]}” as an amount. Write it like 10, 2.50 or 1,000."
        raise UsageError(msg)
    return _decimal(match["whole"].replace(match["mark"], ""), match["part"])


def read_cents(words: str) -> Decimal:
    """The same in whole cents, for what is set and shown; UsageError for a part of a cent."""
    amount = read_money(words)
    if whole_cents(amount) != amount:
        msg = f"“{words.strip()[:40]}” has part of a cent. Write it like 0.02 or 2.50."
        raise UsageError(msg)
    return amount


def _decimal(whole: str, part: str | None) -> Decimal:
    return Decimal(f"{whole}.{part}" if part else whole)


def left_after(available: Decimal, *owed: Decimal) -> Decimal:
    """What remains of amounts as `dollars` shows them, so that a card adds up; negative only if the exact result is."""
    left = _cents(available, down=True) - sum(map(_cents, owed))
    return max(left, Decimal()) if available >= sum(owed) else left


def whole_cents(amount: Decimal) -> Decimal:
    """Cut off fractions of a cent, as `dollars` does when rounding down."""
    return _cents(amount, down=True)


def unit_price(amount: Decimal) -> str:
    """Price of one snapshot or of 1,000 views, with two to six decimals as it may be a fraction of a cent."""
    whole, _, fraction = f"{_exact(amount):,f}".partition(".")
    return f"${whole}.{fraction.rstrip('0'):0<2}"


def _cents(amount: Decimal, *, down: bool = False) -> Decimal:
    return _exact(amount).quantize(_CENT, rounding=ROUND_FLOOR if down else ROUND_CEILING)


def _exact(amount: Decimal) -> Decimal:
    """Round off the noise of binary fractions from JSON numbers."""
    return amount.quantize(_MICRO, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class WalletState:
    """What a wallet holds and owes, as reported at `as_of`; `problem` is why there is nothing newer.

    `owed` has the commitment of each running video with a known end; `open_ended` counts those without, and `running`
    both. `complete` is False if the API may hide running videos; `is_test`: the key charges nothing.
    """

    usage: Usage
    owed: tuple[Promise, ...]
    runway: Runway
    running: RunningCount
    open_ended: int
    complete: bool
    is_test: bool
    as_of: datetime
    problem: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether everything is known that could make the money run out earlier."""
        return self.complete and not self.open_ended and self.usage.uncharged is not None

    @property
    def is_short(self) -> bool:
        """Whether the money doesn't cover everything owed."""
        return self.runway.empty_at is not None or self.runway.left_after < 0

    @property
    def is_exhausted(self) -> bool:
        """Whether nothing is collected for lack of money: by the documentation, everything pauses at 0."""
        available, paused = self.usage.available, self.running.paused
        return any(self.running) and (available <= 0 or (paused > 0 and available < self.usage.cost_per_snapshot))


def wallet_state(
    usage: Usage,
    seen: Sequence[Observation],
    since: datetime,
    *,
    complete: bool,
    is_test: bool,
    as_of: datetime,
    problem: str = "",
) -> WalletState:
    """Compute the state from these running videos as last seen; the runway counts from `since`."""
    owed, open_ended = promises(seen)
    return WalletState(
        usage=usage,
        owed=owed,
        runway=runway(usage.available, usage.cost_per_snapshot, owed, since),
        running=count_running(each.video for each in seen),
        open_ended=open_ended,
        complete=complete,
        is_test=is_test,
        as_of=as_of,
        problem=problem,
    )
