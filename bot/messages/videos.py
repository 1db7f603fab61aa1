"""The list of videos, a page of it at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.growth import ago
from bot.domain.videos import Metric, VideoPlatform
from bot.messages.video_count import VideoCount, change_words, count_words
from bot.messages.wording import freshness, linked, platform_name, plural, status_word, video_options
from bot.reply.call import Call
from bot.reply.model import Action, Align, Button, Column, Note, Reply, Select, Table, Text, Tone, text


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list; `complete` is False where the account holds more videos than its lists show.

    `being_read` counts the videos of the page whose newer numbers are not there yet.
    `unread` counts the finished videos of the whole list whose pages are still to be read.
    """

    videos: tuple[VideoCount, ...]
    total: int
    complete: bool
    unread: int
    platform: str | None
    status: str | None
    sort: str
    page: int
    pages: int
    first: int
    as_of: datetime
    being_read: int
    problem: str
    now: datetime


def video_list(listing: Listing) -> Reply:
    """The page, with buttons to the others and a choice of one video to look at."""
    if not listing.videos:
        return _empty(listing)
    counted = plural(listing.total, "video")
    total = counted if listing.complete else f"at least {counted}"
    place = f", page {listing.page} of {listing.pages}" if listing.pages > 1 else ""
    notes = Note(
        text(
            _being_read(listing),
            _metrics_used(listing),
            _young(listing),
            _over(listing),
            _unread(listing),
            _hidden(listing),
        )
    )
    return Reply(
        f"{_scope(listing)}: {total}{place}, {_ORDER[listing.sort]}.",
        title="Videos",
        parts=(_table(listing), notes, freshness(listing.as_of, listing.now, listing.problem)),
        actions=_actions(listing),
        tone=Tone.WARNING if listing.problem else Tone.INFO,
    )


BY_NUMBERS = frozenset({"count", "change_24h"})
_ORDER = {
    "newest": "newest first",
    "count": "highest count first",
    "change_24h": "fastest growth in 24 h first, ended ones last",
    "ending": "ending soonest first",
}


def _empty(listing: Listing) -> Reply:
    if listing.platform or listing.status:
        return Reply(
            f"{_scope(listing)}: none. Remove the filter to see all videos.",
            title="Videos",
            parts=(freshness(listing.as_of, listing.now, listing.problem),),
            actions=(Button("All videos", Call("videos")),),
        )
    return Reply(
        "No videos are tracked yet. Send /track with a link to see what it costs.",
        title="Videos",
        parts=(freshness(listing.as_of, listing.now, listing.problem),),
    )


def _scope(listing: Listing) -> str:
    words = [platform_name(listing.platform)] if listing.platform else []
    if listing.status:
        words.append("running" if listing.status == "monitoring" else listing.status)
    scope = " ".join([*words, "videos"]) if words else "all videos"
    return f"{scope[0].upper()}{scope[1:]}"


def _table(listing: Listing) -> Table:
    columns = (
        Column("#", Align.RIGHT),
        Column("Video"),
        Column("Platform"),
        Column("Status"),
        Column("Age", Align.RIGHT),
        Column("Count", Align.RIGHT),
        Column("24 h", Align.RIGHT),
    )
    rows = tuple(_row(number, each, listing.now) for number, each in enumerate(listing.videos, listing.first))
    return Table("Videos", columns, rows)


def _row(number: int, counted: VideoCount, now: datetime) -> tuple[Text, ...]:
    video = counted.video
    age = "–" if video.started_at is None else ago(max(now - video.started_at, timedelta()))
    return (
        text(str(number)),
        text(linked(video)),
        text(platform_name(video.platform)),
        text(status_word(video)),
        text(age),
        text(count_words(counted, now)),
        text(change_words(counted)),
    )


def _metrics_used(listing: Listing) -> str:
    if any(each.metric is Metric.LIKES or each.video.platform == VideoPlatform.INSTAGRAM for each in listing.videos):
        return "Count and change are views, or likes if a video has no views, as on Instagram. "
    return "Count and change are views. "


def _being_read(listing: Listing) -> str:
    if not listing.being_read:
        return ""
    return f"Reading newer numbers for {plural(listing.being_read, 'video')}; press Refresh to see them. "


def _young(listing: Listing) -> str:
    if all(each.count is None or each.change_24h is not None for each in listing.videos):
        return ""
    return (
        "24 h shows “–” if a video has fewer than two counts from the last 24 hours, or none in its newest snapshot. "
    )


def _over(listing: Listing) -> str:
    if all(each.video.collects or each.change_24h is None for each in listing.videos):
        return ""
    return "For videos that are no longer collected, 24 h is their last day of data. "


def _unread(listing: Listing) -> str:
    """Videos whose pages are still to be read have no numbers, so an order by numbers has them last."""
    if not listing.unread:
        return ""
    last = f", so {'it comes' if listing.unread == 1 else 'they come'} last" if listing.sort in BY_NUMBERS else ""
    return f"{plural(listing.unread, 'finished video')} not read yet{last}. "


def _hidden(listing: Listing) -> str:
    if listing.complete:
        return ""
    return "The API lists at most 100 videos per platform and status, so older ones may be missing here. "


def _actions(listing: Listing) -> tuple[Action, ...]:
    actions: list[Action] = []
    if listing.page > 1:
        actions.append(Button("Previous", _page_call(listing, listing.page - 1)))
    if listing.page < listing.pages:
        actions.append(Button("Next", _page_call(listing, listing.page + 1)))
    if listing.being_read:
        actions.append(Button("Refresh", _page_call(listing, listing.page)))
    options = video_options(each.video for each in listing.videos)
    return (*actions, Select("Open a video", Call("stats"), "video", options))


def _page_call(listing: Listing, page: int) -> Call:
    given = {
        "platform": listing.platform or "",
        "status": listing.status or "",
        "sort": listing.sort,
        "page": str(page),
    }
    return Call("videos", {name: value for name, value in given.items() if value}, in_place=True)
