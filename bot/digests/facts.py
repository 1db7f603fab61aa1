"""What a digest is made of, and the call that leads to the details of the same period."""

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
"""Longer than any digest's period."""


@dataclass(frozen=True, slots=True)
class DigestMoney:
    """The wallet, from whose time its runway counts, and what the window's snapshots cost.

    `late` is the part of `spent` (dollars) for snapshots from before the window that were read after the last digest.
    `carry` is the part of a cent that the last digest did not show, so that all digests together show the bill.
    """

    wallet: WalletState
    spent: Decimal
    late: Decimal
    carry: Decimal = Decimal(0)

    @property
    def shown(self) -> Decimal:
        """What the digest may show: to the cent, the rest is carried on."""
        return whole_cents(self.spent + self.carry)


class BoardRow(NamedTuple):
    """A place on the leaderboard: the name that it shows, and what is counted."""

    name: Text
    standing: RankedEntry[Hashable]
    metric: Metric
    has_moves: bool


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """What happened in a window to the videos that a channel wants to see.

    `new`, `finished`, `ending` and `flat` are whole lists, of which a digest shows the beginning; `movers` are the ones
    to show. `unread` counts the running videos that no snapshot was read of in the window, `uneven` those whose change
    is over another time than the window's. `newest_at` is when the newest reading was taken, `told_until` where the
    next digest begins; that one needs this one's `Collected.recent` and the `carry` that it has to show. `complete` is
    False if the API may hide some videos. `board` has the best places of the leaderboard, none if there is only one;
    `campaign` names the one that it is about.
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

    @property
    def growing(self) -> tuple[VideoChange, ...]:
        """The videos that end within 24 h and still grow, so that tracking them on is worth an offer."""
        flat = {each.video.id for each in self.flat}
        ending = (each for each in self.ending if each.video.id not in flat and not each.video.is_deleted)
        return tuple(each for each in ending if keeps_growing(each.day, each.count, each.metric))

    @property
    def says_something(self) -> bool:
        """Whether anything happened, or something is wrong, that a channel would want to know."""
        moved = any(each.delta for each in self.totals)
        is_short = self.money is not None and (self.money.wallet.runway.empty_at is not None)
        return moved or is_short or self.unread > 0 or any((self.new, self.finished, self.ending, self.flat))


def details_call(facts: DigestFacts, ref: str) -> Call:
    """The call that shows the details of the same period; `ref` names the post, empty in a preview."""
    start, end = ceil(facts.window.start.timestamp()), int(facts.window.end.timestamp())
    campaign = str(facts.options.campaign_id or "")
    given = {"period": f"{start:x}-{end:x}", "post": ref, "campaign": campaign}
    return Call("digest.details", {name: each for name, each in given.items() if each})


def read_period(period: str) -> Window | None:
    """The window that `details_call` wrote; None if it is none that a digest can have."""
    try:
        start, end = (datetime.fromtimestamp(int(each, 16), UTC) for each in period.split("-"))
    except (ValueError, OverflowError, OSError):
        return None
    return Window(start, end) if timedelta() < end - start <= _LONGEST else None
