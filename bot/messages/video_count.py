"""A video with the one count that stands for it, as lists and previews show it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.growth import ago, exact_count, is_overdue, metric_name, signed_count
from bot.domain.videos import Metric, Video
from bot.messages.wording import introduced
from bot.reply.call import Call
from bot.reply.model import Button, Note, Reply, Time, Tone, text

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


def preview(counted: VideoCount) -> Reply:
    """One line and a button."""
    video, last = counted.video, counted.counted_at
    numbers = "no snapshot yet" if counted.count is None else count_words(counted)
    change = counted.change_24h
    moved = "" if change is None else f", {signed_count(change)} in {change_window(counted)}"
    age = () if last is None else (Note(text("As of ", Time(last), ".")),)
    return Reply(
        f"{introduced(video)}: {numbers}{moved}.",
        parts=age,
        actions=(Button("Stats", Call("stats", {"video": video.id})),),
    )


def previews_set(*, on: bool) -> Reply:
    """The switch was turned."""
    words = (
        "A link to a tracked video now shows its numbers." if on else "Links to tracked videos no longer show numbers."
    )
    return Reply(words, tone=Tone.SUCCESS)
