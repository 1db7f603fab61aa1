"""Findings deferred by quiet hours: one sentence each, posted in one message when they end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from bot.messages.wording import plural, shortened
from bot.reply.call import Call
from bot.reply.model import Column, Note, Option, Part, Reply, Select, Table, Time, text

MOST_DEFERRED = 40
"""Rows shown; the rest is counted."""
MOST_CHOICES = 25


@dataclass(frozen=True, slots=True)
class Deferred:
    """A finding as one sentence; `video_id` is empty if it is about none."""

    at: datetime
    sentence: str
    video_id: str = ""
    name: str = ""

    @classmethod
    def read(cls, detail: Mapping[str, str]) -> Self:
        """A finding that was kept as the detail of an alert."""
        at = datetime.fromisoformat(detail["at"])
        return cls(at, detail["sentence"], detail.get("video", ""), detail.get("name", ""))

    @property
    def detail(self) -> dict[str, str]:
        """The finding as the detail of an alert."""
        return {"at": self.at.isoformat(), "sentence": self.sentence, "video": self.video_id, "name": self.name}


def deferred_summary(deferred: Sequence[Deferred]) -> Reply:
    """The findings of quiet hours, posted once, when they end."""
    return Reply(
        f"{plural(len(deferred), 'alert')} arrived during quiet hours.",
        title="Alerts held back",
        parts=deferred_parts(deferred),
        actions=_videos(deferred),
    )


def also_deferred(deferred: Sequence[Deferred]) -> str:
    """The count of findings below another message, as its next sentence; empty without any."""
    return f" {plural(len(deferred), 'other alert')} arrived during quiet hours." if deferred else ""


def deferred_parts(deferred: Sequence[Deferred]) -> tuple[Part, ...]:
    """The table of deferred findings; empty without any."""
    if not deferred:
        return ()
    rows = tuple((text(Time(each.at)), text(each.sentence)) for each in deferred[:MOST_DEFERRED])
    table = Table("What happened", (Column("When"), Column("What")), rows)
    more = len(deferred) - len(rows)
    return (table, Note(text(f"And {plural(more, 'more', 'more')}."))) if more else (table,)


def _videos(deferred: Sequence[Deferred]) -> tuple[Select, ...]:
    named = {each.video_id: shortened(each.name, 75) for each in deferred if each.video_id}
    options = tuple(Option(name, video_id) for video_id, name in named.items())[:MOST_CHOICES]
    return (Select("Open a video", Call("stats"), "video", options),) if options else ()
