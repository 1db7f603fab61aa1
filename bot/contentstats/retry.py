"""Trying again, for calls that only read. What spends or stops is never repeated, so nothing of it comes here."""

import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.contentstats.rate_limit import Now, Sleep
from bot.domain.errors import ContentStatsError

T = TypeVar("T")

TRIES = 3
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 4.0
"""Seconds: the pause before try n is anything up to FIRST_PAUSE x 2^n, so that many callers do not come back as one."""


class Setback(Exception):
    """A failure that may be over soon. `error` is what it means to people; `not_before` is a Unix second, if told."""

    def __init__(self, error: ContentStatsError, not_before: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.not_before = not_before


async def persist(
    attempt: Callable[[float], Awaitable[T]], max_wait: float, now: Now, sleep: Sleep, tries: int = TRIES
) -> T:
    """Return the result of `attempt`, which gets the seconds left of `max_wait`, after at most `tries` tries.

    Raises the last Setback's error as soon as the next pause would outlast `max_wait`. Other errors pass at once.
    """
    deadline = now() + max_wait
    tried = 0
    while True:
        try:
            return await attempt(deadline - now())
        except Setback as setback:
            pause = random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**tried))
            pause += max((setback.not_before or 0) - now(), 0)
            tried += 1
            if tried == tries or now() + pause >= deadline:
                raise setback.error from setback
        await sleep(pause)
