"""A chat with nothing but channels, kept in memory, that can fail in every way that the port has a word for."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

from bot.delivery.poster import ChannelRef, Delivery, Posted, Unclear
from bot.reply.model import Reply

LOST = "the message arrives, and the answer does not"


@dataclass(slots=True)
class Note:
    """One message on the wall."""

    id: str
    key: str
    reply: Reply
    replies_to: str | None = None
    edits: int = 0


@dataclass(slots=True)
class Wall:
    """Posts onto itself. `recognises_for` is what it claims; it knows a key again for ever where that is not zero."""

    recognises_for: timedelta = timedelta()
    channels: dict[str, list[Note]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    down: Delivery | None = None
    script: deque[Delivery | str | None] = field(default_factory=deque)
    refused: dict[str, Delivery] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    breaks: set[str] = field(default_factory=set)
    takes: float = 0
    under_way: int = 0
    most_under_way: int = 0
    busy: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, channel: ChannelRef, reply: Reply, key: str) -> Delivery:
        """Put it there, or what the script says."""
        self.calls.append(key)
        if channel.channel_id in self.breaks:
            raise ValueError("no such tone")
        await self._take_time()
        planned = self.down or self._planned(channel)
        if planned is not None and not isinstance(planned, str):
            return planned
        notes = self.channels.setdefault(channel.channel_id, [])
        known = next((note for note in notes if note.key == key), None) if self.recognises_for else None
        if known is None:
            known = Note(f"{channel.channel_id}/{len(notes) + 1}", key, reply, channel.replies_to)
            notes.append(known)
        return Unclear("lost") if planned == LOST else Posted(known.id)

    async def edit(self, channel: ChannelRef, message_id: str, reply: Reply) -> Delivery:
        """Put something else in its place."""
        self.calls.append(f"edit {message_id}")
        planned = self.down or self._planned(channel)
        if planned is not None and not isinstance(planned, str):
            return planned
        (note,) = (note for note in self.channels[channel.channel_id] if note.id == message_id)
        note.reply, note.edits = reply, note.edits + 1
        return Unclear("lost") if planned == LOST else Posted(note.id)

    async def direct(self, workspace_id: str, person_id: str) -> ChannelRef | None:
        """The channel of one person, unless they are a stranger."""
        return None if person_id in self.strangers else ChannelRef("wall", workspace_id, f"@{person_id}")

    def keys(self, channel_id: str = "C1") -> list[str]:
        """What hangs in a channel, by key."""
        return [note.key for note in self.channels.get(channel_id, ())]

    def _planned(self, channel: ChannelRef) -> Delivery | str | None:
        return self.refused.get(channel.channel_id) or (self.script.popleft() if self.script else None)

    async def _take_time(self) -> None:
        self.under_way += 1
        self.busy.set()
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(self.takes)
        self.under_way -= 1
