"""Databases of any size for benchmarks: the store writes one workspace, and SQL copies it to make the others.

CALLER's workspace always has the same videos under the same ids, so a command gives the same answer on each database.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import SecretStr
from sqlalchemy import CTE, ColumnElement, String, Table, cast, delete, func, insert, literal, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import Bot
from bot.contentstats.client import key_fingerprint
from bot.domain.caller import Caller, Permission, Person, Role, WorkspaceRef
from bot.domain.money import Usage
from bot.domain.tracking import StartTerms
from bot.domain.videos import HOUR, Metric, Snapshot, Video, VideoPlatform, VideoReading, VideoStatus
from bot.settings import Settings
from bot.store import Store
from bot.store.database import database_url, new_engine
from bot.store.tables import snapshot_days, snapshots, track_requests, video_counts, videos, workspaces
from bot.store.workspaces import Workspace

NOW = datetime(2026, 3, 20, 10, 30, tzinfo=UTC)
"""The bot's fixed clock: every reading is fresh at this time, so the API is never called."""
BASE_URL, KEY = "http://127.0.0.1:9/api/v1", "cs_test_bench"
ANA = Person("U1", "Ana")
CALLER = Caller(WorkspaceRef("slack", "T1", "Main"), "C1", ANA, Role.MEMBER, frozenset({Permission.LOOK}))
PRICE = Decimal("0.015")
OWN_VIDEOS, RUNNING_VIDEOS = 100, 50
"""How many videos CALLER's workspace has, and how many of them are still running. No other video in the wallet is."""
VIDEOS_PER_OTHER_WORKSPACE = 10
SNAPSHOTS, COPIED_SNAPSHOTS = 168, 10
"""Snapshots of a video that the store wrote, and how many of them a copy gets."""
FIRST_COPY = 1_000
"""Id of the first copy, above every id that the database assigned."""

_ENDED = (VideoStatus.COMPLETED, VideoStatus.COMPLETED, VideoStatus.CANCELLED, VideoStatus.ERROR)
_TITLES = (
    "Street food in Osaka",
    "How we fixed our kitchen sink",
    "Sunset over the lake",
    "One-pan pasta",
    "Café tour",
)


@asynccontextmanager
async def bot_on(url: str) -> AsyncIterator[Bot]:
    """The bot on a filled database."""
    settings = Settings(
        contentstats_api_key=SecretStr(KEY),
        contentstats_base_url=BASE_URL,
        database_url=url,
        monthly_cap_usd=Decimal(0),
    )
    async with Bot(settings, clock=lambda: NOW) as bot:
        yield bot


async def fill(url: str, *, others: int = 0, own: int = OWN_VIDEOS) -> None:
    """Create CALLER's workspace with `own` videos, and `others` workspaces on the same wallet."""
    async with Store.opened(url) as store:
        wallet_id = await store.wallets.ensure_wallet(key_fingerprint(BASE_URL, KEY), NOW)
        money = Usage(Decimal(5_000), Decimal(1), Decimal(100), PRICE, 10_000)
        await store.wallets.save_usage(wallet_id, money, NOW)
        await store.wallets.mark_swept(wallet_id, NOW, complete=True)
        main = await store.workspaces.ensure_workspace(CALLER.workspace, wallet_id)
        other = await store.workspaces.ensure_workspace(WorkspaceRef("slack", "T2", "Other"), wallet_id)
        # Without the bot's statement time-outs, and committing each statement.
        engine = new_engine(database_url(url), {"connect_args": {}, "isolation_level": "AUTOCOMMIT"})
        async with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                await connection.exec_driver_sql("PRAGMA cache_size=-200000")  # KB: large enough for the indexes
            await _write(store, main, range(OWN_VIDEOS))
            if others:
                await _write(store, other, range(OWN_VIDEOS, OWN_VIDEOS + VIDEOS_PER_OTHER_WORKSPACE))
                await _copy_workspace(connection, other, _numbers(others - 1))
            if own > OWN_VIDEOS:
                ended = (videos.c.owner_id == main.id) & ~videos.c.is_running
                await _copy_videos(
                    connection, _numbers((own - OWN_VIDEOS) // (OWN_VIDEOS - RUNNING_VIDEOS)), ended, literal(main.id)
                )
            await _analyze(connection)
        await engine.dispose()


def video_id(number: int) -> str:
    """The id of a video of CALLER's workspace."""
    return str(uuid5(NAMESPACE_URL, f"video {number}"))


async def _write(store: Store, workspace: Workspace, numbers: range) -> None:
    """Store a workspace's videos as the bot does: propose, submit, mark as tracking, save the reading."""
    made = [_video(number) for number in numbers]
    items = [(f"{video.platform}:{video.id}", video.link, video.platform) for video in made]
    requests = await store.tracking.propose(workspace, "C1", ANA, "batch", items, PRICE, NOW, NOW + HOUR)
    for video, request in zip(made, requests, strict=True):
        began = video.started_at or NOW
        await store.tracking.submit(request.id, StartTerms(ANA, 14, PRICE * 14 * 24, Decimal(1_000_000)), began)
        await store.tracking.mark_tracking(request.id, video, began)
        reading = VideoReading(video, _snapshots())
        await store.videos.remember_reading(
            workspace.wallet_id, reading, request.key, main_count=28_000, change_24h=7_000, now=NOW
        )


def _snapshots() -> tuple[Snapshot, ...]:
    ages = reversed(range(SNAPSHOTS))
    return tuple(Snapshot(NOW - HOUR * age, dict.fromkeys(Metric, 1_000 + (SNAPSHOTS - age) ** 2)) for age in ages)


def _video(number: int) -> Video:
    runs = number < RUNNING_VIDEOS
    return Video(
        id=video_id(number),
        link=f"https://www.tiktok.com/@someone/video/{number}",
        platform=tuple(VideoPlatform)[number % 4],
        status=VideoStatus.MONITORING if runs else _ENDED[number // 4 % 4],
        title=f"{_TITLES[number % 5]} {number}",
        creator="someone",
        started_at=NOW - (timedelta(days=7, hours=number) if runs else timedelta(days=2 * number)),
        days=14,
        days_remaining=Decimal(7) if runs else Decimal(0),
    )


async def _copy_workspace(connection: AsyncConnection, workspace: Workspace, numbers: CTE) -> None:
    """Copy a workspace and its videos once per number."""
    number = numbers.c.number
    name = workspaces.c.external_id + cast(number, String)
    await _copy(connection, workspaces, numbers, workspaces.c.id == workspace.id, id=number, external_id=name)
    await _copy_videos(connection, numbers, videos.c.owner_id == workspace.id, number)
    await _copy(connection, snapshot_days, numbers, snapshot_days.c.owner_id == workspace.id, owner_id=number)


async def _copy_videos(
    connection: AsyncConnection, numbers: CTE, which: ColumnElement[bool], owner: ColumnElement[int]
) -> None:
    """Copy videos once per number, each with its recent snapshots and the request that started it."""
    ids = list(await connection.scalars(select(videos.c.video_id).where(which)))
    suffix = "-" + cast(numbers.c.number, String)
    recent = snapshots.c.taken_at > NOW - HOUR * COPIED_SNAPSHOTS
    for table, rows, changes in (
        (videos, true(), {"owner_id": owner}),
        (snapshots, recent, {}),
        (track_requests, true(), {"workspace_id": owner}),
    ):
        named = {name: table.c[name] + suffix for name in ("video_id", "key") if name in table.c}
        await _copy(connection, table, numbers, table.c.video_id.in_(ids) & rows, **named, **changes)


async def _copy(
    connection: AsyncConnection, table: Table, numbers: CTE, which: ColumnElement[bool], **changed: ColumnElement[Any]
) -> None:
    """Copy rows once per number with some columns changed. Ids are assigned anew unless `changed` sets them."""
    columns = {each.name: changed.get(each.name, each) for each in table.c if each.name != "id" or "id" in changed}
    # In primary-key order, so that consecutive rows go to the same page.
    order = [columns[each.name] for each in table.primary_key if each.name in columns]
    rows = select(*columns.values()).select_from(table.join(numbers, true())).where(which).order_by(*order)
    await connection.execute(insert(table).from_select(list(columns), rows))


def _numbers(times: int) -> CTE:
    """A CTE of `times` numbers, counting from `FIRST_COPY`."""
    first = select(literal(FIRST_COPY).label("number")).cte("numbers", recursive=True)
    return first.union_all(select(first.c.number + 1).where(first.c.number < FIRST_COPY + times - 1))


async def _analyze(connection: AsyncConnection) -> None:
    """Recount the videos, and make PostgreSQL gather the statistics that autovacuum would gather within minutes."""
    await connection.execute(delete(video_counts))
    cell = (videos.c.wallet_id, videos.c.owner_id, videos.c.platform, videos.c.status)
    counted = select(*cell, func.count()).group_by(*cell)
    await connection.execute(insert(video_counts).from_select([column.name for column in video_counts.c], counted))
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql("VACUUM ANALYZE")
