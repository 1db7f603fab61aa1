"""The list of videos, one page at a time."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.growth import short_change, short_count
from bot.messages.video_count import COUNT_COLUMNS, VideoCount, count_item
from bot.messages.wording import freshness, platform_name, plural
from bot.reply.call import Call
from bot.reply.model import Button, Column, Listing, Note, Reply, Tone, text
from bot.store.videos import LinkSum

ABOUT = (
    "Counts are views, or likes if there are none. Changes are over 24 h or the time shown; once ended, the last day."
)
"""Note about figures in /help."""


@dataclass(frozen=True, slots=True)
class VideoPage:
    """One page of the list; `complete` is False if the account has more videos than its lists show.

    `problem` says why numbers couldn't be refreshed: all of them, or those of the videos named `unreadable`.
    `being_read` counts videos on the page whose newer numbers aren't there yet. `by` (a creator) or `person` (an id) is
    the filter, `whose` describes it, and `sums` are the totals of the filtered videos. `campaign` is the campaign's
    value for buttons. `unread` counts finished videos of the whole list whose pages are still to be read.
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
    unreadable: str = ""
    by: str = ""
    person: str = ""
    whose: str = ""
    campaign: str = ""
    sums: tuple[LinkSum, ...] = ()


def video_list(page: VideoPage) -> Reply:
    """The page, with buttons to the others and to each video."""
    if not page.videos:
        return _empty(page)
    least = "" if page.complete else "at least "
    place = f", page {page.page} of {page.pages}" if page.pages > 1 else ""
    counted = f"{least}{plural(page.total, *_scope(page))}"
    items = tuple(count_item(each, page.now, number) for number, each in enumerate(page.videos, page.first))
    age = freshness(page.as_of, page.now, page.problem, page.unreadable).text
    return Reply(
        f"{counted[0].upper()}{counted[1:]}{place}, {_ORDER[page.sort]}.{_sums(page)}",
        title="Videos",
        parts=(
            Listing("Videos", (Column("Video"), *COUNT_COLUMNS), items, choice="Open a video"),
            Note(text(_being_read(page), _unread(page), _hidden(page), *age)),
        ),
        actions=_actions(page),
        tone=Tone.WARNING if page.problem else Tone.INFO,
    )


BY_NUMBERS = frozenset({"count", "change_24h", "lowest", "slowest"})
_ORDER = {
    "newest": "newest first",
    "count": "highest count first",
    "change_24h": "fastest growth in 24 h first",
    "ending": "ending soonest first",
    "cost": "highest cost so far first",
    "lowest": "lowest count first",
    "slowest": "slowest growth in 24 h first",
}


def _empty(page: VideoPage) -> Reply:
    age = (freshness(page.as_of, page.now, page.problem),)
    if page.platform or page.status or page.whose:
        return Reply(
            f"No {_scope(page)[1]}.",
            title="Videos",
            parts=age,
            actions=(Button("All videos", Call("videos", {"campaign": "all"} if page.campaign else {})),),
        )
    return Reply("No videos are tracked yet. Send /track with a link to see what it costs.", title="Videos", parts=age)


def _scope(page: VideoPage) -> tuple[str, str]:
    """What is listed, in the singular and plural: `running TikTok video`."""
    status = "running" if page.status == "monitoring" else page.status
    words = " ".join(filter(None, (status, platform_name(page.platform) if page.platform else "", "video")))
    whose = f" {page.whose}" if page.whose else ""
    return f"{words}{whose}", f"{words}s{whose}"


def _sums(page: VideoPage) -> str:
    """The totals of a creator's videos: `1.04M views, +12k in 24 h`."""
    if page.total < 2:
        return ""
    sums = (
        f"{short_count(each.counted)} {each.metric}"
        + ("" if each.gained is None else f", {short_change(each.gained)} in 24 h")
        for each in page.sums
    )
    words = "; ".join(sums)
    return f" Together {words}." if words else ""


def _being_read(page: VideoPage) -> str:
    if not page.being_read:
        return ""
    return f"Reading newer numbers for {plural(page.being_read, 'video')}; press Refresh to see them. "


def _unread(page: VideoPage) -> str:
    """Note that videos with unread pages have no numbers, so an order by numbers puts them last."""
    if not page.unread:
        return ""
    last = f", so {'it comes' if page.unread == 1 else 'they come'} last" if page.sort in BY_NUMBERS else ""
    return f"{plural(page.unread, 'finished video')} not read yet{last}. "


def _hidden(page: VideoPage) -> str:
    return "" if page.complete else "ContentStats lists at most 100 videos per platform and status. "


def _actions(page: VideoPage) -> tuple[Button, ...]:
    return (
        *((Button("Previous", page_call(page, page.page - 1)),) if page.page > 1 else ()),
        *((Button("Next", page_call(page, page.page + 1)),) if page.page < page.pages else ()),
        *((Button("Refresh", page_call(page, page.page)),) if page.being_read else ()),
    )


def page_call(page: VideoPage, number: int) -> Call:
    """The call that replaces this page by another one of the same list."""
    filters = {"platform": page.platform or "", "status": page.status or "", "by": page.by, "person": page.person}
    given = {**filters, "campaign": page.campaign, "sort": page.sort, "page": str(number)}
    return Call("videos", {name: value for name, value in given.items() if value}, in_place=True)
