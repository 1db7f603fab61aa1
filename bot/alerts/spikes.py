"""Spikes and milestones in new snapshots, and their cards: read in bulk, in full only for a video that stands out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from bot.alerts.changes import AlertChanges, AlertMessage, alert_title
from bot.alerts.settings_card import snooze_button
from bot.domain.alerts import STALE, AlertKind, AlertSetting, Stage, Subject
from bot.domain.events import Event
from bot.domain.growth import JITTER, exact_count, metric_name, short_count
from bot.domain.spikes import (
    FIRST_MILESTONE,
    FLOORS,
    HISTORY,
    Hour,
    growth_of_hour,
    is_above_usual,
    last_hour,
    milestone,
)
from bot.domain.videos import HOUR, Metric, Snapshot, Video
from bot.reply.call import Call
from bot.reply.model import Button, Note, Reply, Time, Tone, text
from bot.store import Store
from bot.store.alerts import StoredAlert
from bot.store.videos import StoredVideo

Readings: TypeAlias = Sequence[tuple[datetime, int]]

TWO_HOURS = 2 * HOUR
MOST_NEIGHBOURS = 500


@dataclass(frozen=True, slots=True)
class News:
    """New snapshots of a video: up to `until`, after those up to `since`, None if none were known."""

    stored: StoredVideo
    since: datetime | None
    until: datetime

    @property
    def metric(self) -> Metric:
        """The video's main metric."""
        return Metric(self.stored.main_metric or Metric.VIEWS)

    @property
    def is_hourly(self) -> bool:
        """Whether the new snapshots span about an hour."""
        return self.since is not None and self.until - self.since <= TWO_HOURS


def wants_spikes(changes: AlertChanges) -> bool:
    """Whether any channel of the wallet gets spikes or milestones."""
    return any(setting.wants(AlertKind.SPIKE) or setting.wants(AlertKind.MILESTONES) for setting, _ in changes.channels)


def news_of(events: Iterable[Event], videos: Mapping[str, StoredVideo]) -> tuple[News, ...]:
    """One piece of news per video, over all of its events."""
    found: dict[str, News] = {}
    for event in events:
        stored = videos.get(event.video_id)
        if stored is None or stored.main_metric is None:
            continue
        since = datetime.fromisoformat(event.detail["since"]) if "since" in event.detail else None
        until = datetime.fromisoformat(event.detail["taken_at"])
        before = found.get(event.video_id)
        found[event.video_id] = replace(before, until=until) if before else News(stored, since, until)
    return tuple(found.values())


async def report_spikes(changes: AlertChanges, news: Sequence[News]) -> None:
    """Report every spike that begins or is over, and every milestone that was passed."""
    settings = [setting.id for setting, _ in changes.channels]
    open_spikes = await changes.store.alerts.open_of(AlertKind.SPIKE, settings)
    changes.know(open_spikes)
    spiking = {each.subject.video_id for each in open_spikes}
    await changes.load((each.setting_id, each.subject.deferred) for each in open_spikes)
    near = await _readings(changes.store, changes.wallet_id, [each for each in news if each.is_hourly], TWO_HOURS)
    far = await _readings(changes.store, changes.wallet_id, [each for each in news if not each.is_hourly], HISTORY)
    neighbours = _Neighbours(changes)
    for each in news:
        readings = (near | far).get(each.stored.video.id, ())
        if not readings:
            continue
        await _report_milestone(changes, each, readings)
        if each.stored.video.id in spiking:
            _report_calm(changes, each, readings)
        elif (growth_of_hour(readings) or 0) >= FLOORS.get(each.metric, FLOORS[Metric.VIEWS]):
            await _report_spike(changes, each, neighbours)


async def _readings(store: Store, wallet_id: int, news: Sequence[News], before: timedelta) -> dict[str, Readings]:
    if not news:
        return {}
    metrics = {each.stored.video.id: each.metric for each in news}
    since = min(each.until for each in news) - before - JITTER
    found = await store.videos.snapshots_between(wallet_id, list(metrics), since, max(each.until for each in news))
    return {video_id: _counts(taken, metrics[video_id]) for video_id, taken in found.items()}


def _counts(taken: Iterable[Snapshot], metric: Metric) -> Readings:
    return [(each.taken_at, each.counts[metric]) for each in taken if metric in each.counts]


async def _report_milestone(changes: AlertChanges, news: News, readings: Readings) -> None:
    at, count = readings[-1]
    if count < FIRST_MILESTONE:
        return
    known = [earlier for when, earlier in readings if news.since is None or when <= news.since]
    before = (known[0] if news.since is None else max(known)) if known else 0
    if milestone(before, count) is None:
        return
    video, metric = news.stored.video, news.metric
    if news.since is None:  # a first reading shows nothing new
        taken = _counts(await changes.store.videos.snapshots(changes.wallet_id, video.id), metric)
        before = taken[0][1] if taken else count
    else:  # a counter that fell and rose again has passed nothing
        before = await changes.store.videos.peak(changes.wallet_id, video.id, metric, news.since) or 0
    reached = milestone(before, count)
    if reached is None:
        return
    for setting in changes.seeing(news.stored):
        if not setting.wants(AlertKind.MILESTONES):
            continue
        key = f"milestone:{setting.id}:{changes.wallet_id}:{video.id}:{reached}"
        card = milestone_card(video, metric, reached, count, at)
        changes.report(setting, Subject(AlertKind.MILESTONES, video.id), key, AlertMessage(video, card))


async def _report_spike(changes: AlertChanges, news: News, neighbours: "_Neighbours") -> None:
    settings = [each for each in changes.seeing(news.stored) if each.wants(AlertKind.SPIKE)]
    if not settings or changes.now - news.until > STALE:
        return
    video = news.stored.video
    since = news.until - HISTORY
    taken = await changes.store.videos.snapshots_between(changes.wallet_id, [video.id], since, news.until)
    hour = last_hour(_counts(taken[video.id], news.metric), news.metric)
    if hour is None or not hour.stands_out:
        return
    subject = Subject(AlertKind.SPIKE, video.id)
    await changes.load((setting.id, subject) for setting in settings)
    for setting in settings:
        if is_above_usual(hour.growth, await neighbours.growths(setting, news, hour.at)):
            detail = {**asdict(hour), "at": hour.at.isoformat(), "metric": news.metric.value}
            finding = _finding(setting, video, news.metric, hour, is_over=False)
            changes.move(setting, subject, Stage.OPEN, finding, detail)


def _report_calm(changes: AlertChanges, news: News, readings: Readings) -> None:
    """A spike is over once an hour is below half of what began it."""
    growth = growth_of_hour(readings)
    subject = Subject(AlertKind.SPIKE, news.stored.video.id)
    for setting in changes.seeing(news.stored):
        if growth is None or changes.get(setting.id, subject).alert.stage is Stage.CLEAR:
            continue
        hour = _hour(changes.get(setting.id, subject))
        if growth * 2 < hour.limit:
            finding = _finding(setting, news.stored.video, news.metric, hour, is_over=True)
            changes.move(setting, subject, Stage.CLEAR, finding)


def spike_again(setting: AlertSetting, stored: StoredVideo, alert: StoredAlert) -> AlertMessage:
    """The finding of an open spike, when a silence ends."""
    return _finding(setting, stored.video, Metric(alert.detail["metric"]), _hour(alert), is_over=False)


def _hour(alert: StoredAlert) -> Hour:
    detail: Mapping[str, Any] = alert.detail
    at = datetime.fromisoformat(detail["at"])
    return Hour(at, detail["count"], detail["growth"], detail["usual"], detail["limit"])


def _finding(setting: AlertSetting, video: Video, metric: Metric, hour: Hour, *, is_over: bool) -> AlertMessage:
    card = spike_card(setting.id, video, metric, hour, is_over=is_over)
    return AlertMessage(video, card, reports_end=False)


class _Neighbours:
    """Hourly growths of the other running videos of a workspace; each hour is read once per workspace."""

    def __init__(self, changes: AlertChanges) -> None:
        self._changes = changes
        self._running: tuple[StoredVideo, ...] | None = None
        self._grown: dict[tuple[int, datetime], dict[str, int]] = {}

    async def growths(self, setting: AlertSetting, news: News, at: datetime) -> list[int]:
        """The growths of the others that count the same metric."""
        key = (setting.workspace_id, at)
        if key not in self._grown:
            self._grown[key] = await self._growths(setting.workspace_id, news.metric, at)
        return [growth for video_id, growth in self._grown[key].items() if video_id != news.stored.video.id]

    async def _growths(self, workspace_id: int, metric: Metric, at: datetime) -> dict[str, int]:
        store, wallet_id = self._changes.store, self._changes.wallet_id
        if self._running is None:
            self._running = await store.videos.running(wallet_id)
        alike = (each for each in self._running if each.main_metric == metric)
        visible = [each.video.id for each in alike if each.is_visible_to(workspace_id)]
        ids, since = visible[:MOST_NEIGHBOURS], at - TWO_HOURS - JITTER
        taken = await store.videos.snapshots_between(wallet_id, ids, since, at + JITTER)
        grown = {video_id: growth_of_hour(_counts(found, metric)) for video_id, found in taken.items()}
        return {video_id: growth for video_id, growth in grown.items() if growth is not None}


def spike_card(setting_id: int, video: Video, metric: Metric, hour: Hour, *, is_over: bool = False) -> Reply:
    """A video grows far faster than it used to, or did until it calmed down."""
    unit = metric_name(video.platform, metric)
    grown = f"{exact_count(hour.growth)} {unit} in an hour"
    stats, subject = _stats(video), Subject(AlertKind.SPIKE, video.id)
    return Reply(
        f"Calmed down after {grown}." if is_over else f"Gained {grown}; usual is {exact_count(hour.usual)}.",
        strong=(grown,),
        title=alert_title(video),
        parts=(_reached(video, metric, hour.count, hour.at),),
        actions=(stats,) if is_over else (stats, snooze_button(setting_id, subject)),
    )


def milestone_card(video: Video, metric: Metric, reached: int, count: int, at: datetime) -> Reply:
    """A round count was passed."""
    passed = f"{exact_count(reached)} {metric_name(video.platform, metric)}"
    return Reply(
        f"Passed {passed}.",
        strong=(passed,),
        title=alert_title(video),
        parts=(_reached(video, metric, count, at),),
        actions=(_stats(video),),
        tone=Tone.SUCCESS,
    )


def _reached(video: Video, metric: Metric, count: int, at: datetime) -> Note:
    return Note(text(f"{short_count(count)} {metric_name(video.platform, metric)} as of ", Time(at), "."))


def _stats(video: Video) -> Button:
    return Button("Stats", Call("stats", {"video": video.id}))
