"""Calling Discord: one error for every way in which a call can fail, and patience with what passes.

The library waits by itself where Discord says for how long, and repeats after most of Discord's own faults; what it
gives up at once is a broken connection. Only what may be said twice goes through here: an edit, an answer to one
person, a message that Discord knows again by its nonce.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

import aiohttp
from discord import DiscordException, HTTPException

logger = logging.getLogger(__name__)

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
T = TypeVar("T")

PAUSES = (0.5, 2.0, 5.0)
"""Seconds before each further try."""
ONE_TRY = 60.0
"""Seconds that one try may take, the library's own waiting included."""
NO_ANSWER = 0
"""The code of what got no answer, or none that can be read."""

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)
"""What the library trips over where an answer is not what Discord documents."""
_BROKEN = (aiohttp.ClientError, OSError, *UNREADABLE)  # a time-out is an OSError

_GONE = frozenset({10008, 10015, 10062, 50027})
"""Unknown message, webhook or interaction, invalid token: this way is closed for good."""


class DiscordFailed(Exception):
    """Discord did not do it, or did not say so. `code` is its own number for why, 0 without one."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"Discord answered {status} ({code})")
        self.status = status
        self.code = code

    @property
    def is_passing(self) -> bool:
        """Whether it was lost on the way or is Discord's own fault, and may go better the next time."""
        return self.status == NO_ANSWER or self.status >= 500

    @property
    def is_about_content(self) -> bool:
        """Whether the message itself was refused, whichever way it goes."""
        return self.status in {400, 413} and self.code not in _GONE


async def patiently(call: Callable[[], Awaitable[T]], sleep: Sleep = asyncio.sleep) -> T:
    """The answer to a call that may be repeated. Raises DiscordFailed alone."""
    for pause in PAUSES:
        try:
            return await _once(call)
        except DiscordFailed as error:
            if not error.is_passing:
                raise
            logger.info("no response from Discord; retrying", extra={"status": error.status})
        await sleep(pause)
    return await _once(call)


async def _once(call: Callable[[], Awaitable[T]]) -> T:
    try:
        async with asyncio.timeout(ONE_TRY):
            return await call()
    except HTTPException as error:
        raise DiscordFailed(error.status, error.code) from error
    except DiscordException as error:  # asked to wait for longer than a person would
        raise DiscordFailed(429, NO_ANSWER) from error
    except _BROKEN as error:
        raise DiscordFailed(NO_ANSWER, NO_ANSWER) from error
