"""Comparison of several videos at the same age."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.curves import Curve
from bot.domain.growth import (
    Ranking,
    aligned,
    at_hour,
    change,
    exact_count,
    metric_name,
    ranked,
    short_count,
    signed_count,
)
from bot.domain.videos import DAY, Metric, Video, VideoReading
from bot.messages.stats import window_words
from bot.messages.video_count import NAME_LENGTH
from bot.messages.wording import linked, name_of, platform_name, reading_age
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Bold,
    Button,
    Column,
    Drawing,
    Item,
    Listing,
    Note,
    Option,
    Picture,
    Reply,
    Select,
    Tone,
    text,
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One video of a comparison, with its number in the list."""

    label: str
    curve: Curve
    as_of: datetime
    problem: str

    @property
    def reading(self) -> VideoReading:
        """The whole series, under its current tracking."""
        return self.curve.reading


def shared_metric(readings: Sequence[VideoReading]) -> Metric | None:
    """The first metric that every video with snapshots has: views if possible. None if there is none."""
    taken = [reading.snapshots for reading in readings if reading.snapshots]
    shared = (metric for metric in Metric if all(any(metric in each.counts for each in one) for one in taken))
    return next(shared, None) if taken else None


def comparison(
    compared: Sequence[Compared], metric: Metric | None, picture: Picture | Drawing | None, now: datetime
) -> Reply:
    """The leader at the latest hour that all videos have reached, each video's counts, and the chart."""
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
    problem = next((each.problem for each in compared if each.problem), "")
    notes = text(*_notes(compared, metric), *_age(compared, now, problem).text)
    return Reply(
        _finding({each.label: each.reading.video for each in compared}, metric, ranking, len(series)),
        title="Comparison",
        parts=(_listing(compared, metric, hour), *((picture,) if picture else ()), Note(notes)),
        tone=Tone.WARNING if problem else Tone.INFO,
    )


def compare_with(video: Video, options: tuple[Option, ...]) -> Reply:
    """Picker for the other video."""
    if not options:
        return Reply(
            f"There's no other video to compare {name_of(video)} with. Track one with /track.", tone=Tone.WARNING
        )
    select = Select("Choose the other video", Call("compare.with", {"video": video.id}), "other", options)
    return Reply(f"Compare {name_of(video)} with which video?", actions=(select,))


def _finding(videos: Mapping[str, Video], metric: Metric, ranking: Ranking | None, known: int) -> str:
    """The leader, or the tied leaders, at the latest common hour; or the only video with readings."""
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
    """Age of the oldest numbers among running videos; final numbers don't go stale."""
    running = [each for each in compared if each.reading.video.is_running] or compared[:1]
    oldest = min(running, key=lambda each: each.as_of)
    return reading_age(oldest.reading, oldest.as_of, now, problem)


def _series(compared: Compared, metric: Metric) -> tuple[tuple[float, int], ...]:
    return aligned(compared.reading.snapshots, metric, compared.curve.started_at)


def _listing(compared: Sequence[Compared], metric: Metric, hour: int | None) -> Listing:
    columns = (
        Column("Video"),
        *(() if hour is None else (Column(f"Hour {hour}", Align.RIGHT),)),
        Column("Now", Align.RIGHT),
        Column("24 h", Align.RIGHT),
    )
    items = tuple(_item(each, metric, hour) for each in compared)
    caption = metric.value.capitalize() if hour is None else f"{metric.value.capitalize()} at hour {hour}"
    return Listing(caption, columns, items, choice="Open a video")


def _item(compared: Compared, metric: Metric, hour: int | None) -> Item:
    video, series = compared.reading.video, _series(compared, metric)
    name = text(f"{compared.label}. ", linked(video, NAME_LENGTH))
    button = Button("Stats", Call("stats", {"video": video.id}))
    then = None if hour is None else at_hour(series, hour)
    day = change(compared.reading.snapshots, metric, DAY)
    final = "" if video.is_running else " (final)"
    cells = (
        *(() if hour is None else (text("–" if then is None else exact_count(then)),)),
        text(f"{exact_count(series[-1][1])}{final}" if series else "–"),
        text("–" if day is None else f"{signed_count(day.delta)}{'' if day.exact else f' in {window_words(day)}'}"),
    )
    at_shared_hour = () if then is None else (Bold(short_count(then)), " · ")
    count = f"{'now' if video.is_running else 'final'} {short_count(series[-1][1])}" if series else "no snapshot yet"
    line = text(*at_shared_hour, " · ".join(filter(None, (count, platform_name(video.platform)))))
    return Item(name, cells, line, button)


def _notes(compared: Sequence[Compared], metric: Metric) -> Iterator[str]:
    if metric is not Metric.VIEWS:
        names = sorted({metric_name(each.reading.video.platform, metric) for each in compared})
        yield f"Compared by {' / '.join(names)}, the first metric they all have. "
