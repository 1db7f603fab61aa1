"""JSON bodies of the API: trackings, snapshots and usage."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeAlias

from adapters.sandbox.world import COST_PER_SNAPSHOT, HOUR, Account, Tracking

Json: TypeAlias = dict[str, object]

_MISSING_METRICS: dict[str, Json] = {
    "tiktok": {},
    "youtube": {"shares": None, "saves": None},
    "instagram": {},
    "twitter": {"comments": "", "shares": "", "saves": ""},
}
"""Metrics that a platform lacks. They may be null, absent or empty (Get video page), so each case has a platform."""


def dollars(amount: Decimal) -> float:
    """Money in the API's format, a JSON number."""
    return float(amount)


def iso(moment: datetime) -> str:
    """A time in the API's format: ISO 8601 in UTC with milliseconds and Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def started(tracking: Tracking, now: datetime) -> Json:
    """The response to a track call (Track video page)."""
    return _common(tracking, now) | {"estimated_cost": dollars(tracking.estimate)}


def _common(tracking: Tracking, now: datetime) -> Json:
    return {
        "id": tracking.id,
        "job_id": tracking.job_id,
        "video_link": tracking.link,
        "platform": tracking.video.platform,
        "status": tracking.status,
        "monitoring_duration_days": tracking.days,
        "days_remaining": tracking.days_remaining(now),
        "created_at": iso(tracking.started_at),
    }


def row(tracking: Tracking, now: datetime) -> Json:
    """An entry of the list (List videos page). A private video has no metadata: the sandbox's own choice."""
    video = tracking.video
    return _common(tracking, now) | {
        "monitoring_started": iso(tracking.started_at),
        "current_metadata": None if video.is_private else {"title": video.title, "creator": video.creator},
    }


def page(tracking: Tracking, now: datetime) -> Json:
    """A video with all snapshots (Get video page). Oldest first is the sandbox's own choice."""
    snapshots = [snapshot(tracking, hour) for hour in tracking.hours]
    return row(tracking, now) | {
        "is_deleted": tracking.is_deleted,
        "last_updated": snapshots[-1]["snapshot_time"] if snapshots else iso(tracking.started_at),
        "snapshots": snapshots,
    }


def snapshot(tracking: Tracking, hour: int) -> Json:
    """A snapshot, whose counts are strings (Get video page)."""
    taken_at = tracking.started_at + HOUR * hour
    counts = tracking.video.growth.counts(tracking.video.age_in_hours(taken_at))
    return {
        "id": f"{tracking.id}-{hour:03}",
        "snapshot_id": f"snap_{tracking.job_id.removeprefix('job_')}_{hour:03}",
        "snapshot_time": iso(taken_at),
        **{metric: str(count) for metric, count in counts.items()},
        **_MISSING_METRICS[tracking.video.platform],
        "provider": "sandbox",
    }


def stopped(tracking: Tracking, previous: str) -> Json:
    """The response to a stop call (Stop video page)."""
    return {
        "success": True,
        "id": tracking.id,
        "job_id": tracking.job_id,
        "video_link": tracking.link,
        "previous_status": previous,
        "new_status": tracking.status,
    }


def usage(account: Account) -> Json:
    """The response to a usage call (Usage page)."""
    return {
        "balance_usd": dollars(account.balance),
        "total_snapshots": account.total_snapshots,
        "active_videos": account.active,
        "uncharged_usage_usd": dollars(account.uncharged),
        "total_charged_usd": dollars(account.total_charged),
        "estimated_snapshots_remaining": max(int(account.available // COST_PER_SNAPSHOT), 0),
        "cost_per_snapshot": dollars(COST_PER_SNAPSHOT),
    }
