"""Events of a video, named like those that the API has announced for its webhooks.

The mirror records an event in the transaction in which it learns of it; the reader that reacts to it deletes it in its
own transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.videos import FINISHED, Video, VideoStatus


class EventKind(StrEnum):
    """Kinds of events."""

    SNAPSHOT_CREATED = "snapshot.created"
    TRACKING_COMPLETED = "tracking.completed"
    TRACKING_FAILED = "tracking.failed"
    TRACKING_PAUSED = "tracking.paused"
    TRACKING_RESUMED = "tracking.resumed"
    VIDEO_DELETED = "video.deleted"


@dataclass(frozen=True, slots=True)
class Event:
    """One event, recorded by the mirror at `at`.

    `detail` has what can't be read from the video later: for a change of status `before` and `after` in the API's
    words; for snapshots `taken_at`, the newest one's time in ISO 8601, and `since`, that of the newest one known
    before, if any.

    `tracking.completed` is recorded when the status was seen to change, however it ended (also by `/stop`, which the
    audit log records). The final numbers may not be mirrored by then: a report reads the video's page first, which is
    due at once when a tracking ends.
    """

    kind: EventKind
    wallet_id: int
    video_id: str
    at: datetime
    detail: Mapping[str, str] = field(default_factory=dict)


def changes(before: Video, after: Video) -> tuple[EventKind, ...]:
    """The events between two reports of the API about a video."""
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
