"""The final report of a tracking: what the video did in its time, what that cost, and the snapshots as a file."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.domain.caller import Person
from bot.domain.growth import coverage, exact_count, gaps, metric_name, price_per_thousand, signed_count
from bot.domain.moments import date_text
from bot.domain.money import dollars, unit_price
from bot.domain.videos import Metric, VideoReading
from bot.messages.wording import linked, named_on_platform, plural, reading_age, row_remarks
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Button,
    Column,
    Field,
    Fields,
    File,
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

MOST_DAYS = 31


@dataclass(frozen=True, slots=True)
class FinalFacts:
    """What a final report is made of.

    `ended_at` is until when it was to collect. `days` holds for each UTC day what the main metric gained, None where
    that is not known. `is_stopped` says that somebody ended it before its time, `stopped_by` who, where it was done
    here. `cost_per_snapshot` is dollars.
    """

    reading: VideoReading
    metric: Metric
    ended_at: datetime
    days: tuple[tuple[date, int | None], ...]
    is_stopped: bool
    stopped_by: Person | None
    cost_per_snapshot: Decimal | None
    picture: Picture | None
    file: File | None
    as_of: datetime
    problem: str
    now: datetime


def final_report(facts: FinalFacts) -> Reply:
    """The report, with the chart in it and the CSV beside it."""
    video = facts.reading.video
    argument = {"video": video.id}
    return Reply(
        final_sentence(facts),
        title="Tracking stopped" if facts.is_stopped else "Tracking completed",
        parts=tuple(_parts(facts)),
        actions=(Button("Stats", Call("stats", argument)), Button("Compare", Call("compare.with", argument))),
        tone=Tone.WARNING if facts.problem else Tone.SUCCESS,
        files=() if facts.file is None else (facts.file,),
    )


def final_sentence(facts: FinalFacts) -> str:
    """The finding in one sentence."""
    video = facts.reading.video
    verb = "was stopped" if facts.is_stopped else "is complete"
    start = f"Tracking of {named_on_platform(video)} {verb}"
    readings = _readings(facts)
    if not facts.reading.snapshots:
        return f"{start}; no snapshot was collected."
    if not readings:
        unit = metric_name(video.platform, facts.metric)
        return f"{start}: {plural(len(facts.reading.snapshots), 'snapshot')} collected, none of which states {unit}."
    unit = metric_name(video.platform, facts.metric)
    gained = f", {signed_count(readings[-1][1] - readings[0][1])} since the first snapshot" if len(readings) > 1 else ""
    return f"{start}: {exact_count(readings[-1][1])} {unit}{gained}."


def _parts(facts: FinalFacts) -> list[Part]:
    parts: list[Part] = []
    totals = _totals(facts)
    if totals.rows:
        parts.append(totals)
    parts.append(Fields(_fields(facts)))
    if facts.picture is not None:
        parts.append(facts.picture)
    if facts.days:
        parts.append(_days(facts))
    return [*parts, Note(_remarks(facts)), reading_age(facts.reading, facts.as_of, facts.now, facts.problem)]


def _totals(facts: FinalFacts) -> Table:
    columns = (
        Column("Metric"),
        Column("First", Align.RIGHT),
        Column("Last", Align.RIGHT),
        Column("Growth", Align.RIGHT),
    )
    rows: list[tuple[Text, ...]] = []
    for metric in Metric:
        counts = [each.counts[metric] for each in facts.reading.snapshots if metric in each.counts]
        if counts:
            name = metric_name(facts.reading.video.platform, metric)
            cells = (name, exact_count(counts[0]), exact_count(counts[-1]), signed_count(counts[-1] - counts[0]))
            rows.append(tuple(text(cell) for cell in cells))
    return Table("Totals", columns, tuple(rows))


def _days(facts: FinalFacts) -> Table:
    unit = metric_name(facts.reading.video.platform, facts.metric)
    rows = tuple(
        (text(date_text(day, facts.now)), text("not known" if gained is None else signed_count(gained)))
        for day, gained in facts.days[-MOST_DAYS:]
    )
    return Table("By day (UTC)", (Column("Day"), Column(unit.capitalize(), Align.RIGHT)), rows)


def _fields(facts: FinalFacts) -> tuple[Field, ...]:
    video, snapshots = facts.reading.video, facts.reading.snapshots
    fields = [Field("Video", text(linked(video)))]
    if video.creator:
        fields.append(Field("Creator", text(video.creator)))
    if snapshots:
        first, last = (Time(each.taken_at, facts.now) for each in (snapshots[0], snapshots[-1]))
        fields.append(Field("Observed", text(first, " to ", last)))
    if facts.stopped_by is not None:
        fields.append(Field("Stopped by", text(Mention(facts.stopped_by.id, facts.stopped_by.name))))
    if facts.cost_per_snapshot is not None:
        cost = len(snapshots) * facts.cost_per_snapshot
        fields.append(Field("Cost", text(f"{dollars(cost)} for {plural(len(snapshots), 'snapshot')}")))
        views = [each.counts[Metric.VIEWS] for each in snapshots if Metric.VIEWS in each.counts]
        price = price_per_thousand(cost, views[-1] - views[0]) if len(views) > 1 else None
        if price is not None:
            fields.append(Field("Price per 1,000 new views", text(unit_price(price))))
    return tuple(fields)


def _remarks(facts: FinalFacts) -> Text:
    snapshots = facts.reading.snapshots
    if not snapshots:
        return text("Nothing was collected, so nothing is billed.")
    video, last = facts.reading.video, snapshots[-1].taken_at
    found = coverage(snapshots, video.started_at, last if video.is_deleted else max(facts.ended_at, last))
    missing = gaps(snapshots)
    longest = max((gap.missing for gap in missing), default=0)
    hole = f"; the longest gap is {plural(longest, 'hour')}" if missing else ""
    file = f" All of them are in {facts.file.name}." if facts.file is not None else ""
    odd = "".join(f" {each}" for each in row_remarks(facts.reading))
    return text(
        f"{found.collected} of {plural(found.expected, 'snapshot')}{hole}.{odd} They're kept at ContentStats.{file}"
    )


def _readings(facts: FinalFacts) -> list[tuple[datetime, int]]:
    snapshots = facts.reading.snapshots
    return [(each.taken_at, each.counts[facts.metric]) for each in snapshots if facts.metric in each.counts]
