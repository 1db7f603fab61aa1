"""Posts at a terminal: each message under a line that names its channel, pictures as files."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TextIO

from adapters.console.render import choices
from adapters.console.screen import Screen
from bot.delivery.poster import ChannelRef, Delivery, Posted, Rejected
from bot.reply.model import Reply
from bot.reply.text import shown

NO_TERMINAL = "The terminal is closed. Start the console again."


class ConsolePoster:
    """Writes to a stream. It remembers nothing: the same key twice is written twice, and an edit is written below."""

    def __init__(self, out: TextIO, picture_dir: Path) -> None:
        self._screen = Screen(out, picture_dir, as_json=False)
        self._numbers = count(1)

    @property
    def recognises_for(self) -> timedelta:
        """No time at all."""
        return timedelta()

    async def post(self, channel: ChannelRef, reply: Reply, key: str) -> Delivery:  # noqa: ARG002 - nothing is remembered
        """Write it under the channel's name and a number of its own."""
        return await self._write(channel, str(next(self._numbers)), "", reply)

    async def edit(self, channel: ChannelRef, message_id: str, reply: Reply) -> Delivery:
        """Write it as what the message says from now on."""
        return await self._write(channel, message_id, ", updated", reply)

    async def direct(self, workspace_id: str, person_id: str) -> ChannelRef | None:
        """A channel by the person's name."""
        return ChannelRef("console", workspace_id, person_id)

    async def _write(self, channel: ChannelRef, message_id: str, done: str, reply: Reply) -> Delivery:
        thread = f", thread {shown(channel.thread_id)}" if channel.thread_id else ""
        under = f", reply to {shown(channel.replies_to)}" if channel.replies_to else ""
        offered = tuple(replace(each, number=None) for each in choices(reply))  # a number presses the last answer's
        with contextlib.suppress(OSError, ValueError):  # a stream that is closed raises ValueError
            self._screen.write(f"#{shown(channel.channel_id)}{thread}, message {shown(message_id)}{under}{done}:")
            await self._screen.show(reply, offered)
            return Posted(message_id)
        return Rejected("closed", NO_TERMINAL)
