"""Row 12: card and leaderboard of a campaign with 500 videos of 720 snapshots each, compared with one SQL statement.

Also compares filtered lists with the unfiltered list, and digests of ten campaigns with digests of ten workspaces.
"""

import asyncio
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import delete, text, update

from bench.measure import Row, Task, duration, pair, progress
from bench.planning import planner_of
from bench.stores import ANA, BASE_URL, CALLER, KEY, NOW, PRICE, bot_on, fill
from bot.app import Bot
from bot.contentstats.client import key_fingerprint
from bot.domain.caller import WorkspaceRef
from bot.domain.digest import DigestOptions
from bot.domain.money import Usage
from bot.domain.schedule import Schedule
from bot.domain.videos import HOUR, Metric, Snapshot, Video, VideoReading, VideoStatus
from bot.reply.model import Tone
from bot.store import Store
from bot.store.audit import Actor
from bot.store.database import database_url, new_engine
from bot.store.schedule_tables import digests, outbox
from bot.store.tables import UNOWNED, videos
from bot.store.videos import Filters, Sort
from tests.standins.postgres import running

Link: TypeAlias = tuple[str, str, str]

VIDEOS, SNAPSHOTS, DIGESTS, WEEK = 500, 720, 10, 168
ROUNDS, BLOCK = 15, 5
GOAL, GOAL_SECONDS = 3.0, 0.150
TRIED = "rows read by place, moments in one step, one total instead of six; the rest is 500 videos of 2,000 snapshots"
_FLOOR = (Path(__file__).parent / "floors" / "readings.sql").read_text(encoding="utf-8")


def rows() -> Iterator[Row]:
    """Card and leaderboard on SQLite; then lists and digests on each database."""
    with tempfile.TemporaryDirectory(prefix="contentstats-bench-") as folder:
        yield from asyncio.run(_cards(f"sqlite:///{folder}/campaign.db"))
        yield from asyncio.run(_lists("SQLite", f"sqlite:///{folder}/lists.db"))
        yield asyncio.run(_digests("SQLite", f"sqlite:///{folder}/digests.db"))
    try:
        with running() as server:
            for name in ("lists", "digests"):
                server.create(name)
            yield from asyncio.run(_lists("PostgreSQL", server.url("lists")))
            yield asyncio.run(_digests("PostgreSQL", server.url("digests")))
    except (FileNotFoundError, RuntimeError, subprocess.CalledProcessError) as error:
        progress(f"row 12: PostgreSQL did not start: {error}")
        yield Row(12, "PostgreSQL: not measured, because it did not start", "-")


async def _cards(url: str) -> list[Row]:
    progress(f"row 12: filling a campaign of {VIDEOS} videos with {SNAPSHOTS} snapshots each")
    await _fill(url)
    engine = new_engine(database_url(url), {"isolation_level": "AUTOCOMMIT"})
    windows = {"now": _sqlite_time(0), "day": _sqlite_time(1), "week": _sqlite_time(7)}

    async def floor() -> None:
        async with engine.connect() as connection:
            found = (await connection.execute(text(_FLOOR), windows)).all()
        if len(found) != VIDEOS:
            raise RuntimeError(f"{len(found)} rows")

    found = []
    async with bot_on(url) as bot:
        for line in ("/campaign launch", "/leaderboard in launch"):
            measured = await pair(_task(bot, line), floor, ROUNDS)
            about = f"{line}, {VIDEOS} videos of {SNAPSHOTS} snapshots, SQLite; floor is one statement"
            found.append(measured.row(12, about, GOAL, TRIED))
            name = f"{line}, the same, without its picture"
            found.append(Row(12, name, duration(measured.ours), goal="<= 150 ms", met=measured.ours <= GOAL_SECONDS))
    await engine.dispose()
    return found


async def _lists(database: str, url: str) -> list[Row]:
    progress(f"row 12: filling {VIDEOS} videos on {database}")
    await fill(url, own=VIDEOS)
    async with Store.opened(url) as store:
        workspace = await store.workspaces.ensure_workspace(CALLER.workspace, 1)
        found, _ = await store.videos.page(workspace, Filters(), Sort.NEWEST, 0, VIDEOS)
        await _campaign(store, workspace.id, "launch", [(each.key, each.video.link, "tiktok") for each in found])
    about = f"{VIDEOS} videos, {database}; floor is /videos"
    async with bot_on(url) as bot:
        return [
            (await pair(_task(bot, line), _task(bot, "/videos"), ROUNDS, BLOCK)).row(12, f"{line}, {about}", 1.1)
            for line in ("/videos in launch", "/videos @someone", "/videos mine", "/videos tiktok")
        ]


async def _digests(database: str, url: str) -> Row:
    """Digests of one workspace's campaigns; the floor is as many workspaces with as many videos each."""
    progress(f"row 12: filling {2 * VIDEOS} videos on {database}")
    schedule = Schedule(NOW.hour * 60, "UTC")
    async with Store.opened(url) as store:
        wallet_id = await _wallet(store)
        for number in range(2 * DIGESTS):
            ref = CALLER.workspace if number < DIGESTS else WorkspaceRef("slack", f"T1{number}", "Other")
            workspace = await store.workspaces.ensure_workspace(ref, wallet_id)
            numbers = range(number * VIDEOS // DIGESTS, (number + 1) * VIDEOS // DIGESTS)
            links = await _add_videos(store, wallet_id, numbers, WEEK, workspace.id)
            options = DigestOptions()
            if number < DIGESTS:
                options = DigestOptions(campaign_id=await _campaign(store, workspace.id, f"launch {number}", links))
            await store.digests.switch_on(workspace, f"C{number}", schedule, options, ANA, NOW)
    engine = new_engine(database_url(url), {"isolation_level": "AUTOCOMMIT"})
    async with bot_on(url) as bot:
        planner = planner_of(bot)

        def plan_from(first: int) -> Task:
            due = update(digests).where(digests.c.id.between(first, first + DIGESTS - 1))
            due = due.values(next_date=NOW.date(), next_due_at=NOW, last_date=None, last_window_end=None)

            async def plan() -> None:
                async with engine.connect() as connection:
                    await connection.execute(delete(outbox))
                    await connection.execute(due)
                if await planner.plan_due() != DIGESTS:
                    raise RuntimeError("not every digest was planned")

            return plan

        found = await pair(plan_from(1), plan_from(1 + DIGESTS), ROUNDS)
    await engine.dispose()
    about = f"digests of {DIGESTS} campaigns of {VIDEOS // DIGESTS} videos, {database}; floor: {DIGESTS} workspaces"
    return found.row(12, about, 1.2)


def _task(bot: Bot, line: str) -> Task:
    command, _, words = line.partition(" ")

    async def ask() -> None:
        reply = await bot.run(command, words, CALLER)
        if reply.tone is not Tone.INFO:
            raise RuntimeError(f"{line}: {reply.summary}")

    return ask


def _sqlite_time(days: int) -> str:
    """The time `days` days before NOW, in the format that SQLite stores."""
    return f"{NOW - timedelta(days=days):%Y-%m-%d %H:%M:%S.%f}"


async def _fill(url: str) -> None:
    async with Store.opened(url) as store:
        wallet_id = await _wallet(store)
        workspace = await store.workspaces.ensure_workspace(CALLER.workspace, wallet_id)
        links = await _add_videos(store, wallet_id, range(VIDEOS), SNAPSHOTS)
        await _campaign(store, workspace.id, "launch", links)


async def _wallet(store: Store) -> int:
    wallet_id = await store.wallets.ensure_wallet(key_fingerprint(BASE_URL, KEY), NOW)
    await store.wallets.save_usage(wallet_id, Usage(PRICE * 10_000, PRICE, PRICE, PRICE, 1), NOW)
    await store.wallets.mark_swept(wallet_id, NOW, complete=True)
    return wallet_id


async def _campaign(store: Store, workspace_id: int, name: str, links: Sequence[Link]) -> int:
    campaign, _ = await store.campaigns.create(workspace_id, name, Actor(ANA, NOW))
    await store.campaigns.add(workspace_id, campaign.id, links, Actor(ANA, NOW))
    return campaign.id


async def _add_videos(
    store: Store, wallet_id: int, numbers: range, snapshots: int, owner_id: int = UNOWNED
) -> Sequence[Link]:
    """Store videos with `snapshots` hourly snapshots each; returns their links."""
    links = []
    for number in numbers:
        link = f"https://www.tiktok.com/@creator{number % 40}/video/7301234567890{number:06}"
        video = Video(
            id=f"video-{number}",
            link=link,
            platform="tiktok",
            status=VideoStatus.MONITORING if number % 2 else VideoStatus.COMPLETED,
            title=f"Video {number}",
            started_at=NOW - snapshots * HOUR,
            days=30,
        )
        counts = (
            Snapshot(NOW - HOUR * age, dict.fromkeys(Metric, 1_000 + number + (snapshots - age) ** 2))
            for age in reversed(range(snapshots))
        )
        key = f"tiktok:7301234567890{number:06}"
        reading = VideoReading(video, tuple(counts))
        await store.videos.remember_reading(wallet_id, reading, key, main_count=1_000, change_24h=10, now=NOW)
        links.append((key, link, "tiktok"))
    async with store.videos._database.writing() as connection:  # noqa: SLF001 - as if this workspace had started them
        ids = [f"video-{number}" for number in numbers]
        await connection.execute(update(videos).where(videos.c.video_id.in_(ids)).values(owner_id=owner_id))
    return links
