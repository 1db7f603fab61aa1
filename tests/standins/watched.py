"""What the local chats have in common: conditions that tests wait for, and actions that failed in front of somebody."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_LOOK_EVERY = 0.02
"""Seconds after which a condition is looked at again though nothing happened here: it may be about the bot."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An action of a person that failed in front of them."""

    user: str
    what: str
    reason: str


class Watched:
    """A state that can be waited for."""

    def __init__(self) -> None:
        self.failures: list[Failure] = []
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], object], seconds: float = 20) -> None:
        """Wait until a condition holds, here or at the bot. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not condition():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), _LOOK_EVERY)

    def touch(self) -> None:
        """Let all who wait look at their condition again."""
        self._changed.set()
        self._changed = asyncio.Event()
