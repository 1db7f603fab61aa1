"""Several videos side by side, at the same age."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.growth import Ranking, aligned, at_hour, change, exact_count, metric_name, ranked, signed_count
from bot.domain.videos import Metric, Video, VideoReading
from bot.messages.stats import window_words
from bot.messages.wording import linked, name_of, platform_name, reading_age
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Column,
    Drawing,
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


def comparison(
    compared: Sequence[Compared], metric: Metric | None, picture: Picture | Drawing | None, now: datetime
) -> Reply:
    """The table at the latest hour that all have reached, the chart, and what to mind."""
    if metric is None:
        return Reply(
            "These videos have no metric in common yet, so there's nothing to compare. Try again after their first "
            "snapshots.",
            title="Comparison",
            tone=Tone.WARNING,
        )
    series = {each.label: taken for each in compared if (taken := _series(each, metric))}
    ranking = ranked(series)
    hour = ranking.hour if ranking else None
    parts: list[Part] = [_table(compared, metric, hour)]
    if picture is not None:
        parts.append(picture)
    problem = _problem(compared)
    parts += [_notes(compared, metric), _age(compared, now, problem)]
    return Reply(
        _finding({each.label: each.reading.video for each in compared}, metric, ranking, len(series)),
        title="Comparison" if hour is None else f"Comparison at hour {hour}",
        parts=tuple(parts),
        tone=Tone.WARNING if problem else Tone.INFO,
    )


def compare_with(video: Video, options: tuple[Option, ...]) -> Reply:
    """The choice of the other video."""
    if not options:
        return Reply(
            f"There's no other video to compare {name_of(video)} with. Track one with /track.", tone=Tone.WARNING
        )
    select = Select("Choose the other video", Call("compare.with", {"video": video.id}), "other", options)
    return Reply(f"Compare {name_of(video)} with which video?", actions=(select,))


def _finding(videos: Mapping[str, Video], metric: Metric, ranking: Ranking | None, known: int) -> str:
    """The leader, or the leaders of a tie, at the hour that all have; the one video that has readings at all."""
    if ranking is None:
        return "There's no hour since tracking began at which all of these videos have a reading, so none leads."
    count = f"{exact_count(ranking.counts[0][1])} {metric.value}"
    names = Counter(map(name_of, videos.values()))
    leaders = [
        name if names[name] == 1 else f"{name} ({label})"
        for label in ranking.leaders
        for name in (name_of(videos[label]),)
    ]
    if known == 1:
        return f"Only {leaders[0]} has readings: {count} at hour {ranking.hour} since tracking began."
    when = f"At hour {ranking.hour} since tracking began,"
    if len(leaders) == 1:
        return f"{when} {leaders[0]} leads with {count}."
    *others, last = leaders
    return (
        f"{when} {', '.join(others)} and {last} are tied{' for the lead' if len(leaders) < known else ''} at {count}."
    )


def _age(compared: Sequence[Compared], now: datetime, problem: str) -> Note:
    """How old the oldest numbers are of videos that still run; final numbers don't age."""
    running = [each for each in compared if each.reading.video.is_running] or compared[:1]
    oldest = min(running, key=lambda each: each.as_of)
    return reading_age(oldest.reading, oldest.as_of, now, problem)


def _series(compared: Compared, metric: Metric) -> tuple[tuple[float, int], ...]:
    return aligned(compared.reading.snapshots, metric, compared.reading.video.started_at)


def _table(compared: Sequence[Compared], metric: Metric, hour: int | None) -> Table:
    is_all_final = not any(each.reading.video.is_running for each in compared)
    at_shared_hour = () if hour is None else (Column(f"Hour {hour}", Align.RIGHT),)
    columns = (
        Column(""),
        Column("Video"),
        Column("Platform"),
        *at_shared_hour,
        Column("Final" if is_all_final else "Now", Align.RIGHT),
        Column("24 h", Align.RIGHT),
    )
    return Table(
        f"{metric.value.capitalize()}",
        columns,
        tuple(_row(each, metric, hour, is_all_final=is_all_final) for each in compared),
    )


def _row(compared: Compared, metric: Metric, hour: int | None, *, is_all_final: bool) -> tuple[Text, ...]:
    video, series = compared.reading.video, _series(compared, metric)
    then = None if hour is None else at_hour(series, hour)
    day = change(compared.reading.snapshots, metric, DAY)
    final = " (final)" if not video.is_running and not is_all_final else ""
    return (
        text(compared.label),
        text(linked(video)),
        text(platform_name(video.platform)),
        *(() if hour is None else (text("–" if then is None else exact_count(then)),)),
        text(f"{exact_count(series[-1][1])}{final}" if series else "–"),
        text("–" if day is None else f"{signed_count(day.delta)}{'' if day.exact else f' in {window_words(day)}'}"),
    )


def _notes(compared: Sequence[Compared], metric: Metric) -> Note:
    names = {metric_name(each.reading.video.platform, metric) for each in compared}
    words = f"Compared by {' / '.join(sorted(names))}, the first metric they all have, from the start of each tracking."
    silent = [each.label for each in compared if not _series(each, metric)]
    return Note(text(words, f" No snapshot yet: {', '.join(silent)}." if silent else ""))


def _problem(compared: Sequence[Compared]) -> str:
    return next((each.problem for each in compared if each.problem), "")
