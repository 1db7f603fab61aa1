"""A video with the one count that stands for it, as lists and previews show it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.growth import ago, exact_count, is_overdue, metric_name, signed_count
from bot.domain.videos import Metric, Video

_DAY = "24 h"


@dataclass(frozen=True, slots=True)
class VideoCount:
    """A video, its main count and of what that is, and the change of it over 24 hours; None where unknown.

    `counted_at` is when the count was taken. The change counts from `change_since`, 24 hours before if that is None.
    """

    video: Video
    metric: Metric | None = None
    count: int | None = None
    change_24h: int | None = None
    counted_at: datetime | None = None
    change_since: datetime | None = None


def count_words(counted: VideoCount, now: datetime | None = None) -> str:
    """The count with its unit, and its age at `now` if a newer one should be there: `1,298,000 views (10 h ago)`."""
    if counted.count is None or counted.metric is None:
        return "–"
    last = counted.counted_at
    age = ""
    if now is not None and last is not None and counted.video.collects and is_overdue(last, now):
        age = f" ({ago(now - last)} ago)"
    return f"{exact_count(counted.count)} {metric_name(counted.video.platform, counted.metric)}{age}"


def change_words(counted: VideoCount) -> str:
    """The change over 24 hours, `+1,200`, with its time if that is another one: `+1,200 in 14 h`."""
    if counted.change_24h is None:
        return "–"
    window = change_window(counted)
    return signed_count(counted.change_24h) + ("" if window == _DAY else f" in {window}")


def change_window(counted: VideoCount) -> str:
    """The time over which the count changed: `24 h`."""
    if counted.change_since is None or counted.counted_at is None:
        return _DAY
    return ago(counted.counted_at - counted.change_since)
