"""Charts as pictures of a reply."""

from datetime import datetime

from bot.charts.charts import Charts
from bot.charts.specs import Growth, Line
from bot.domain.growth import main_metric, metric_name
from bot.domain.videos import VideoReading
from bot.reply.model import Picture


async def growth_picture(charts: Charts, reading: VideoReading) -> Picture | None:
    """The chart of the video's main metric; None without a reading of it, or where drawing failed."""
    metric = main_metric(reading.video.platform, reading.snapshots)
    points: list[tuple[datetime, int | None]] = [(each.taken_at, each.counts.get(metric)) for each in reading.snapshots]
    if all(count is None for _, count in points):
        return None
    chart = await charts.draw(Growth(Line.hourly(metric_name(reading.video.platform, metric), points)))
    return Picture("growth.png", chart.png, chart.alt) if chart else None
