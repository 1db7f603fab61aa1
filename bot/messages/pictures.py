"""Charts as pictures of a reply, with their alt texts."""

from datetime import datetime

from bot.charts.charts import Charts
from bot.charts.specs import Gains, Growth, Line, Spec
from bot.domain.growth import main_metric, metric_name
from bot.domain.videos import VideoReading
from bot.messages.wording import name_of
from bot.reply.model import Drawing, Picture


def chart_picture(charts: Charts, spec: Spec | None) -> Drawing | None:
    """The chart of a spec, drawn when the picture is needed; None without a spec."""
    if spec is None:
        return None

    async def draw() -> Picture | None:
        chart = await charts.draw(spec)
        return Picture(chart.file_name, chart.png, chart.alt) if chart else None

    return Drawing(draw)


def growth_picture(charts: Charts, reading: VideoReading) -> Drawing | None:
    """The chart of the video's main metric; None without a reading of it."""
    line = _main_line(reading)
    return chart_picture(charts, Growth(name_of(reading.video), line) if line else None)


def gains_of(reading: VideoReading) -> Gains | None:
    """What the video's main metric gained per hour and per day; None with fewer than two readings of it."""
    line = _main_line(reading)
    return Gains(name_of(reading.video), line) if line and len(line.points) > 1 else None


def _main_line(reading: VideoReading) -> Line[datetime] | None:
    metric = main_metric(reading.video.platform, reading.snapshots)
    points = [(each.taken_at, each.counts.get(metric)) for each in reading.snapshots]
    if all(count is None for _, count in points):
        return None
    return Line.hourly(metric_name(reading.video.platform, metric), points)
