"""One call to Discord for the poster: once, at Discord's pace, within a time, and with a known outcome."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeAlias

from discord.http import Route

from adapters.chat.pacing import Busy
from adapters.chat.posting import SOON
from adapters.chat.retry import NEVER_SENT
from adapters.discord.errors import RATE_LIMITED
from adapters.discord.limits import Answer, Limits
from adapters.discord.rest import Rest, answer_of
from bot.delivery.poster import Later, Unclear
from bot.domain.errors import DatabaseUnavailable

logger = logging.getLogger(__name__)

Outcome: TypeAlias = Answer | Later | Unclear

PATIENCE = 8.0
"""Seconds to wait for a turn; a call that takes longer is tried later, so that its caller soon has an outcome."""
IN_LINE = 12.0
"""Seconds to wait for room in a bucket and for a turn."""
WITHIN = 15.0
"""Seconds in which Discord has to answer a request."""

_NEVER_SENT = (*NEVER_SENT, RuntimeError)  # the session is closed


async def call(rest: Rest, limits: Limits, route: Route, sent: Mapping[str, Any]) -> Outcome:
    """What Discord answered; Later if the call certainly did nothing, Unclear if nobody knows. Never raises."""
    place, is_sent = route.major_parameters, False
    try:
        limits.check(place)
        async with asyncio.timeout(IN_LINE) as within, rest.turn(route, IN_LINE) as bucket:
            await limits.admit(PATIENCE)
            within.reschedule(asyncio.get_running_loop().time() + WITHIN)
            is_sent = True
            answer = answer_of(*await rest.send(route, bucket, sent))
    except Busy as busy:
        return _busy(busy.seconds)
    except (DatabaseUnavailable, *_NEVER_SENT) as error:
        return Later(SOON, "no_database" if isinstance(error, DatabaseUnavailable) else "no_connection")
    except TimeoutError as error:
        return Unclear(type(error).__name__) if is_sent else _busy(IN_LINE)
    except Exception as error:
        if is_sent:
            return Unclear(type(error).__name__)
        logger.warning("a call failed before it was sent", exc_info=True)
        return Later(SOON, type(error).__name__)
    limits.learn(answer, place)
    return Unclear(f"status_{answer.status}") if answer.status >= 500 else answer


def _busy(seconds: float) -> Later:
    return Later(timedelta(seconds=seconds), RATE_LIMITED)
