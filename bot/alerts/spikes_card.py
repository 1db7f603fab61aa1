"""A spike, a milestone: a video that does better than usual."""

from dataclasses import dataclass
from datetime import datetime

from bot.alerts.settings_card import silencing
from bot.domain.growth import exact_count, metric_name, short_count, signed_count
from bot.domain.spikes import Hour
from bot.domain.videos import Metric, Video
from bot.messages.wording import linked, named_on_platform
from bot.reply.call import Call
from bot.reply.model import Button, Field, Fields, Reply, Time, Tone, text


@dataclass(frozen=True, slots=True)
class SpikeFacts:
    """A video whose last hour stood out; `is_over` when it has calmed down since."""

    setting_id: int
    video: Video
    metric: Metric
    hour: Hour
    is_over: bool = False


def spike(facts: SpikeFacts) -> Reply:
    """A video grows far faster than it used to, or did."""
    video, hour = facts.video, facts.hour
    unit = metric_name(video.platform, facts.metric)
    over = " It has since calmed down." if facts.is_over else ""
    fields = (
        Field("Video", text(linked(video))),
        Field("Hour ending", text(Time(hour.at))),
        Field("Usual hour", text(f"{signed_count(hour.usual)} {unit}")),
        Field("Reached", text(f"{exact_count(hour.count)} {unit}")),
    )
    return Reply(
        f"{spike_sentence(facts)}{over}",
        title="Spike (over)" if facts.is_over else "Spike",
        parts=(Fields(fields),),
        actions=(_stats(video), *(() if facts.is_over else silencing(facts.setting_id, f"spike:{video.id}"))),
    )


def spike_sentence(facts: SpikeFacts) -> str:
    """The finding in one sentence."""
    unit = metric_name(facts.video.platform, facts.metric)
    named = named_on_platform(facts.video)
    grown, usual = exact_count(facts.hour.growth), exact_count(facts.hour.usual)
    return f"{named} gained {grown} {unit} in an hour, compared with its usual {usual}."


def milestone(video: Video, metric: Metric, reached: int, count: int, at: datetime) -> Reply:
    """A round count was passed."""
    unit = metric_name(video.platform, metric)
    fields = (
        Field("Video", text(linked(video))),
        Field("Now", text(f"{exact_count(count)} {unit}")),
        Field("As of", text(Time(at))),
    )
    return Reply(
        milestone_sentence(video, metric, reached),
        title=f"{short_count(reached)} {unit}",
        parts=(Fields(fields),),
        actions=(_stats(video),),
        tone=Tone.SUCCESS,
    )


def milestone_sentence(video: Video, metric: Metric, reached: int) -> str:
    """The finding in one sentence."""
    unit = metric_name(video.platform, metric)
    return f"{named_on_platform(video)} has passed {exact_count(reached)} {unit}."


def _stats(video: Video) -> Button:
    return Button("Stats", Call("stats", {"video": video.id}))
