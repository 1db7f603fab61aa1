"""The facts of a final report, from the mirror."""

from datetime import datetime, timedelta
from decimal import Decimal

from bot.alerts.final_report_card import FinalFacts
from bot.charts.charts import Charts
from bot.domain.caller import Person
from bot.domain.growth import counts_of, gained_by_day, main_metric
from bot.domain.videos import Video, VideoReading
from bot.messages.csv_format import csv_file, csv_name, csv_rows
from bot.messages.pictures import growth_picture
from bot.reply.drawing import picture_of
from bot.store import Store
from bot.store.videos import StoredVideo

DAY = timedelta(days=1)
EARLY = timedelta(hours=2)
"""By how much a tracking ends before its time that somebody stopped."""


async def final_facts(
    store: Store,
    charts: Charts,
    stored: StoredVideo,
    ended_at: datetime,
    stopped_by: Person | None,
    cost_per_snapshot: Decimal | None,
    problem: str,
    now: datetime,
) -> FinalFacts:
    """What there is to report of a tracking that ended at about a moment."""
    snapshots = await store.videos.snapshots(stored.wallet_id, stored.video.id)
    reading = VideoReading(stored.video, snapshots, stored.unread_rows)
    metric = main_metric(stored.video.platform, snapshots)
    rows = list(csv_rows(stored.video, snapshots))
    return FinalFacts(
        reading=reading,
        metric=metric,
        ended_at=_collected_until(stored.video, ended_at),
        days=gained_by_day(counts_of(snapshots, metric)),
        is_stopped=stopped_by is not None or _ended_early(stored.video, ended_at),
        stopped_by=stopped_by,
        cost_per_snapshot=cost_per_snapshot,
        picture=await picture_of(growth_picture(charts, reading)),
        file=csv_file(csv_name(stored.video.id), rows) if rows else None,
        as_of=stored.read_at or stored.seen_at,
        problem=problem,
        now=now,
    )


def _collected_until(video: Video, ended_at: datetime) -> datetime:
    """Until when snapshots were due: the bot learns of an end some minutes after it."""
    if video.started_at is None or video.days is None:
        return ended_at
    return min(ended_at, video.started_at + video.days * DAY)


def _ended_early(video: Video, ended_at: datetime) -> bool:
    """Whether it ended before what was paid for; a pause only moves an end later."""
    if video.started_at is None or video.days is None:
        return False
    return ended_at < video.started_at + video.days * DAY - EARLY
