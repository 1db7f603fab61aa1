"""What happened to a video, by the names that the API has announced for its webhooks and in their manner for the rest.

The mirror notes an event in the transaction that learns of it; whoever reacts to it takes it away in the transaction
that does so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What can happen."""

    SNAPSHOT_CREATED = "snapshot.created"
    TRACKING_COMPLETED = "tracking.completed"
    TRACKING_FAILED = "tracking.failed"
    TRACKING_PAUSED = "tracking.paused"
    TRACKING_RESUMED = "tracking.resumed"
    VIDEO_DELETED = "video.deleted"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, as the mirror learned of it `at` a moment.

    `detail` holds what a later look at the video would not tell any more: for a change of status `before` and `after`,
    in the API's words; for snapshots `taken_at`, the newest one's time in ISO 8601.
    """

    kind: EventKind
    wallet_id: int
    video_id: str
    at: datetime
    detail: Mapping[str, str] = field(default_factory=dict)
