"""Charts as pictures of a reply."""

from datetime import datetime

from bot.charts.charts import Charts
from bot.charts.specs import Growth, Line, Spec
from bot.domain.growth import main_metric, metric_name
from bot.domain.videos import VideoReading
from bot.reply.model import Drawing, Picture


def chart_picture(charts: Charts, name: str, spec: Spec) -> Drawing:
    """The chart of a spec under the name of a file, drawn when the picture is needed."""

    async def draw() -> Picture | None:
        chart = await charts.draw(spec)
        return Picture(name, chart.png, chart.alt) if chart else None

    return Drawing(draw)


def growth_picture(charts: Charts, reading: VideoReading) -> Drawing | None:
    """The chart of the video's main metric; None without a reading of it."""
    metric = main_metric(reading.video.platform, reading.snapshots)
    points: list[tuple[datetime, int | None]] = [(each.taken_at, each.counts.get(metric)) for each in reading.snapshots]
    if all(count is None for _, count in points):
        return None
    return chart_picture(charts, "growth.png", Growth(Line.hourly(metric_name(reading.video.platform, metric), points)))
