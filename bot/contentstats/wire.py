"""Parses the API's JSON bodies into domain objects; raises ForeignBody if that isn't possible.

`GET /videos/{id}` has 720 snapshots in one body, so microseconds count: a typed decoder parses the documented form and
refuses any other. What it refuses is parsed again value by value, so that one odd row doesn't spoil the rest.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import accumulate, islice
from operator import lt
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from bot.contentstats.values import (
    LARGEST_COUNT,
    ForeignBody,
    in_utc,
    read_count,
    read_dollars,
    read_flag,
    read_number,
    read_object,
    read_rounded_count,
    read_text,
    read_time,
    read_words,
)
from bot.domain.links import canonical_key, video_of
from bot.domain.money import Usage
from bot.domain.videos import ROUNDED, UNREADABLE, Metric, Snapshot, Stopped, Video, VideoList, VideoReading

_Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_COUNT)] | Literal[""] | None


class _Row(msgspec.Struct, gc=False):
    """A snapshot as documented: counts are digits in a string, a metric that the platform lacks is empty or null.

    X's own names for shares and comments are undocumented but accepted.
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
"""Not strict, so that digits in a string are a count. Text beside the snapshots stays text anyway."""

_VIEWS, _LIKES, _COMMENTS, _SHARES, _SAVES = Metric
"""Bound once: looking up a member on its class costs as much as everything else done with a count."""

MOST_ROWS = 3_000
"""Snapshots per page: four times as many as the longest tracking has. Of more, only the last ones are read."""
_FIRST_ROUNDED = 1_000
"""Counts below this one are never abbreviated."""
MOST_HIDDEN, FEWEST_SEEN = 3, 100
"""Likes and comments that drop to so few from so many were hidden: Instagram then reports 3 likes, for example."""

_make = tuple.__new__
"""What `Snapshot()` calls internally."""

_FIELDS = (
    (_VIEWS, ("views",)),
    (_LIKES, ("likes",)),
    (_COMMENTS, ("comments", "replies")),
    (_SHARES, ("shares", "retweets")),
    (_SAVES, ("saves",)),
)


def decode_page(body: bytes) -> tuple[dict[str, Any], tuple[Snapshot, ...], int]:
    """Parse a video's page: its fields, its snapshots oldest first, one per time, and the number of unreadable ones.

    Raises ForeignBody.
    """
    try:
        page: dict[str, Any] = _DECODER.decode(body)
        rows = _rows(page)
        snapshots = _documented(rows[-MOST_ROWS:])
    except (ValueError, OverflowError, RecursionError):  # msgspec's errors are ValueErrors
        page = read_object(body)
        rows = _rows(page)
        rounded, unreadable = _odd_counts(rows[-MOST_ROWS:])
        snapshots = list(_tolerated(rows[-MOST_ROWS:], rounded))
        page = {ROUNDED: ", ".join(rounded), UNREADABLE: ", ".join(unreadable), **page}
    return page, _stated(_in_order(snapshots)), len(rows) - len(snapshots)


def _rows(page: Mapping[str, Any]) -> list[Any]:
    rows = page.get("snapshots")
    return rows if isinstance(rows, list) else []


def _documented(rows: list[Any]) -> list[Snapshot]:
    """Convert documented rows. Written out, as a loop over the metrics takes twice as long. Raises ValueError."""
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


def _odd_counts(rows: Iterable[object]) -> tuple[list[Metric], list[Metric]]:
    """Metrics that a page states rounded, such as "12.3K", and metrics that it states unreadably.

    Rounded counts beside exact ones of a thousand or more are left out: they would look like counts that fell.
    """
    stated = [row for row in rows if isinstance(row, Mapping)]
    rounded, unreadable = [], []
    for metric, names in _FIELDS:
        values = [row[name] for row in stated for name in names if name in row]
        exact = [count for value in values if (count := read_count(value)) is not None]
        if any(read_rounded_count(value) is not None for value in values):
            if all(count < _FIRST_ROUNDED for count in exact):
                rounded.append(metric)
        elif not exact and any(isinstance(value, str) and _read_word(value) for value in values):
            unreadable.append(metric)
    return rounded, unreadable


def _tolerated(rows: Iterable[object], rounded: Collection[Metric]) -> Iterable[Snapshot]:
    """Yield every row with a readable time, with its readable counts; abbreviated ones only of `rounded` metrics."""
    for row in rows:
        if not isinstance(row, Mapping) or (taken_at := read_time(row.get("snapshot_time"))) is None:
            continue
        counts = {}
        for metric, names in _FIELDS:
            values = [row.get(name) for name in names]
            found = [count for each in values if (count := read_count(each)) is not None]
            if metric in rounded:
                found += [count for each in values if (count := read_rounded_count(each)) is not None]
            if found:
                counts[metric] = found[0]
        yield Snapshot(taken_at, counts)


def _in_order(snapshots: list[Snapshot]) -> tuple[Snapshot, ...]:
    """Sort oldest first; of two with the same time, the later in the list wins."""
    moments = [snapshot.taken_at for snapshot in snapshots]
    if all(map(lt, moments, moments[1:])):
        return tuple(snapshots)
    unique = {snapshot.taken_at: snapshot for snapshot in snapshots}
    return tuple(unique[moment] for moment in sorted(unique))


def _stated(snapshots: tuple[Snapshot, ...]) -> tuple[Snapshot, ...]:
    """Drop counts that stand for a hidden one."""
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


logger = logging.getLogger(__name__)

DOCUMENTED_PRICE = Decimal("0.015")
"""Dollars per snapshot according to the documentation; used if `GET /usage` states none, or none above 0."""

LARGEST_PRICE = 1_000
"""Dollars per snapshot."""

LONGEST_TRACKING = 3_650
"""Days. The API accepts 30; beyond ten years a number isn't a duration."""

MOST_VIDEOS = 1_000
"""Rows of a list: ten times as many as the API returns."""
MOST_DETAILS = 20
"""Additional fields of a video, and details of an error."""

_KNOWN = frozenset(
    {"id", "job_id", "video_link", "platform", "status", "monitoring_started", "monitoring_duration_days"}
    | {"days_remaining", "current_metadata", "created_at", "estimated_cost", "is_deleted", "last_updated", "snapshots"}
)
"""Documented fields of a video; all others go to `Video.extra`."""

_NO_WORDS = frozenset({"null", "none", "nil", "undefined", "n/a", "-"})


@dataclass(frozen=True, slots=True)
class Problem:
    """An error body. Parts that the server omits are empty or None; words are clean and clipped."""

    words: str = ""
    details: tuple[tuple[str, str], ...] = ()
    balance: Decimal | None = None
    required: Decimal | None = None
    reset: object = None
    is_json: bool = False


def read_page(body: bytes) -> VideoReading:
    """Parse the response of `GET /videos/{id}`. Raises ForeignBody."""
    page, snapshots, unread = decode_page(body)
    if unread:
        logger.warning("dropped %d rows of GET /videos/{id} with an unreadable time", unread)
    return VideoReading(_read_video(page), snapshots, unread)


def read_list(body: bytes, limit: int) -> VideoList:
    """Parse the response of `GET /videos` with that limit. Rows without an id are dropped and logged.

    Raises ForeignBody. The response states the limit applied, which may be a smaller one: a list of that length may
    hide others.
    """
    answer = read_object(body)
    rows = answer.get("videos")
    if not isinstance(rows, list):
        raise ForeignBody
    videos = []
    for row in rows[:MOST_VIDEOS]:
        try:
            videos.append(_read_video(row))
        except ForeignBody:
            continue
    if len(videos) < len(rows):
        logger.warning("dropped %d of %d rows of GET /videos", len(rows) - len(videos), len(rows))
    obeyed = min(limit, read_count(answer.get("limit")) or limit)
    return VideoList(tuple(videos), is_complete=len(videos) == len(rows) < obeyed)


def read_tracked(body: bytes, link: str) -> Video:
    """Parse either form of the response of `POST /videos/track`. Raises ForeignBody, also for another link."""
    answer = read_object(body)
    video = _read_video(answer if read_text(answer.get("video_link")) else {**answer, "video_link": link})
    if canonical_key(video.link) not in {None, canonical_key(link)}:
        raise ForeignBody
    cost = read_dollars(answer.get("estimated_cost"))
    return replace(video, estimated_cost=None if cost is None or cost < 0 else cost)


def read_stopped(body: bytes) -> Stopped:
    """Parse the response of `POST /videos/{id}/stop`. Raises ForeignBody, also if it reports failure."""
    answer = read_object(body)
    status = read_text(answer.get("new_status") or answer.get("status")).lower()
    if not status or answer.get("success") is False:
        raise ForeignBody
    return Stopped(read_text(answer.get("previous_status")).lower(), status)


def read_usage(body: bytes) -> Usage:
    """Parse the response of `GET /usage`. Raises ForeignBody if the balance is missing or impossible."""
    answer = read_object(body)
    if read_number(answer.get("balance_usd")) is None:
        raise ForeignBody
    balance, price = read_dollars(answer.get("balance_usd")), read_number(answer.get("cost_per_snapshot"))
    if balance is None:
        raise ForeignBody("returned an impossible balance")
    if price is not None and price > LARGEST_PRICE:
        raise ForeignBody("returned an impossible price")
    return Usage(
        balance=balance,
        uncharged=read_dollars(answer.get("uncharged_usage_usd")),
        total_charged=read_dollars(answer.get("total_charged_usd")),
        cost_per_snapshot=DOCUMENTED_PRICE if price is None or price <= 0 else price,
        total_snapshots=read_count(answer.get("total_snapshots")),
    )


def read_problem(body: bytes, secret: str) -> Problem:
    """Parse an error body; never raises. `secret` is removed from the words, should the server repeat it."""
    try:
        answer = read_object(body)
    except ForeignBody:
        return Problem()
    error = answer.get("error", answer.get("message"))
    if isinstance(error, dict):
        error = error.get("message", error.get("error"))
    details = answer.get("details") or answer.get("errors")
    amounts = answer | details if isinstance(details, dict) else answer
    estimate = read_dollars(amounts.get("estimated_cost"))  # `required` may be only the missing part of it
    return Problem(
        words=read_words(error, secret),
        details=tuple(islice(_read_details(details, secret), MOST_DETAILS)),
        balance=read_dollars(amounts.get("balance")),
        required=read_dollars(amounts.get("required")) if estimate is None else estimate,
        reset=amounts.get("reset"),
        is_json=True,
    )


def _read_details(details: object, secret: str) -> Iterator[tuple[str, str]]:
    """`(field, message)` pairs from a list of `{field, message}`, an object of either, or bare texts."""
    if isinstance(details, dict):
        details = [{"field": field, "message": message} for field, message in islice(details.items(), MOST_DETAILS)]
    for detail in details if isinstance(details, list) else [details]:
        pair = detail if isinstance(detail, dict) else {"message": detail}
        message = pair.get("message")
        if message := read_words(message[0] if isinstance(message, list) and message else message, secret):
            yield read_words(pair.get("field"), secret), message


def _read_video(row: object) -> Video:
    """Parse a video in any response. Only the id is required."""
    if not isinstance(row, dict):
        raise ForeignBody
    id_ = read_text(row.get("id"))
    if not id_:
        raise ForeignBody
    metadata = row.get("current_metadata")
    about = metadata if isinstance(metadata, dict) else {}
    days = read_count(row.get("monitoring_duration_days"))
    link = read_text(row.get("video_link"), most=4_000)
    leads_to = video_of(link)
    return Video(
        id=id_,
        link=link,
        platform=_read_word(row.get("platform")) or (leads_to.platform if leads_to else ""),
        status=_read_word(row.get("status")),
        title=read_text(about.get("title")),
        creator=read_text(about.get("creator")),
        started_at=read_time(row.get("monitoring_started")) or read_time(row.get("created_at")),
        days=days if days is not None and days <= LONGEST_TRACKING else None,
        days_remaining=_read_days_remaining(row.get("days_remaining")),
        is_deleted=read_flag(row.get("is_deleted")),
        extra=dict(islice(_read_extra(row), MOST_DETAILS)),
    )


def _read_word(value: object) -> str:
    """A platform or a status in lower case; empty for a word that means none."""
    word = read_words(value, most=500).lower()
    return "" if word in _NO_WORDS else word


def _read_days_remaining(value: object) -> Decimal | None:
    days = read_number(value)
    return None if days is None or not 0 <= days <= LONGEST_TRACKING else days


def _read_extra(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if name not in _KNOWN:
            text = str(value).lower() if isinstance(value, bool) else read_text(value)
            if text:
                yield read_text(name), text
