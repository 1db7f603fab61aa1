"""What every link counted at given moments: the rows behind rankings, campaign totals and payouts.

A link may have been tracked several times; those trackings that the workspace may see are one row here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, column, func, or_, select, values

from bot.domain.videos import Snapshot
from bot.store.database import Aggregate
from bot.store.stored_video import METRICS, StoredVideo, from_row
from bot.store.tables import snapshots, videos
from bot.store.videos import visible_to
from bot.store.workspaces import Workspace

MOST_TRACKINGS = 5_000
"""Trackings that a read is about at most: a chat shows a few dozen of their rows."""
_AT_ONCE = 2_000
_COUNTS = ("taken_at", *METRICS)


@dataclass(frozen=True, slots=True)
class LinkReadings:
    """A link's trackings, oldest first, its first snapshot, and the newest one at or before each moment asked for.

    A snapshot is None if none of its trackings has one by then.
    """

    trackings: tuple[StoredVideo, ...]
    first: Snapshot | None
    at: tuple[Snapshot | None, ...]

    @property
    def newest(self) -> StoredVideo:
        """The newest tracking."""
        return self.trackings[-1]

    @property
    def key(self) -> str:
        """The canonical key of the link."""
        return self.newest.key


class Readings(Aggregate):
    """Reads of the mirror at given moments. A read costs the same however long the videos have been tracked."""

    async def at(
        self, workspace: Workspace, moments: Sequence[datetime], keys: Collection[str] | None = None
    ) -> tuple[LinkReadings, ...]:
        """The links of these keys that the workspace sees, in no order.

        Without keys, those that run or have a snapshot after the earliest moment. Of more than `MOST_TRACKINGS`
        trackings the newest count.
        """
        wanted = videos.c.key.in_(list(keys)) if keys is not None else _counted_since(min(moments))
        query = _statement(moments).where(visible_to(workspace), wanted)
        found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
        for row in await self._database.rows(query.order_by(videos.c.newest_at.desc()).limit(MOST_TRACKINGS)):
            found[row.key].append(row)
        return tuple(_joined(rows, len(moments)) for rows in found.values())

    async def at_own_moments(self, workspace: Workspace, moments: Mapping[str, datetime]) -> Mapping[str, Snapshot]:
        """The newest snapshot of each link at or before a moment of its own, by key; only links that have one."""
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
    """The newest snapshot of each tracking at or before the moment of its link."""
    asked = values(column("key", videos.c.key.type), column("moment", snapshots.c.taken_at.type), name="asked")
    own = asked.data(list(moments)).cte("own")
    taken = snapshots.alias("taken")
    newest = select(func.max(taken.c.taken_at)).where(
        taken.c.wallet_id == videos.c.wallet_id, taken.c.video_id == videos.c.video_id, taken.c.taken_at <= own.c.moment
    )
    mine = and_(snapshots.c.wallet_id == videos.c.wallet_id, snapshots.c.video_id == videos.c.video_id)
    joined = videos.join(own, own.c.key == videos.c.key).join(
        snapshots, and_(mine, snapshots.c.taken_at == newest.correlate(videos, own).scalar_subquery())
    )
    return select(videos.c.key, *(snapshots.c[name] for name in _COUNTS)).select_from(joined)


def _counted_since(moment: datetime) -> ColumnElement[bool]:
    return or_(videos.c.is_running, videos.c.last_snapshot_at > moment)


def _statement(moments: Sequence[datetime]) -> Select[Any]:
    """Each tracking with its first snapshot and the newest at each moment: two look-ups of the primary key apiece."""
    joined: FromClause = videos
    columns: list[Any] = []
    taken = snapshots.alias("taken")
    mine = (taken.c.wallet_id == videos.c.wallet_id, taken.c.video_id == videos.c.video_id)
    for number in range(len(moments) + 1):
        picked = snapshots.alias(f"picked_{number}")
        first = select(func.min(taken.c.taken_at)).where(*mine)
        newest = select(func.max(taken.c.taken_at)).where(*mine, taken.c.taken_at <= moments[number - 1])
        when = (newest if number else first).correlate(videos).scalar_subquery()
        on = and_(
            picked.c.wallet_id == videos.c.wallet_id, picked.c.video_id == videos.c.video_id, picked.c.taken_at == when
        )
        joined = joined.outerjoin(picked, on)
        columns += [picked.c[name].label(f"{name}_{number}") for name in _COUNTS]
    return select(videos, *columns).select_from(joined)


def _joined(rows: Sequence[Row[Any]], moments: int) -> LinkReadings:
    """One link from the rows of its trackings."""
    ordered = sorted(rows, key=lambda row: (row.newest_at, row.video_id))
    first = min((each for row in ordered for each in _taken(row, 0)), key=_when, default=None)
    at = (
        max((each for row in ordered for each in _taken(row, number)), key=_when, default=None)
        for number in range(1, moments + 1)
    )
    return LinkReadings(tuple(map(from_row, ordered)), first, tuple(at))


def _taken(row: Row[Any], number: int) -> Iterator[Snapshot]:
    """The snapshot that a row holds under a number, if there is one; unknown counts are left out."""
    start = len(videos.c) + number * len(_COUNTS)
    taken_at, *counts = row[start : start + len(_COUNTS)]
    if taken_at is not None:
        stated = zip(METRICS, counts, strict=True)
        yield Snapshot(taken_at, {metric: count for metric, count in stated if count is not None})


def _when(snapshot: Snapshot) -> datetime:
    return snapshot.taken_at
