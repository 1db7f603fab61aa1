"""Videos, hourly snapshots and metrics."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class VideoPlatform(StrEnum):
    """The documented platforms. One that the API adds later stays a plain string and is shown as it is."""

    TIKTOK = "tiktok"
    YOUTUBE = "youtube"
    INSTAGRAM = "instagram"
    TWITTER = "twitter"


class VideoStatus(StrEnum):
    """The documented states of a tracking. One that the API adds later stays a plain string and is shown as it is."""

    MONITORING = "monitoring"
    COMPLETED = "completed"
    PAUSED = "paused"
    ERROR = "error"
    CANCELLED = "cancelled"


FINISHED = frozenset({VideoStatus.COMPLETED, VideoStatus.ERROR, VideoStatus.CANCELLED})
"""States that neither collect nor cost any more. Any other state, known or not, may still cost."""


def is_running_status(status: str) -> bool:
    """Whether a status means "running" to people: snapshots may come now. A paused video may still cost later."""
    return status not in FINISHED and status != VideoStatus.PAUSED


class Metric(StrEnum):
    """The five counts of a snapshot, named as in the API."""

    VIEWS = "views"
    LIKES = "likes"
    COMMENTS = "comments"
    SHARES = "shares"
    SAVES = "saves"


ROUNDED = "rounded counts"
"""The field of `Video.extra` that names the metrics of which only rounded counts, such as 12.3K, are known."""


UNREADABLE = "unreadable counts"
"""The same for metrics that are stated, and never as a number."""


class Snapshot(NamedTuple):
    """One hourly reading. Metrics that the platform lacks, or that weren't read, are absent from `counts`.

    A named tuple, not a dataclass: a page holds 720 of them, and a frozen dataclass takes half as long again to create.
    """

    taken_at: datetime
    counts: Mapping[Metric, int]


@dataclass(frozen=True, slots=True)
class Video:
    """One tracking at ContentStats, as its list and its page report it.

    `platform` and `status` are the API's words, known (`VideoPlatform`, `VideoStatus`) or not. `days` is what was paid;
    `days_remaining` may be fractional, dates from when it was read, and is None if the API omits it. `title` and
    `creator` are empty if unknown, and otherwise hostile text. `extra` has undocumented fields. `estimated_cost` is the
    cost in dollars stated in the response that started it, and nowhere else.
    """

    id: str
    link: str
    platform: str
    status: str
    title: str = ""
    creator: str = ""
    started_at: datetime | None = None
    days: int | None = None
    days_remaining: Decimal | None = None
    is_deleted: bool = False
    estimated_cost: Decimal | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_running(self) -> bool:
        """Whether this tracking may still collect, and so cost: also while paused, and in an undocumented state."""
        return self.status not in FINISHED

    @property
    def collects(self) -> bool:
        """Whether snapshots may come now: not while paused."""
        return is_running_status(self.status)


class RunningCount(NamedTuple):
    """How many videos may still cost: running ones (see `is_running_status`) and paused ones."""

    running: int
    paused: int


def count_running(videos: Iterable[Video]) -> RunningCount:
    """Count the videos that may still cost."""
    runs = [video.collects for video in videos if video.is_running]
    return RunningCount(sum(runs), len(runs) - sum(runs))


@dataclass(frozen=True, slots=True)
class VideoList:
    """One list of the API. `is_complete` is False if it may hide rows: it is full, or a row couldn't be read."""

    videos: tuple[Video, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """The API's response to a stop: the status before (empty if omitted) and after."""

    previous: str
    status: str


@dataclass(frozen=True, slots=True)
class VideoReading:
    """A video's page: the video and every snapshot since its start, oldest first, about one per hour.

    `unread` counts further rows that are ignored because their times are impossible.
    """

    video: Video
    snapshots: tuple[Snapshot, ...]
    unread: int = 0
