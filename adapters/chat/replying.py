"""How one message gets to a person: by the first way that is open, in a plainer version if its content is refused."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeAlias, TypeVar

from adapters.chat.retry import ChatFailed

logger = logging.getLogger(__name__)

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
