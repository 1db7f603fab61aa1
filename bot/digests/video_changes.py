"""What one mirrored video did in a window: its snapshots in, its changes, gaps and news out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.digest import LATE, VideoChange, Window
from bot.domain.growth import JITTER, Change, Coverage, change, coverage, main_metric
from bot.domain.money import ends_at, remaining_snapshots
from bot.domain.poll_times import GRACE
from bot.domain.schedule import DAY
from bot.domain.videos import HOUR, Metric, Snapshot
from bot.store.videos import StoredVideo

SLACK = 12 * HOUR
"""How much earlier than a window snapshots are read, so that one before a gap at its beginning can stand for it."""
CURRENT = HOUR + JITTER
"""How far behind the window's end the latest reading of what runs may be while every hour is read in its time."""


def needed_since(window: Window) -> datetime:
    """From when on snapshots are needed: for the window, the one before it, and the day that shows who flattened."""
    return min(min(window.start - window.length, window.end - DAY) - SLACK, window.start - LATE - HOUR)


def active_since(window: Window) -> datetime:
    """From when on a video must have had a snapshot, or have ended, to be needed for a window."""
    return window.start - max(window.length, LATE + HOUR)


def moved(stored: StoredVideo, snapshots: Sequence[Snapshot], window: Window) -> VideoChange:
    """What a video did in a window, by its snapshots since `needed_since`, oldest first.

    One that runs is compared with itself as long before its latest reading as the window is long: the latest hour may
    not be read yet, at every digest alike, so nothing is counted twice or left out. One that is over, or was not read
    for longer, is compared with what it had at the start of the window, where the digest before had left it.
    """
    video = stored.video
    metric = stored.main_metric or main_metric(video.platform, snapshots)
    known = [each for each in snapshots if each.taken_at <= window.end and metric in each.counts]
    inside = [each for each in known if each.taken_at > window.start]
    collected = [each for each in snapshots if window.holds(each.taken_at)]
    current = _change(known, metric, window, is_running=video.is_running) if inside else None
    earlier = [each for each in known if current and each.taken_at <= current.until - current.window]
    end = ends_at(video, stored.seen_at) if video.is_running else None
    over_at = None if video.is_running else _over_at(stored)
    return VideoChange(
        video=video,
        metric=metric,
        count=known[-1].counts[metric] if known else stored.main_count,
        counted_at=known[-1].taken_at if known else stored.last_snapshot_at,
        change=current,
        before=change(earlier, metric, window.length),
        day=change(known, metric, DAY) if video.is_running and inside else None,
        coverage=_coverage(stored, collected, window),
        is_new=_is_new(stored, window),
        is_finished=over_at is not None and window.start < over_at <= window.end,
        ends_at=end if end is not None and end > window.end else None,
        saves=remaining_snapshots(video, stored.seen_at, window.end),
        started_by=stored.started_by,
        key=stored.key,
    )


def _change(known: Sequence[Snapshot], metric: Metric, window: Window, *, is_running: bool) -> Change | None:
    """The change since the last reading that the digest before can have told, or the first one there is."""
    if len(known) < 2:
        return None
    latest = known[-1].taken_at
    is_current = is_running and window.end - latest <= CURRENT
    since = latest - window.length + JITTER if is_current else window.start
    told = sum(each.taken_at <= since for each in known[:-1])
    from_there = known[max(told - 1, 0) :]
    found = change(from_there, metric, latest - from_there[0].taken_at)
    span = window.length if is_running else max(latest - window.start, HOUR)
    return found and replace(found, exact=abs(found.window - span) <= JITTER)


def _coverage(stored: StoredVideo, collected: Sequence[Snapshot], window: Window) -> Coverage:
    """What was read of what was due in the window; a tracking that is over, or waits for money, owes nothing more."""
    video = stored.video
    start = max(window.start - GRACE, video.started_at or window.start)
    is_due = video.collects and not video.is_deleted
    last = collected[-1].taken_at if collected else start
    return coverage(collected, start, max(window.end - GRACE if is_due else last, start))


def _over_at(stored: StoredVideo) -> datetime | None:
    """When the bot learned that a video is over: at first sight, if the video had collected until shortly before."""
    last = stored.last_snapshot_at
    if stored.ended_at is not None or last is None:
        return stored.ended_at
    return max(last, stored.first_seen_at) if last > stored.first_seen_at - DAY else last


def _is_new(stored: StoredVideo, window: Window) -> bool:
    """Whether the bot learned of it in the window, when it was not old: linking a key makes no old video a new one."""
    started = stored.video.started_at
    learned = window.start < stored.first_seen_at <= window.end
    return learned and (started is None or started > window.start - DAY)
