"""When to read a video's page: once per snapshot hour, just after the snapshot was taken.

The API takes a video's snapshots an hour apart, at a minute specific to the video, which its snapshots reveal.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.growth import JITTER
from bot.domain.videos import HOUR, Snapshot, Video, VideoReading

GRACE = timedelta(seconds=90)
"""How long after its time a snapshot is assumed to be on the page."""
LONGEST = timedelta(days=31)
"""Longer than any tracking."""
LONGEST_WAIT = timedelta(days=366)
"""Longest time that a tracking waits for money before it continues."""
FARTHEST = HOUR + JITTER
"""Longest time between two reads of a page."""


def first_read(video: Video, now: datetime) -> datetime:
    """When to read a running video's page for the first time: with its first snapshot, or now."""
    if video.started_at is None:
        return now
    return min(max(video.started_at + HOUR + GRACE, now), now + HOUR + GRACE)


def next_read(
    video: Video, read_at: datetime, last_snapshot_at: datetime | None, first_seen_at: datetime
) -> datetime | None:
    """When to read a page again; None if nothing new can come.

    A page whose video is no longer collected is complete once it was read long enough after its last snapshot that
    another one would have been there.
    """
    last = last_snapshot_at or video.started_at or first_seen_at
    if video.collects:
        hours = max((read_at - last - GRACE) // HOUR + 1, 1)
        return min(last + GRACE + hours * HOUR, read_at + GRACE + HOUR)
    enough = last + FARTHEST
    return None if read_at >= enough else min(enough, read_at + FARTHEST)


def in_its_time(reading: VideoReading, now: datetime) -> VideoReading:
    """Drop snapshots from the future, or from long before the tracking began: they count as `unread`.

    An impossible start becomes unknown.
    """
    oldest = reading.snapshots[0].taken_at if reading.snapshots else None
    reading = replace(reading, video=with_possible_start(reading.video, now, oldest))
    start = reading.video.started_at
    first = None if start is None else start - LONGEST
    kept = tuple(each for each in reading.snapshots if _is_possible(each, first, now + HOUR))
    if len(kept) == len(reading.snapshots):
        return reading
    return replace(reading, snapshots=kept, unread=reading.unread + len(reading.snapshots) - len(kept))


def with_possible_start(video: Video, now: datetime, oldest: datetime | None = None) -> Video:
    """Drop a start in the future, or more than a year before the first snapshot.

    `oldest` is the time of the first snapshot. A running video without one is assumed to collect now.
    """
    start = video.started_at
    collected_at = oldest or (now if video.is_running else start)
    if start is None or collected_at is None or collected_at - LONGEST_WAIT <= start <= now + HOUR:
        return video
    return replace(video, started_at=None)


def _is_possible(snapshot: Snapshot, first: datetime | None, last: datetime) -> bool:
    return snapshot.taken_at <= last and (first is None or snapshot.taken_at >= first)


def joined(known: tuple[Snapshot, ...], read: tuple[Snapshot, ...]) -> tuple[Snapshot, ...]:
    """Merge known snapshots with those of a page, oldest first: a page that omits rows deletes nothing."""
    found = {each.taken_at: each for each in (*known, *read)}
    return tuple(found[at] for at in sorted(found))
