"""A video, its hourly snapshots and its metrics."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class VideoPlatform(StrEnum):
    """The documented platforms. A platform the API adds later stays a plain string and is shown as it is."""

    TIKTOK = "tiktok"
    YOUTUBE = "youtube"
    INSTAGRAM = "instagram"
    TWITTER = "twitter"


class VideoStatus(StrEnum):
    """The documented states of a tracking. A state the API adds later stays a plain string and is shown as it is."""

    MONITORING = "monitoring"
    COMPLETED = "completed"
    PAUSED = "paused"
    ERROR = "error"
    CANCELLED = "cancelled"


FINISHED = frozenset({VideoStatus.COMPLETED, VideoStatus.ERROR, VideoStatus.CANCELLED})
"""States that collect and cost nothing any more. Every other state, known or not, may still spend."""


def is_running_status(status: str) -> bool:
    """What "running" means wherever people read it: snapshots may come now. A paused video may still cost."""
    return status not in FINISHED and status != VideoStatus.PAUSED


class Metric(StrEnum):
    """The five counts of a snapshot, by the API's names."""

    VIEWS = "views"
    LIKES = "likes"
    COMMENTS = "comments"
    SHARES = "shares"
    SAVES = "saves"


class Snapshot(NamedTuple):
    """One hourly reading. A metric that the platform lacks, or that was not read, is absent from `counts`.

    A named tuple, not a dataclass: a page holds 720 of them, and a frozen dataclass takes half as long again to make.
    """

    taken_at: datetime
    counts: Mapping[Metric, int]


@dataclass(frozen=True, slots=True)
class Video:
    """One tracking at ContentStats, as its list and its page state it.

    `platform` and `status` are the API's words, known (`VideoPlatform`, `VideoStatus`) or not. `days` is what was paid;
    `days_remaining` may be fractional, is what the API said when it was read, and is None where it said nothing.
    `title` and `creator` are empty where unknown, and hostile text where not. `extra` keeps fields nobody documented.
    `estimated_cost` is what starting it was said to cost, dollars, in the answer that started it and nowhere else.
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
        """Whether this tracking may still collect, and so cost: also while paused, and in a state nobody documented."""
        return self.status not in FINISHED

    @property
    def collects(self) -> bool:
        """Whether snapshots may come now: not while it is paused."""
        return is_running_status(self.status)


class RunningCount(NamedTuple):
    """How many videos may still cost: those that run, by `is_running_status`, and those that are paused."""

    running: int
    paused: int


def count_running(videos: Iterable[Video]) -> RunningCount:
    """Count the videos that may still cost."""
    runs = [video.collects for video in videos if video.is_running]
    return RunningCount(sum(runs), len(runs) - sum(runs))


@dataclass(frozen=True, slots=True)
class VideoList:
    """One list of the API. `is_complete` is False where it may hide rows: it is full, or one could not be read."""

    videos: tuple[Video, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """What the API answers to a stop: the tracking's status before, empty where it does not say, and after."""

    previous: str
    status: str


@dataclass(frozen=True, slots=True)
class VideoReading:
    """A video's page: the video and every snapshot since its start, oldest first, about one per hour.

    `unread` counts further rows that are in no figure, because the times that they state can't be.
    """

    video: Video
    snapshots: tuple[Snapshot, ...]
    unread: int = 0
