"""The console's `ChannelPoster`: writes each post under a line with its channel, and saves pictures as files."""

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
    """Writes posts to a stream. Keys aren't deduplicated, and an edit is written as a new message."""

    dedup_window = timedelta()

    def __init__(self, out: TextIO, picture_dir: Path) -> None:
        self._screen = Screen(out, picture_dir, as_json=False)
        self._numbers = count(1)

    async def post(self, channel: ChannelRef, reply: Reply, key: str) -> Delivery:  # noqa: ARG002 - keys aren't deduplicated
        """Write a post with a new message number."""
        return await self._write(channel, str(next(self._numbers)), "", reply)

    async def edit(self, channel: ChannelRef, message_id: str, reply: Reply) -> Delivery:
        """Write the new content of a message."""
        return await self._write(channel, message_id, ", updated", reply)

    async def direct(self, workspace_id: str, person_id: str) -> ChannelRef | None:
        """A channel named after the person."""
        return ChannelRef("console", workspace_id, person_id)

    async def _write(self, channel: ChannelRef, message_id: str, done: str, reply: Reply) -> Delivery:
        thread = f", thread {shown(channel.thread_id)}" if channel.thread_id else ""
        under = f", reply to {shown(channel.replies_to)}" if channel.replies_to else ""
        offered = tuple(replace(each, number=None) for each in choices(reply))  # numbers belong to the last reply
        with contextlib.suppress(OSError, ValueError):  # a closed stream raises ValueError
            self._screen.write(f"#{shown(channel.channel_id)}{thread}, message {shown(message_id)}{under}{done}:")
            await self._screen.show(reply, offered)
            return Posted(message_id)
        return Rejected("closed", NO_TERMINAL)
