"""What happened to a video, by the names that the API has announced for its webhooks and in their manner for the rest.

The mirror notes an event in the transaction that learns of it; the reader that reacts to it deletes it in its
own transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.videos import FINISHED, Video, VideoStatus


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
    in the API's words; for snapshots `taken_at`, the newest new one's time in ISO 8601, and `since`, that of the newest
    one known before, which is missing where none was.

    `tracking.completed` is noted when the status was seen to change, however it ended (a `/stop` too: the audit knows
    of that). The final numbers may not be mirrored by then: a report reads the video's page first, which
    is due at once when a tracking ends.
    """

    kind: EventKind
    wallet_id: int
    video_id: str
    at: datetime
    detail: Mapping[str, str] = field(default_factory=dict)


def changes(before: Video, after: Video) -> tuple[EventKind, ...]:
    """What happened to a video between two statements of the API."""
    happened = []
    if before.is_running and after.status in FINISHED:
        failed = after.status == VideoStatus.ERROR
        happened.append(EventKind.TRACKING_FAILED if failed else EventKind.TRACKING_COMPLETED)
    elif before.is_running and before.status != VideoStatus.PAUSED == after.status:
        happened.append(EventKind.TRACKING_PAUSED)
    elif before.status == VideoStatus.PAUSED and after.status == VideoStatus.MONITORING:
        happened.append(EventKind.TRACKING_RESUMED)
    if after.is_deleted and not before.is_deleted:
        happened.append(EventKind.VIDEO_DELETED)
    return tuple(happened)
