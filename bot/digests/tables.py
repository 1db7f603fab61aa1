"""The tables of a digest: the first few rows of each list, and how many more there are."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from bot.domain.digest import VideoChange
from bot.domain.growth import Change, ago, exact_count, is_overdue, metric_name, signed_count
from bot.domain.money import dollars
from bot.messages.wording import linked, name_of, platform_name, plural, status_word
from bot.reply.model import Align, Column, Mention, Note, Part, Table, Text, Time, text

MOST_MOVERS = 5
MOST_FLAT = 5
MOST_ROWS = 3
"""Rows of the other tables: a digest is read at a glance, and is one message on every platform."""

_NUMBER = Column("#", Align.RIGHT)


def movers(moved: Sequence[tuple[VideoChange, Change]], end: datetime) -> Table:
    """Who gained most; a row's number is its label in the picture."""
    columns = (_NUMBER, Column("Video"), Column("Gained", Align.RIGHT), Column("Now", Align.RIGHT))
    rows = tuple(
        (text(str(number)), text(linked(each.video)), text(_gain(each, change)), text(_count(each, end)))
        for number, (each, change) in enumerate(moved, 1)
    )
    return Table("Top movers", columns, rows)


def new(videos: Sequence[VideoChange], end: datetime) -> tuple[Part, ...]:
    """What began in the window, and who began it."""
    columns = (Column("Video"), Column("Platform"), Column("By"), Column("Now", Align.RIGHT))
    rows = [
        (text(name_of(each.video)), text(platform_name(each.video.platform)), _by(each), text(_count(each, end)))
        for each in videos[:MOST_ROWS]
    ]
    return _listed("New", columns, rows, len(videos))


def finished(videos: Sequence[VideoChange], end: datetime) -> tuple[Part, ...]:
    """What ended in the window, with its last count."""
    columns = (Column("Video"), Column("How"), Column("Last", Align.RIGHT))
    rows = [
        (text(name_of(each.video)), text(status_word(each.video)), text(_count(each, end)))
        for each in videos[:MOST_ROWS]
    ]
    return _listed("Finished", columns, rows, len(videos))


def ending(videos: Sequence[VideoChange], end: datetime) -> tuple[Part, ...]:
    """What ends by itself within a day."""
    columns = (Column("Video"), Column("Ends"), Column("Now", Align.RIGHT))
    rows = [
        (text(name_of(each.video)), text(Time(each.ends_at)) if each.ends_at else text("–"), text(_count(each, end)))
        for each in videos[:MOST_ROWS]
    ]
    return _listed("Ending within 24 h", columns, rows, len(videos))


def flat(videos: Sequence[VideoChange], cost_per_snapshot: Decimal | None) -> tuple[Part, ...]:
    """What has flattened, what a day still brings, and, if a price is given, what stopping saves at most."""
    saves = () if cost_per_snapshot is None else (Column("Stopping saves", Align.RIGHT),)
    columns = (_NUMBER, Column("Video"), Column("24 h", Align.RIGHT), *saves)
    rows = [
        (
            text(str(number)),
            text(name_of(each.video)),
            text(signed_count(each.day.delta) if each.day else "–"),
            *(() if cost_per_snapshot is None else (text(_saves(each, cost_per_snapshot)),)),
        )
        for number, each in enumerate(videos[:MOST_FLAT], 1)
    ]
    return _listed("Flattened", columns, rows, len(videos))


def _listed(
    caption: str, columns: tuple[Column, ...], rows: Sequence[tuple[Text, ...]], count: int
) -> tuple[Part, ...]:
    if not rows:
        return ()
    table = Table(f"{caption}: {plural(count, 'video')}", columns, tuple(rows))
    more = count - len(rows)
    return (table, Note(text(f"{plural(more, 'more', 'more')}; /videos lists all."))) if more else (table,)


def _gain(moved: VideoChange, change: Change) -> str:
    """The change, with its real window where that is another one, and a mark where the counter fell within it."""
    window = "" if change.exact else f" in {ago(change.window)}"
    fell = " (fell meanwhile)" if change.fell else ""
    return f"{signed_count(change.delta)} {metric_name(moved.video.platform, moved.metric)}{window}{fell}"


def _count(moved: VideoChange, end: datetime) -> str:
    """The count, with how old it was at the window's end if newer ones should have come."""
    if moved.count is None:
        return "–"
    at = moved.counted_at
    age = f" ({ago(end - at)} ago)" if moved.video.collects and at is not None and is_overdue(at, end) else ""
    return f"{exact_count(moved.count)} {metric_name(moved.video.platform, moved.metric)}{age}"


def _by(moved: VideoChange) -> Text:
    person = moved.started_by
    return text("outside the bot") if person is None else text(Mention(person.id, person.name))


def _saves(moved: VideoChange, cost_per_snapshot: Decimal) -> str:
    if moved.saves is None:
        return "–"
    return f"up to {dollars(moved.saves * cost_per_snapshot)}"
