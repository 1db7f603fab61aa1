"""The total of several links hour by hour, summed in the database: a long history of many links is a few rows."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, cast, extract, func, literal, null, select, union_all

from bot.domain.growth import JITTER
from bot.domain.videos import HOUR, Metric
from bot.store.database import Aggregate
from bot.store.tables import snapshots, videos
from bot.store.videos import visible_to
from bot.store.workspaces import Workspace

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
