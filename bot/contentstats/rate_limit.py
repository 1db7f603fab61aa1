"""Rate limit of an API key: an even pace with a small burst, learned from responses, shared through the store.

The rule is rate x window + burst <= limit, so that no window of the server's, wherever it begins, exceeds the plan: of
60 calls per minute, 50 are spaced evenly and 10 may come at once. Header values are validated before use.
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
"""The wall clock in Unix seconds, as in the server's headers."""
Sleep: TypeAlias = Callable[[float], Awaitable[None]]

WINDOW = 60.0
"""Seconds. The documented limits are per minute."""
FREE_PLAN = 60
"""Calls per window until a response states another limit."""
LARGEST_PLAN = 100_000
LONGEST_WAIT = 120.0
"""Seconds: two windows. A server that asks for more is wrong."""
ROUNDING = 0.001
"""Tolerance in seconds for float rounding."""
SPARE = 2
"""Calls left to other users of the key when the window is nearly spent."""


class RateStore(Protocol):
    """A number per key, shared by every process: when the calls reserved so far end at an even pace."""

    async def reserve(self, key: str, now: float, period: float, tolerance: float, max_wait: float) -> float:
        """Reserve one call; returns the seconds to wait before it.

        More than `max_wait` means that nothing was reserved.
        """

    async def hold(self, key: str, until: float) -> None:
        """Admit no call without tolerance before that Unix second; never shortens an earlier hold."""


class Limiter:
    """Rate limiter of one key, identified by its fingerprint. Safe for concurrent use by several tasks."""

    def __init__(self, store: RateStore, key: str, now: Now, sleep: Sleep) -> None:
        self._store = store
        self._key = key
        self._now = now
        self._sleep = sleep
        self._limit = FREE_PLAN
        self.delayed_until = 0.0
        """The Unix second until which the last delayed call waits."""

    @property
    def _period(self) -> float:
        return WINDOW / (self._limit * 5 / 6)

    @property
    def _tolerance(self) -> float:
        return self._period * max(self._limit / 6 - 1, 0) + ROUNDING

    async def admit(self, max_wait: float) -> None:
        """Wait until a call may be made. Raises RateLimited immediately if that takes more than `max_wait` seconds."""
        now = self._now()
        wait = await self._store.reserve(self._key, now, self._period, self._tolerance, max_wait)
        if wait > 0:
            self.delayed_until = now + wait
        if wait > max_wait:
            raise rate_limited(now, now + min(wait, LONGEST_WAIT), is_from_server=False)
        if wait > 0:
            await self._sleep(wait)

    async def admit_last(self, max_wait: float) -> None:
        """Like `admit`, for a low-priority call: it leaves the burst to others and reserves nothing."""
        deadline = self._now() + max_wait
        while True:
            now = self._now()
            wait = await self._store.reserve(self._key, now, self._period, ROUNDING, 0)
            if wait <= 0:
                return
            if now + wait > deadline:
                raise rate_limited(now, now + min(wait, LONGEST_WAIT), is_from_server=False)
            await self._sleep(max(wait, ROUNDING))

    async def learn(self, status: int, headers: Mapping[str, str], body_reset: object = None) -> float | None:
        """Update the limit from a response; for a 429, returns the Unix second at which to retry.

        Never loses the response itself: an unavailable store is logged, not raised.
        """
        limit = read_count(headers.get("X-RateLimit-Limit"))
        if limit is not None and 0 < limit <= LARGEST_PLAN:
            self._limit = limit
        now = self._now()
        refused_until = resume_at(headers, body_reset, now) if status == 429 else None
        self.delayed_until = refused_until or self.delayed_until
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


def rate_limited(now: float, until: float, words: str = "", *, is_from_server: bool = True) -> RateLimited:
    """Build the error for calls blocked until a Unix second; `words` are the server's, if it `is_from_server`."""
    seconds = max(math.ceil(until - now), 1)
    said = f" (“{words}”)" if words else ""
    waiting = "1 second" if seconds == 1 else f"{seconds} seconds"
    sentence = f"ContentStats isn't accepting more calls right now{said}. Try again in {waiting}."
    return RateLimited(sentence, datetime.fromtimestamp(until, UTC), is_from_server=is_from_server)


def resume_at(headers: Mapping[str, str], body_reset: object, now: float) -> float:
    """The Unix second at which to retry after a 429: the server's, within plausible bounds.

    A time in the past (clocks differ) becomes one second from now; without any, it is a whole window.
    """
    said = read_retry_after(headers, now)
    for value in (headers.get("X-RateLimit-Reset"), body_reset):
        said = read_moment(value, now) if said is None else said
    return now + WINDOW if said is None else max(said, now + 1)


def read_retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Parse `Retry-After`, seconds or an HTTP date, into a Unix second at most `LONGEST_WAIT` away."""
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
    """Parse a reset time, in Unix seconds or milliseconds or in seconds from now; at most `LONGEST_WAIT` away."""
    number = read_number(value)
    if number is None or number < 0:
        return None
    moment = float(number)
    if moment > 1e11:  # the year 5138 in seconds, 1973 in milliseconds
        moment /= 1000
    elif moment < 1e7:  # April 1970, or a duration
        moment += now
    return min(moment, now + LONGEST_WAIT)
