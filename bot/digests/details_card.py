"""Details of a digest's period that don't fit its card, with offers to stop flattened videos."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from bot.digests.card import MOST_NAMED, board_title
from bot.digests.facts import DigestFacts
from bot.domain.digest import Total, VideoChange
from bot.domain.growth import Change, ago, exact_count, is_overdue, metric_name, percent, signed_count
from bot.domain.leaderboard import Period
from bot.domain.money import dollars
from bot.messages.wording import (
    FULL_LISTS,
    linked,
    move_words,
    platform_name,
    plural,
    running_words,
    runway_text,
    status_word,
    track_on_call,
)
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Button,
    Column,
    Field,
    Fields,
    Item,
    Listing,
    Mention,
    Note,
    Plain,
    Reply,
    Span,
    Text,
    Time,
    text,
)

MOST_ROWS, MOST_FLAT, NAME = 3, 8, 28
"""Rows per list and of flattened videos, so that all fit one message; letters of a name on a phone's line."""

_VIDEO, _NOW = Column("Video"), Column("Now", Align.RIGHT)
_BETWEEN = Plain(" · ")


def digest_details(facts: DigestFacts, ref: str) -> Reply:
    """Every list of a digest, with counts; a flattened video's button asks whether to stop it."""
    end, price = facts.window.end, facts.cost_per_snapshot
    growing = facts.growing
    changes = {each.video.id: change for each, change in facts.movers}
    saves = () if price is None else (Column("Stopping", Align.RIGHT),)
    lists = (
        *_listing(
            "Top movers",
            (_VIDEO, Column("Gained", Align.RIGHT), _NOW),
            [each for each, _ in facts.movers],
            lambda each: (text(_gain(each, changes[each.video.id])), _count(each, end)),
        ),
        *_listing(
            "New",
            (_VIDEO, Column("On"), Column("Started"), _NOW),
            facts.new,
            lambda each: (text(platform_name(each.video.platform)), _by(each), _count(each, end)),
        ),
        *_listing(
            "Finished",
            (_VIDEO, Column("Status"), Column("Last", Align.RIGHT)),
            facts.finished,
            lambda each: (text(status_word(each.video)), _count(each, end)),
        ),
        *_listing(
            "Ending within 24 h",
            (_VIDEO, Column("Ends"), _NOW),
            facts.ending,
            lambda each: (text(Time(each.ends_at, end) if each.ends_at else "–"), _count(each, end)),
            lambda each: Button("Track on", track_on_call(each.video)) if each in growing else None,
            "Track a video on…",
        ),
        *_listing(
            "Flattened",
            (_VIDEO, Column("Gained", Align.RIGHT), *saves),
            facts.flat,
            lambda each: (_day(each), *(() if price is None else (_saves(each, price),))),
            lambda each: Button("Stop", Call("stop", ({"post": ref} if ref else {}) | {"video": each.video.id})),
            "Stop a flattened video…",
            MOST_FLAT,
        ),
    )
    notes = text("From ", Time(facts.window.start), " to ", Time(end), ".", *(f" {each}" for each in _caveats(facts)))
    least = "" if facts.complete else "At least "
    return Reply(
        f"{least}{running_words(facts.running)} at the end of this period.",
        title=f"Digest details · {facts.campaign}" if facts.campaign else "Digest details",
        parts=(Fields(tuple(_fields(facts))), *lists, Note(notes)),
        actions=(Button("My videos", Call("videos")), *_leaderboard(facts)),
    )


def _leaderboard(facts: DigestFacts) -> tuple[Button, ...]:
    """Button to the whole leaderboard, over the nearest period; none if the digest has no leaderboard."""
    if not facts.board:
        return ()
    options, period = facts.options, Period.WEEK if facts.window.length > timedelta(days=3) else Period.DAY
    given = {"by": str(options.ranked), "period": str(period), "campaign": str(options.campaign_id or "all")}
    platform = {"platform": next(iter(options.platforms))} if len(options.platforms) == 1 else {}
    return (Button("Leaderboard", Call("leaderboard", given | platform)),)


def _places(facts: DigestFacts) -> Text:
    """The top of the leaderboard in one line, with exact gains."""
    spans: list[Span] = []
    for name, place, metric, has_moves in facts.board[:MOST_NAMED]:
        move = f" ({words})" if has_moves and (words := move_words(place)) else ""
        spans += text("; " if spans else "", f"{place.rank}. ", *name, f" {signed_count(place.gain)} {metric}{move}")
    return tuple(spans)


def _fields(facts: DigestFacts) -> Iterator[Field]:
    span = ago(facts.window.length)
    for each in facts.totals:
        yield Field(str(each.metric).capitalize(), text(_total_words(each, span)))
    if facts.board:
        yield Field(board_title(facts), _places(facts))
    yield Field("Snapshots", text(f"{facts.coverage.collected:,} of {facts.coverage.expected:,}"))
    if facts.money is not None:
        yield Field("Runway", runway_text(facts.money.wallet))


def _total_words(total: Total, span: str) -> str:
    """The total of all videos, and the trend of those that can be compared with the period before."""
    words = f"{signed_count(total.delta)} from {plural(total.videos, 'video')}"
    if total.trend is None:
        return words
    trend = f"{'+' if total.trend > 0 else '−' if total.trend < 0 else '±'}{percent(abs(total.trend))}"
    return f"{words} ({total.alike:,} of them {trend} on the {span} before)"


def _listing(
    caption: str,
    columns: tuple[Column, ...],
    videos: Sequence[VideoChange],
    cells: Callable[[VideoChange], tuple[Text, ...]],
    button: Callable[[VideoChange], Button | None] = lambda _: None,
    choice: str = "",
    most: int = MOST_ROWS,
) -> Iterator[Listing]:
    """The first rows, each with its cells on one line below its name."""
    items = []
    for each in videos[:most]:
        shown = cells(each)
        line = tuple(span for cell in shown for span in (_BETWEEN, *cell))
        items.append(Item(text(linked(each.video, NAME)), shown, line[1:], button(each)))
    if items:
        some = f"{len(items):,} of " if len(items) < len(videos) else ""
        yield Listing(f"{caption}: {some}{plural(len(videos), 'video')}", columns, tuple(items), choice)


def _gain(moved: VideoChange, change: Change) -> str:
    """The change, with its real window if that differs, and a mark if the counter fell."""
    window = "" if change.exact else f" in {ago(change.window)}"
    fell = " (fell meanwhile)" if change.fell else ""
    return f"{signed_count(change.delta)} {metric_name(moved.video.platform, moved.metric)}{window}{fell}"


def _count(moved: VideoChange, end: datetime) -> Text:
    """The count, with its age at the window's end if newer snapshots are overdue."""
    if moved.count is None:
        return text("–")
    at = moved.counted_at
    age = f" ({ago(end - at)} ago)" if moved.video.collects and at is not None and is_overdue(at, end) else ""
    return text(f"{exact_count(moved.count)} {metric_name(moved.video.platform, moved.metric)}{age}")


def _by(moved: VideoChange) -> Text:
    person = moved.started_by
    return text("outside the bot") if person is None else text("by ", Mention(person.id, person.name))


def _day(moved: VideoChange) -> Text:
    return text(f"{signed_count(moved.day.delta)} in 24 h" if moved.day else "–")


def _saves(moved: VideoChange, cost_per_snapshot: Decimal) -> Text:
    return text("–" if moved.saves is None else f"stopping saves up to {dollars(moved.saves * cost_per_snapshot)}")


def _caveats(facts: DigestFacts) -> Iterator[str]:
    if facts.money is not None and facts.money.late:
        yield f"{dollars(facts.money.late)} of the spend is for earlier snapshots that were only read now."
    if facts.unread:
        yield f"{plural(facts.unread, 'running video has', 'running videos have')} no snapshot in this period."
    if facts.uneven:
        changes = plural(facts.uneven, "change is", "changes are")
        yield f"{changes} over a different period: tracking began partway through, or snapshots are missing."
    if facts.fell:
        yield f"The counter of {plural(facts.fell, 'video')} fell. The platform removed counts."
    if not facts.complete:
        yield FULL_LISTS
