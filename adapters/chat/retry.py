"""Failed calls to a chat: their common error, pauses between tries, and sending by the next way or at a later time."""

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


logger = logging.getLogger(__name__)

Post: TypeAlias = Callable[[], Awaitable[Delivery]]

SOON = timedelta(minutes=1)
"""When to retry if the platform names no time."""
PAUSE = 1.0
"""Seconds before a message with an unclear outcome is sent again."""


async def post_rest(
    posts: Sequence[Post], seconds: float, sleep: Sleep, about: Mapping[str, object], *, repeats_unclear: bool
) -> None:
    """Post in order what did not fit into the first message, within so many seconds; a failure is only logged.

    `repeats_unclear`: the platform recognises a message that it has, so an unclear outcome may be repeated.
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
"""One way to send a message: False if the way doesn't exist for this interaction. Raises ChatFailed."""


async def send_surely(versions: Iterable[M], sends: Iterable[Send[M]], about: Mapping[str, object]) -> bool:
    """Send the first version that some way takes, trying the ways in their order; whether one was taken."""
    sends = tuple(sends)
    for version in versions:
        if await _sent(version, sends, about):
            return True
    logger.error("delivering a reply failed", extra=about)
    return False


async def _sent(message: M, sends: Iterable[Send[M]], about: Mapping[str, object]) -> bool:
    """Whether a way took it; the others are not tried if the message itself is refused."""
    for send in sends:
        try:
            if await send(message):
                return True
        except ChatFailed as error:
            logger.info("one way to reply is closed; trying the next", extra={**about, "error": str(error)})
            if error.is_about_content:
                return False
    return False
