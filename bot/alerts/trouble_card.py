"""A tracking that stands still or broke off: what happened, why as far as the API says, and what it means for money."""

from dataclasses import dataclass

from bot.domain.alerts import Stage
from bot.domain.videos import Video
from bot.messages.wording import linked, named_on_platform, status_word
from bot.reply.call import Call
from bot.reply.model import Button, Field, Fields, Note, Reply, Tone, text

_KEPT = "Collected data is kept, and nothing is charged while it's paused."
_OVER = "Collected data is kept and remains billed; nothing more is charged."


@dataclass(frozen=True, slots=True)
class TroubleFacts:
    """A tracking in trouble, or out of it again where the stage is CLEAR."""

    setting_id: int
    video: Video
    stage: Stage


def trouble(facts: TroubleFacts) -> Reply:
    """The one message of a tracking's trouble, at whatever stage it is."""
    video = facts.video
    return Reply(
        trouble_sentence(facts),
        title=_title(facts),
        parts=(
            Fields((Field("Video", text(linked(video))), Field("Status", text(status_word(video))))),
            Note(text(_meaning(facts))),
        ),
        actions=_actions(facts),
        tone=Tone.SUCCESS if facts.stage is Stage.CLEAR else Tone.WARNING,
    )


def trouble_sentence(facts: TroubleFacts) -> str:
    """The finding in one sentence."""
    named = named_on_platform(facts.video)
    if facts.stage is Stage.CLEAR:
        return f"{named} is being tracked again."
    if facts.stage is Stage.PAUSED:
        return f"{named} is paused. No snapshots are collected until it resumes."
    if facts.video.is_deleted:
        return f"{named} was deleted from its platform, so its tracking ended."
    return f"{named} can't be tracked any more: ContentStats reports its status as {status_word(facts.video)}."


def _title(facts: TroubleFacts) -> str:
    if facts.stage is Stage.CLEAR:
        return "Tracking resumed"
    if facts.stage is Stage.PAUSED:
        return "Tracking is paused"
    return "Video deleted" if facts.video.is_deleted else "Tracking failed"


def _meaning(facts: TroubleFacts) -> str:
    if facts.stage is Stage.CLEAR:
        return "Snapshots are charged again; the hours in between remain a gap."
    if facts.stage is Stage.PAUSED:
        return f"{_KEPT} ContentStats gives no reason. The balance doesn't look like the cause."
    if facts.video.is_deleted:
        return _OVER
    return f"{_OVER} ContentStats gives no reason; private, age-restricted and blocked videos often end this way."


def _actions(facts: TroubleFacts) -> tuple[Button, ...]:
    argument = {"video": facts.video.id}
    stats, export = Button("Stats", Call("stats", argument)), Button("Export", Call("export", argument))
    if facts.stage is not Stage.PAUSED:
        return (stats, export)
    subject = {"setting": str(facts.setting_id), "alert": f"trouble:{facts.video.id}"}
    return (stats, Button("Stop", Call("stop", argument)), Button("Snooze 24 h", Call("alerts.snooze", subject)))
