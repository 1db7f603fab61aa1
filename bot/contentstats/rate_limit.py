"""How fast one API key may call: an even pace with a small burst, learned from the answers, shared through the store.

The rule is rate x window + burst <= limit, so that no window of the server's, however it lies, sees more than the plan
allows: of 60 a minute, 50 come evenly and 10 at once. What the headers say is checked before it is believed.
"""

import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeAlias

from bot.contentstats.values import in_utc, read_count, read_number
from bot.domain.errors import DatabaseUnavailable, RateLimited

logger = logging.getLogger(__name__)

Now: TypeAlias = Callable[[], float]
"""The wall clock in Unix seconds, which is what the server's headers speak of."""
Sleep: TypeAlias = Callable[[float], Awaitable[None]]

WINDOW = 60.0
"""Seconds: the documented limits are per minute."""
FREE_PLAN = 60
"""Calls a window, until an answer says otherwise."""
LARGEST_PLAN = 100_000
LONGEST_WAIT = 120.0
"""Seconds. Two windows: whatever asks for more is a lie or a mistake."""
ROUNDING = 0.001
"""Seconds that adding up floats may lose."""
SPARE = 2
"""Calls that are left to others who use the key when the window is nearly spent."""


class RateStore(Protocol):
    """One number a key, shared by every process: when the calls reserved so far would be over at an even pace."""

    async def reserve(self, key: str, now: float, period: float, tolerance: float, max_wait: float) -> float:
        """Reserve one call; the seconds to wait before it. More than `max_wait` means that nothing was reserved."""

    async def hold(self, key: str, until: float) -> None:
        """Let no call without tolerance go before that Unix second; never shortens an earlier hold."""


class Limiter:
    """The pace of one key, named by its fingerprint. Safe from many tasks at once."""

    def __init__(self, store: RateStore, key: str, now: Now, sleep: Sleep) -> None:
        self._store = store
        self._key = key
        self._now = now
        self._sleep = sleep
        self._limit = FREE_PLAN
        self.line_until = 0.0
        """The Unix second up to which the last call that could not go at once waits."""

    @property
    def _period(self) -> float:
        return WINDOW / (self._limit * 5 / 6)

    @property
    def _tolerance(self) -> float:
        return self._period * max(self._limit / 6 - 1, 0) + ROUNDING

    async def admit(self, max_wait: float) -> None:
        """Return when one call may go. Raises RateLimited at once where that takes more than `max_wait` seconds."""
        now = self._now()
        wait = await self._store.reserve(self._key, now, self._period, self._tolerance, max_wait)
        if wait > 0:
            self.line_until = now + wait
        if wait > max_wait:
            raise rate_limited(now, now + min(wait, LONGEST_WAIT), was_asked=False)
        if wait > 0:
            await self._sleep(wait)

    async def admit_last(self, max_wait: float) -> None:
        """As `admit`, for a call that lets all others go first: it leaves them the burst and reserves nothing."""
        deadline = self._now() + max_wait
        while True:
            now = self._now()
            wait = await self._store.reserve(self._key, now, self._period, ROUNDING, 0)
            if wait <= 0:
                return
            if now + wait > deadline:
                raise rate_limited(now, now + min(wait, LONGEST_WAIT), was_asked=False)
            await self._sleep(max(wait, ROUNDING))

    async def learn(self, status: int, headers: Mapping[str, str], body_reset: object = None) -> float | None:
        """Take in what an answer says of the limit; of a 429, return the Unix second at which to go on.

        The answer itself is worth more than this: a store that is away is logged, not raised.
        """
        limit = read_count(headers.get("X-RateLimit-Limit"))
        if limit is not None and 0 < limit <= LARGEST_PLAN:
            self._limit = limit
        now = self._now()
        refused_until = resume_at(headers, body_reset, now) if status == 429 else None
        self.line_until = refused_until or self.line_until
        until = refused_until or self._nearly_spent(headers, now)
        if until is not None:
            try:
                await self._store.hold(self._key, until + self._tolerance)
            except DatabaseUnavailable:
                logger.warning("storing the rate limit reset failed", exc_info=True)
        return refused_until

    def _nearly_spent(self, headers: Mapping[str, str], now: float) -> float | None:
        remaining = read_count(headers.get("X-RateLimit-Remaining"))
        until = read_moment(headers.get("X-RateLimit-Reset"), now)
        if remaining is None or until is None or remaining > min(SPARE, self._limit // 10):
            return None
        return until if until > now else None


def rate_limited(now: float, until: float, words: str = "", *, was_asked: bool = True) -> RateLimited:
    """The error for calls that may not go before a Unix second; `words` are the server's, where it `was_asked`."""
    seconds = max(math.ceil(until - now), 1)
    said = f" (“{words}”)" if words else ""
    waiting = "1 second" if seconds == 1 else f"{seconds} seconds"
    sentence = f"ContentStats isn't accepting more calls right now{said}. Try again in {waiting}."
    return RateLimited(sentence, datetime.fromtimestamp(until, UTC), was_asked=was_asked)


def resume_at(headers: Mapping[str, str], body_reset: object, now: float) -> float:
    """The Unix second at which to go on after a 429: what the server says, never a lie's worth.

    A moment in the past (clocks differ) costs a second, silence a whole window.
    """
    said = read_retry_after(headers, now)
    for value in (headers.get("X-RateLimit-Reset"), body_reset):
        said = read_moment(value, now) if said is None else said
    return now + WINDOW if said is None else max(said, now + 1)


def read_retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """`Retry-After`, which is seconds or an HTTP date, as a Unix second at most `LONGEST_WAIT` away."""
    value = headers.get("Retry-After")
    seconds = read_number(value)
    if seconds is not None:
        return now + min(float(seconds), LONGEST_WAIT) if seconds >= 0 else None
    try:
        moment = in_utc(parsedate_to_datetime(value or "")).timestamp()
    except (ValueError, OverflowError):
        return None
    return min(moment, now + LONGEST_WAIT)


def read_moment(value: object, now: float) -> float | None:
    """A reset in Unix seconds, or in milliseconds or seconds from now, at most `LONGEST_WAIT` away."""
    number = read_number(value)
    if number is None or number < 0:
        return None
    moment = float(number)
    if moment > 1e11:  # the year 5138 in seconds, 1973 in milliseconds
        moment /= 1000
    elif moment < 1e7:  # April 1970, or a wait
        moment += now
    return min(moment, now + LONGEST_WAIT)
