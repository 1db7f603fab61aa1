"""One video: its main count and growth chart; its details, with every metric, rates, dates and gaps; and its gains."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.charts.charts import Charts
from bot.charts.specs import Gains, Growth, Line
from bot.domain.caller import Person
from bot.domain.clock import date_text
from bot.domain.commitments import ends_at
from bot.domain.curves import Curve
from bot.domain.growth import (
    Change,
    ago,
    change,
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
    short_change,
    short_count,
    signed_count,
    stopped_at,
)
from bot.domain.money import unit_price
from bot.domain.videos import DAY, HOUR, ROUNDED, UNREADABLE, Metric, VideoPlatform, VideoReading
from bot.messages.wording import name_of, platform_linked, plural, reading_age, row_remarks, state_words, times
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
    Menu,
    MenuOption,
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

MOST_SPANS = 4
"""Maximum number of trackings whose dates are shown, newest first."""


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """The facts of a video's card. `started_by` is meaningful if `started_here`; else it was started outside the bot.

    `cost_per_snapshot` is dollars, None if unknown. `as_of` is when the page was read, `seen_at` when the API last
    reported the video's status, in a page or a list.
    """

    curve: Curve
    started_by: Person | None
    started_here: bool
    cost_per_snapshot: Decimal | None
    as_of: datetime
    seen_at: datetime
    problem: str
    now: datetime

    @property
    def reading(self) -> VideoReading:
        """The whole series, as a reading of its current tracking."""
        return self.curve.reading


def video_stats(facts: VideoFacts, picture: Picture | Drawing | None) -> Reply:
    """The card of one video."""
    video, summary = facts.reading.video, _summary(facts.reading, facts.now)
    return Reply(
        summary,
        strong=(summary.partition(" · ")[0].rstrip("."),) if summary[0].isdecimal() else (),
        title=name_of(video),
        parts=(*((picture,) if picture else ()), _small_print(facts)),
        actions=_actions(facts.reading),
        tone=Tone.WARNING if facts.problem or video.is_deleted else Tone.INFO,
    )


def video_details(facts: VideoFacts) -> Reply:
    """Everything else that is known about one video."""
    parts: list[Part] = []
    if any(snapshot.counts for snapshot in facts.reading.snapshots):
        parts.append(_metrics(facts.reading, facts.now))
    fields = tuple(_fields(facts))
    remarks = " ".join(_remarks(facts.curve))
    parts += [*((Fields(fields),) if fields else ()), *((Note(text(remarks)),) if remarks else ())]
    return Reply(_rates(facts), title=name_of(facts.reading.video), parts=tuple(parts))


def window_words(found: Change) -> str:
    """The real window of a change in hours: `24 h`."""
    return f"{round(found.window / HOUR)} h"


def _summary(reading: VideoReading, now: datetime) -> str:
    """The main count and its gains: `1,035,111 views · +705,302 in 24 h · +17,641 last hour`."""
    video, snapshots = reading.video, reading.snapshots
    metric = main_metric(video.platform, snapshots)
    name = metric_name(video.platform, metric)
    last = next((each for each in reversed(snapshots) if metric in each.counts), None)
    if last is None:
        soon = " The first snapshot arrives within an hour of the start." if video.collects and not snapshots else ""
        return f"No {name} yet.{soon}"
    is_old = stopped_at(snapshots, metric) is not None or (video.collects and is_overdue(last.taken_at, now))
    age = f" {ago(now - last.taken_at)} ago" if is_old else ""
    day, hour = change(snapshots, metric, DAY), change(snapshots, metric, HOUR)
    gained = [f"{exact_count(last.counts[metric])} {name}{age}"]
    if day is not None:
        window = window_words(day)
        when = f"the {window} before" if is_old else window if video.collects else f"its last {window}"
        gained.append(f"{signed_count(day.delta)} in {when}")
    if hour is not None and day is not None and hour.window < day.window and video.collects and not is_old:
        gained.append(f"{signed_count(hour.delta)} {'last hour' if hour.exact else f'in {window_words(hour)}'}")
    return f"{' · '.join(gained)}."


def _small_print(facts: VideoFacts) -> Note:
    """Platform, state, what weakens the main number, and how old that is."""
    reading = facts.reading
    video, metric = reading.video, main_metric(reading.video.platform, reading.snapshots)
    age = reading_age(reading, facts.as_of, facts.now, facts.problem).text
    state = state_words(video, ends_at(video, facts.seen_at), facts.now)
    start = (platform_linked(video), f", {state}." if state else ".")
    return Note(text(*start, *_caveats(facts, metric), " ", *age))


def _caveats(facts: VideoFacts, metric: Metric) -> Iterator[str]:
    reading = facts.reading
    if reading.video.platform == VideoPlatform.INSTAGRAM:
        yield " Instagram shows no views."
    found = facts.curve.coverage(facts.now)
    if found is not None and found.collected < found.expected:
        yield f" {found.collected} of {plural(found.expected, 'snapshot')}."
    if falls(reading.snapshots, metric):
        yield " ▼ The platform removed counts."


def _rates(facts: VideoFacts) -> str:
    """The derived figures: `8.1% engagement · $0.02 per 1,000 new views · 48 of 48 snapshots`."""
    video, snapshots = facts.reading.video, facts.reading.snapshots
    found = facts.curve.coverage(facts.now)
    if found is None:
        return "No snapshot yet."
    rates = []
    rate, price = engagement_rate(snapshots[-1]), _price(facts)
    if rate is not None:
        hidden = ", ".join(metric_name(video.platform, metric) for metric in engagement_hidden(snapshots))
        rates.append(f"{percent(rate)} engagement{' without ' if hidden else ''}{hidden}")
    if price is not None:
        rates.append(f"{unit_price(price)} per 1,000 new views")
    rates.append(f"{found.collected} of {plural(found.expected, 'snapshot')}")
    return f"{' · '.join(rates)}."


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
    """A metric missing from later snapshots has its last value, with its age, and no change."""
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


def _fields(facts: VideoFacts) -> Iterator[Field]:
    video = facts.reading.video
    if video.creator:
        yield Field("Creator", text(video.creator))
    start, end = facts.curve.started_at, ends_at(video, facts.seen_at) if video.is_running else None
    since = ("since ", Time(min(start, facts.now), facts.now)) if start is not None else ()
    until = (" until " if since else "until ", Time(end, facts.now)) if end is not None else ()
    if since or until:
        yield Field("Tracked", text(*since, *until))
    if len(facts.curve.trackings) > 1:
        yield Field("Trackings", text(", ".join(_spans(facts.curve, facts.now))))
    if facts.started_by is not None:
        yield Field("Started by", text(Mention(facts.started_by.id, facts.started_by.name)))
    elif not facts.started_here:
        yield Field("Started", text("outside this bot"))
    for name, value in sorted(video.extra.items()):
        if name not in {ROUNDED, UNREADABLE}:  # the note says so
            yield Field(name or "–", text(value or "–"))


def _price(facts: VideoFacts) -> Decimal | None:
    snapshots, cost = facts.reading.snapshots, facts.cost_per_snapshot
    views = [each.counts[Metric.VIEWS] for each in snapshots if Metric.VIEWS in each.counts]
    if cost is None or len(views) < 2:
        return None
    return price_per_thousand(facts.curve.billed * cost, views[-1] - views[0])


def _spans(curve: Curve, now: datetime) -> Iterator[str]:
    """When each tracking collected, oldest first: `1 Nov to 8 Nov`."""
    for each in curve.trackings[-MOST_SPANS:]:
        first, last = each.snapshots[0].taken_at if each.snapshots else each.video.started_at, None
        if each.snapshots and not each.video.is_running:
            last = each.snapshots[-1].taken_at
        if first is not None:
            began = date_text(first.date(), now.date())
            yield f"{began} to {date_text(last.date(), now.date())}" if last else f"since {began}"


def _remarks(curve: Curve) -> Iterator[str]:
    """Gaps and other irregularities of the series, with their reasons."""
    reading = curve.reading
    video, snapshots = reading.video, reading.snapshots
    untracked = curve.between
    missed = (gap.missing for gap in gaps(snapshots) if (gap.start, gap.end) not in untracked)
    longest = max(missed, default=0)
    if longest:
        yield f"The longest gap is {plural(longest, 'hour')}."
    if untracked:
        spent = ago(sum((end - start for start, end in untracked), timedelta()))
        yield f"It wasn't tracked for {spent} between trackings."
    yield from row_remarks(reading)
    fell = falls(snapshots, main_metric(video.platform, snapshots))
    if fell:
        worst = max(fell, key=lambda each: each.before - each.after)
        drop = f"from {short_count(worst.before)} to {short_count(worst.after)}"
        yield f"▼ The platform removed counts {times(len(fell))}; the largest drop is {drop}."
    if video.is_deleted:
        yield "The video was deleted from its platform; collected data is kept."


def _actions(reading: VideoReading) -> tuple[Action, ...]:
    argument = {"video": reading.video.id}
    more = (
        MenuOption("Compare", Call("compare.with", argument)),
        MenuOption("Export", Call("export", argument)),
        *((MenuOption("Stop", Call("stop", argument)),) if reading.video.is_running else ()),
    )
    return (
        Button("Refresh", Call("stats", argument, in_place=True)),
        Button("Gains", Call("stats.gains", argument)),
        Button("Details", Call("stats.details", argument)),
        Menu("More…", more),
    )


def growth_picture(charts: Charts, reading: VideoReading) -> Drawing | None:
    """The chart of the video's main metric; None without a reading of it."""
    metric = _read_metric(reading)
    return None if metric is None else charts.planned(lambda: Growth(name_of(reading.video), _line(reading, metric)))


def gains_of(reading: VideoReading) -> Gains | None:
    """What the video's main metric gained per hour and per day; None with fewer than two readings of it."""
    metric = _read_metric(reading)
    line = None if metric is None else _line(reading, metric)
    return Gains(name_of(reading.video), line) if line and len(line.points) > 1 else None


def _read_metric(reading: VideoReading) -> Metric | None:
    """The video's main metric; None without a reading of it."""
    metric = main_metric(reading.video.platform, reading.snapshots)
    return metric if any(metric in each.counts for each in reading.snapshots) else None


def _line(reading: VideoReading, metric: Metric) -> Line[datetime]:
    points = [(each.taken_at, each.counts.get(metric)) for each in reading.snapshots]
    return Line.hourly(metric_name(reading.video.platform, metric), points)


def gains_card(facts: VideoFacts, gains: Gains | None, picture: Picture | Drawing | None) -> Reply:
    """The latest day, the latest hour and the best day in a sentence, with the chart."""
    argument = {"video": facts.reading.video.id}
    return Reply(
        _gains_summary(gains, facts.now) if gains else "No gain yet: it takes two snapshots, an hour apart.",
        title=name_of(facts.reading.video),
        parts=(*((picture,) if picture else ()), reading_age(facts.reading, facts.as_of, facts.now, facts.problem)),
        actions=(
            Button("Refresh", Call("stats.gains", argument, in_place=True)),
            Button("Stats", Call("stats", argument)),
        ),
        tone=Tone.WARNING if facts.problem else Tone.INFO,
        shared_as=Call("stats.gains", argument),
    )


def _gains_summary(gains: Gains, now: datetime) -> str:
    days, today = [(each.day, each.gain) for each in gains.days if each.gain is not None], now.date()
    (last, latest), (best, most) = days[-1], max(days, key=lambda each: each[1])
    found = [
        f"{short_change(latest)} {gains.line.label} {'today' if last == today else f'on {date_text(last, today)}'}"
    ]
    if gains.hours and not is_overdue(gains.hours[-1].end, now):
        found.append(f"{short_change(gains.hours[-1].gain)} last hour")
    if best != last:
        found.append(f"best day {date_text(best, today)} with {short_change(most)}")
    return f"{' · '.join(found)}."
