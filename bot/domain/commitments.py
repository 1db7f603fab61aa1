"""Commitments of running videos: the snapshots still to come until each one ends.

The API takes a video's snapshots an hour apart, a fixed number of them. It isn't documented whether the first one is
taken at the start or an hour later, so that is inferred from the snapshots.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from bot.domain.videos import HOUR, Video, VideoStatus

_ROUNDING = timedelta(minutes=10)
"""Possible excess of `days_remaining`, which the API rounds to an unknown number of digits."""
_JITTER = timedelta(minutes=10)
"""How far a snapshot may be from its hour."""
_LONGEST = 366
"""Longer durations, in days, are taken for nonsense and cut; the documentation allows 30."""


class Observation(NamedTuple):
    """A video as the API reported it at `seen_at`, how many of its snapshots were read, and the time of the last."""

    video: Video
    seen_at: datetime
    snapshots: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What one video will still cost: a snapshot per hour until `ends_at`. A paused one (`burns` False) owes it later.

    `last_at` is when its last snapshot is due, and `unread` how many weren't read yet, taken or still to come; None if
    the times of its snapshots are unknown.
    """

    video_id: str
    ends_at: datetime
    burns: bool = True
    last_at: datetime | None = None
    unread: int | None = None

    def snapshots(self, now: datetime) -> int:
        """How many snapshots are still to come: one per hour begun, so that no commitment is understated.

        At a time before the start, such as the one of a balance read just before it, these are all of its snapshots.
        """
        until = self.ends_at - _ROUNDING if self.last_at is None else self.last_at
        hours = max(-((now - until) // HOUR), 0)
        return hours if self.unread is None else min(hours, self.unread)


def ends_at(video: Video, seen_at: datetime) -> datetime | None:
    """When a tracking ends, from the API's data at `seen_at`; None if that is unknown.

    The start plus the paid days, if both are known: these are the same in every response, while the days remaining are
    rounded and count from the time of reading. Those only move the end, by whole days, if a pause did, and are used
    alone if the start or the paid days are unknown.
    """
    remaining = None if video.days_remaining is None else seen_at + _days(video.days_remaining)
    if video.days is None or video.started_at is None:
        return seen_at + _days(video.days) if remaining is None and video.days is not None else remaining
    paid = video.started_at + _days(video.days)
    if video.days_remaining is None or remaining is None:
        return paid
    # Whole days may be rounded up by almost a day.
    is_whole = video.days_remaining == video.days_remaining.to_integral_value()
    moved = (remaining - paid) // _days(1) if is_whole else round((remaining - paid) / _days(1))
    return paid + _days(max(moved, 0))


def promises(videos: Iterable[Observation]) -> tuple[tuple[Promise, ...], int]:
    """What running videos still owe, and how many have no known end and are left out.

    Deleted videos are free, by the documentation. If most videos show that their first snapshot was taken at the start,
    that is assumed for the others too, which may have a gap or not be read yet.
    """
    running = [each for each in videos if each.video.is_running and not each.video.is_deleted]
    at_start = _start_with_a_snapshot(running)
    found = [_promise(each, at_start=at_start) for each in running]
    kept = tuple(filter(None, found))
    return kept, len(found) - len(kept)


def remaining_snapshots(seen: Observation, now: datetime) -> int | None:
    """The snapshots that a video would still cost; None if its end is unknown."""
    if not seen.video.is_running or seen.video.is_deleted:
        return 0
    promise = _promise(seen, at_start=False)
    return None if promise is None else promise.snapshots(now)


def _promise(seen: Observation, *, at_start: bool) -> Promise | None:
    end = ends_at(seen.video, seen.seen_at)
    if end is None:
        return None
    promise = Promise(seen.video.id, end, burns=seen.video.status != VideoStatus.PAUSED)
    start = seen.video.started_at
    if start is None or seen.video.days is None:
        return promise
    hours, total = _hours_before(seen), (end - start) // HOUR
    if hours is None or seen.last_at is None:
        return replace(promise, last_at=end - HOUR if at_start else end, unread=total)
    unread = total - hours - (seen.snapshots > hours or (at_start and _is_on_the_hour(seen)))
    return replace(promise, last_at=seen.last_at + unread * HOUR, unread=unread)


def _hours_before(seen: Observation) -> int | None:
    """Which hour of its tracking the last snapshot was for, if none was taken at the start; None without one."""
    start = seen.video.started_at
    if start is None or seen.last_at is None or not seen.snapshots or seen.last_at < start - _JITTER:
        return None
    return -((start + _JITTER - seen.last_at) // HOUR)


def _start_with_a_snapshot(running: Sequence[Observation]) -> bool:
    """Whether most of the videos that were read have one snapshot more than hours."""
    more = [
        each.snapshots > hours
        for each in running
        if (hours := _hours_before(each)) is not None and _is_on_the_hour(each)
    ]
    return sum(more) * 2 > len(more)


def _is_on_the_hour(seen: Observation) -> bool:
    """Whether the last snapshot was taken whole hours after the start."""
    if seen.last_at is None or seen.video.started_at is None:
        return False
    since_start = seen.last_at - seen.video.started_at
    return abs(since_start - round(since_start / HOUR) * HOUR) <= _JITTER


def _days(stated: Decimal | int) -> timedelta:
    return timedelta(days=float(min(max(stated, 0), _LONGEST)))
