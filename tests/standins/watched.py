"""Shared by the local chats: conditions to wait for, and failed actions of people."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_LOOK_EVERY = 0.02
"""Seconds between checks of a condition without any event here: it may be about the bot."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed action, as the person saw it."""

    user: str
    what: str
    reason: str


class Watched:
    def __init__(self) -> None:
        self.failures: list[Failure] = []
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], object], seconds: float = 20) -> None:
        """Wait until a condition about the chat or the bot holds. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not condition():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), _LOOK_EVERY)

    def touch(self) -> None:
        """Make all waiters check their condition again."""
        self._changed.set()
        self._changed = asyncio.Event()
