"""The body of `GET /videos/{id}`: 720 snapshots in one read, so this is the one place that counts microseconds.

A typed decoder reads the documented form and refuses every other. What it refuses is read again value by value, so that
one odd row spoils nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import accumulate
from operator import lt
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from bot.contentstats.values import LARGEST_COUNT, in_utc, read_count, read_object, read_time
from bot.domain.videos import Metric, Snapshot

_Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_COUNT)] | Literal[""] | None


class _Row(msgspec.Struct, gc=False):
    """A snapshot as documented: counts are digits in a string, a metric that the platform lacks is empty or null.

    X's own words for shares and comments are undocumented and expected.
    """

    snapshot_time: datetime
    views: _Count = None
    likes: _Count = None
    comments: _Count = None
    shares: _Count = None
    saves: _Count = None
    retweets: _Count = None
    replies: _Count = None


_DECODER = msgspec.json.Decoder(dict[str, list[_Row] | dict[str, Any] | str | int | float | bool | None], strict=False)
"""Not strict: digits in a string are a count. Text beside the snapshots stays text all the same."""

_VIEWS, _LIKES, _COMMENTS, _SHARES, _SAVES = Metric
"""Bound once: looking a member up on its class costs as much as all else that is done with one count."""

MOST_ROWS = 3_000
"""Snapshots of one page: four times as many as the longest tracking has. Only the last ones of more are read."""
MOST_HIDDEN, FEWEST_SEEN = 3, 100
"""Likes and comments that fall to so few from so many were hidden: Instagram, for one, states 3 likes then."""

_make = tuple.__new__
"""What `Snapshot()` calls in its turn."""

_FIELDS = (
    (_VIEWS, ("views",)),
    (_LIKES, ("likes",)),
    (_COMMENTS, ("comments", "replies")),
    (_SHARES, ("shares", "retweets")),
    (_SAVES, ("saves",)),
)


def decode_page(body: bytes) -> tuple[dict[str, Any], tuple[Snapshot, ...], int]:
    """The fields of a video's page, its snapshots oldest first, one per moment, and how many more could not be read.

    Raises ForeignBody.
    """
    try:
        page: dict[str, Any] = _DECODER.decode(body)
        rows = _rows(page)
        snapshots = _documented(rows[-MOST_ROWS:])
    except (ValueError, OverflowError, RecursionError):  # msgspec's errors are ValueErrors
        page = read_object(body)
        rows = _rows(page)
        snapshots = list(_tolerated(rows[-MOST_ROWS:]))
    return page, _stated(_in_order(snapshots)), len(rows) - len(snapshots)


def _rows(page: Mapping[str, Any]) -> list[Any]:
    rows = page.get("snapshots")
    return rows if isinstance(rows, list) else []


def _documented(rows: list[Any]) -> list[Snapshot]:
    """Written out rather than looped over the metrics, which would take twice as long. Raises ValueError."""
    snapshots = []
    for row in rows:
        taken_at = row.snapshot_time
        if taken_at.tzinfo is not UTC:
            taken_at = in_utc(taken_at)
        if not 2000 <= taken_at.year < 2200:
            raise ValueError("a time that means nothing")
        counts = {}
        if (count := row.views).__class__ is int:
            counts[_VIEWS] = count
        if (count := row.likes).__class__ is int:
            counts[_LIKES] = count
        if (count := row.comments).__class__ is int or (count := row.replies).__class__ is int:
            counts[_COMMENTS] = count
        if (count := row.shares).__class__ is int or (count := row.retweets).__class__ is int:
            counts[_SHARES] = count
        if (count := row.saves).__class__ is int:
            counts[_SAVES] = count
        snapshots.append(_make(Snapshot, (taken_at, counts)))
    return snapshots


def _tolerated(rows: Iterable[object]) -> Iterable[Snapshot]:
    """Every row that says when it was taken, with every count in it that makes sense."""
    for row in rows:
        if not isinstance(row, Mapping) or (taken_at := read_time(row.get("snapshot_time"))) is None:
            continue
        counts = {}
        for metric, names in _FIELDS:
            found = [count for name in names if (count := read_count(row.get(name))) is not None]
            if found:
                counts[metric] = found[0]
        yield Snapshot(taken_at, counts)


def _in_order(snapshots: list[Snapshot]) -> tuple[Snapshot, ...]:
    """Oldest first; of two that claim the same moment, the later in the list stands."""
    moments = [snapshot.taken_at for snapshot in snapshots]
    if all(map(lt, moments, moments[1:])):
        return tuple(snapshots)
    unique = {snapshot.taken_at: snapshot for snapshot in snapshots}
    return tuple(unique[moment] for moment in sorted(unique))


def _stated(snapshots: tuple[Snapshot, ...]) -> tuple[Snapshot, ...]:
    """The snapshots without the counts that stand for a hidden one."""
    for metric in (_LIKES, _COMMENTS):
        if any(snapshot.counts.get(metric, FEWEST_SEEN) <= MOST_HIDDEN for snapshot in snapshots):
            highest = accumulate((snapshot.counts.get(metric, 0) for snapshot in snapshots), max)
            snapshots = tuple(
                _without(snapshot, metric)
                if most >= FEWEST_SEEN and snapshot.counts.get(metric, FEWEST_SEEN) <= MOST_HIDDEN
                else snapshot
                for snapshot, most in zip(snapshots, highest, strict=True)
            )
    return snapshots


def _without(snapshot: Snapshot, metric: Metric) -> Snapshot:
    return Snapshot(snapshot.taken_at, {each: count for each, count in snapshot.counts.items() if each is not metric})
