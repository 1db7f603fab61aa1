"""/stats: one video, every metric, its growth and its price."""

from dataclasses import dataclass
from datetime import datetime

from bot.charts.specs import Growth, Line
from bot.commands.choosing import choose
from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.domain.growth import main_metric, metric_name
from bot.domain.videos import VideoReading
from bot.messages.stats import VideoFacts, video_stats
from bot.reply.call import Call
from bot.reply.model import Picture, Reply


@dataclass(frozen=True, slots=True)
class Stats:
    """The video to look at."""

    video: str = argument(Kind.VIDEO, "the video's title, link or id", suggested=True)


async def stats(context: Context, args: Stats) -> Reply:
    """The card of one video, read from the API at most once an hour."""
    stored = await choose(context, args.video, Call("stats"), "video")
    if isinstance(stored, Reply):
        return stored
    page = await context.wallet.mirror.page(stored)
    return video_stats(
        VideoFacts(
            reading=page.value,
            started_by=stored.started_by,
            started_here=stored.workspace_id is not None,
            cost_per_snapshot=await context.wallet.price(),
            picture=await growth_picture(context, page.value),
            as_of=page.as_of,
            seen_at=page.seen_at,
            problem=page.problem,
            now=context.clock(),
        )
    )


async def growth_picture(context: Context, reading: VideoReading) -> Picture | None:
    """The chart of the video's main metric; None without a reading of it, or where drawing failed."""
    metric = main_metric(reading.video.platform, reading.snapshots)
    points: list[tuple[datetime, int | None]] = [(each.taken_at, each.counts.get(metric)) for each in reading.snapshots]
    if all(count is None for _, count in points):
        return None
    chart = await context.charts.draw(Growth(Line.hourly(metric_name(reading.video.platform, metric), points)))
    return Picture("growth.png", chart.png, chart.alt) if chart else None
