"""The facts of a digest, and the call that shows the details of the same period."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import NamedTuple

from bot.domain.digest import DigestOptions, Total, VideoChange, Window, keeps_growing
from bot.domain.growth import Change, Coverage
from bot.domain.leaderboard import RankedEntry
from bot.domain.money import WalletState, whole_cents
from bot.domain.videos import Metric, RunningCount
from bot.reply.call import Call
from bot.reply.model import Drawing, Picture, Text

_LONGEST = timedelta(days=70)
"""Longer than the period of any digest."""


@dataclass(frozen=True, slots=True)
class DigestMoney:
    """The wallet and the cost of the window's snapshots. The runway counts from the wallet state's time.

    `late` is the part of `spent` (dollars) for snapshots before the window that were read after the last digest.
    `carry` is the fraction of a cent that the last digest didn't show, so that all digests together add up to the bill.
    """

    wallet: WalletState
    spent: Decimal
    late: Decimal
    carry: Decimal = Decimal(0)

    @property
    def shown(self) -> Decimal:
        """The amount to show: whole cents; the rest is carried over."""
        return whole_cents(self.spent + self.carry)


class BoardRow(NamedTuple):
    """A place on the leaderboard: its name, and the metric it is ranked by."""

    name: Text
    standing: RankedEntry[Hashable]
    metric: Metric
    has_moves: bool


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """What happened in a window to the videos that a channel wants to see.

    `new`, `finished`, `ending` and `flat` are complete; a digest shows the first of each. `movers` are the ones to
    show. `unread` counts running videos without a snapshot in the window, `uneven` changes over a period other than the
    window. `newest_at` is the time of the newest snapshot, `told_until` where the next digest begins; that one needs
    this one's `Collected.recent`, `carry` and `reported`. `complete` is False if the API may hide some videos. `board`
    has the top of the leaderboard, empty if there is only one entry; `campaign` is the name of the only campaign
    covered, if any.
    """

    window: Window
    options: DigestOptions
    totals: tuple[Total, ...]
    movers: tuple[tuple[VideoChange, Change], ...]
    picture: Picture | Drawing | None
    new: tuple[VideoChange, ...]
    finished: tuple[VideoChange, ...]
    ending: tuple[VideoChange, ...]
    flat: tuple[VideoChange, ...]
    running: RunningCount
    unread: int
    uneven: int
    fell: int
    coverage: Coverage
    complete: bool
    newest_at: datetime | None
    told_until: datetime
    recent: int
    carry: Decimal
    money: DigestMoney | None
    cost_per_snapshot: Decimal | None
    is_test: bool
    board: tuple[BoardRow, ...] = ()
    campaign: str = ""
    reported: frozenset[tuple[str, datetime]] = frozenset()

    @property
    def growing(self) -> tuple[VideoChange, ...]:
        """Videos that end within 24 h and still grow, so that tracking them longer is worth an offer."""
        flat = {each.video.id for each in self.flat}
        ending = (each for each in self.ending if each.video.id not in flat and not each.video.is_deleted)
        return tuple(each for each in ending if keeps_growing(each.day, each.count, each.metric))

    @property
    def has_news(self) -> bool:
        """Whether anything happened, or is wrong, that a channel should know."""
        moved = any(each.delta for each in self.totals)
        is_short = self.money is not None and (self.money.wallet.runway.empty_at is not None)
        return moved or is_short or self.unread > 0 or any((self.new, self.finished, self.ending, self.flat))


def details_call(facts: DigestFacts, ref: str) -> Call:
    """Call that shows the details of the same period; `ref` identifies the post, empty in a preview."""
    start, end = ceil(facts.window.start.timestamp()), int(facts.window.end.timestamp())
    campaign = str(facts.options.campaign_id or "")
    given = {"period": f"{start:x}-{end:x}", "post": ref, "campaign": campaign}
    return Call("digest.details", {name: each for name, each in given.items() if each})


def read_period(period: str) -> Window | None:
    """Parse the period that `details_call` wrote; None if no digest can have it."""
    try:
        start, end = (datetime.fromtimestamp(int(each, 16), UTC) for each in period.split("-"))
    except (ValueError, OverflowError, OSError):
        return None
    return Window(start, end) if timedelta() < end - start <= _LONGEST else None
