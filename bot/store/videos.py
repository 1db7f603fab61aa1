"""The mirror of a wallet's videos and their snapshots, and what one workspace may see of it.

A workspace sees what it started itself and what was started outside the bot, never what another workspace started.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select, update

from bot.domain.folding import folded
from bot.domain.poll_times import FARTHEST, LONGEST
from bot.domain.videos import Metric, Snapshot, Video, VideoReading, VideoStatus, is_running_status
from bot.store import listing, mirror
from bot.store.database import Database
from bot.store.listing import Sort
from bot.store.stored_video import METRICS, StoredVideo, from_row
from bot.store.tables import (
    HAS_DUE_PAGE,
    IS_UNREAD_HISTORY,
    MAY_HAVE_NEWS,
    NOBODY,
    snapshot_days,
    snapshots,
    video_counts,
    videos,
)
from bot.store.workspaces import Workspace

__all__ = ["Sort", "StoredVideo", "Videos"]


class Videos:
    """The tables `videos` and `snapshots`, with their tallies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def remember(self, wallet_id: int, seen: Iterable[tuple[Video, str]], now: datetime) -> tuple[str, ...]:
        """Keep videos that the API stated, each with its canonical key; returns the ids that are new.

        `now` is when the API was asked: an answer that a newer one overtook changes nothing. What a list or a short
        answer leaves empty stays as it was known. Safe to repeat.
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
        """Keep a video's page with its snapshots, and end the lease on reading it. Safe to repeat."""
        async with self._database.writing() as connection:
            await mirror.remember_reading(
                connection, wallet_id, reading, key, main_count, change_24h, change_since, now
            )

    async def claim_read(
        self, wallet_id: int, video_id: str, now: datetime, stale_before: datetime, lease: timedelta
    ) -> bool:
        """Whether the caller, alone among all processes, may read this video's page now.

        False when the page was read at `stale_before` or later and is not due, when someone else holds the lease, and
        for a video that is not in the mirror. The lease ends by `remember_reading`, by `release_read`, or by itself.
        Times in the future come from a clock that was set back since, and hold nobody up.
        """
        claim = update(videos).where(
            _this(wallet_id, video_id),
            or_(
                videos.c.read_at.is_(None),
                videos.c.read_at < stale_before,
                videos.c.read_at > now,
                videos.c.due_at <= now,
            ),
            or_(videos.c.reading_until.is_(None), videos.c.reading_until <= now, videos.c.reading_until > now + lease),
        )
        async with self._database.writing() as connection:
            return (await connection.execute(claim.values(reading_until=now + lease))).rowcount == 1

    async def release_read(self, wallet_id: int, video_id: str) -> None:
        """Give a claimed page back unread, so that the next one who asks may try."""
        async with self._database.writing() as connection:
            await connection.execute(update(videos).where(_this(wallet_id, video_id)).values(reading_until=None))

    async def postpone_read(self, wallet_id: int, video_id: str, due_at: datetime | None) -> None:
        """Give a claimed page back that could not be read: it is due again at that moment, or never."""
        this = update(videos).where(_this(wallet_id, video_id))
        async with self._database.writing() as connection:
            await connection.execute(this.values(reading_until=None, due_at=due_at))

    async def due(self, wallet_id: int, now: datetime, limit: int) -> tuple[StoredVideo, ...]:
        """Videos whose pages should be read though nobody asks: the longest overdue first.

        Finished ones that were never read come after them, the newest first.
        """
        mine = select(videos).where(videos.c.wallet_id == wallet_id)
        # What lies too far ahead was written before the clock was set back; nobody knows how late it is.
        late, lost = videos.c.due_at <= now, videos.c.due_at > now + 2 * FARTHEST
        current = mine.where(MAY_HAVE_NEWS).order_by(videos.c.due_at)
        history = mine.where(IS_UNREAD_HISTORY).order_by(videos.c.newest_at.desc(), videos.c.video_id)
        async with self._database.reading() as connection:
            found: list[Row[Any]] = []
            for query in (current.where(late), current.where(lost), history.where(late | lost)):
                found.extend(await connection.execute(query.limit(limit - len(found))))
            return tuple(from_row(row) for row in found)

    async def backlog(self, wallet_id: int, now: datetime) -> int:
        """How many pages of the wallet are due."""
        query = select(func.count()).where(videos.c.wallet_id == wallet_id, videos.c.due_at <= now)
        async with self._database.reading() as connection:
            return int(await connection.scalar(query) or 0)

    async def unread_history(self, workspace: Workspace, platform: str | None = None, status: str | None = None) -> int:
        """How many finished videos that the workspace may see, of a platform and status or of all, are not read yet."""
        given = {videos.c.platform: platform, videos.c.status: status}
        query = select(func.count()).where(
            videos.c.wallet_id == workspace.wallet_id,
            videos.c.owner_id.in_(_owners(workspace)),
            IS_UNREAD_HISTORY,
            *(column == value for column, value in given.items() if value),
        )
        async with self._database.reading() as connection:
            return int(await connection.scalar(query) or 0)

    async def next_due(self, wallet_id: int) -> datetime | None:
        """When the next page of the wallet is due; None where none ever is."""
        query = select(func.min(videos.c.due_at)).where(videos.c.wallet_id == wallet_id, HAS_DUE_PAGE)
        async with self._database.reading() as connection:
            found: datetime | None = await connection.scalar(query)
            return found

    async def find(self, workspace: Workspace, video_id: str) -> StoredVideo | None:
        """The video with this id, if the workspace may see it."""
        query = select(videos).where(_this(workspace.wallet_id, video_id), videos.c.owner_id.in_(_owners(workspace)))
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else from_row(row)

    async def by_key(self, wallet_id: int, key: str) -> tuple[StoredVideo, ...]:
        """Every tracking of a link, newest first, also those of other workspaces: show these to nobody else."""
        query = select(videos).where(videos.c.wallet_id == wallet_id, videos.c.key == key)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(videos.c.newest_at.desc()))
            return tuple(from_row(row) for row in rows)

    async def running(self, wallet_id: int) -> tuple[StoredVideo, ...]:
        """Every video of the wallet that may still cost, also those of other workspaces: for sums and reads alone."""
        query = select(videos).where(videos.c.wallet_id == wallet_id, videos.c.is_running)
        async with self._database.reading() as connection:
            return tuple(from_row(row) for row in await connection.execute(query))

    async def are_many(self, wallet_id: int, many: int) -> bool:
        """Whether so many videos of the wallet, or more, are mirrored, also those of other workspaces."""
        query = select(videos.c.video_id).where(videos.c.wallet_id == wallet_id).offset(many - 1).limit(1)
        async with self._database.reading() as connection:
            return await connection.scalar(query) is not None

    async def several(self, wallet_id: int, ids: Iterable[str]) -> dict[str, StoredVideo]:
        """Videos by id, also those of other workspaces: look at `workspace_id` before one is shown."""
        query = select(videos).where(videos.c.wallet_id == wallet_id, videos.c.video_id.in_(list(ids)))
        async with self._database.reading() as connection:
            return {row.video_id: from_row(row) for row in await connection.execute(query)}

    async def search(self, workspace: Workspace, typed: str, limit: int) -> tuple[StoredVideo, ...]:
        """Videos whose title, creator, id or link hold what was typed, both folded, in the order of `listing.search`.

        Looks through the first `listing.SEARCHED` in that order, so that typing costs the same in any account.
        """
        if typed.strip() and not folded(typed):
            return ()  # nothing but signs that no title keeps
        values = {"wallet": workspace.wallet_id, "workspace": workspace.id, "limit": limit}
        async with self._database.reading() as connection:
            found = await connection.execute(listing.search(), values | listing.patterns(typed))
            return tuple(from_row(row) for row in found)

    async def page(
        self, workspace: Workspace, platform: str | None, status: str | None, sort: Sort, offset: int, limit: int
    ) -> tuple[tuple[StoredVideo, ...], int]:
        """One page of the workspace's videos, of one platform and status or of all, and how many there are in all."""
        counts = video_counts.c
        cells = select(counts.owner_id, counts.platform, counts.status, counts.videos).where(
            counts.wallet_id == workspace.wallet_id, counts.owner_id.in_(_owners(workspace)), counts.videos > 0
        )
        values: dict[str, Any] = {"wallet": workspace.wallet_id, "offset": offset, "limit": limit}
        values["end"] = offset + limit
        async with self._database.reading() as connection:
            mine = [
                cell
                for cell in await connection.execute(cells)
                if platform in {None, cell.platform} and _fits(cell.status, status)
            ]
            total = sum(cell.videos for cell in mine)
            if offset >= total:
                return (), total
            for number, cell in enumerate(mine):
                values |= {f"owner_{number}": cell.owner_id}
                values |= {f"platform_{number}": cell.platform, f"status_{number}": cell.status}
            rows = await connection.execute(listing.page(sort, len(mine)), values)
            return tuple(from_row(row) for row in rows), total

    async def snapshots(self, wallet_id: int, video_id: str) -> tuple[Snapshot, ...]:
        """Every snapshot of a video, oldest first. Ask `find` first whether the asker may see it."""
        columns = [snapshots.c[metric] for metric in METRICS]
        query = select(snapshots.c.taken_at, *columns).where(
            snapshots.c.wallet_id == wallet_id, snapshots.c.video_id == video_id
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(snapshots.c.taken_at))
            return tuple(
                Snapshot(
                    row[0], {metric: count for metric, count in zip(METRICS, row[1:], strict=True) if count is not None}
                )
                for row in rows
            )

    async def peak(self, wallet_id: int, video_id: str, metric: Metric, until: datetime) -> int | None:
        """The highest count that a video had up to a moment; None where it had none."""
        mine = (snapshots.c.wallet_id == wallet_id) & (snapshots.c.video_id == video_id)
        query = select(func.max(snapshots.c[metric])).where(mine, snapshots.c.taken_at <= until)
        async with self._database.reading() as connection:
            peak: int | None = await connection.scalar(query)
        return peak

    async def active(self, workspace: Workspace, since: datetime) -> tuple[StoredVideo, ...]:
        """The workspace's videos that run, and those that were seen to end, or collected, since a moment; in no order.

        One that was over when it was first seen has only its snapshots to show when it ended.
        """
        mine = (videos.c.wallet_id == workspace.wallet_id) & videos.c.owner_id.in_(_owners(workspace))
        collected = (
            mine
            & videos.c.is_running.is_(False)
            & (videos.c.newest_at > since - LONGEST)
            & (videos.c.last_snapshot_at > since)
        )
        query = select(videos).where(or_(mine & videos.c.is_running, mine & (videos.c.ended_at > since), collected))
        async with self._database.reading() as connection:
            return tuple(from_row(row) for row in await connection.execute(query))

    async def snapshots_between(
        self, wallet_id: int, video_ids: Sequence[str], since: datetime, until: datetime
    ) -> dict[str, tuple[Snapshot, ...]]:
        """Views and likes of several videos from one moment to another, both included, oldest first."""
        mine = snapshots.c
        query = select(mine.video_id, mine.taken_at, mine.views, mine.likes).where(
            mine.wallet_id == wallet_id, mine.video_id.in_(video_ids), mine.taken_at.between(since, until)
        )
        found: dict[str, list[Snapshot]] = {video_id: [] for video_id in video_ids}
        async with self._database.reading() as connection:
            for row in await connection.execute(query.order_by(mine.video_id, mine.taken_at)):
                counts = {Metric.VIEWS: row[2], Metric.LIKES: row[3]}
                known = {metric: count for metric, count in counts.items() if count is not None}
                found[row[0]].append(Snapshot(row[1], known))
        return {video_id: tuple(taken) for video_id, taken in found.items()}

    async def snapshots_per_day(self, workspace: Workspace, since: date) -> dict[date, int]:
        """How many snapshots were taken of the workspace's videos on each day (UTC) since one, oldest first."""
        days = snapshot_days.c
        query = (
            select(days.day, func.sum(days.snapshots))
            .where(
                days.wallet_id == workspace.wallet_id,
                days.owner_id.in_(_owners(workspace)),
                days.day >= since,
                days.snapshots > 0,
            )
            .group_by(days.day)
            .order_by(days.day)
        )
        async with self._database.reading() as connection:
            return {day: int(count) for day, count in await connection.execute(query)}


def _this(wallet_id: int, video_id: str) -> ColumnElement[bool]:
    return (videos.c.wallet_id == wallet_id) & (videos.c.video_id == video_id)


def _fits(status: str, wanted: str | None) -> bool:
    """Whether a status is the one that is wanted; `monitoring` stands for every state that runs."""
    if wanted == VideoStatus.MONITORING:
        return is_running_status(status)
    return wanted in {None, status}


def _owners(workspace: Workspace) -> tuple[int, int]:
    return (NOBODY, workspace.id)
