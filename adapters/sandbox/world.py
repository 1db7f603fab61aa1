"""The sandbox's state: the videos on all platforms, and the organisations' accounts with their trackings and balances.

Each method of an account first replays what happened since the last call, in order of time, so the result doesn't
depend on how often it is called.
"""

import heapq
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from adapters.sandbox.platform_videos import PlatformVideo, make_video, parse_link
from bot.domain.clock import Clock

HOUR = timedelta(hours=1)
COST_PER_SNAPSHOT = Decimal("0.015")
SNAPSHOTS_PER_DAY = 24

MONITORING, COMPLETED, PAUSED, ERROR, CANCELLED = STATUSES = ("monitoring", "completed", "paused", "error", "cancelled")
_RUNNING = frozenset({MONITORING, PAUSED})


class NotEnoughCredit(Exception):
    """The estimate exceeds the available balance; both in dollars."""

    def __init__(self, available: Decimal, estimate: Decimal) -> None:
        super().__init__("Insufficient balance")
        self.available = available
        self.estimate = estimate


class TooManyVideos(Exception):
    """The plan allows no more concurrent videos."""


@dataclass(slots=True)
class Tracking:
    """One tracking. `hours` are those since the start for which a snapshot was collected.

    `first_hour` is the hour of the first snapshot: 1, or 0 for one at the start.
    """

    id: str
    job_id: str
    link: str
    video: PlatformVideo
    started_at: datetime
    days: int
    status: str = MONITORING
    is_deleted: bool = False
    hours: list[int] = field(default_factory=list)
    hours_gone: int = 0
    first_hour: int = 1

    @property
    def is_running(self) -> bool:
        """Whether the tracking is still monitoring or paused."""
        return self.status in _RUNNING

    @property
    def next_hour_at(self) -> datetime:
        """When the next snapshot is due, an hour after the last one (hourly-tracking guide)."""
        return self.started_at + HOUR * (self.hours_gone + self.first_hour)

    @property
    def estimate(self) -> Decimal:
        """The cost of the whole duration, in dollars (Track video page)."""
        return estimate(self.days)

    def days_remaining(self, now: datetime) -> float:
        """Days left of the duration. A pause doesn't extend it: the sandbox's own choice."""
        left = self.started_at + timedelta(days=self.days) - now
        return round(max(left / timedelta(days=1), 0), 2) if self.is_running else 0


def estimate(days: int) -> Decimal:
    """The maximum cost of a tracking of `days` days, in dollars."""
    return COST_PER_SNAPSHOT * SNAPSHOTS_PER_DAY * days


class Account:
    """The trackings and the balance of one organisation. Methods with `now` first replay the time until then."""

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
        """The balance minus uncharged usage, in dollars (Usage page)."""
        return self.balance - self.uncharged

    @property
    def active(self) -> int:
        """The number of videos being monitored. Not counting paused ones is the sandbox's own choice."""
        return sum(tracking.status == MONITORING for tracking in self.trackings.values())

    def track(self, link: str, video: PlatformVideo, days: int, now: datetime, first_hour: int = 1) -> Tracking:
        """Start a tracking, even if the link is already tracked: there is no idempotency (Track video page).

        Raises NotEnoughCredit and TooManyVideos. Counting paused videos towards the limit is the sandbox's own choice.
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
            video=video,
            started_at=now,
            days=days,
            first_hour=first_hour,
        )
        self.trackings[tracking.id] = tracking
        return tracking

    def stop(self, tracking: Tracking, now: datetime) -> str:
        """Stop a tracking; returns its previous status. Safe to repeat, which is the sandbox's own choice."""
        self.settle(now)
        previous, tracking.status = tracking.status, COMPLETED
        return previous

    def add_credit(self, amount: Decimal, now: datetime) -> None:
        """Add dollars to the balance, which resumes paused trackings (FAQ). A negative amount removes credit."""
        self.settle(now)
        self.balance += amount
        self._pause_or_resume()

    def settle(self, now: datetime) -> None:
        """Collect all snapshots that were due until now, in order of time, and charge the days that ended."""
        running = [tracking for tracking in self.trackings.values() if tracking.is_running]
        due = [(each.next_hour_at, index, each) for index, each in enumerate(running) if each.next_hour_at <= now]
        heapq.heapify(due)
        while due:
            at, index, tracking = heapq.heappop(due)
            self._charge_days_before(at)
            self._pass_hour(tracking, at)
            if tracking.is_running and tracking.next_hour_at <= now:
                heapq.heappush(due, (tracking.next_hour_at, index, tracking))
        self._charge_days_before(now)

    def _pass_hour(self, tracking: Tracking, at: datetime) -> None:
        hour, paid = tracking.hours_gone + tracking.first_hour, tracking.days * SNAPSHOTS_PER_DAY
        tracking.hours_gone += 1
        if tracking.status == MONITORING and hour < paid + tracking.first_hour:
            self._collect(tracking, at, hour)
        if tracking.is_running and hour == paid:
            tracking.status = COMPLETED

    def _collect(self, tracking: Tracking, at: datetime, hour: int) -> None:
        """Collect one snapshot. Failed ones, and those of unavailable videos, are free (FAQ)."""
        growth, age = tracking.video.growth, tracking.video.age_in_hours(at)
        if growth.has_ended(age):
            tracking.status = ERROR
            tracking.is_deleted = not tracking.video.is_private
        elif not growth.misses(age):
            tracking.hours.append(hour)
            self.total_snapshots += 1
            self.uncharged += COST_PER_SNAPSHOT
            if self.available <= 0:
                self._pause_or_resume()

    def _pause_or_resume(self) -> None:
        """Pause all trackings if no credit is available, and resume them once there is (FAQ)."""
        before, after = (PAUSED, MONITORING) if self.available > 0 else (MONITORING, PAUSED)
        for tracking in self.trackings.values():
            if tracking.status == before:
                tracking.status = after

    def _charge_days_before(self, moment: datetime) -> None:
        """Charge uncharged usage. Charges are periodic (Usage page); midnight UTC is the sandbox's own choice."""
        if moment.date() > self._open_day:
            self._open_day = moment.date()
            self.balance -= self.uncharged
            self.total_charged += self.uncharged
            self.uncharged = Decimal(0)


class UnsupportedLink(Exception):
    """The link isn't a video on a supported platform."""


class ForeignVideo(Exception):
    """The video belongs to another organisation."""


class UnknownVideo(Exception):
    """No video has this id."""


class World:
    """Videos and accounts with one clock. `keys` maps API keys to organisations; several keys may share one.

    `list_lag` is the time until a new tracking appears in the list of videos. `first_hour` is the hour of a tracking's
    first snapshot: 1, or 0 for one at the start. Neither is documented.
    """

    def __init__(self, clock: Clock, keys: Mapping[str, str], *, balance: Decimal, concurrent_videos: int) -> None:
        self.clock = clock
        self.list_lag = timedelta()
        self.first_hour = 1
        self.keys = dict(keys)
        self._videos: dict[str, PlatformVideo] = {}
        self._accounts = {
            organisation: Account(organisation, balance, concurrent_videos) for organisation in self.keys.values()
        }

    def account(self, key: str) -> Account:
        """The account of a key, up to date. Raises KeyError for an unknown key."""
        account = self._accounts[self.keys[key]]
        account.settle(self.clock())
        return account

    def track(self, key: str, link: str, days: int, started_at: datetime | None = None) -> Tracking:
        """Start a tracking. Can be called directly too, for trackings that were started outside the bot.

        `started_at` is for an account's history, and must not be before its latest event. Raises UnsupportedLink and
        what `Account.track` raises.
        """
        parsed = parse_link(link)
        if parsed is None:
            raise UnsupportedLink
        now = started_at or self.clock()
        video = self._videos.get(parsed.key) or make_video(parsed, now)
        tracking = self._accounts[self.keys[key]].track(link, video, days, now, self.first_hour)
        self._videos[parsed.key] = video
        return tracking

    def find(self, key: str, video_id: str) -> Tracking:
        """Find a tracking of the key's organisation. Raises ForeignVideo (403) and UnknownVideo (404; Errors page)."""
        own = self.account(key).trackings.get(video_id)
        if own is not None:
            return own
        if any(video_id in account.trackings for account in self._accounts.values()):
            raise ForeignVideo
        raise UnknownVideo

    def add_credit(self, key: str, amount: Decimal, at: datetime | None = None) -> None:
        """Add dollars to an organisation's balance, which the real service only allows on its website.

        A negative amount removes credit. For `at`, see `started_at` of `track`.
        """
        self._accounts[self.keys[key]].add_credit(amount, at or self.clock())
