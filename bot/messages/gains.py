"""One video's charts, of its growth and of its gains, and the card of its gains per hour and per day."""

from datetime import datetime

from bot.charts.charts import Charts
from bot.charts.specs import Gains, Growth, Line
from bot.domain.clock import date_text
from bot.domain.growth import is_overdue, main_metric, metric_name, short_change
from bot.domain.videos import VideoReading
from bot.messages.stats import VideoFacts
from bot.messages.wording import name_of, reading_age
from bot.reply.call import Call
from bot.reply.model import Button, Drawing, Picture, Reply, Tone


def growth_picture(charts: Charts, reading: VideoReading) -> Drawing | None:
    """The chart of the video's main metric; None without a reading of it."""
    line = _main_line(reading)
    return charts.picture(Growth(name_of(reading.video), line) if line else None)


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


def gains_card(facts: VideoFacts, gains: Gains | None, picture: Picture | Drawing | None) -> Reply:
    """The latest day, the latest hour and the best day in a sentence, with the chart."""
    argument = {"video": facts.reading.video.id}
    return Reply(
        _summary(gains, facts.now) if gains else "No gain yet: it takes two snapshots, an hour apart.",
        title=name_of(facts.reading.video),
        parts=(*((picture,) if picture else ()), reading_age(facts.reading, facts.as_of, facts.now, facts.problem)),
        actions=(
            Button("Refresh", Call("stats.gains", argument, in_place=True)),
            Button("Stats", Call("stats", argument)),
        ),
        tone=Tone.WARNING if facts.problem else Tone.INFO,
        shared_as=Call("stats.gains", argument),
    )


def _summary(gains: Gains, now: datetime) -> str:
    days, today = [(each.day, each.gain) for each in gains.days if each.gain is not None], now.date()
    (last, latest), (best, most) = days[-1], max(days, key=lambda each: each[1])
    found = [
        f"{short_change(latest)} {gains.line.label} {'today' if last == today else f'on {date_text(last, today)}'}"
    ]
    if gains.hours and not is_overdue(gains.hours[-1].end, now):
        found.append(f"{short_change(gains.hours[-1].gain)} in the last hour")
    if best != last:
        found.append(f"best day {date_text(best, today)} with {short_change(most)}")
    return f"{' · '.join(found)}."
