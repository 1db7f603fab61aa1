"""What quiet hours held back: a sentence each, told in one message at their end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages.wording import plural, shortened
from bot.reply.call import Call
from bot.reply.model import Column, Note, Option, Part, Reply, Select, Table, Time, text

MOST_HELD = 40
"""Rows of what was held back; more is counted."""
MOST_CHOICES = 25


@dataclass(frozen=True, slots=True)
class Held:
    """Something that happened in quiet hours, as a sentence; `video_id` is empty where it is about none."""

    at: datetime
    sentence: str
    video_id: str = ""
    name: str = ""


def held_summary(held: Sequence[Held]) -> Reply:
    """What happened in quiet hours, once, at their end."""
    return Reply(
        f"{plural(len(held), 'alert')} arrived during quiet hours.",
        title="During quiet hours",
        parts=held_parts(held),
        actions=_held_choices(held),
    )


def also_held(held: Sequence[Held]) -> str:
    """That there is more than the message it stands in tells, as the next sentence; empty where there is not."""
    return f" {plural(len(held), 'other alert')} arrived during quiet hours." if held else ""


def held_parts(held: Sequence[Held]) -> tuple[Part, ...]:
    """The table of what was held back; nothing where nothing was."""
    if not held:
        return ()
    rows = tuple((text(Time(each.at)), text(each.sentence)) for each in held[:MOST_HELD])
    table = Table("During quiet hours", (Column("When"), Column("What")), rows)
    more = len(held) - len(rows)
    return (table, Note(text(f"And {plural(more, 'more', 'more')}."))) if more else (table,)


def _held_choices(held: Sequence[Held]) -> tuple[Select, ...]:
    named = {each.video_id: shortened(each.name, 75) for each in held if each.video_id}
    options = tuple(Option(name, video_id) for video_id, name in named.items())[:MOST_CHOICES]
    return (Select("Open a video", Call("stats"), "video", options),) if options else ()
