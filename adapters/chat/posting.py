"""Posting without a request: the later messages of a long reply."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import TypeAlias

from adapters.chat.retry import Sleep
from bot.delivery.poster import Delivery, Later, Posted, Unclear

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
