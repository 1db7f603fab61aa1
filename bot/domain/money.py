"""Money in Decimal US dollars: what a tracking costs, what is promised, and when the wallet runs dry.

The burn-down is counted in snapshots, one a video and hour until that video's own end, and walks from end to end.
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
"""The days that a consequence card offers."""

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
    """The wallet behind one API key, as `GET /usage` states it: dollars, except the count of snapshots.

    None where the API does not say: nothing is taken for 0 that it left out.
    """

    balance: Decimal
    uncharged: Decimal | None
    total_charged: Decimal | None
    cost_per_snapshot: Decimal
    total_snapshots: int | None

    @property
    def available(self) -> Decimal:
        """What can still be spent, at most: the balance less what is known to be collected and not charged yet."""
        return self.balance - (self.uncharged or 0)

    @property
    def spent(self) -> Decimal | None:
        """What the API says was ever spent: charged and not charged yet. None if it leaves one of the two out."""
        if self.total_charged is None or self.uncharged is None:
            return None
        return self.total_charged + self.uncharged


@dataclass(frozen=True, slots=True)
class Runway:
    """How far the money reaches. `left_after` is what remains when every promise is kept, negative where it cannot be.

    `empty_at` is when it reaches 0 with snapshots still due, to the hour; None where it outlasts every video that
    burns. Paused videos are in `promised` but burn nothing now, so they never bring `empty_at` nearer: `paused` counts
    those that are owed something. `last_end` is when the last of the videos that burn ends, None where none does.
    """

    promised: Decimal
    empty_at: datetime | None
    left_after: Decimal
    paused: int = 0
    last_end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What tracking for so many days would mean. `price` is for all the new videos together.

    `affordable`: the price does not exceed what is available now; the API answers 402 where it does. `pauses_at` is
    when the wallet would run dry, and `affected` the ids of the running videos that would be cut short then.
    """

    days: int
    price: Decimal
    left_after: Decimal
    pauses_at: datetime | None
    affected: tuple[str, ...]
    affordable: bool


def price(days: int, cost_per_snapshot: Decimal) -> Decimal:
    """What tracking one video for so many days costs in full."""
    return days * SNAPSHOTS_A_DAY * cost_per_snapshot


def promised(owed: Iterable[Promise], cost_per_snapshot: Decimal, now: datetime) -> Decimal:
    """What keeping every promise will cost from now on, the paused ones included."""
    return sum(promise.snapshots(now) for promise in owed) * cost_per_snapshot


def runway(available: Decimal, cost_per_snapshot: Decimal, owed: Sequence[Promise], now: datetime) -> Runway:
    """How far the available money reaches with nothing new started."""
    total = promised(owed, cost_per_snapshot, now)
    dry = _runs_dry(available, cost_per_snapshot, sorted(remaining for _, remaining in _burning(owed, now)))
    paused = sum(not promise.burns and promise.snapshots(now) > 0 for promise in owed)
    ends = [promise.ends_at for promise in owed if promise.burns and promise.snapshots(now) > 0]
    empty_at = None if dry is None else now + dry[0] * HOUR
    return Runway(total, empty_at, available - total, paused, max(ends, default=None))


def consequences(
    usage: Usage, owed: Sequence[Promise], now: datetime, durations: Sequence[int] = DURATIONS, count: int = 1
) -> tuple[Consequence, ...]:
    """What it would mean to track `count` more videos now, for each duration in days."""
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
    """The hour in which the money reaches 0, and the last hour that it pays in full; None where it pays everything.

    `remaining` holds each video's snapshots to come, ascending. Between two ends the burn is constant, so the walk
    takes one step a video and none an hour.
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
    """What was billed beyond the price of the snapshots taken; 0 where the bill agrees, negative where it is less.

    None where the API leaves a part of the bill out.
    """
    if usage.spent is None or usage.total_snapshots is None:
        return None
    return usage.spent - usage.total_snapshots * usage.cost_per_snapshot


def dollars(amount: Decimal, *, down: bool = False) -> str:
    """An amount to the cent, for sentences and cards: `$1.91`, and `under $0.01` for a part of a cent.

    Prices, commitments and spend are rounded up, so that nothing turns out dearer than it was shown. `down` is for
    money that can still be spent, which is never shown as more than there is, and for sums that are "at least" so much.
    """
    if 0 < _exact(amount) < _CENT:
        return f"under ${_CENT}"
    whole = _cents(amount, down=down)
    return f"{'-' if whole < 0 else ''}${abs(whole):,.2f}"


def looks_like_money(words: str) -> bool:
    """Whether somebody means an amount by this, in whatever currency: `10`, `$2.50`, `5,50`, `€5`."""
    return _AMOUNT.fullmatch(words) is not None


def read_money(words: str) -> Decimal:
    """The dollars that somebody means; UsageError if that is no amount of them, or could be two.

    A comma or a point before one or two digits begins the cents (`5,50`); before three it groups thousands (`5,000`).
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
    """What remains of amounts as `dollars` shows them, so that the sums on a card add up; negative only if they are."""
    left = _cents(available, down=True) - sum(map(_cents, owed))
    return max(left, Decimal()) if available >= sum(owed) else left


def whole_cents(amount: Decimal) -> Decimal:
    """An amount without its part of a cent, as `dollars` shows it rounded down."""
    return _cents(amount, down=True)


def unit_price(amount: Decimal) -> str:
    """The price of one snapshot or of 1,000 views, which may be a part of a cent: with two to six decimals."""
    whole, _, fraction = f"{_exact(amount):,f}".partition(".")
    return f"${whole}.{fraction.rstrip('0'):0<2}"


def _cents(amount: Decimal, *, down: bool = False) -> Decimal:
    return _exact(amount).quantize(_CENT, rounding=ROUND_FLOOR if down else ROUND_CEILING)


def _exact(amount: Decimal) -> Decimal:
    """The amount without the noise of binary fractions that JSON numbers bring."""
    return amount.quantize(_MICRO, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class WalletState:
    """What a wallet holds and owes, as the API stated it at `as_of`; `problem` is why there is nothing newer.

    `owed` holds what each running video with a known end still costs; `open_ended` counts those without one, and
    `running` both. `complete` is False if the API may hide running videos; `is_test`: the key charges nothing.
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
        """Whether everything is known that could bring the end of the money nearer."""
        return self.complete and not self.open_ended and self.usage.uncharged is not None

    @property
    def is_short(self) -> bool:
        """Whether the money doesn't cover all that is owed."""
        return self.runway.empty_at is not None or self.runway.left_after < 0

    @property
    def is_out(self) -> bool:
        """Whether nothing is collected for want of money: the documentation pauses everything at 0."""
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
    """The state with these running videos, as they were last seen; the runway counts from `since`."""
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
