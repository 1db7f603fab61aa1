"""Failed calls to a chat: the error that every platform's own derives from, and pauses between attempts."""

import asyncio
import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import aiohttp

Sleep: TypeAlias = Callable[[float], Awaitable[None]]


REFUSALS = 3
"""Refusals of a token in a row that end a chat: one may be a chat's passing fault."""
NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
"""Errors before a request was sent, which certainly had no effect."""


class ChatFailed(Exception, ABC):
    """A call that failed, or whose outcome is unknown."""

    @property
    @abstractmethod
    def is_about_content(self) -> bool:
        """Whether the message itself was refused, whichever way it is sent."""


class Backoff:
    """Pauses of one second, then twice as long each time up to `longest`, with jitter."""

    def __init__(self, longest: float, sleep: Sleep = asyncio.sleep) -> None:
        self._longest = longest
        self._sleep = sleep
        self._pause = 1.0

    async def wait(self) -> None:
        """Pause before the next attempt."""
        await self._sleep(self._pause * random.uniform(0.5, 1))
        self._pause = min(self._pause * 2, self._longest)

    def reset(self) -> None:
        """An attempt has succeeded: the next pause is short again."""
        self._pause = 1.0
