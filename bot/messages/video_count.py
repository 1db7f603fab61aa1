"""A video with its main count, as shown in lists and previews."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.domain.growth import ago, exact_count, is_overdue, metric_name, short_change, short_count, signed_count
from bot.domain.money import dollars
from bot.domain.videos import Metric, Video
from bot.messages.wording import linked, name_with_status, platform_name, state_words
from bot.reply.call import Call
from bot.reply.model import Align, Bold, Button, Column, Item, Note, Reply, Span, Time, Tone, text

_DAY = "24 h"
NAME_LENGTH = 40
"""Longest name in a list: two lines on a phone beside a button."""


@dataclass(frozen=True, slots=True)
class VideoCount:
    """A video, its main metric and count, and the change over 24 hours; None if unknown.

    `counted_at` is when the count was taken. The change starts at `change_since`, or 24 hours earlier if None.
    `ends_at` is when the tracking ends; `cost` is dollars so far, None if not requested or not to be shown.
    """

    video: Video
    metric: Metric | None = None
    count: int | None = None
    change_24h: int | None = None
    counted_at: datetime | None = None
    change_since: datetime | None = None
    ends_at: datetime | None = None
    cost: Decimal | None = None


COUNT_COLUMNS = (Column("24 h", Align.RIGHT), Column("Count", Align.RIGHT), Column("State"))
"""Headers for the cells of `count_item`. Slack shows the first two columns of a table on a phone."""


def count_item(counted: VideoCount, now: datetime, number: int | None = None) -> Item:
    """A video as a row: its name, gain, count, platform and state."""
    video = counted.video
    place = "" if number is None else f"{number}. "
    cost = "" if counted.cost is None else f"{dollars(counted.cost)} so far"
    words = (cost, platform_name(video.platform), state_words(video, counted.ends_at, now))
    state = " · ".join(filter(None, words))
    if counted.count is None or counted.metric is None:
        count, gained, line = "–", "–", text(" · ".join(filter(None, ("no numbers yet", state))))
    else:
        unit = f"{metric_name(video.platform, counted.metric)}{_age(counted, now)}"
        count, gained = f"{exact_count(counted.count)} {unit}", "–"
        moved: tuple[str | Span, ...] = ()
        if counted.change_24h is not None:
            window = _window(counted)
            gained = signed_count(counted.change_24h) + ("" if window == _DAY else f" in {window}")
            moved = (Bold(f"{short_change(counted.change_24h)} in {window}"), " · ")
        line = text(f"{short_count(counted.count)} {unit} · ", *moved, state)
    cells = (text(gained), text(count), text(state or "–"))
    return Item(
        text(place, linked(video, NAME_LENGTH)), cells, line, Button("Stats", Call("stats", {"video": video.id}))
    )


def _age(counted: VideoCount, now: datetime) -> str:
    """The age of a count if a newer one is overdue."""
    last = counted.counted_at
    is_old = last is not None and counted.video.collects and is_overdue(last, now)
    return f" ({ago(now - last)} ago)" if is_old and last is not None else ""


def _window(counted: VideoCount) -> str:
    """The window of the change: `24 h`."""
    if counted.change_since is None or counted.counted_at is None:
        return _DAY
    return ago(counted.counted_at - counted.change_since)


def preview(counted: VideoCount) -> Reply:
    """A link preview: one line and a button."""
    video, last = counted.video, counted.counted_at
    numbers, change = "no snapshot yet", counted.change_24h
    if counted.count is not None and counted.metric is not None:
        numbers = f"{exact_count(counted.count)} {metric_name(video.platform, counted.metric)}"
    moved = "" if change is None else f", {signed_count(change)} in {_window(counted)}"
    age = () if last is None else (Note(text("As of ", Time(last), ".")),)
    return Reply(
        f"{name_with_status(video)}: {numbers}{moved}.",
        parts=age,
        actions=(Button("Stats", Call("stats", {"video": video.id})),),
    )


def previews_set(*, on: bool) -> Reply:
    """Confirmation that link previews were turned on or off."""
    words = (
        "A link to a tracked video now shows its numbers." if on else "Links to tracked videos no longer show numbers."
    )
    return Reply(words, tone=Tone.SUCCESS)
