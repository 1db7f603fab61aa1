"""One curve per link: all trackings of a video joined to one series, with gaps in between."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from bot.domain.digest import keeps_growing
from bot.domain.growth import JITTER, LONGEST_STEP, Coverage, change, coverage, main_metric
from bot.domain.videos import DAY, Snapshot, Video, VideoReading


@dataclass(frozen=True, slots=True)
class Curve:
    """A link's trackings, oldest first, and the snapshots of all, each with its tracking.

    A later tracking adds nothing where an earlier one has hourly snapshots, so no hour counts twice. `reading` is the
    whole series, as a reading of the running tracking, else of the newest.
    """

    trackings: tuple[VideoReading, ...]
    parts: tuple[tuple[Video, Snapshot], ...]
    reading: VideoReading

    @property
    def video(self) -> Video:
        """The running tracking, else the newest."""
        return self.reading.video

    @property
    def started_at(self) -> datetime | None:
        """Start of the first tracking: as the API reports it, else its first snapshot."""
        return _start(self.trackings[0])

    @property
    def billed(self) -> int:
        """How many snapshots were collected, including those of two trackings for the same hour."""
        return sum(len(each.snapshots) for each in self.trackings)

    @property
    def runs(self) -> tuple[tuple[Video, tuple[Snapshot, ...]], ...]:
        """The series, split where another tracking continues it."""
        found = []
        for _, group in groupby(self.parts, key=lambda part: part[0].id):
            run = tuple(group)
            found.append((run[0][0], tuple(snapshot for _, snapshot in run)))
        return tuple(found)

    @property
    def between(self) -> tuple[tuple[datetime, datetime], ...]:
        """Times without a tracking, from the last snapshot of one to the first of the next."""
        ends = [(run[0].taken_at, run[-1].taken_at) for _, run in self.runs]
        return tuple((last, first) for (_, last), (first, _) in pairwise(ends) if first - last > LONGEST_STEP)

    def coverage(self, now: datetime) -> Coverage | None:
        """Snapshots collected and due while a tracking ran; None without a snapshot."""
        counted = [_coverage(each, now) for each in self.trackings if each.snapshots]
        if not counted:
            return None
        return Coverage(sum(each.collected for each in counted), sum(each.expected for each in counted))


def joined(trackings: Iterable[VideoReading]) -> Curve:
    """Join the trackings of one link, in any order. Raises ValueError without one."""
    ordered = sorted(trackings, key=_order)
    if not ordered:
        raise ValueError("a curve needs a tracking")
    parts: list[tuple[Video, Snapshot]] = []
    for each in ordered:
        times = [snapshot.taken_at for _, snapshot in parts]
        new = [taken for taken in each.snapshots if _is_missing(times, taken.taken_at)] if times else each.snapshots
        parts += [(each.video, taken) for taken in new]
        parts.sort(key=lambda part: part[1].taken_at)
    video = next((each.video for each in reversed(ordered) if each.video.is_running), ordered[-1].video)
    snapshots = tuple(snapshot for _, snapshot in parts)
    return Curve(tuple(ordered), tuple(parts), VideoReading(video, snapshots, sum(each.unread for each in ordered)))


def still_grows(reading: VideoReading) -> bool:
    """Whether tracking a video longer promises news: it gained in the last 24 h and hasn't flattened."""
    metric = main_metric(reading.video.platform, reading.snapshots)
    day = change(reading.snapshots, metric, DAY)
    last = next((each.counts[metric] for each in reversed(reading.snapshots) if metric in each.counts), None)
    return not reading.video.is_deleted and keeps_growing(day, last, metric)


def _start(reading: VideoReading) -> datetime | None:
    return reading.video.started_at or (reading.snapshots[0].taken_at if reading.snapshots else None)


def _order(reading: VideoReading) -> tuple[float, str]:
    start = _start(reading)
    return (start.timestamp() if start else float("inf")), reading.video.id


def _is_missing(times: Sequence[datetime], at: datetime) -> bool:
    """Whether a series has no hourly snapshot at that time: before the first, after the last, or in a gap."""
    place = bisect_left(times, at)
    before, after = (times[place - 1] if place else None), (times[place] if place < len(times) else None)
    if before is not None and after is not None and after - before <= LONGEST_STEP:
        return False
    return (before is None or at - before >= JITTER) and (after is None or after - at >= JITTER)


def _coverage(reading: VideoReading, now: datetime) -> Coverage:
    video, last = reading.video, reading.snapshots[-1].taken_at
    until = max(now, last) if video.collects and not video.is_deleted else last
    return coverage(reading.snapshots, video.started_at, until)
