"""The messages of the page's channel, each with the sequence number of its last change, and the poster that adds posts.

A browser requests the changes after a number, so it misses none when its connection breaks.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from bot.delivery.poster import ChannelPoster, ChannelRef, Delivery, Posted
from bot.domain.clock import Clock
from bot.reply.model import Picture, Reply, Text, drawn
from bot.reply.spool import Content

MAX_MESSAGES = 500
"""Messages that are kept."""


@dataclass(frozen=True, slots=True)
class Message:
    """A reply, a post, a public line or a note.

    `reply` is None until it arrives. `typed` is the line that it answers. `is_private`: only the person would see it.
    `is_in_place`: its pictures are in its own card, as in a post, or in a reply that replaced a message. `note` is from
    the demo itself.
    """

    id: str
    at: datetime
    reply: Reply | None = None
    line: Text = ()
    typed: str = ""
    note: str = ""
    is_private: bool = False
    is_in_place: bool = False
    change: int = 0

    @property
    def contents(self) -> tuple[tuple[str, Content], ...]:
        """The pictures and files, with their names."""
        reply = self.reply or Reply("")
        pictures: tuple[tuple[str, Content], ...] = tuple(
            (part.name, part.png) for part in reply.parts if isinstance(part, Picture)
        )
        return (*pictures, *((file.name, file.content) for file in reply.files))


class Timeline:
    """The channel's messages."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}
        self._news = asyncio.Event()
        self._is_closed = False
        self.last_change = 0

    @property
    def messages(self) -> tuple[Message, ...]:
        """All messages, oldest first."""
        return tuple(self._messages.values())

    def get(self, id_: str) -> Message | None:
        """The message with this id."""
        return self._messages.get(id_)

    def put(self, message: Message) -> None:
        """Add a message, or replace the one with its id."""
        self.last_change += 1
        self._messages[message.id] = replace(message, change=self.last_change)
        if len(self._messages) > MAX_MESSAGES:
            del self._messages[next(iter(self._messages))]
        self._wake()

    async def changes(self, after: int) -> AsyncIterator[Message]:
        """Yield the messages that changed after this sequence number, then each one that changes, until closed."""
        while not self._is_closed:
            news = self._news
            for message in sorted(self.messages, key=lambda each: each.change):
                if message.change > after:
                    after = message.change
                    yield message
            await news.wait()

    def close(self) -> None:
        """End all iterations over changes."""
        self._is_closed = True
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


class PagePoster:
    """Shows posts on the page. If there is an `other` poster, it posts first, and its message ids are used."""

    dedup_window = timedelta()

    def __init__(self, timeline: Timeline, clock: Clock, other: ChannelPoster | None = None) -> None:
        self._timeline = timeline
        self._clock = clock
        self._other = other
        self._numbers = count(1)
        self._people: set[str] = set()

    async def post(self, channel: ChannelRef, reply: Reply, key: str) -> Delivery:
        """Post in both places."""
        posted: Delivery = Posted(str(next(self._numbers)))
        if self._other is not None:
            posted = await self._other.post(channel, reply, key)
        if isinstance(posted, Posted):
            is_direct = channel.channel_id in self._people
            shown = await drawn(reply)
            self._timeline.put(
                Message(_id(posted.message_id), self._clock(), shown, is_private=is_direct, is_in_place=True)
            )
        return posted

    async def edit(self, channel: ChannelRef, message_id: str, reply: Reply) -> Delivery:
        """Edit in both places."""
        shown = self._timeline.get(_id(message_id))
        if shown is not None:
            self._timeline.put(replace(shown, reply=await drawn(reply)))
        return await self._other.edit(channel, message_id, reply) if self._other else Posted(message_id)

    async def direct(self, workspace_id: str, person_id: str) -> ChannelRef | None:
        """A channel named after the person."""
        self._people.add(person_id)
        return ChannelRef("console", workspace_id, person_id)


def _id(message_id: str) -> str:
    """The timeline id of a post, distinct from those of replies."""
    return f"post-{message_id}"
