"""One video: every metric with its change, its rates, its price and how whole its series is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.caller import Person
from bot.domain.growth import (
    Change,
    ago,
    change,
    coverage,
    engagement_hidden,
    engagement_rate,
    exact_count,
    falls,
    gaps,
    is_overdue,
    main_metric,
    metric_name,
    percent,
    price_per_thousand,
    short_count,
    signed_count,
    stopped_at,
)
from bot.domain.money import ends_at, unit_price
from bot.domain.videos import HOUR, Metric, VideoPlatform, VideoReading
from bot.messages.wording import introduced, linked, name_of, plural, reading_age, row_remarks, status_word
from bot.reply.call import Call
from bot.reply.model import (
    Action,
    Align,
    Button,
    Column,
    Drawing,
    Field,
    Fields,
    Mention,
    Note,
    Part,
    Picture,
    Reply,
    Table,
    Text,
    Time,
    Tone,
    text,
)

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a video's card is made of. `started_by` counts where `started_here`: else it was started outside the bot.

    `cost_per_snapshot` is dollars, None where it is not known. `as_of` is when the page was read, `seen_at` when the
    API last said how the video stands, which a list does between two readings.
    """

    reading: VideoReading
    started_by: Person | None
    started_here: bool
    cost_per_snapshot: Decimal | None
    picture: Picture | Drawing | None
    as_of: datetime
    seen_at: datetime
    problem: str
    now: datetime


def video_stats(facts: VideoFacts) -> Reply:
    """The card of one video."""
    video, snapshots = facts.reading.video, facts.reading.snapshots
    parts: list[Part] = []
    if any(snapshot.counts for snapshot in snapshots):
        parts.append(_metrics(facts.reading, facts.now))
    parts.append(Fields(_fields(facts)))
    if facts.picture is not None:
        parts.append(facts.picture)
    age = reading_age(facts.reading, facts.as_of, facts.now, facts.problem)
    parts += [*_remarks(facts.reading, facts.now), age]
    return Reply(
        _summary(facts.reading, facts.now),
        title=name_of(video),
        parts=tuple(parts),
        actions=_actions(facts.reading),
        tone=Tone.WARNING if facts.problem or video.is_deleted else Tone.INFO,
    )


def window_words(found: Change) -> str:
    """The real window of a change: `24 h`, and so many hours where it is another one than was asked for."""
    return f"{round(found.window / HOUR)} h"


def _summary(reading: VideoReading, now: datetime) -> str:
    video, snapshots = reading.video, reading.snapshots
    metric = main_metric(video.platform, snapshots)
    found = [(each.taken_at, count) for each in snapshots if (count := each.counts.get(metric)) is not None]
    if not found:
        return f"{introduced(video)}: no snapshot with {metric_name(video.platform, metric)} yet."
    last, count = found[-1]
    is_old = stopped_at(snapshots, metric) is not None or (video.collects and is_overdue(last, now))
    read = f", last read {ago(now - last)} ago" if is_old else ""
    moved = change(snapshots, metric, DAY)
    its = "" if video.collects and not is_old else "its last "
    gained = f", {signed_count(moved.delta)} in {its}{window_words(moved)}" if moved else ""
    return f"{introduced(video)}: {exact_count(count)} {metric_name(video.platform, metric)}{read}{gained}."


def _metrics(reading: VideoReading, now: datetime) -> Table:
    video, last = reading.video, reading.snapshots[-1].taken_at
    is_now = video.collects and not is_overdue(last, now)
    columns = (
        Column("Metric"),
        Column("Now" if is_now else "Last", Align.RIGHT),
        Column("1 h", Align.RIGHT),
        Column("24 h", Align.RIGHT),
    )
    rows = tuple(
        _metric_row(reading, metric, now) for metric in Metric if any(metric in s.counts for s in reading.snapshots)
    )
    return Table("Metrics", columns, rows)


def _metric_row(reading: VideoReading, metric: Metric, now: datetime) -> tuple[Text, ...]:
    """A metric that later snapshots don't state has its last value, with its age, and no change."""
    snapshots = reading.snapshots
    latest = next(each.counts[metric] for each in reversed(snapshots) if metric in each.counts)
    name = metric_name(reading.video.platform, metric)
    ended = stopped_at(snapshots, metric)
    if ended is not None:
        return (text(name), text(f"{exact_count(latest)} ({ago(now - ended)} ago)"), text("–"), text("–"))
    hour, day = change(snapshots, metric, HOUR), change(snapshots, metric, DAY)
    return (text(name), text(exact_count(latest)), _change_cell(hour), _change_cell(day))


def _change_cell(found: Change | None) -> Text:
    if found is None:
        return text("–")
    real = "" if found.exact else f" in {window_words(found)}"
    return text(f"{signed_count(found.delta)}{real}{' ▼' if found.fell else ''}")


def _fields(facts: VideoFacts) -> tuple[Field, ...]:
    video, snapshots = facts.reading.video, facts.reading.snapshots
    fields = [Field("Video", text(linked(video)))]
    if status_word(video):
        fields.append(Field("Status", text(status_word(video))))
    if video.creator:
        fields.append(Field("Creator", text(video.creator)))
    rate = engagement_rate(snapshots[-1]) if snapshots else None
    if rate is not None:
        hidden = [metric_name(video.platform, metric) for metric in engagement_hidden(snapshots)]
        without = f", without {', '.join(hidden)}" if hidden else ""
        fields.append(Field("Engagement", text(f"{percent(rate)}{without}")))
    price = _price(facts)
    if price is not None:
        fields.append(Field("Price per 1,000 new views", text(unit_price(price))))
    end = ends_at(video, facts.seen_at)
    if video.is_running and end is not None:
        fields.append(Field("Ends", text(Time(end, facts.now))))
    if facts.started_by is not None:
        fields.append(Field("Started by", text(Mention(facts.started_by.id, facts.started_by.name))))
    elif not facts.started_here:
        fields.append(Field("Started", text("outside this bot")))
    return tuple(fields)


def _price(facts: VideoFacts) -> Decimal | None:
    snapshots, cost = facts.reading.snapshots, facts.cost_per_snapshot
    views = [each.counts[Metric.VIEWS] for each in snapshots if Metric.VIEWS in each.counts]
    if cost is None or len(views) < 2:
        return None
    return price_per_thousand(len(snapshots) * cost, views[-1] - views[0])


def _remarks(reading: VideoReading, now: datetime) -> tuple[Note, ...]:
    """What a reader must know before trusting the numbers."""
    video, snapshots = reading.video, reading.snapshots
    remarks: list[str] = []
    if video.platform == VideoPlatform.INSTAGRAM:
        remarks.append("Instagram has no view counts; the main metric is likes.")
    if snapshots:
        until = max(now, snapshots[-1].taken_at) if video.collects and not video.is_deleted else snapshots[-1].taken_at
        found = coverage(snapshots, video.started_at, until)
        missing = gaps(snapshots)
        longest = max((gap.missing for gap in missing), default=0)
        hole = f"; the longest gap is {plural(longest, 'hour')}" if longest else ""
        remarks.append(f"{found.collected} of {plural(found.expected, 'snapshot')}{hole}.")
    remarks += row_remarks(reading)
    fell = falls(snapshots, main_metric(video.platform, snapshots))
    if fell:
        worst = max(fell, key=lambda each: each.before - each.after)
        remarks.append(
            f"▼ The counter fell {plural(len(fell), 'time')}, largest drop from {short_count(worst.before)} to "
            f"{short_count(worst.after)}. The platform removed counts."
        )
    if video.is_deleted:
        remarks.append("The video was deleted from its platform; collected data is kept.")
    remarks += [f"{name}: {value}" for name, value in sorted(video.extra.items())]
    return (Note(text(" ".join(remarks))),) if remarks else ()


def _actions(reading: VideoReading) -> tuple[Action, ...]:
    argument = {"video": reading.video.id}
    refresh, compare = (
        Button("Refresh", Call("stats", argument, in_place=True)),
        Button("Compare", Call("compare.with", argument)),
    )
    export = Button("Export", Call("export", argument))
    if not reading.video.is_running:
        return (refresh, compare, export)
    return (refresh, Button("Stop", Call("stop", argument)), compare, export)
