"""New snapshots of a wallet's videos, for the alerts about them: read in bulk, once per check."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.domain.events import Event
from bot.domain.growth import JITTER, counts_of, metric_name, short_count
from bot.domain.spikes import HISTORY
from bot.domain.videos import HOUR, Metric, Video
from bot.reply.call import Call
from bot.reply.model import Button, Text, Time, text
from bot.store import Store
from bot.store.videos import StoredVideo

Readings: TypeAlias = Sequence[tuple[datetime, int]]

TWO_HOURS = 2 * HOUR


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


def news_of(events: Iterable[Event], videos: Mapping[str, StoredVideo]) -> tuple[News, ...]:
    """Merge events into one piece of news per video."""
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


async def new_readings(store: Store, wallet_id: int, news: Sequence[News]) -> Mapping[str, Readings]:
    """The newest counts of each video's main metric, oldest first: of two hours, or of a day after a break."""
    near = await _readings(store, wallet_id, [each for each in news if each.is_hourly], TWO_HOURS)
    far = await _readings(store, wallet_id, [each for each in news if not each.is_hourly], HISTORY)
    return near | far


async def _readings(store: Store, wallet_id: int, news: Sequence[News], before: timedelta) -> dict[str, Readings]:
    if not news:
        return {}
    metrics = {each.stored.video.id: each.metric for each in news}
    since = min(each.until for each in news) - before - JITTER
    found = await store.videos.snapshots_between(wallet_id, list(metrics), since, max(each.until for each in news))
    return {video_id: counts_of(taken, metrics[video_id]) for video_id, taken in found.items()}


def reached_words(video: Video, metric: Metric, count: int, at: datetime) -> Text:
    """The count behind a finding, and the time it was taken."""
    return text(f"{short_count(count)} {metric_name(video.platform, metric)} as of ", Time(at), ".")


def stats_button(video: Video) -> Button:
    """Button that opens a video's stats."""
    return Button("Stats", Call("stats", {"video": video.id}))
