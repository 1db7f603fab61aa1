"""One organisation's account: trackings, money, and what each hour does to both. The caller passes the time.

Everything that happens between two looks is made up for in the order of time, so it makes no difference how often
anybody looked.
"""

import heapq
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from adapters.sandbox.films import Film

HOUR = timedelta(hours=1)
COST_PER_SNAPSHOT = Decimal("0.015")
SNAPSHOTS_A_DAY = 24

MONITORING, COMPLETED, PAUSED, ERROR, CANCELLED = STATUSES = ("monitoring", "completed", "paused", "error", "cancelled")
_RUNNING = frozenset({MONITORING, PAUSED})


class NotEnoughCredit(Exception):
    """The estimate exceeds what is available; both in dollars."""

    def __init__(self, available: Decimal, estimate: Decimal) -> None:
        super().__init__("Insufficient balance")
        self.available = available
        self.estimate = estimate


class TooManyVideos(Exception):
    """As many videos run as the plan allows."""


@dataclass(slots=True)
class Tracking:
    """One video under observation. `hours` are those, counted from the start, at which a snapshot was collected.

    `first_hour` is when the first one is due: 1, or 0 for one at the start.
    """

    id: str
    job_id: str
    link: str
    film: Film
    started_at: datetime
    days: int
    status: str = MONITORING
    is_deleted: bool = False
    hours: list[int] = field(default_factory=list)
    hours_gone: int = 0
    first_hour: int = 1

    @property
    def is_running(self) -> bool:
        """Whether hours still pass for it."""
        return self.status in _RUNNING

    @property
    def next_hour_at(self) -> datetime:
        """When its next snapshot is due, an hour after the one before (hourly-tracking guide)."""
        return self.started_at + HOUR * (self.hours_gone + self.first_hour)

    @property
    def estimate(self) -> Decimal:
        """What its whole duration would cost, in dollars (Track video page)."""
        return estimate(self.days)

    def days_remaining(self, now: datetime) -> float:
        """What is left of the duration. A pause does not prolong it: the sandbox's own choice."""
        left = self.started_at + timedelta(days=self.days) - now
        return round(max(left / timedelta(days=1), 0), 2) if self.is_running else 0


def estimate(days: int) -> Decimal:
    """What a tracking of so many days costs at most, in dollars."""
    return COST_PER_SNAPSHOT * SNAPSHOTS_A_DAY * days


class Account:
    """The trackings and the wallet of one organisation. Every method makes up for the time that passed until `now`."""

    def __init__(self, organisation: str, balance: Decimal, concurrent_videos: int) -> None:
        self.organisation = organisation
        self.concurrent_videos = concurrent_videos
        self.balance = balance
        self.uncharged = Decimal(0)
        self.total_charged = Decimal(0)
        self.total_snapshots = 0
        self.trackings: dict[str, Tracking] = {}
        self._open_day = date.min

    @property
    def available(self) -> Decimal:
        """Balance less what was collected and not charged yet, in dollars (Usage page)."""
        return self.balance - self.uncharged

    @property
    def active(self) -> int:
        """How many videos collect. That paused ones do not count is the sandbox's own choice."""
        return sum(tracking.status == MONITORING for tracking in self.trackings.values())

    def track(self, link: str, film: Film, days: int, now: datetime, first_hour: int = 1) -> Tracking:
        """Start one more tracking, also of a link that already runs: there is no idempotency (Track video page).

        Raises NotEnoughCredit and TooManyVideos. That paused videos take a place too is the sandbox's own choice.
        """
        self.settle(now)
        if estimate(days) > self.available:
            raise NotEnoughCredit(self.available, estimate(days))
        if sum(tracking.is_running for tracking in self.trackings.values()) >= self.concurrent_videos:
            raise TooManyVideos
        name = f"{self.organisation}/{len(self.trackings)}/{now.isoformat()}"
        tracking = Tracking(
            id=str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
            job_id=f"job_{uuid.uuid5(uuid.NAMESPACE_OID, name).hex[:16]}",
            link=link,
            film=film,
            started_at=now,
            days=days,
            first_hour=first_hour,
        )
        self.trackings[tracking.id] = tracking
        return tracking

    def stop(self, tracking: Tracking, now: datetime) -> str:
        """End a tracking and return the status it had. Repeating it is harmless: the sandbox's own choice."""
        self.settle(now)
        previous, tracking.status = tracking.status, COMPLETED
        return previous

    def add_credit(self, amount: Decimal, now: datetime) -> None:
        """Put dollars on the balance; what was paused goes on (FAQ). A negative amount takes credit away."""
        self.settle(now)
        self.balance += amount
        self._pause_or_resume()

    def settle(self, now: datetime) -> None:
        """Collect every snapshot that fell due until now, in the order of time, and charge the days that ended."""
        running = [tracking for tracking in self.trackings.values() if tracking.is_running]
        due = [(each.next_hour_at, place, each) for place, each in enumerate(running) if each.next_hour_at <= now]
        heapq.heapify(due)
        while due:
            at, place, tracking = heapq.heappop(due)
            self._charge_days_before(at)
            self._pass_hour(tracking, at)
            if tracking.is_running and tracking.next_hour_at <= now:
                heapq.heappush(due, (tracking.next_hour_at, place, tracking))
        self._charge_days_before(now)

    def _pass_hour(self, tracking: Tracking, at: datetime) -> None:
        hour, paid = tracking.hours_gone + tracking.first_hour, tracking.days * SNAPSHOTS_A_DAY
        tracking.hours_gone += 1
        if tracking.status == MONITORING and hour < paid + tracking.first_hour:
            self._collect(tracking, at, hour)
        if tracking.is_running and hour == paid:
            tracking.status = COMPLETED

    def _collect(self, tracking: Tracking, at: datetime, hour: int) -> None:
        """One snapshot; failed ones and videos that are gone are free (FAQ)."""
        growth, age = tracking.film.growth, tracking.film.age_in_hours(at)
        if growth.has_ended(age):
            tracking.status = ERROR
            tracking.is_deleted = not tracking.film.is_private
        elif not growth.misses(age):
            tracking.hours.append(hour)
            self.total_snapshots += 1
            self.uncharged += COST_PER_SNAPSHOT
            if self.available <= 0:
                self._pause_or_resume()

    def _pause_or_resume(self) -> None:
        """At nothing available everything pauses, and goes on once there is credit (FAQ)."""
        before, after = (PAUSED, MONITORING) if self.available > 0 else (MONITORING, PAUSED)
        for tracking in self.trackings.values():
            if tracking.status == before:
                tracking.status = after

    def _charge_days_before(self, moment: datetime) -> None:
        """Charges are periodic (Usage page); that they come at midnight UTC is the sandbox's own choice."""
        if moment.date() > self._open_day:
            self._open_day = moment.date()
            self.balance -= self.uncharged
            self.total_charged += self.uncharged
            self.uncharged = Decimal(0)
