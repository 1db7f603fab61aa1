"""The final report of a tracking that ended: count, gain, cost and chart, with the snapshots as a CSV file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.alerts.changes import MUTED, AlertChanges, AlertMessage, alert_title
from bot.alerts.trouble import NOT_WANTED
from bot.charts.charts import Charts
from bot.domain.alerts import REPORT, AlertKind, AlertSetting, Silence, Subject
from bot.domain.caller import Person
from bot.domain.clock import day_text
from bot.domain.curves import Curve, still_grows
from bot.domain.events import EventKind
from bot.domain.growth import (
    counts_of,
    coverage,
    exact_count,
    main_metric,
    metric_name,
    price_per_thousand,
    signed_count,
)
from bot.domain.money import WalletState, dollars, unit_price
from bot.domain.videos import DAY, HOUR, Metric, Video, VideoReading
from bot.messages.csv_format import csv_file, csv_name, csv_rows, video_slug
from bot.messages.stats import growth_picture
from bot.messages.wording import plural, row_remarks, track_on_offer
from bot.reply.call import Call
from bot.reply.model import (
    Button,
    File,
    Mention,
    Note,
    Paragraph,
    Part,
    Picture,
    Plain,
    Reply,
    Span,
    Time,
    Tone,
    picture_of,
    text,
)
from bot.store.alerts import StoredAlert
from bot.store.events import StoredEvent
from bot.store.videos import StoredVideo
from bot.wallet.mirror import stored_curve

EARLY = timedelta(hours=2)
"""A tracking that ended more than this before its planned end was stopped."""
LOOK_AGAIN = timedelta(minutes=1)
"""Delay before checking again whether a video's last page was read."""
MAX_WAIT = timedelta(hours=2)
"""Maximum wait of a final report for the last page; after that it is made without it, with a note."""
MOST_REPORTS = 5
"""Reports per check, each with a chart; few enough to finish within the lease."""
BEFORE = timedelta(minutes=10)
"""How much earlier than the end seen by the mirror a stop may be recorded."""
GONE = "the video is not known any more"
REPORT_DUE = "a final report follows when the last page is read"
UNREAD = "the last page of this video could not be read yet."


def note_ends(changes: AlertChanges, events: Sequence[StoredEvent], videos: Mapping[str, StoredVideo]) -> None:
    """Record for which channels a final report is due once the last page is read."""
    for each in events:
        event, stored = each.event, videos.get(each.event.video_id)
        if stored is None or event.kind is not EventKind.TRACKING_COMPLETED:
            continue
        for setting in changes.subscribers(stored):
            changes.drop(setting.id, Subject(AlertKind.SPIKE, event.video_id))
            if not setting.wants(AlertKind.COMPLETED):
                changes.note(each.id, setting, NOT_WANTED)
                continue
            detail = {"at": event.at.isoformat(), "event": each.id}
            changes.put(StoredAlert(setting.id, Subject(REPORT, event.video_id), detail=detail, due_at=changes.now))
            changes.note(each.id, setting, REPORT_DUE)


async def report_endings(
    changes: AlertChanges,
    charts: Charts,
    due: Iterable[StoredAlert],
    videos: Mapping[str, StoredVideo],
    wallet: WalletState | None,
) -> None:
    """Report ended trackings whose last page has been read. Those beyond `MOST_REPORTS` stay due."""
    settings = {setting.id: setting for setting, _ in changes.channels}
    made = 0
    for pending in due:
        setting, stored = settings[pending.setting_id], videos.get(pending.subject.video_id)
        if stored is None or not setting.wants(AlertKind.COMPLETED):
            _note_report(changes, pending, setting, GONE if stored is None else NOT_WANTED)
            changes.drop(pending.setting_id, pending.subject)
            continue
        ended_at = datetime.fromisoformat(pending.detail["at"])
        is_read = _is_all_read(stored, ended_at)
        if not is_read and changes.now - ended_at < MAX_WAIT:
            changes.put(replace(pending, due_at=changes.now + LOOK_AGAIN))
            continue
        if made == MOST_REPORTS:
            break
        made += 1
        outcome = await _report(changes, charts, setting, stored, ended_at, wallet, "" if is_read else UNREAD)
        _note_report(changes, pending, setting, outcome)
        changes.drop(pending.setting_id, pending.subject)


def _note_report(changes: AlertChanges, pending: StoredAlert, setting: AlertSetting, outcome: str) -> None:
    if (event_id := pending.detail.get("event")) is not None:  # earlier versions stored no event id
        changes.note(event_id, setting, outcome)


def _is_all_read(stored: StoredVideo, ended_at: datetime) -> bool:
    """Whether every snapshot is stored: the page was read after the end, or shows the last hour before it."""
    last = stored.last_snapshot_at
    is_last = last is not None and last > ended_at - HOUR
    return is_last or (stored.read_at is not None and stored.read_at >= ended_at)


async def _report(
    changes: AlertChanges,
    charts: Charts,
    setting: AlertSetting,
    stored: StoredVideo,
    ended_at: datetime,
    wallet: WalletState | None,
    problem: str,
) -> str:
    if setting.silence(changes.now)[0] is Silence.MUTED:
        return MUTED
    video, store = stored.video, changes.store
    stopped_by = await store.audit.stopper(setting.workspace_id, video.id, ended_at - BEFORE)
    curve = await stored_curve(store, await store.videos.trackings(stored, setting.workspace_id))
    reading = next(each for each in curve.trackings if each.video.id == video.id)
    rows = list(csv_rows(video, reading.snapshots))
    shows_money = setting.wants(AlertKind.BALANCE) and setting.shows_money
    facts = FinalFacts(
        reading=reading,
        curve=curve,
        ended_at=_collected_until(video, ended_at),
        is_stopped=stopped_by is not None or _ended_early(video, ended_at),
        stopped_by=stopped_by,
        cost_per_snapshot=wallet.usage.cost_per_snapshot if wallet and shows_money else None,
        picture=await picture_of(growth_picture(charts, curve.reading)),
        file=csv_file(csv_name(video_slug(video)), rows) if rows else None,
        problem=problem,
        now=changes.now,
    )
    key = f"{REPORT}:{setting.id}:{changes.wallet_id}:{video.id}"
    return changes.report(setting, Subject(REPORT, video.id), key, AlertMessage(final_report(facts), video))


def _collected_until(video: Video, ended_at: datetime) -> datetime:
    """When the last snapshot was due: the bot notices an end some minutes later."""
    if video.started_at is None or video.days is None:
        return ended_at
    return min(ended_at, video.started_at + video.days * DAY)


def _ended_early(video: Video, ended_at: datetime) -> bool:
    """Whether the tracking ended before the requested days; a pause only delays the end."""
    if video.started_at is None or video.days is None:
        return False
    return ended_at < video.started_at + video.days * DAY - EARLY


@dataclass(frozen=True, slots=True)
class FinalFacts:
    """The facts of a final report.

    `curve` joins all trackings of the link; `reading` is the one that ended. `ended_at` is when the last snapshot was
    due. `is_stopped`: somebody ended it early; `stopped_by` is who, if the bot was used. `cost_per_snapshot` is
    dollars, None if money isn't shown.
    """

    reading: VideoReading
    curve: Curve
    ended_at: datetime
    is_stopped: bool
    stopped_by: Person | None
    cost_per_snapshot: Decimal | None
    picture: Picture | None
    file: File | None
    problem: str
    now: datetime


def final_report(facts: FinalFacts) -> Reply:
    """The report with its chart and CSV file. Its Details button shows the other metrics, Gains the daily gains."""
    video = facts.reading.video
    argument = {"video": video.id}
    goes_on = track_on_offer([video] if _may_go_on(facts) else [])
    parts: list[Part] = [Paragraph(tuple(_whole(facts)))]
    if facts.picture is not None:
        parts.append(facts.picture)
    return Reply(
        f"{'Stopped' if facts.is_stopped else 'Completed'}: {_result(facts)}{_of_all(facts.curve)}.",
        title=alert_title(video),
        parts=(*parts, _small_print(facts)),
        actions=(
            *goes_on,
            Button("Details", Call("stats.details", argument)),
            Button("Gains", Call("stats.gains", argument)),
            *(() if goes_on else (Button("Compare", Call("compare.with", argument)),)),
        ),
        tone=Tone.WARNING if facts.problem else Tone.SUCCESS,
        files=() if facts.file is None else (facts.file,),
    )


def _may_go_on(facts: FinalFacts) -> bool:
    """Whether the video was still growing when its tracking ended, and nothing tracks it now."""
    return not facts.is_stopped and not facts.curve.video.is_running and still_grows(facts.reading)


def _of_all(curve: Curve) -> str:
    """The gain over all trackings of the link, if there were earlier ones: `; +269,900 since 20 Feb`."""
    reading = curve.reading
    metric = main_metric(reading.video.platform, reading.snapshots)
    counted = counts_of(reading.snapshots, metric)
    if len(curve.trackings) < 2 or len(counted) < 2:
        return ""
    (first, before), (_, after) = counted[0], counted[-1]
    return f"; {signed_count(after - before)} since {day_text(first.date())}"


def _result(facts: FinalFacts) -> str:
    snapshots = facts.reading.snapshots
    if not snapshots:
        return "no snapshot was collected, so nothing is billed"
    metric = main_metric(facts.reading.video.platform, snapshots)
    unit = metric_name(facts.reading.video.platform, metric)
    counted = [each for each in snapshots if metric in each.counts]
    if not counted:
        return f"{plural(len(snapshots), 'snapshot')} collected, none of which states {unit}"
    first, last = counted[0], counted[-1]
    span = last.taken_at - first.taken_at
    period = plural(round(span / DAY), "day") if span > 1.5 * DAY else plural(round(span / HOUR), "hour")
    gained = f", {signed_count(last.counts[metric] - first.counts[metric])} in {period}" if len(counted) > 1 else ""
    return f"{exact_count(last.counts[metric])} {unit}{gained}"


def _whole(facts: FinalFacts) -> Iterable[Span]:
    """How many snapshots were collected, their cost, and who stopped the tracking."""
    video, snapshots = facts.reading.video, facts.reading.snapshots
    end = snapshots[-1].taken_at if snapshots else facts.ended_at
    found = coverage(snapshots, video.started_at, end if video.is_deleted else max(facts.ended_at, end))
    yield Plain(f"{found.collected} of {plural(found.expected, 'snapshot')}")
    if facts.cost_per_snapshot is not None:
        cost = len(snapshots) * facts.cost_per_snapshot
        views = [each.counts[Metric.VIEWS] for each in snapshots if Metric.VIEWS in each.counts]
        price = price_per_thousand(cost, views[-1] - views[0]) if len(views) > 1 else None
        yield Plain(f" · {dollars(cost)}{'' if price is None else f' · {unit_price(price)} per 1,000 views'}")
    if facts.stopped_by is not None:
        yield Plain(" · by ")
        yield Mention(facts.stopped_by.id, facts.stopped_by.name)
    yield Plain(".")


def _small_print(facts: FinalFacts) -> Note:
    """When the last snapshot was taken, why some may be missing, and remarks about odd ones."""
    snapshots = facts.reading.snapshots
    last = text("Last snapshot: ", Time(snapshots[-1].taken_at, facts.now), ".") if snapshots else text("No snapshots.")
    problem = (f"Couldn't refresh: {facts.problem}",) if facts.problem else ()
    return Note((*last, *text(*(f" {each}" for each in (*problem, *row_remarks(facts.reading))))))
