"""Findings deferred by quiet hours: one sentence each, posted in one message when they end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages.wording import plural, shortened
from bot.reply.call import Call
from bot.reply.model import Column, Note, Option, Part, Reply, Select, Table, Time, text

MOST_DEFERRED = 40
"""Rows shown; the rest is counted."""
MOST_CHOICES = 25


@dataclass(frozen=True, slots=True)
class Deferred:
    """Something that happened in quiet hours, as a sentence; `video_id` is empty where it is about none."""

    at: datetime
    sentence: str
    video_id: str = ""
    name: str = ""


def deferred_summary(deferred: Sequence[Deferred]) -> Reply:
    """What happened in quiet hours, once, at their end."""
    return Reply(
        f"{plural(len(deferred), 'alert')} arrived during quiet hours.",
        title="During quiet hours",
        parts=deferred_parts(deferred),
        actions=_held_choices(deferred),
    )


def also_deferred(deferred: Sequence[Deferred]) -> str:
    """That there is more than the message it stands in tells, as the next sentence; empty where there is not."""
    return f" {plural(len(deferred), 'other alert')} arrived during quiet hours." if deferred else ""


def deferred_parts(deferred: Sequence[Deferred]) -> tuple[Part, ...]:
    """The table of deferred findings; empty without any."""
    if not deferred:
        return ()
    rows = tuple((text(Time(each.at)), text(each.sentence)) for each in deferred[:MOST_DEFERRED])
    table = Table("During quiet hours", (Column("When"), Column("What")), rows)
    more = len(deferred) - len(rows)
    return (table, Note(text(f"And {plural(more, 'more', 'more')}."))) if more else (table,)


def _held_choices(deferred: Sequence[Deferred]) -> tuple[Select, ...]:
    named = {each.video_id: shortened(each.name, 75) for each in deferred if each.video_id}
    options = tuple(Option(name, video_id) for video_id, name in named.items())[:MOST_CHOICES]
    return (Select("Open a video", Call("stats"), "video", options),) if options else ()
