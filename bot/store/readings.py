"""Readings of every link at given times, for rankings, campaign totals and payouts.

A link may have been tracked several times; the trackings that a workspace may see are merged into one row. The total of
several links hour by hour is summed in the database: a long history of many links is a few rows.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    column,
    extract,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
    values,
)

from bot.domain.growth import JITTER
from bot.domain.videos import HOUR, Metric, Snapshot
from bot.store.database import Aggregate
from bot.store.stored_video import METRICS, StoredVideo, from_row
from bot.store.tables import snapshots, videos
from bot.store.videos import visible_to
from bot.store.workspaces import Workspace

MOST_TRACKINGS = 5_000
"""Maximum number of trackings per query: a chat shows a few dozen of their rows."""
_AT_ONCE = 2_000
_COUNTS = ("taken_at", *METRICS)


@dataclass(frozen=True, slots=True)
class LinkReadings:
    """A link's trackings, oldest first, its first snapshot, and the newest one at or before each requested time.

    A snapshot is None if no tracking has one by then. `others` replace them for metrics that they lack, by the index of
    the time (None for the first snapshot) and the metric.
    """

    trackings: tuple[StoredVideo, ...]
    first: Snapshot | None
    at: tuple[Snapshot | None, ...]
    others: Mapping[tuple[int | None, Metric], Snapshot] = field(default_factory=dict)

    @property
    def newest(self) -> StoredVideo:
        """The newest tracking."""
        return self.trackings[-1]

    @property
    def key(self) -> str:
        """The canonical key of the link, or the id of a tracking without a link."""
        return self.newest.curve_key

    def stating(self, metric: Metric, place: int | None) -> Snapshot | None:
        """The newest snapshot with a metric at or before the time at index `place`, or the first one for None."""
        taken = self.first if place is None else self.at[place]
        return taken if taken is not None and metric in taken.counts else self.others.get((place, metric))

    def unstated(self) -> list[tuple[int | None, Metric]]:
        """The places whose snapshot lacks a metric that the link has."""
        places = [(place, each) for place, each in ((None, self.first), *enumerate(self.at)) if each is not None]
        stated = {each.main_metric for each in self.trackings if each.main_metric is not None}
        stated |= {metric for _, each in places for metric in each.counts}
        few = ((place, each.counts) for place, each in places if not each.counts or len(each.counts) < len(stated))
        return [
            (place, metric) for place, counts in few for metric in (stated if counts else set(Metric)) - counts.keys()
        ]


class Readings(Aggregate):
    """Reads of the mirror at given times. Their cost doesn't depend on how long videos have been tracked."""

    async def at(
        self, workspace: Workspace, moments: Sequence[datetime], keys: Collection[str] | None = None
    ) -> tuple[LinkReadings, ...]:
        """The links with these keys that the workspace may see, unordered.

        Without keys, links with a running tracking or a snapshot after the earliest time. Of more than `MOST_TRACKINGS`
        trackings, the newest are used.
        """
        wanted = list(keys) if keys is not None else _counted_since(min(moments), workspace)
        query = _statement(len(moments)).where(visible_to(workspace), videos.c.key.in_(wanted))
        query = query.order_by(videos.c.newest_at.desc()).limit(MOST_TRACKINGS)
        given = {f"moment_{number}": moment for number, moment in enumerate(moments, 1)}
        found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
        for row in await self._database.rows(query, given):
            found[row.key or row.video_id].append(row)
        links = [_joined(rows, len(moments)) for rows in found.values()]
        unstated: defaultdict[tuple[int | None, Metric], list[str]] = defaultdict(list)
        for link in links:
            for each in link.unstated():
                unstated[each].append(link.key)
        others: defaultdict[str, dict[tuple[int | None, Metric], Snapshot]] = defaultdict(dict)
        for (place, metric), missing in unstated.items():
            query = _stating(metric, None if place is None else moments[place], missing).where(visible_to(workspace))
            for key, taken_at, count in await self._database.rows(query):
                others[key][place, metric] = Snapshot(taken_at, {metric: count})
        return tuple(replace(each, others=others[each.key]) if each.key in others else each for each in links)

    async def at_own_moments(self, workspace: Workspace, moments: Mapping[str, datetime]) -> Mapping[str, Snapshot]:
        """The newest snapshot with the main count of each link at or before its own time, by key.

        Links without one are left out.
        """
        found: dict[str, Snapshot] = {}
        pairs = list(moments.items())
        for start in range(0, len(pairs), _AT_ONCE):
            for row in await self._database.rows(_at_own(pairs[start : start + _AT_ONCE]).where(visible_to(workspace))):
                taken = Snapshot(
                    row.taken_at, {each: row[2 + n] for n, each in enumerate(METRICS) if row[2 + n] is not None}
                )
                if row.key not in found or found[row.key].taken_at < taken.taken_at:
                    found[row.key] = taken
        return found


def _at_own(moments: Sequence[tuple[str, datetime]]) -> Select[Any]:
    """Query for the newest snapshot of each tracking at or before the time of its link."""
    asked = values(column("key", videos.c.key.type), column("moment", snapshots.c.taken_at.type), name="asked")
    own = asked.data(list(moments)).cte("own")
    taken = snapshots.alias("taken")
    counted = case((videos.c.main_metric == Metric.LIKES, taken.c.likes), else_=taken.c.views).is_not(None)
    newest = select(func.max(taken.c.taken_at)).where(
        taken.c.wallet_id == videos.c.wallet_id,
        taken.c.video_id == videos.c.video_id,
        taken.c.taken_at <= own.c.moment,
        counted,
    )
    mine = and_(snapshots.c.wallet_id == videos.c.wallet_id, snapshots.c.video_id == videos.c.video_id)
    joined = videos.join(own, own.c.key == videos.c.key).join(
        snapshots, and_(mine, snapshots.c.taken_at == newest.correlate(videos, own).scalar_subquery())
    )
    return select(videos.c.key, *(snapshots.c[name] for name in _COUNTS)).select_from(joined)


def _stating(metric: Metric, moment: datetime | None, keys: Sequence[str]) -> Select[Any]:
    """Query for the newest snapshot of each tracking with a metric at or before a time, the best of a link last.

    Without a time, the first one.
    """
    taken = snapshots.alias("taken")
    mine = (taken.c.wallet_id == videos.c.wallet_id, taken.c.video_id == videos.c.video_id)
    by_then = () if moment is None else (taken.c.taken_at <= moment,)
    order = taken.c.taken_at if moment is None else taken.c.taken_at.desc()
    when = select(taken.c.taken_at).where(*mine, *by_then, taken.c[metric].is_not(None)).order_by(order).limit(1)
    picked = and_(
        snapshots.c.wallet_id == videos.c.wallet_id,
        snapshots.c.video_id == videos.c.video_id,
        snapshots.c.taken_at == when.correlate(videos).scalar_subquery(),
    )
    found = select(videos.c.key, snapshots.c.taken_at, snapshots.c[metric]).select_from(videos.join(snapshots, picked))
    best = snapshots.c.taken_at.desc() if moment is None else snapshots.c.taken_at
    return found.where(videos.c.key.in_(keys)).order_by(best)


def _counted_since(moment: datetime, workspace: Workspace) -> Select[Any]:
    """Query for the keys of links that run or have a snapshot after a time."""
    is_counted = or_(videos.c.is_running, videos.c.last_snapshot_at > moment)
    return select(videos.c.key).where(visible_to(workspace), is_counted).correlate(None)


@cache
def _statement(moments: int) -> Select[Any]:
    """Query for each tracking with its first snapshot and the newest at each time: two primary key look-ups each.

    The times are parameters `moment_1` and so on.
    """
    joined: FromClause = videos
    columns: list[Any] = []
    taken = snapshots.alias("taken")
    mine = (taken.c.wallet_id == videos.c.wallet_id, taken.c.video_id == videos.c.video_id)
    for number in range(moments + 1):
        picked = snapshots.alias(f"picked_{number}")
        first = select(func.min(taken.c.taken_at)).where(*mine)
        newest = select(func.max(taken.c.taken_at)).where(*mine, taken.c.taken_at <= bindparam(f"moment_{number}"))
        when = (newest if number else first).correlate(videos).scalar_subquery()
        on = and_(
            picked.c.wallet_id == videos.c.wallet_id, picked.c.video_id == videos.c.video_id, picked.c.taken_at == when
        )
        joined = joined.outerjoin(picked, on)
        columns += [picked.c[name].label(f"{name}_{number}") for name in _COUNTS]
    return select(videos, *columns).select_from(joined)


def _joined(rows: Sequence[Row[Any]], moments: int) -> LinkReadings:
    """Merge the rows of a link's trackings."""
    if len(rows) == 1:  # the usual case
        row = rows[0]
        first, *at = (_taken(row, number) for number in range(moments + 1))
        return LinkReadings((from_row(row),), first, tuple(at))
    ordered = sorted(rows, key=lambda row: (row.newest_at, row.video_id))
    firsts, *each_at = (
        [taken for row in ordered if (taken := _taken(row, number)) is not None] for number in range(moments + 1)
    )
    newest = tuple(max(each, key=_when, default=None) for each in each_at)
    return LinkReadings(tuple(map(from_row, ordered)), min(firsts, key=_when, default=None), newest)


def _taken(row: Row[Any], number: int) -> Snapshot | None:
    """The snapshot in a row under a number, None if there is none; unknown counts are left out."""
    start = len(videos.c) + number * len(_COUNTS)
    taken_at = row[start]
    if taken_at is None:
        return None
    stated = zip(METRICS, row[start + 1 : start + len(_COUNTS)], strict=True)
    return Snapshot(taken_at, {metric: count for metric, count in stated if count is not None})


def _when(snapshot: Snapshot) -> datetime:
    return snapshot.taken_at


_SECOND = timedelta(seconds=1)
_HOUR, _LATEST = HOUR // _SECOND, (HOUR + JITTER) // _SECOND


class HourChange(NamedTuple):
    """The change of one hour in the sum of all links' last counts.

    `number` counts hours since 1970 and `at` is when the hour's last reading was taken, None without one. `gained` is
    the sum's change, first counts of new links included. `silent` is the change of the part of the sum that belongs to
    links in a gap, which have no reading in that hour but have later ones.
    """

    number: int
    at: datetime | None
    gained: int
    silent: int


class TotalHistory(Aggregate):
    """The `snapshots` of many videos together. All trackings of a link form one series."""

    async def hours(self, workspace: Workspace, keys: Collection[str], metric: Metric) -> tuple[HourChange, ...]:
        """Every hour with a change for the links with these keys, oldest first."""
        counts = snapshots.c[metric]
        read = (
            select(videos.c.key, cast(extract("epoch", snapshots.c.taken_at), BigInteger).label("at"), counts)
            .join(videos, (videos.c.wallet_id == snapshots.c.wallet_id) & (videos.c.video_id == snapshots.c.video_id))
            .where(visible_to(workspace), videos.c.key.in_(list(keys)), counts.is_not(None))
            .subquery()
            .c
        )
        count = read[metric]
        series: dict[str, Any] = {"partition_by": read.key, "order_by": read.at}
        before, since = (func.lag(each).over(**series) for each in (count, read.at))
        steps = select(read.at, count.label("count"), before.label("before"), since.label("since")).cte("steps").c
        has_gap = steps.at - steps.since > _LATEST
        gained = steps.count - func.coalesce(steps.before, 0)
        events = (
            union_all(
                _event(steps.at, steps.at, gained, literal(0)),
                _event(steps.since + _HOUR, cast(null(), BigInteger), literal(0), steps.before).where(has_gap),
                _event(steps.at, cast(null(), BigInteger), literal(0), -steps.before).where(has_gap),
            )
            .subquery("events")
            .c
        )
        number, at, gained, silent = events.number, events.at, events.gained, events.silent
        found = select(number, func.max(at), func.sum(gained), func.sum(silent)).group_by(number).order_by(number)
        return tuple(
            HourChange(
                row[0], None if row[1] is None else datetime.fromtimestamp(row[1], UTC), int(row[2]), int(row[3])
            )
            for row in await self._database.rows(found)
        )


def _event(
    second: ColumnElement[int], at: ColumnElement[int], gained: ColumnElement[int], silent: ColumnElement[int]
) -> Select[Any]:
    """A change in the hour of a second since 1970."""
    columns: list[Any] = [
        (second // _HOUR).label("number"),
        at.label("at"),
        gained.label("gained"),
        silent.label("silent"),
    ]
    return select(*columns)
