"""Spike alerts for new snapshots, and their card. A video is read in full only if its last hour stands out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.alerts.changes import AlertChanges, AlertMessage, alert_title
from bot.alerts.news import TWO_HOURS, News, Readings, reached_words, stats_button
from bot.alerts.settings_card import snooze_button
from bot.domain.alerts import STALE, AlertKind, AlertSetting, Stage, Subject
from bot.domain.growth import JITTER, counts_of, exact_count, metric_name
from bot.domain.spikes import FLOORS, HISTORY, Hour, growth_of_hour, is_above_usual, last_hour
from bot.domain.videos import Metric, Video
from bot.reply.model import Note, Reply
from bot.store.alerts import StoredAlert
from bot.store.videos import StoredVideo

MOST_NEIGHBOURS = 500


async def report_spikes(changes: AlertChanges, news: Sequence[News], readings: Mapping[str, Readings]) -> None:
    """Report every spike that begins or ends."""
    settings = [setting.id for setting, _ in changes.channels]
    open_spikes = await changes.store.alerts.open_of(AlertKind.SPIKE, settings)
    changes.know(open_spikes)
    spiking = {each.subject.video_id for each in open_spikes}
    await changes.load((each.setting_id, each.subject.deferred) for each in open_spikes)
    neighbours = _Neighbours(changes)
    for each in news:
        taken = readings.get(each.stored.video.id, ())
        if each.stored.video.id in spiking and taken:
            _report_calm(changes, each, taken)
        elif (growth_of_hour(taken) or 0) >= FLOORS.get(each.metric, FLOORS[Metric.VIEWS]):
            await _report_spike(changes, each, neighbours)


async def _report_spike(changes: AlertChanges, news: News, neighbours: "_Neighbours") -> None:
    settings = [each for each in changes.subscribers(news.stored) if each.wants(AlertKind.SPIKE)]
    if not settings or changes.now - news.until > STALE:
        return
    video = news.stored.video
    since = news.until - HISTORY
    taken = await changes.store.videos.snapshots_between(changes.wallet_id, [video.id], since, news.until)
    hour = last_hour(counts_of(taken[video.id], news.metric), news.metric)
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
    """End a spike once an hour's growth is below half of the limit it exceeded."""
    growth = growth_of_hour(readings)
    subject = Subject(AlertKind.SPIKE, news.stored.video.id)
    for setting in changes.subscribers(news.stored):
        if growth is None or changes.get(setting.id, subject).alert.stage is Stage.CLEAR:
            continue
        hour = _hour(changes.get(setting.id, subject))
        if growth * 2 < hour.limit:
            finding = _finding(setting, news.stored.video, news.metric, hour, is_over=True)
            changes.move(setting, subject, Stage.CLEAR, finding)


def spike_again(setting: AlertSetting, stored: StoredVideo, alert: StoredAlert) -> AlertMessage:
    """The finding of a spike that is still open when a silence ends."""
    return _finding(setting, stored.video, Metric(alert.detail["metric"]), _hour(alert), is_over=False)


def _hour(alert: StoredAlert) -> Hour:
    detail: Mapping[str, Any] = alert.detail
    at = datetime.fromisoformat(detail["at"])
    return Hour(at, detail["count"], detail["growth"], detail["usual"], detail["limit"])


def _finding(setting: AlertSetting, video: Video, metric: Metric, hour: Hour, *, is_over: bool) -> AlertMessage:
    card = spike_card(setting.id, video, metric, hour, is_over=is_over)
    return AlertMessage(card, video, reports_end=False)


class _Neighbours:
    """Hourly growths of the other running videos of a workspace; each hour is read once per workspace."""

    def __init__(self, changes: AlertChanges) -> None:
        self._changes = changes
        self._running: tuple[StoredVideo, ...] | None = None
        self._grown: dict[tuple[int, datetime], dict[str, int]] = {}

    async def growths(self, setting: AlertSetting, news: News, at: datetime) -> list[int]:
        """Hourly growth of the other videos with the same metric."""
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
        grown = {video_id: growth_of_hour(counts_of(found, metric)) for video_id, found in taken.items()}
        return {video_id: growth for video_id, growth in grown.items() if growth is not None}


def spike_card(setting_id: int, video: Video, metric: Metric, hour: Hour, *, is_over: bool = False) -> Reply:
    """Card: a video grows far faster than before, or has calmed down."""
    unit = metric_name(video.platform, metric)
    grown = f"{exact_count(hour.growth)} {unit} in an hour"
    stats, subject = stats_button(video), Subject(AlertKind.SPIKE, video.id)
    return Reply(
        f"Calmed down after {grown}." if is_over else f"Gained {grown}; usual is {exact_count(hour.usual)}.",
        strong=(grown,),
        title=alert_title(video),
        parts=(Note(reached_words(video, metric, hour.count, hour.at)),),
        actions=(stats,) if is_over else (stats, snooze_button(setting_id, subject)),
    )
