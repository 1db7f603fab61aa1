"""Money in Decimal US dollars: what a tracking costs, what is promised, and when the wallet runs dry."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Usage:
    """The wallet behind one API key, as `GET /usage` states it: dollars, but for the two counts."""

    balance: Decimal
    uncharged: Decimal
    total_charged: Decimal
    cost_per_snapshot: Decimal
    total_snapshots: int
    active_videos: int

    @property
    def available(self) -> Decimal:
        """What can still be spent: the balance less what was collected but not charged yet."""
        return self.balance - self.uncharged
