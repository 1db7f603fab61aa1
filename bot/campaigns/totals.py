"""Totals of a campaign's links: changes, top videos and creators, cost, and gaps.

A total is the sum of each link's last count. All trackings of a link form one series. Missing readings aren't guessed:
they are counted and reported.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.charts.specs import Line
from bot.domain.commitments import promises
from bot.domain.growth import is_overdue, price_per_thousand
from bot.domain.leaderboard import LATE
from bot.domain.links import Creator, creator_name, creator_of
from bot.domain.money import promised
from bot.domain.videos import DAY, HOUR, Metric, VideoPlatform
from bot.store.readings import HourChange, LinkReadings
from bot.store.stored_video import StoredVideo

WEEK = 7 * DAY
SILENT_SHARE = 10
"""The total isn't drawn while links that hold more than one part in this many of it have no reading."""


@dataclass(frozen=True, slots=True)
class TotalChange:
    """How much a total changed over `window`, the longest one that a link really has.

    `uneven` counts links whose change is over another window: tracking began within it, or readings are missing.
    """

    delta: int
    window: timedelta
    uneven: int = 0


@dataclass(frozen=True, slots=True)
class MetricTotal:
    """The sum of one metric over the links that have it, and its changes; None without two readings of a link."""

    metric: Metric
    links: int
    count: int
    day: TotalChange | None
    week: TotalChange | None


@dataclass(frozen=True, slots=True)
class TopVideo:
    """A link of a campaign by its main count. `day` is its change in 24 h, None if unknown."""

    stored: StoredVideo
    metric: Metric
    count: int
    day: int | None


@dataclass(frozen=True, slots=True)
class TopCreator:
    """A creator of some links: the name as displayed, and the totals of their videos."""

    who: Creator
    name: str
    links: int
    count: int
    day: int | None


@dataclass(frozen=True, slots=True)
class CampaignMoney:
    """Dollars: what tracking the links has cost, over the snapshots of all trackings, and what it will still cost.

    `per_thousand` is the cost per 1,000 new views of links with views; None without new ones. `is_certain` is False if
    a running video has no known end.
    """

    spent: Decimal
    committed: Decimal
    per_thousand: Decimal | None
    is_certain: bool


@dataclass(frozen=True, slots=True)
class CampaignTotals:
    """A campaign's totals: `main` is of views if any link has them, else of likes.

    `apart` is the total likes of links without views, if others have views; `metrics` are all totals, if requested.
    `unread` counts links without any reading, `gaps` those with missing hours, `ended` those no longer tracked.
    `videos` and `creators` are sorted by the main metric, best first.
    """

    links: int
    main: MetricTotal | None
    apart: MetricTotal | None
    metrics: tuple[MetricTotal, ...]
    unread: int
    gaps: int
    ended: int
    videos: tuple[TopVideo, ...]
    creators: tuple[TopCreator, ...]
    money: CampaignMoney | None
    as_of: datetime | None


def moments(now: datetime) -> tuple[datetime, datetime, datetime]:
    """Times at which links must be read for `campaign_totals`: now, a day and a week ago."""
    return now, now - DAY, now - WEEK


def campaign_totals(
    links: int, found: Sequence[LinkReadings], price: Decimal | None, now: datetime, *, whole: bool = False
) -> CampaignTotals:
    """Compute the totals of a campaign with `links` links, of which `found` were tracked, read at `moments`.

    `price` is dollars per snapshot, None if unknown; `whole` adds the total of every metric.
    """
    read = [(each, metric) for each in found if (metric := main_metric_of(each)) is not None]
    by_views = [each for each, metric in read if metric is Metric.VIEWS]
    others = [each for each, metric in read if metric is not Metric.VIEWS]
    main_metric, main = (Metric.VIEWS, by_views) if by_views else (Metric.LIKES, others)
    videos = sorted(
        (_video(each, main_metric, now) for each in main), key=lambda each: (-each.count, each.stored.video.id)
    )
    metrics = (_total(found, metric, now) for metric in Metric if whole)
    return CampaignTotals(
        links=links,
        main=_total(main, main_metric, now),
        apart=_total(others, Metric.LIKES, now) if by_views else None,
        metrics=tuple(each for each in metrics if each is not None),
        unread=links - len(read),
        gaps=sum(_has_gap(each, now) for each in found),
        ended=sum(not any(tracking.video.is_running for tracking in each.trackings) for each in found),
        videos=tuple(videos),
        creators=_creators(videos),
        money=None if price is None else _money(found, price, now),
        as_of=max((each.at[0].taken_at for each in found if each.at[0] is not None), default=None),
    )


def main_metric_of(link: LinkReadings) -> Metric | None:
    """A link's main metric: views, or likes on Instagram and without views; None if neither was read."""
    has_views = link.stating(Metric.VIEWS, 0) and link.newest.video.platform != VideoPlatform.INSTAGRAM
    metric = Metric.VIEWS if has_views else Metric.LIKES
    return metric if link.stating(metric, 0) else None


def _total(links: Iterable[LinkReadings], metric: Metric, now: datetime) -> MetricTotal | None:
    stated = [(each, last) for each in links if (last := each.stating(metric, 0)) is not None]
    if not stated:
        return None
    day, week = (_sum([_change(each, metric, n, now) for each, _ in stated], span) for n, span in ((1, DAY), (2, WEEK)))
    if day is not None and week is not None and week.window <= day.window:
        week = None  # nothing is older than a day, so both are the same
    return MetricTotal(metric, len(stated), sum(last.counts[metric] for _, last in stated), day, week)


def _change(link: LinkReadings, metric: Metric, number: int, now: datetime) -> tuple[int, timedelta] | None:
    """A link's gain since moment `number`, or since its first reading after it; None with a single reading.

    And over which window: up to now if it ended, as its last count still stands, and zero if it ended before.
    """
    last, before = link.stating(metric, 0), link.stating(metric, number)
    base = before or link.stating(metric, None)
    if last is None or base is None or (before is None and base.taken_at == last.taken_at):
        return None
    if base.taken_at == last.taken_at:
        return 0, timedelta()
    until = last.taken_at if link.newest.video.is_running else now
    return last.counts[metric] - base.counts[metric], until - base.taken_at


def _sum(changes: Sequence[tuple[int, timedelta] | None], span: timedelta) -> TotalChange | None:
    """Add up the changes. A link that ended before the window gained nothing in it, over any window."""
    known = [each for each in changes if each is not None]
    if not known:
        return None
    moved = [window for _, window in known if window]
    uneven = sum(abs(window - span) > LATE for window in moved)
    window = span if uneven < len(moved) or not moved else max(moved)
    return TotalChange(sum(delta for delta, _ in known), window, uneven)


def _video(link: LinkReadings, metric: Metric, now: datetime) -> TopVideo:
    change = _change(link, metric, 1, now)
    last = link.stating(metric, 0)
    return TopVideo(link.newest, metric, last.counts[metric] if last else 0, None if change is None else change[0])


def _creators(videos: Iterable[TopVideo]) -> tuple[TopCreator, ...]:
    mine: defaultdict[Creator, list[TopVideo]] = defaultdict(list)
    for each in videos:
        who = creator_of(each.stored.video)
        if who is not None:
            mine[who].append(each)
    found = []
    for who, theirs in mine.items():
        video = theirs[0].stored.video
        days = [each.day for each in theirs if each.day is not None]
        name = creator_name(video.link, video.creator)
        count = sum(each.count for each in theirs)
        found.append(TopCreator(who, name, len(theirs), count, sum(days) if days else None))
    return tuple(sorted(found, key=lambda each: (-each.count, each.who.platform, each.who.handle)))


def _has_gap(link: LinkReadings, now: datetime) -> bool:
    """Whether a tracking has missing hours, or the newest reading is overdue."""
    last = link.newest.last_snapshot_at
    if _is_due(link.newest) and last is not None and is_overdue(last, now):
        return True
    return any(
        each.snapshot_count < (each.last_snapshot_at - each.video.started_at + HOUR / 2) // HOUR
        for each in link.trackings
        if each.last_snapshot_at is not None and each.video.started_at is not None
    )


def _money(found: Sequence[LinkReadings], price: Decimal, now: datetime) -> CampaignMoney:
    trackings = [tracking for each in found for tracking in each.trackings]
    owed, open_ended = promises(each.observation for each in trackings)
    snapshots, new_views = 0, 0
    for each in found:
        first, last = each.stating(Metric.VIEWS, None), each.stating(Metric.VIEWS, 0)
        if first is not None and last is not None:
            snapshots += _snapshots(each)
            new_views += last.counts[Metric.VIEWS] - first.counts[Metric.VIEWS]
    return CampaignMoney(
        spent=sum(map(_snapshots, found)) * price,
        committed=promised(owed, price, now),
        per_thousand=price_per_thousand(snapshots * price, new_views),
        is_certain=not open_ended,
    )


def _snapshots(link: LinkReadings) -> int:
    return sum(each.snapshot_count for each in link.trackings)


def total_line(
    label: str, metric: Metric, hours: Sequence[HourChange], found: Iterable[LinkReadings]
) -> Line[datetime] | None:
    """The total over time, interrupted while too much of it has no reading; ended links keep their last count.

    None without a reading. `found` are the links as read now, to detect running ones without recent readings.
    """
    if not hours:
        return None
    end = max(each.at for each in hours if each.at is not None)
    for_good = _silent_since(found, metric, end)
    changes = {each.number: each for each in hours}
    segments: list[list[tuple[datetime, int]]] = [[]]
    total = silent = 0
    for number in range(hours[0].number, hours[-1].number + 1):
        changed = changes.get(number)
        silent += for_good.get(number, 0)
        if changed is not None:
            total, silent = total + changed.gained, silent + changed.silent
        if silent * SILENT_SHARE > total:
            segments += [[]] if segments[-1] else []
        elif changed is not None and changed.at is not None:
            segments[-1].append((changed.at, total))
    drawn = tuple(tuple(each) for each in segments if each)
    return Line(label, drawn) if drawn else None


def _silent_since(found: Iterable[LinkReadings], metric: Metric, end: datetime) -> dict[int, int]:
    """The part of the total held by links with an overdue reading, by the hour at which the silence begins."""
    silent: defaultdict[int, int] = defaultdict(int)
    for each in found:
        last = each.stating(metric, 0)
        if last is not None and _is_due(each.newest) and is_overdue(last.taken_at, end):
            silent[int(last.taken_at.timestamp()) // 3600 + 1] += last.counts[metric]
    return silent


def _is_due(stored: StoredVideo) -> bool:
    return stored.video.collects and not stored.video.is_deleted
