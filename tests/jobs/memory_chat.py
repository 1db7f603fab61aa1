"""An in-memory chat that has only channels and can fail in every way that the interface of posters knows."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

from bot.delivery.poster import ChannelRef, Delivery, Posted, Unclear
from bot.reply.model import Reply

LOST = "the message arrives, and the answer does not"


@dataclass(slots=True)
class ChannelMessage:
    """A message in a channel."""

    id: str
    key: str
    reply: Reply
    replies_to: str | None = None
    edits: int = 0


@dataclass(slots=True)
class MemoryChat:
    """A poster of the in-memory chat. Unless `dedup_window` is zero, it drops a repeated key forever."""

    dedup_window: timedelta = timedelta()
    channels: dict[str, list[ChannelMessage]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    down: Delivery | None = None
    script: deque[Delivery | str | None] = field(default_factory=deque)
    refused: dict[str, Delivery] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    breaks: set[str] = field(default_factory=set)
    takes: float = 0
    running: int = 0
    most_running: int = 0
    busy: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, channel: ChannelRef, reply: Reply, key: str) -> Delivery:
        """Post a message, or return the planned result."""
        self.calls.append(key)
        if channel.channel_id in self.breaks:
            raise ValueError("no such tone")
        await self._take_time()
        planned = self.down or self._planned(channel)
        if planned is not None and not isinstance(planned, str):
            return planned
        messages = self.channels.setdefault(channel.channel_id, [])
        known = next((message for message in messages if message.key == key), None) if self.dedup_window else None
        if known is None:
            known = ChannelMessage(f"{channel.channel_id}/{len(messages) + 1}", key, reply, channel.replies_to)
            messages.append(known)
        return Unclear("lost") if planned == LOST else Posted(known.id)

    async def edit(self, channel: ChannelRef, message_id: str, reply: Reply) -> Delivery:
        """Replace a message's content, or return the planned result."""
        self.calls.append(f"edit {message_id}")
        planned = self.down or self._planned(channel)
        if planned is not None and not isinstance(planned, str):
            return planned
        (message,) = (message for message in self.channels[channel.channel_id] if message.id == message_id)
        message.reply, message.edits = reply, message.edits + 1
        return Unclear("lost") if planned == LOST else Posted(message.id)

    async def direct(self, workspace_id: str, person_id: str) -> ChannelRef | None:
        """The direct channel of a person, or None for a stranger."""
        return None if person_id in self.strangers else ChannelRef("memory", workspace_id, f"@{person_id}")

    def keys(self, channel_id: str = "C1") -> list[str]:
        """The keys of a channel's messages."""
        return [message.key for message in self.channels.get(channel_id, ())]

    def _planned(self, channel: ChannelRef) -> Delivery | str | None:
        return self.refused.get(channel.channel_id) or (self.script.popleft() if self.script else None)

    async def _take_time(self) -> None:
        self.running += 1
        self.busy.set()
        self.most_running = max(self.most_running, self.running)
        await asyncio.sleep(self.takes)
        self.running -= 1
