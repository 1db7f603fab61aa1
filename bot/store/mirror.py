"""Writes the mirror of a wallet's videos and snapshots, with counters, owners and events.

An event is the difference between two states of a video in the mirror, so the writer of a new state records it, once. A
video seen for the first time is no event, nor are snapshots from before that, nor a video missing in a list.

Every function runs inside the caller's transaction and locks the wallet first: the merged state was read under that
lock, and writers that process the same videos in different orders can't block each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.caller import Person
from bot.domain.events import Event, EventKind, changes
from bot.domain.growth import main_metric
from bot.domain.poll_times import next_read
from bot.domain.tracking import RequestState
from bot.domain.videos import Snapshot, Video, VideoReading
from bot.store import events
from bot.store.database import adding, replacing
from bot.store.stored_video import METRICS, Owner, StoredVideo, first_seen, from_row, seen_again, to_row
from bot.store.tables import IS_IN_FLIGHT, snapshot_days, snapshots, track_requests, video_counts, videos
from bot.store.wallets import lock_wallet, poll_by

Counts: TypeAlias = tuple[int | None, ...]


async def remember(
    connection: AsyncConnection, wallet_id: int, seen: Iterable[tuple[Video, str]], now: datetime
) -> tuple[str, ...]:
    """Merge videos reported by the API, each with its canonical key; returns the ids that are new to the mirror."""
    known, after = await _merged(connection, wallet_id, seen, now)
    await _write(connection, known, after)
    await _record_changes(connection, known, after, now)
    return tuple(stored.video.id for stored in after if stored.video.id not in known)


async def remember_reading(
    connection: AsyncConnection,
    wallet_id: int,
    reading: VideoReading,
    key: str,
    main_count: int | None,
    change_24h: int | None,
    change_since: datetime | None,
    now: datetime,
) -> None:
    """Merge a video's page, correct changed snapshots, and end the lease on reading it.

    `main_count` and `change_24h`, counted from `change_since`, are of the page's main metric.
    """
    known, (merged,) = await _merged(connection, wallet_id, [(reading.video, key)], now)
    before, moments = await _write_snapshots(connection, merged, reading.snapshots)
    metric = main_metric(reading.video.platform, reading.snapshots)
    after = replace(
        merged,
        video=replace(merged.video, is_deleted=reading.video.is_deleted),
        read_at=now,
        main_metric=metric,
        main_at=next((each.taken_at for each in reversed(reading.snapshots) if metric in each.counts), None),
        main_count=main_count,
        change_24h=change_24h,
        change_since=change_since,
        snapshot_count=len(moments),
        last_snapshot_at=max(moments, default=None),
        unread_rows=reading.unread,
    )
    after = replace(after, due_at=next_read(after.video, now, after.last_snapshot_at, after.first_seen_at))
    await _write(connection, known, [after])
    await _record_snapshots(connection, after, before, moments - before, now)
    await _record_changes(connection, known, [after], now)
    lease = update(videos).where(videos.c.wallet_id == wallet_id, videos.c.video_id == reading.video.id)
    await connection.execute(lease.values(reading_until=None))


async def set_owner(connection: AsyncConnection, wallet_id: int, video_id: str, owner: Owner) -> None:
    """Record who started a video of the mirror; from now on only their workspace sees it."""
    known = await _known(connection, wallet_id, [video_id])
    before = known[video_id]
    after = replace(before, workspace_id=owner[0], started_by=owner[1])
    await _write(connection, known, [after])
    if before.workspace_id != after.workspace_id:
        mine = (snapshots.c.wallet_id == wallet_id) & (snapshots.c.video_id == video_id)
        days = Counter(at.date() for at in await connection.scalars(select(snapshots.c.taken_at).where(mine)))
        await _add_days(connection, before, {day: -count for day, count in days.items()})
        await _add_days(connection, after, days)


async def _merged(
    connection: AsyncConnection, wallet_id: int, seen: Iterable[tuple[Video, str]], now: datetime
) -> tuple[dict[str, StoredVideo], list[StoredVideo]]:
    """The videos as the mirror had them, by id, and as they are after the API reported `seen`."""
    stated_by_id = {video.id: (video, key) for video, key in seen}
    await lock_wallet(connection, wallet_id)
    known = await _known(connection, wallet_id, stated_by_id)
    new = [each for video_id, each in stated_by_id.items() if video_id not in known]
    owners = await _owners(connection, wallet_id, new) if new else {}
    after = [
        seen_again(known[video_id], video, key, now)
        if video_id in known
        else first_seen(wallet_id, video, key, owners.get(video_id), now)
        for video_id, (video, key) in stated_by_id.items()
    ]
    return known, after


async def _known(connection: AsyncConnection, wallet_id: int, ids: Iterable[str]) -> dict[str, StoredVideo]:
    query = select(videos).where(videos.c.wallet_id == wallet_id, videos.c.video_id.in_(list(ids)))
    return {row.video_id: from_row(row) for row in await connection.execute(query)}


async def _owners(connection: AsyncConnection, wallet_id: int, stated: Sequence[tuple[Video, str]]) -> dict[str, Owner]:
    """Who requested videos that are new here: with another API key, or in a call that is still unanswered."""
    columns = (track_requests.c.workspace_id, track_requests.c.person_id, track_requests.c.person_name)
    asked = select(track_requests.c.video_id, *columns).where(
        track_requests.c.video_id.in_([video.id for video, _ in stated]),
        track_requests.c.state == RequestState.TRACKING,
    )
    asking = select(track_requests.c.key, *columns).where(track_requests.c.wallet_id == wallet_id, IS_IN_FLIGHT)
    by_id = {row[0]: (row[1], Person(row[2], row[3])) for row in await connection.execute(asked)}
    by_key = {row[0]: (row[1], Person(row[2], row[3])) for row in await connection.execute(asking)}
    in_flight = {video.id: by_key[key] for video, key in stated if video.is_running and key in by_key}
    return in_flight | by_id


async def _write(connection: AsyncConnection, before: Mapping[str, StoredVideo], after: Sequence[StoredVideo]) -> None:
    """Store the videos that changed, and move them between counters."""
    changed = [to_row(stored) for stored in after if before.get(stored.video.id) != stored]
    if not changed:
        return
    due = min((row["due_at"] for row in changed if row["due_at"] is not None), default=None)
    if due is not None:
        await poll_by(connection, changed[0]["wallet_id"], due)
    columns = changed[0].keys() - {"wallet_id", "video_id"}
    await connection.execute(replacing(videos, connection, columns), changed)
    counters = Counter(_counter(stored) for stored in after)
    counters.subtract(_counter(before[stored.video.id]) for stored in after if stored.video.id in before)
    moved = [
        {"wallet_id": wallet_id, "owner_id": owner_id, "platform": platform, "status": status, "videos": count}
        for (wallet_id, owner_id, platform, status), count in counters.items()
        if count
    ]
    if moved:
        await connection.execute(adding(video_counts, connection, "videos"), moved)


def _counter(stored: StoredVideo) -> tuple[int, int, str, str]:
    return stored.wallet_id, stored.owner_id, stored.video.platform, stored.video.status


async def _record_changes(
    connection: AsyncConnection, before: Mapping[str, StoredVideo], after: Sequence[StoredVideo], now: datetime
) -> None:
    """Record the events of videos that were known."""
    pairs = [(before[stored.video.id].video, stored) for stored in after if stored.video.id in before]
    await events.record(
        connection,
        [
            Event(kind, stored.wallet_id, old.id, now, {"before": old.status, "after": stored.video.status})
            for old, stored in pairs
            for kind in changes(old, stored.video)
        ],
    )


async def _record_snapshots(
    connection: AsyncConnection,
    stored: StoredVideo,
    known: AbstractSet[datetime],
    new: AbstractSet[datetime],
    now: datetime,
) -> None:
    """Record that a page has new snapshots, unless all are older than the video's first sighting: those are history."""
    news = {at for at in new if at > stored.first_seen_at}
    if not news:
        return
    detail = {"taken_at": max(news).isoformat()}
    if old := known | new - news:
        detail["since"] = max(old).isoformat()
    happened = Event(EventKind.SNAPSHOT_CREATED, stored.wallet_id, stored.video.id, now, detail)
    await events.record(connection, [happened])


async def _write_snapshots(
    connection: AsyncConnection, stored: StoredVideo, taken: Iterable[Snapshot]
) -> tuple[AbstractSet[datetime], AbstractSet[datetime]]:
    """Store new and changed snapshots; returns the times of those known before, and of all."""
    mine = (snapshots.c.wallet_id == stored.wallet_id) & (snapshots.c.video_id == stored.video.id)
    columns = [snapshots.c[metric] for metric in METRICS]
    known: dict[datetime, Counts] = {
        row[0]: tuple(row[1:]) for row in await connection.execute(select(snapshots.c.taken_at, *columns).where(mine))
    }
    stated: dict[datetime, Counts] = {each.taken_at: tuple(map(each.counts.get, METRICS)) for each in taken}
    changed = {at: counts for at, counts in stated.items() if at not in known or known[at] != counts}
    if changed:
        rows = [
            {"wallet_id": stored.wallet_id, "video_id": stored.video.id, "taken_at": at}
            | {metric.value: count for metric, count in zip(METRICS, counts, strict=True)}
            for at, counts in changed.items()
        ]
        await connection.execute(replacing(snapshots, connection, METRICS), rows)
        await _add_days(connection, stored, Counter(at.date() for at in changed.keys() - known.keys()))
    return known.keys(), known.keys() | stated.keys()


async def _add_days(connection: AsyncConnection, stored: StoredVideo, days: Mapping[date, int]) -> None:
    whose = {"wallet_id": stored.wallet_id, "owner_id": stored.owner_id}
    rows = [{**whose, "day": day, "snapshots": count} for day, count in days.items()]
    if rows:
        await connection.execute(adding(snapshot_days, connection, "snapshots"), rows)
