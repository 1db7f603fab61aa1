"""Row 12: a campaign of 500 videos with 720 snapshots each: its card and its ranking beside one statement."""

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from bench.measure import Row, Task, duration, pair, say
from bench.stores import ANA, BASE_URL, CALLER, KEY, NOW, PRICE, bot_on
from bot.app import Bot
from bot.contentstats.client import key_fingerprint
from bot.domain.money import Usage
from bot.domain.videos import HOUR, Metric, Snapshot, Video, VideoReading, VideoStatus
from bot.reply.model import Tone
from bot.store import Store
from bot.store.database import database_url, new_engine

VIDEOS, SNAPSHOTS = 500, 720
ROUNDS = 15
GOAL, MOST = 3.0, 0.150
"""Times the floor, and seconds."""
TRIED = "rows read by place, moments in one step, one total instead of six; the rest is 500 videos of 2,000 snapshots"
_FLOOR = (Path(__file__).parent / "floors" / "readings.sql").read_text(encoding="utf-8")


def rows() -> Iterator[Row]:
    """The card, the ranking, and the list with and without the campaign."""
    with tempfile.TemporaryDirectory(prefix="contentstats-bench-") as folder:
        yield from asyncio.run(_rows(f"sqlite:///{folder}/campaign.db"))


async def _rows(url: str) -> list[Row]:
    say(f"row 12: filling a campaign of {VIDEOS} videos with {SNAPSHOTS} snapshots each")
    await _fill(url)
    engine = new_engine(database_url(url), {"isolation_level": "AUTOCOMMIT"})
    windows = {"now": _stored(0), "day": _stored(1), "week": _stored(7)}

    async def floor() -> None:
        async with engine.connect() as connection:
            found = (await connection.execute(text(_FLOOR), windows)).all()
        if len(found) != VIDEOS:
            raise RuntimeError(f"{len(found)} rows")

    found = []
    async with bot_on(url) as bot:
        for line in ("/campaign launch", "/leaderboard in launch"):
            measured = await pair(_asked(bot, line), floor, ROUNDS)
            about = f"{line}, {VIDEOS} videos of {SNAPSHOTS} snapshots, SQLite; floor is one statement"
            found.append(measured.row(12, about, GOAL, TRIED))
            name = f"{line}, the same, without its picture"
            found.append(Row(12, name, duration(measured.ours), goal="<= 150 ms", met=measured.ours <= MOST))
        lists = await pair(_asked(bot, "/videos in launch"), _asked(bot, "/videos"), ROUNDS, 3)
        found.append(lists.row(12, f"/videos in launch, {VIDEOS} videos, SQLite; floor is /videos", 1.1))
    await engine.dispose()
    return found


def _asked(bot: Bot, line: str) -> Task:
    command, _, words = line.partition(" ")

    async def ask() -> None:
        reply = await bot.run(command, words, CALLER)
        if reply.tone is not Tone.INFO:
            raise RuntimeError(f"{line}: {reply.summary}")

    return ask


def _stored(days: int) -> str:
    """A moment so many days ago, as SQLite keeps it."""
    return f"{NOW - timedelta(days=days):%Y-%m-%d %H:%M:%S.%f}"


async def _fill(url: str) -> None:
    async with Store.opened(url) as store:
        wallet_id = await store.wallets.ensure_wallet(key_fingerprint(BASE_URL, KEY), NOW)
        await store.wallets.save_usage(wallet_id, Usage(PRICE * 10_000, PRICE, PRICE, PRICE, 1), NOW)
        await store.wallets.mark_swept(wallet_id, NOW, complete=True)
        workspace = await store.workspaces.ensure_workspace(CALLER.workspace, wallet_id)
        links = []
        for number in range(VIDEOS):
            link = f"https://www.tiktok.com/@creator{number % 40}/video/7301234567890{number:06}"
            video = Video(
                id=f"video-{number}",
                link=link,
                platform="tiktok",
                status=VideoStatus.MONITORING if number % 2 else VideoStatus.COMPLETED,
                title=f"Video {number}",
                started_at=NOW - SNAPSHOTS * HOUR,
                days=30,
            )
            taken = (
                Snapshot(NOW - HOUR * age, dict.fromkeys(Metric, 1_000 + number + (SNAPSHOTS - age) ** 2))
                for age in reversed(range(SNAPSHOTS))
            )
            key = f"tiktok:7301234567890{number:06}"
            await store.videos.remember_reading(
                wallet_id, VideoReading(video, tuple(taken)), key, main_count=1_000, change_24h=10, now=NOW
            )
            links.append((key, link, "tiktok"))
        campaign, _ = await store.campaigns.create(workspace.id, "launch", ANA, NOW)
        await store.campaigns.add(workspace.id, campaign.id, links, ANA, NOW)
