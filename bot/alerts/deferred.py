"""Findings deferred by quiet hours: one sentence each, posted in one message when they end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from bot.messages.wording import plural, shortened
from bot.reply.call import Call
from bot.reply.model import Column, Item, Listing, Note, Option, Part, Reply, Select, Time, text

MOST_DEFERRED = 20
"""Rows shown; the rest is counted."""
MOST_CHOICES = 25


@dataclass(frozen=True, slots=True)
class Deferred:
    """A finding as one sentence; `video_id` is empty if it isn't about a video."""

    at: datetime
    sentence: str
    video_id: str = ""
    name: str = ""

    @classmethod
    def read(cls, detail: Mapping[str, str]) -> Self:
        """Read a finding stored as the detail of an alert."""
        at = datetime.fromisoformat(detail["at"])
        return cls(at, detail["sentence"], detail.get("video", ""), detail.get("name", ""))

    @property
    def detail(self) -> dict[str, str]:
        """The finding in the form stored as the detail of an alert."""
        return {"at": self.at.isoformat(), "sentence": self.sentence, "video": self.video_id, "name": self.name}


def deferred_summary(deferred: Sequence[Deferred]) -> Reply:
    """The one message with the findings deferred by quiet hours, posted when they end."""
    return Reply(
        f"{plural(len(deferred), 'alert')} arrived during quiet hours.",
        title="Alerts held back",
        parts=_listed("What happened", deferred),
        actions=_videos(deferred),
    )


def also_deferred(deferred: Sequence[Deferred]) -> tuple[Part, ...]:
    """Deferred findings to append to another message, with their count; empty without any."""
    return _listed(f"{plural(len(deferred), 'other alert')} from quiet hours", deferred) if deferred else ()


def _listed(caption: str, deferred: Sequence[Deferred]) -> tuple[Part, ...]:
    items = tuple(_item(each, deferred[-1].at) for each in deferred[:MOST_DEFERRED])
    listing = Listing(caption, (Column("About"), Column("What"), Column("When")), items)
    more = len(deferred) - len(items)
    return (listing, Note(text(f"And {more:,} more."))) if more else (listing,)


def _item(deferred: Deferred, last_at: datetime) -> Item:
    """The video's name with the rest of the sentence below it; the whole sentence if it doesn't begin with the name."""
    rest, when = deferred.sentence.removeprefix(deferred.name), Time(deferred.at, last_at)
    if rest == deferred.sentence:
        return Item(text(rest), (text("–"), text(when)), text(when))
    return Item(text(shortened(deferred.name, 40)), (text(rest.strip()), text(when)), text(rest.strip(), " · ", when))


def _videos(deferred: Sequence[Deferred]) -> tuple[Select, ...]:
    named = {each.video_id: shortened(each.name, 75) for each in deferred if each.video_id}
    options = tuple(Option(name, video_id) for video_id, name in named.items())[:MOST_CHOICES]
    return (Select("Open a video", Call("stats"), "video", options),) if options else ()
