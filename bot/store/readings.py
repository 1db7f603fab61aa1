"""What every link counted at given moments: the rows behind rankings, campaign totals and payouts.

A link may have been tracked several times; those trackings that the workspace may see are one row here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, func, or_, select

from bot.domain.videos import Snapshot
from bot.store.database import Aggregate
from bot.store.stored_video import METRICS, StoredVideo, from_row
from bot.store.tables import snapshots, videos
from bot.store.videos import visible_to
from bot.store.workspaces import Workspace

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

        Without keys, those that run or have a snapshot after the earliest moment.
        """
        wanted = videos.c.key.in_(list(keys)) if keys is not None else _counted_since(min(moments))
        found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
        for row in await self._database.rows(_statement(moments).where(visible_to(workspace), wanted)):
            found[row.key].append(row)
        return tuple(_joined(rows, len(moments)) for rows in found.values())


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
    fields = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row's columns by name
    taken_at = fields[f"taken_at_{number}"]
    if taken_at is not None:
        counts = {metric: fields[f"{metric}_{number}"] for metric in METRICS}
        yield Snapshot(taken_at, {metric: count for metric, count in counts.items() if count is not None})


def _when(snapshot: Snapshot) -> datetime:
    return snapshot.taken_at
