"""The mirror of a wallet's videos and snapshots, and the part that a workspace may see.

A workspace sees videos that it started and those started outside the bot, never those of another workspace.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, or_, select, update

from bot.domain.folding import folded
from bot.domain.links import creator_of, names_of_creator
from bot.domain.poll_times import LONGEST
from bot.domain.videos import Metric, Snapshot, Video, VideoReading
from bot.store import mirror
from bot.store.database import Aggregate
from bot.store.stored_video import METRICS, VISIBLE, StoredVideo, from_row, owners_seen_by, values_seen_by, visible_to
from bot.store.tables import (
    HAS_DUE_PAGE,
    IS_UNREAD_HISTORY,
    MAY_HAVE_NEWS,
    snapshot_days,
    snapshots,
    video_counts,
    videos,
)
from bot.store.video_lists import (
    EVERY_VIDEO,
    INDEXED,
    SEARCHED,
    Filters,
    Sort,
    fits_status,
    handle_statement,
    narrow_statement,
    page_statement,
    patterns_of,
    search_statement,
    sums_statement,
    unread_statement,
    values_of,
)
from bot.store.workspaces import Workspace

__all__ = ["Filters", "Sort", "StoredVideo", "Videos", "visible_to"]


class LinkSum(NamedTuple):
    """Sum over several links; `gained` is the last 24 h of running ones, None if unknown."""

    metric: Metric
    links: int
    counted: int
    gained: int | None


class ListPage(NamedTuple):
    """A page of a list, the number of videos in the whole list, and how many of these are unread history."""

    videos: tuple[StoredVideo, ...]
    total: int
    unread: int


class TrackingRead(NamedTuple):
    """A tracking with its snapshots, oldest first."""

    stored: StoredVideo
    snapshots: tuple[Snapshot, ...]


class Videos(Aggregate):
    """The `videos` and `snapshots` tables, with their counters."""

    async def remember(self, wallet_id: int, seen: Iterable[tuple[Video, str]], now: datetime) -> tuple[str, ...]:
        """Store videos reported by the API, each with its canonical key; returns the ids that are new.

        `now` is when the request was sent: a response overtaken by a newer one changes nothing. Values missing in a
        list or short response are kept. Safe to repeat.
        """
        async with self._database.writing() as connection:
            return await mirror.remember(connection, wallet_id, seen, now)

    async def remember_reading(
        self,
        wallet_id: int,
        reading: VideoReading,
        key: str,
        *,
        main_count: int | None,
        change_24h: int | None,
        change_since: datetime | None = None,
        now: datetime,
    ) -> None:
        """Store a video's page with its snapshots, and end the lease on reading it. Safe to repeat."""
        async with self._database.writing() as connection:
            await mirror.remember_reading(
                connection, wallet_id, reading, key, main_count, change_24h, change_since, now
            )

    async def claim_read(
        self, wallet_id: int, video_id: str, now: datetime, stale_before: datetime, lease: timedelta
    ) -> bool:
        """Claim a video's page, for the caller alone among all processes; returns whether it may be read now.

        False if the page was read at `stale_before` or later and isn't due, if another process holds the lease, or if
        the video isn't in the mirror. The lease ends with `remember_reading`, `release_read`, or by itself.
        """
        claim = update(videos).where(
            _this(wallet_id, video_id),
            or_(videos.c.read_at.is_(None), videos.c.read_at < stale_before, videos.c.due_at <= now),
            or_(videos.c.reading_until.is_(None), videos.c.reading_until <= now),
        )
        return await self._database.write(claim.values(reading_until=now + lease)) == 1

    async def release_read(self, wallet_id: int, video_id: str) -> None:
        """Release a claimed page that wasn't read, so that the next caller may try."""
        await self._database.write(update(videos).where(_this(wallet_id, video_id)).values(reading_until=None))

    async def postpone_read(self, wallet_id: int, video_id: str, due_at: datetime | None) -> None:
        """Release a claimed page that couldn't be read: it is due again at a time, or never."""
        this = update(videos).where(_this(wallet_id, video_id))
        await self._database.write(this.values(reading_until=None, due_at=due_at))

    async def due(self, wallet_id: int, now: datetime, limit: int) -> tuple[StoredVideo, ...]:
        """Videos whose pages are due for a background read, the longest overdue first.

        Finished videos that were never read come last, newest first.
        """
        mine = select(videos).where(videos.c.wallet_id == wallet_id, videos.c.due_at <= now)
        current = mine.where(MAY_HAVE_NEWS).order_by(videos.c.due_at)
        history = mine.where(IS_UNREAD_HISTORY).order_by(videos.c.newest_at.desc(), videos.c.video_id)
        async with self._database.reading() as connection:
            found: list[Row[Any]] = []
            for query in (current, history):
                found.extend(await connection.execute(query.limit(limit - len(found))))
            return tuple(map(from_row, found))

    async def backlog(self, wallet_id: int, now: datetime) -> int:
        """How many pages of the wallet are due."""
        query = select(func.count()).where(videos.c.wallet_id == wallet_id, videos.c.due_at <= now)
        return await self._database.scalar(query) or 0

    async def unread_history(self, workspace: Workspace, filters: Filters = EVERY_VIDEO) -> int:
        """How many matching finished videos that the workspace may see aren't read yet."""
        query = unread_statement(filters.given)
        return await self._database.scalar(query, values_of(workspace, filters)) or 0

    async def next_due(self, wallet_id: int) -> datetime | None:
        """When the wallet's next page is due; None if none is."""
        query = select(func.min(videos.c.due_at)).where(videos.c.wallet_id == wallet_id, HAS_DUE_PAGE)
        found: datetime | None = await self._database.scalar(query)
        return found

    async def find(self, workspace: Workspace, video_id: str) -> StoredVideo | None:
        """The video with this id, if the workspace may see it."""
        row = await self._database.row(_FIND, values_seen_by(workspace) | {"video": video_id})
        return None if row is None else from_row(row)

    async def by_key(self, wallet_id: int, key: str) -> tuple[StoredVideo, ...]:
        """Every tracking of a link, newest first, of all workspaces: check visibility before showing one."""
        return tuple(map(from_row, await self._database.rows(_OF_LINK, {"wallet": wallet_id, "key": key})))

    async def trackings(self, stored: StoredVideo, workspace_id: int) -> tuple[StoredVideo, ...]:
        """This video and every other tracking of its link that the workspace may see, newest first."""
        same_link = await self.by_key(stored.wallet_id, stored.key) if stored.key else (stored,)
        this = stored.video.id
        seen = tuple(each for each in same_link if each.video.id == this or each.is_visible_to(workspace_id))
        return seen or (stored,)

    async def trackings_read(self, workspace: Workspace, video_id: str) -> tuple[TrackingRead, ...]:
        """Every tracking of a video's link that the workspace may see, newest first; none if it may not see the video.

        All over one connection, so that a card with its chart takes two statements.
        """

        def fetch(connection: Connection) -> tuple[TrackingRead, ...]:
            rows = connection.execute(_OF_SAME_LINK, values_seen_by(workspace) | {"video": video_id}).all()
            return tuple(
                TrackingRead(each, _taken(connection, each.wallet_id, each.video.id)) for each in map(from_row, rows)
            )

        return await self._database.read(fetch)

    async def running(self, wallet_id: int) -> tuple[StoredVideo, ...]:
        """Every video of the wallet that may still cost, of all workspaces: only for sums and reads."""
        query = select(videos).where(videos.c.wallet_id == wallet_id, videos.c.is_running)
        return tuple(map(from_row, await self._database.rows(query)))

    async def are_many(self, wallet_id: int, many: int) -> bool:
        """Whether at least `many` videos of the wallet are mirrored, of all workspaces."""
        query = select(videos.c.video_id).where(videos.c.wallet_id == wallet_id).offset(many - 1).limit(1)
        return await self._database.scalar(query) is not None

    async def several(self, wallet_id: int, ids: Iterable[str]) -> dict[str, StoredVideo]:
        """Videos by id, of all workspaces: check `workspace_id` before showing one."""
        query = select(videos).where(videos.c.wallet_id == wallet_id, videos.c.video_id.in_(list(ids)))
        return {row.video_id: from_row(row) for row in await self._database.rows(query)}

    async def search(self, workspace: Workspace, typed: str, limit: int) -> tuple[StoredVideo, ...]:
        """Videos whose title, creator, id or link contains the typed text, both folded, in `search_statement`'s order.

        Scans the first `SEARCHED` in that order, so that the cost doesn't depend on the account's size.
        """
        return tuple(map(from_row, await self._found(workspace, typed, limit)))

    async def choices(self, workspace: Workspace, typed: str, limit: int) -> tuple[Video, ...]:
        """The same as `search`, with only what a choice shows of a video: a fifth of the columns, on each key press."""
        rows = await self._found(workspace, typed, limit, *_OF_CHOICE)
        return tuple(Video(**dict(zip(("id", *_OF_CHOICE[1:]), row, strict=True))) for row in rows)

    async def _found(self, workspace: Workspace, typed: str, limit: int, *columns: str) -> Sequence[Row[Any]]:
        is_typed = bool(typed.strip())
        if is_typed and not folded(typed):
            return ()  # only characters that folding removes
        values = values_seen_by(workspace) | {"limit": limit} | (patterns_of(typed) if is_typed else {})
        return await self._database.rows(search_statement(*columns, is_typed=is_typed), values)

    async def titles(self, workspace: Workspace) -> tuple[str, ...]:
        """The titles of the newest videos, as many as a search scans."""
        newest = select(videos.c.title).where(visible_to(workspace)).order_by(videos.c.newest_at.desc())
        return tuple(await self._database.scalars(newest.limit(SEARCHED)))

    async def page(
        self, workspace: Workspace, filters: Filters, sort: Sort, offset: int, limit: int
    ) -> tuple[tuple[StoredVideo, ...], int]:
        """One page of the workspace's matching videos, and how many match."""
        if filters.are_counted and sort in INDEXED:
            return await self._counted_page(workspace, filters, sort, offset, limit)
        return (await self._narrow_page(workspace, filters, sort, offset, limit))[:2]

    async def list_page(self, workspace: Workspace, filters: Filters, sort: Sort, offset: int, limit: int) -> ListPage:
        """Like `page`, and how many videos of the whole list are unread history."""
        if filters.are_counted and sort in INDEXED:
            page = await self._counted_page(workspace, filters, sort, offset, limit)
            return ListPage(*page, await self.unread_history(workspace, filters))
        return await self._narrow_page(workspace, filters, sort, offset, limit)

    async def _counted_page(
        self, workspace: Workspace, filters: Filters, sort: Sort, offset: int, limit: int
    ) -> tuple[tuple[StoredVideo, ...], int]:
        """A page from the ranges counted in `video_counts`."""
        counters = await self._database.rows(
            select(video_counts).where(visible_to(workspace, video_counts), video_counts.c.videos > 0)
        )
        mine = [
            each
            for each in counters
            if filters.platform in {None, each.platform} and fits_status(each.status, filters.status)
        ]
        total = sum(each.videos for each in mine)
        if offset >= total:
            return (), total
        values = {"wallet": workspace.wallet_id, "offset": offset, "limit": limit, "end": offset + limit}
        for number, each in enumerate(mine):
            values |= {f"owner_{number}": each.owner_id}
            values |= {f"platform_{number}": each.platform, f"status_{number}": each.status}
        return tuple(map(from_row, await self._database.rows(page_statement(sort, len(mine)), values))), total

    async def _narrow_page(
        self, workspace: Workspace, filters: Filters, sort: Sort, offset: int, limit: int
    ) -> ListPage:
        """A page without ranges: an index on the creator, person or links leaves few of the account's videos."""
        values = values_of(workspace, filters) | {"offset": offset, "limit": limit}
        found = await self._database.rows(narrow_statement(filters.given, sort), values)
        if found:
            return ListPage(tuple(map(from_row, found)), found[0].total, found[0].unread)
        if not offset:
            return ListPage((), 0, 0)
        # After the last page, no row has the counts.
        return (await self._narrow_page(workspace, filters, sort, 0, 1))._replace(videos=())

    async def handles(self, workspace: Workspace, name: str) -> tuple[str, ...]:
        """The folded handles that a name stands for; none if nobody has it.

        The name itself, if it is a handle, else those of creators with that name in a link or in the API, e.g. after a
        rename.
        """
        handle = folded(name)
        its_own = values_of(workspace, Filters(handles=(handle,)))
        if not handle or await self._database.scalar(handle_statement(), its_own) is not None:
            return (handle,) if handle else ()
        found = [each.video for each in await self.search(workspace, handle, SEARCHED)]
        creators = [creator_of(video) for video in found if handle in names_of_creator(video)]
        return tuple(dict.fromkeys(each.handle for each in creators if each))

    async def sums(self, workspace: Workspace, filters: Filters) -> tuple[LinkSum, ...]:
        """Totals of the matching videos' links per metric, by each link's newest tracking."""
        sums = await self._database.rows(sums_statement(filters.given), values_of(workspace, filters))
        found = {row[0]: LinkSum(*row) for row in sums}
        return tuple(found[metric] for metric in Metric if metric in found)

    async def snapshots(self, wallet_id: int, video_id: str) -> tuple[Snapshot, ...]:
        """Every snapshot of a video, oldest first. Use `find` first to check that the workspace may see it."""
        return await self._database.read(lambda connection: _taken(connection, wallet_id, video_id))

    async def peak(self, wallet_id: int, video_id: str, metric: Metric, until: datetime) -> int | None:
        """A video's highest count up to a time; None if it had none."""
        mine = (snapshots.c.wallet_id == wallet_id) & (snapshots.c.video_id == video_id)
        query = select(func.max(snapshots.c[metric])).where(mine, snapshots.c.taken_at <= until)
        peak: int | None = await self._database.scalar(query)
        return peak

    async def active(self, workspace: Workspace, since: datetime) -> tuple[StoredVideo, ...]:
        """The workspace's videos that run, or that ended or collected since a time; unordered.

        For one that had ended when it was first seen, only its snapshots show when.
        """
        mine = visible_to(workspace)
        collected = (
            mine
            & videos.c.is_running.is_(False)
            & (videos.c.newest_at > since - LONGEST)
            & (videos.c.last_snapshot_at > since)
        )
        query = select(videos).where(or_(mine & videos.c.is_running, mine & (videos.c.ended_at > since), collected))
        return tuple(map(from_row, await self._database.rows(query)))

    async def snapshots_between(
        self, wallet_id: int, video_ids: Sequence[str], since: datetime, until: datetime
    ) -> dict[str, tuple[Snapshot, ...]]:
        """Views and likes of several videos between two times, both included, oldest first."""
        mine, metrics = snapshots.c, (Metric.VIEWS, Metric.LIKES)
        query = select(mine.video_id, *_columns_of(metrics)).where(
            mine.wallet_id == wallet_id, mine.video_id.in_(video_ids), mine.taken_at.between(since, until)
        )
        rows = groupby(await self._database.rows(query.order_by(mine.video_id, mine.taken_at)), itemgetter(0))
        found = {video_id: _snapshots((row[1:] for row in its), metrics) for video_id, its in rows}
        return dict.fromkeys(video_ids, ()) | found

    async def snapshots_per_day(self, workspace: Workspace, since: date) -> dict[date, int]:
        """Snapshots of the workspace's videos per UTC day since a date, oldest first."""
        days = snapshot_days.c
        counted = visible_to(workspace, snapshot_days) & (days.day >= since) & (days.snapshots > 0)
        query = select(days.day, func.sum(days.snapshots)).where(counted).group_by(days.day).order_by(days.day)
        return {day: int(count) for day, count in await self._database.rows(query)}


def _this(wallet_id: int, video_id: str) -> ColumnElement[bool]:
    return (videos.c.wallet_id == wallet_id) & (videos.c.video_id == video_id)


def _columns_of(metrics: Sequence[Metric]) -> tuple[ColumnElement[Any], ...]:
    return snapshots.c.taken_at, *(snapshots.c[metric] for metric in metrics)


_OF_CHOICE = ("video_id", "link", "platform", "status", "title", "creator", "started_at", "is_deleted")
_FIND = select(videos).where(VISIBLE, videos.c.video_id == bindparam("video"))
_OF_LINK = (
    select(videos)
    .where(videos.c.wallet_id == bindparam("wallet"), videos.c.key == bindparam("key"))
    .order_by(videos.c.newest_at.desc())
)
_NAMED = videos.alias("named")
_OF_SAME_LINK = (
    select(videos)
    .join(
        _NAMED,
        (_NAMED.c.wallet_id == videos.c.wallet_id)
        & ((_NAMED.c.video_id == videos.c.video_id) | ((_NAMED.c.key == videos.c.key) & (_NAMED.c.key != ""))),
    )
    .where(
        VISIBLE, _NAMED.c.video_id == bindparam("video"), _NAMED.c.owner_id.in_(owners_seen_by(bindparam("workspace")))
    )
    .order_by(videos.c.newest_at.desc())
)
_OF_VIDEO = (
    select(*_columns_of(METRICS))
    .where(snapshots.c.wallet_id == bindparam("wallet"), snapshots.c.video_id == bindparam("video"))
    .order_by(snapshots.c.taken_at)
)


def _taken(connection: Connection, wallet_id: int, video_id: str) -> tuple[Snapshot, ...]:
    return _snapshots(connection.execute(_OF_VIDEO, {"wallet": wallet_id, "video": video_id}), METRICS)


def _snapshots(rows: Iterable[Iterable[Any]], metrics: Sequence[Metric]) -> tuple[Snapshot, ...]:
    """Snapshots of these metrics, without unknown counts."""
    return tuple(
        [
            Snapshot(at, {metric: count for metric, count in zip(metrics, counts, strict=True) if count is not None})
            for at, *counts in rows
        ]
    )
