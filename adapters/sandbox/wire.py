"""JSON bodies of the API: trackings, snapshots and wallets."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeAlias

from adapters.sandbox.account import COST_PER_SNAPSHOT, HOUR, Account, Tracking

Json: TypeAlias = dict[str, object]

_LACKING: dict[str, Json] = {
    "tiktok": {},
    "youtube": {"shares": None, "saves": None},
    "instagram": {},
    "twitter": {"comments": "", "shares": "", "saves": ""},
}
"""A metric that the platform lacks may be null, absent or empty (Get video page): here is one platform for each."""


def dollars(amount: Decimal) -> float:
    """Money as the API writes it: a JSON number."""
    return float(amount)


def iso(moment: datetime) -> str:
    """A time as the API writes it: ISO 8601 in UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def started(tracking: Tracking, now: datetime) -> Json:
    """The answer to a track call (Track video page)."""
    return _about(tracking, now) | {"estimated_cost": dollars(tracking.estimate)}


def _about(tracking: Tracking, now: datetime) -> Json:
    return {
        "id": tracking.id,
        "job_id": tracking.job_id,
        "video_link": tracking.link,
        "platform": tracking.film.platform,
        "status": tracking.status,
        "monitoring_duration_days": tracking.days,
        "days_remaining": tracking.days_remaining(now),
        "created_at": iso(tracking.started_at),
    }


def row(tracking: Tracking, now: datetime) -> Json:
    """One line of the list (List videos page). A private video has no metadata: the sandbox's own choice."""
    film = tracking.film
    return _about(tracking, now) | {
        "monitoring_started": iso(tracking.started_at),
        "current_metadata": None if film.is_private else {"title": film.title, "creator": film.creator},
    }


def page(tracking: Tracking, now: datetime) -> Json:
    """One video with every snapshot, oldest first (Get video page; the order is the sandbox's own choice)."""
    snapshots = [snapshot(tracking, hour) for hour in tracking.hours]
    return row(tracking, now) | {
        "is_deleted": tracking.is_deleted,
        "last_updated": snapshots[-1]["snapshot_time"] if snapshots else iso(tracking.started_at),
        "snapshots": snapshots,
    }


def snapshot(tracking: Tracking, hour: int) -> Json:
    """One reading: the counts are strings (Get video page)."""
    taken_at = tracking.started_at + HOUR * hour
    counts = tracking.film.growth.counts(tracking.film.age_in_hours(taken_at))
    return {
        "id": f"{tracking.id}-{hour:03}",
        "snapshot_id": f"snap_{tracking.job_id.removeprefix('job_')}_{hour:03}",
        "snapshot_time": iso(taken_at),
        **{metric: str(count) for metric, count in counts.items()},
        **_LACKING[tracking.film.platform],
        "provider": "sandbox",
    }


def stopped(tracking: Tracking, previous: str) -> Json:
    """The answer to a stop call (Stop video page)."""
    return {
        "success": True,
        "id": tracking.id,
        "job_id": tracking.job_id,
        "video_link": tracking.link,
        "previous_status": previous,
        "new_status": tracking.status,
    }


def usage(account: Account) -> Json:
    """The wallet (Usage page)."""
    return {
        "balance_usd": dollars(account.balance),
        "total_snapshots": account.total_snapshots,
        "active_videos": account.active,
        "uncharged_usage_usd": dollars(account.uncharged),
        "total_charged_usd": dollars(account.total_charged),
        "estimated_snapshots_remaining": max(int(account.available // COST_PER_SNAPSHOT), 0),
        "cost_per_snapshot": dollars(COST_PER_SNAPSHOT),
    }
