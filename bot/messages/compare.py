"""Several videos side by side, at the same age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor

from bot.domain.growth import aligned, at_hour, change, exact_count, metric_name, signed_count
from bot.domain.videos import Metric, Video, VideoReading
from bot.messages.stats import window_words
from bot.messages.wording import freshness, linked, name_of, platform_name
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Column,
    Note,
    Option,
    Part,
    Picture,
    Reply,
    Select,
    Table,
    Text,
    Tone,
    text,
)

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Compared:
    """One video of a comparison under the letter that stands for it in the chart."""

    label: str
    reading: VideoReading
    as_of: datetime
    problem: str


def shared_metric(readings: Sequence[VideoReading]) -> Metric | None:
    """The first metric that every video with snapshots has: views where all state them. None where there is none."""
    taken = [reading.snapshots for reading in readings if reading.snapshots]
    shared = (metric for metric in Metric if all(any(metric in each.counts for each in one) for one in taken))
    return next(shared, None) if taken else None


def comparison(compared: Sequence[Compared], metric: Metric | None, picture: Picture | None, now: datetime) -> Reply:
    """The table at the latest hour that all have reached, the chart, and what to mind."""
    if metric is None:
        return Reply(
            "These videos have no metric in common yet, so there is nothing to compare. Try again after their first "
            "snapshots.",
            title="Comparison",
            tone=Tone.WARNING,
        )
    hour = _common_hour(compared, metric)
    leader, count = _leader(compared, metric, hour)
    parts: list[Part] = [_table(compared, metric, hour)]
    if picture is not None:
        parts.append(picture)
    problem = _problem(compared)
    parts += [_notes(compared, metric), freshness(min(each.as_of for each in compared), now, problem)]
    return Reply(
        f"At hour {hour} since tracking began, {name_of(leader)} leads with {exact_count(count)} {metric.value}.",
        title=f"Comparison at hour {hour}",
        parts=tuple(parts),
        tone=Tone.WARNING if problem else Tone.INFO,
    )


def compare_with(video: Video, options: tuple[Option, ...]) -> Reply:
    """The choice of the other video."""
    if not options:
        return Reply(f"There is no other video to compare {name_of(video)} with. /track starts one.", tone=Tone.WARNING)
    select = Select("Choose the other video", Call("compare.with", {"video": video.id}), "other", options)
    return Reply(f"Compare {name_of(video)} with which video?", actions=(select,))


def _common_hour(compared: Sequence[Compared], metric: Metric) -> int:
    """The latest whole hour of age that every video with snapshots has reached."""
    ends = [series[-1][0] for each in compared if (series := _series(each, metric))]
    return floor(min(ends) + 0.5)


def _leader(compared: Sequence[Compared], metric: Metric, hour: int) -> tuple[Video, int]:
    """The video that is ahead at that hour, which is the latest of one of them, so that one has no gap there."""
    counts = [(at_hour(_series(each, metric), hour), each) for each in compared]
    known = [(count, each.reading.video) for count, each in counts if count is not None]
    count, video = max(known, key=lambda pair: pair[0])
    return video, count


def _series(compared: Compared, metric: Metric) -> tuple[tuple[float, int], ...]:
    return aligned(compared.reading.snapshots, metric, compared.reading.video.started_at)


def _table(compared: Sequence[Compared], metric: Metric, hour: int) -> Table:
    columns = (
        Column(""),
        Column("Video"),
        Column("Platform"),
        Column(f"Hour {hour}", Align.RIGHT),
        Column("Now", Align.RIGHT),
        Column("24 h", Align.RIGHT),
    )
    return Table(f"{metric.value.capitalize()}", columns, tuple(_row(each, metric, hour) for each in compared))


def _row(compared: Compared, metric: Metric, hour: int) -> tuple[Text, ...]:
    video, series = compared.reading.video, _series(compared, metric)
    then = at_hour(series, hour)
    day = change(compared.reading.snapshots, metric, DAY)
    return (
        text(compared.label),
        text(linked(video)),
        text(platform_name(video.platform)),
        text("gap" if then is None and series else "–" if then is None else exact_count(then)),
        text(exact_count(series[-1][1]) if series else "–"),
        text("–" if day is None else f"{signed_count(day.delta)}{'' if day.exact else f' in {window_words(day)}'}"),
    )


def _notes(compared: Sequence[Compared], metric: Metric) -> Note:
    names = {metric_name(each.reading.video.platform, metric) for each in compared}
    words = (
        f"Compared by {' / '.join(sorted(names))}, the first metric that all of them have; ages count from each start."
    )
    silent = [each.label for each in compared if not _series(each, metric)]
    return Note(text(words, f" No snapshot yet: {', '.join(silent)}." if silent else ""))


def _problem(compared: Sequence[Compared]) -> str:
    return next((each.problem for each in compared if each.problem), "")
