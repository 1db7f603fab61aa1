"""Retries for calls to a chat platform: the common error, backoff, and fallbacks for a message that can't be sent."""

import asyncio
import contextlib
import logging
import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TypeAlias, TypeVar

import aiohttp

from bot.delivery.poster import Delivery, Later, Posted, Unclear

Sleep: TypeAlias = Callable[[float], Awaitable[None]]


REFUSALS = 3
"""Consecutive refusals of a token before it counts as invalid, since one may be a passing fault of the platform."""
NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
"""Errors raised before a request was sent, which therefore had no effect."""


class ChatFailed(Exception, ABC):
    """A call to a platform that failed, or whose outcome is unknown."""

    @property
    @abstractmethod
    def is_about_content(self) -> bool:
        """Whether the platform refused the content itself, so that another way to send it won't help."""


class Backoff:
    """Exponential backoff with jitter: one second, then doubling up to `longest` seconds."""

    def __init__(self, longest: float, sleep: Sleep = asyncio.sleep) -> None:
        self._longest = longest
        self._sleep = sleep
        self._pause = 1.0

    async def wait(self) -> None:
        """Pause before the next attempt."""
        await self._sleep(self._pause * random.uniform(0.5, 1))
        self._pause = min(self._pause * 2, self._longest)

    def reset(self) -> None:
        """Start again with a short pause, after an attempt has succeeded."""
        self._pause = 1.0


logger = logging.getLogger(__name__)

Post: TypeAlias = Callable[[], Awaitable[Delivery]]

SOON = timedelta(minutes=1)
"""Delay before a retry if the platform sends no Retry-After."""
PAUSE = 1.0
"""Seconds before a message with an unclear outcome is sent again."""


async def post_rest(
    posts: Sequence[Post], seconds: float, sleep: Sleep, about: Mapping[str, object], *, repeats_unclear: bool
) -> None:
    """Post the further messages of a long reply in order, within `seconds`. A failure is only logged.

    `repeats_unclear`: the platform recognises a duplicate, so a post with an unclear outcome may be repeated.
    """
    sent = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            for post in posts:
                delivery = await post()
                while isinstance(delivery, Later) or (repeats_unclear and isinstance(delivery, Unclear)):
                    await sleep(delivery.after.total_seconds() if isinstance(delivery, Later) else PAUSE)
                    delivery = await post()
                if not isinstance(delivery, Posted):
                    break
                sent += 1
    if sent < len(posts):
        logger.warning("long message truncated", extra={**about, "lost": len(posts) - sent})


M = TypeVar("M")
Send: TypeAlias = Callable[[M], Awaitable[bool]]
"""Sends a message by one method; returns False if the interaction doesn't allow that method. Raises ChatFailed."""


async def send_with_fallbacks(versions: Iterable[M], sends: Iterable[Send[M]], about: Mapping[str, object]) -> bool:
    """Try each version of a message with each method, in order; returns whether one was sent."""
    sends = tuple(sends)
    for version in versions:
        if await _sent(version, sends, about):
            return True
    logger.error("delivering a reply failed", extra=about)
    return False


async def _sent(message: M, sends: Iterable[Send[M]], about: Mapping[str, object]) -> bool:
    """Try each method in order, and stop if the platform refuses the content itself; returns whether one worked."""
    for send in sends:
        try:
            if await send(message):
                return True
        except ChatFailed as error:
            logger.info("sending a reply failed; trying the next method", extra={**about, "error": str(error)})
            if error.is_about_content:
                return False
    return False
