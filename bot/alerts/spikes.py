"""Spikes and milestones in the snapshots that just came: read in bulk, in full only where something stands out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from bot.alerts.changes import AlertChanges, AlertMessage
from bot.alerts.spikes_card import SpikeFacts, milestone_sentence, spike, spike_sentence
from bot.alerts.spikes_card import milestone as milestone_reached
from bot.domain.alerts import STALE, AlertKind, AlertSetting, Stage
from bot.domain.events import Event
from bot.domain.growth import JITTER
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
from bot.domain.videos import HOUR, Metric, Snapshot
from bot.store import Store
from bot.store.alerts import DEFERRED, StoredAlert
from bot.store.videos import StoredVideo

Readings: TypeAlias = Sequence[tuple[datetime, int]]

TWO_HOURS = 2 * HOUR
MOST_NEIGHBOURS = 500
SPIKE, MILESTONES = AlertKind.SPIKE.value, AlertKind.MILESTONES.value


@dataclass(frozen=True, slots=True)
class News:
    """What is new of a video: snapshots up to `until`, where those up to `since` were known; None where none were."""

    stored: StoredVideo
    since: datetime | None
    until: datetime

    @property
    def metric(self) -> Metric:
        """What stands for the video."""
        return Metric(self.stored.main_metric or Metric.VIEWS)

    @property
    def is_hourly(self) -> bool:
        """Whether what is new is about an hour's."""
        return self.since is not None and self.until - self.since <= TWO_HOURS


def wants_spikes(changes: AlertChanges) -> bool:
    """Whether any channel of the wallet wants to hear of spikes or milestones."""
    return any(setting.wants(AlertKind.SPIKE) or setting.wants(AlertKind.MILESTONES) for setting, _ in changes.channels)


def news_of(events: Iterable[Event], videos: Mapping[str, StoredVideo]) -> tuple[News, ...]:
    """One piece of news a video, from the first time that was known to the last one that came."""
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
    """Tell of every spike that begins or is over, and of every milestone that was passed."""
    open_spikes = await changes.store.alerts.open_under((setting.id for setting, _ in changes.channels), f"{SPIKE}:")
    changes.know(open_spikes)
    spiking = {each.subject.partition(":")[2] for each in open_spikes}
    await changes.load((each.setting_id, f"{DEFERRED}{each.subject}") for each in open_spikes)
    near = await _readings(changes.store, changes.wallet_id, [each for each in news if each.is_hourly], TWO_HOURS)
    far = await _readings(changes.store, changes.wallet_id, [each for each in news if not each.is_hourly], HISTORY)
    neighbours = _Neighbours(changes)
    for each in news:
        readings = (near | far).get(each.stored.video.id, ())
        if not readings:
            continue
        await _tell_milestone(changes, each, readings)
        if each.stored.video.id in spiking:
            _tell_calm(changes, each, readings)
        elif (growth_of_hour(readings) or 0) >= FLOORS.get(each.metric, FLOORS[Metric.VIEWS]):
            await _tell_spike(changes, each, neighbours)


async def _readings(store: Store, wallet_id: int, news: Sequence[News], before: timedelta) -> dict[str, Readings]:
    if not news:
        return {}
    metrics = {each.stored.video.id: each.metric for each in news}
    since = min(each.until for each in news) - before - JITTER
    found = await store.videos.snapshots_between(wallet_id, list(metrics), since, max(each.until for each in news))
    return {video_id: _counts(taken, metrics[video_id]) for video_id, taken in found.items()}


def _counts(taken: Iterable[Snapshot], metric: Metric) -> Readings:
    return [(each.taken_at, each.counts[metric]) for each in taken if metric in each.counts]


async def _tell_milestone(changes: AlertChanges, news: News, readings: Readings) -> None:
    at, count = readings[-1]
    if count < FIRST_MILESTONE:
        return
    known = [earlier for when, earlier in readings if news.since is None or when <= news.since]
    before = (known[0] if news.since is None else max(known)) if known else 0
    if milestone(before, count) is None:
        return
    video, metric = news.stored.video, news.metric
    if news.since is None:  # what a first reading shows is nothing new
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
        sentence = milestone_sentence(video, metric, reached)
        reply = milestone_reached(video, metric, reached, count, at)
        changes.tell(setting, f"{MILESTONES}:{video.id}", key, sentence, reply, video)


async def _tell_spike(changes: AlertChanges, news: News, neighbours: "_Neighbours") -> None:
    settings = [each for each in changes.seeing(news.stored) if each.wants(AlertKind.SPIKE)]
    if not settings or changes.now - news.until > STALE:
        return
    video = news.stored.video
    since = news.until - HISTORY
    taken = await changes.store.videos.snapshots_between(changes.wallet_id, [video.id], since, news.until)
    hour = last_hour(_counts(taken[video.id], news.metric), news.metric)
    if hour is None or not hour.stands_out:
        return
    await changes.load((setting.id, f"{SPIKE}:{video.id}") for setting in settings)
    for setting in settings:
        if is_above_usual(hour.growth, await neighbours.growths(setting, news, hour.at)):
            detail = {**asdict(hour), "at": hour.at.isoformat(), "metric": news.metric.value}
            message = _saying(setting, news.stored, news.metric, hour, is_over=False)
            changes.move(setting, f"{SPIKE}:{video.id}", Stage.OPEN, message, detail)


def _tell_calm(changes: AlertChanges, news: News, readings: Readings) -> None:
    """A spike is over once an hour is below half of what began it."""
    growth = growth_of_hour(readings)
    subject = f"{SPIKE}:{news.stored.video.id}"
    for setting in changes.seeing(news.stored):
        if growth is None or changes.get(setting.id, subject).alert.stage is Stage.CLEAR:
            continue
        hour = _hour(changes.get(setting.id, subject))
        if growth * 2 < hour.limit:
            message = _saying(setting, news.stored, news.metric, hour, is_over=True)
            changes.move(setting, subject, Stage.CLEAR, message)


def spike_again(setting: AlertSetting, stored: StoredVideo, alert: StoredAlert) -> AlertMessage:
    """What an open spike says when a silence ends."""
    return _saying(setting, stored, Metric(alert.detail["metric"]), _hour(alert), is_over=False)


def _hour(alert: StoredAlert) -> Hour:
    detail: Mapping[str, Any] = alert.detail
    at = datetime.fromisoformat(detail["at"])
    return Hour(at, detail["count"], detail["growth"], detail["usual"], detail["limit"])


def _saying(setting: AlertSetting, stored: StoredVideo, metric: Metric, hour: Hour, *, is_over: bool) -> AlertMessage:
    facts = SpikeFacts(setting.id, stored.video, metric, hour, is_over)
    over = " It has since calmed down." if is_over else ""
    return AlertMessage(stored.video, f"{spike_sentence(facts)}{over}", spike(facts), tells_end=False)


class _Neighbours:
    """What the other running videos of a workspace grew in an hour; each hour is asked for once a workspace."""

    def __init__(self, changes: AlertChanges) -> None:
        self._draft = changes
        self._running: tuple[StoredVideo, ...] | None = None
        self._grown: dict[tuple[int, datetime], dict[str, int]] = {}

    async def growths(self, setting: AlertSetting, news: News, at: datetime) -> list[int]:
        """The growths of the others that count the same metric."""
        key = (setting.workspace_id, at)
        if key not in self._grown:
            self._grown[key] = await self._growths(setting.workspace_id, news.metric, at)
        return [growth for video_id, growth in self._grown[key].items() if video_id != news.stored.video.id]

    async def _growths(self, workspace_id: int, metric: Metric, at: datetime) -> dict[str, int]:
        store, wallet_id = self._draft.store, self._draft.wallet_id
        if self._running is None:
            self._running = await store.videos.running(wallet_id)
        alike = (each for each in self._running if each.main_metric == metric)
        visible = [each.video.id for each in alike if each.is_visible_to(workspace_id)]
        ids, since = visible[:MOST_NEIGHBOURS], at - TWO_HOURS - JITTER
        taken = await store.videos.snapshots_between(wallet_id, ids, since, at + JITTER)
        grown = {video_id: growth_of_hour(_counts(found, metric)) for video_id, found in taken.items()}
        return {video_id: growth for video_id, growth in grown.items() if growth is not None}
