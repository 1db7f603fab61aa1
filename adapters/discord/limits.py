"""Rate limits for calls to Discord: the global limit, pauses after refusals, and the buckets of routes.

Buckets are learned from the headers of Discord's responses (Discord, Rate Limits).
"""

import asyncio
import contextlib
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from discord.http import Route

from adapters.chat.pacing import MAX_STOP, Busy, Now, Sleep, Slots

GLOBAL = 50
"""Requests per second per bot; replies to interactions don't count."""
SAFETY_MARGIN = 1.015
"""Factor by which calls are slower than the limit, because network latency can bunch them up."""
SECOND = 1.008
"""Seconds in which at most `GLOBAL` calls are made, even if calls piled up while this process was busy."""
LEAD = 0.05
"""Seconds ahead of now for which a shared slot is reserved, so that it isn't past when the store answers."""
MAX_INVALID = 2_500
"""Responses 401, 403 and 429 in ten minutes. Discord bans an IP address at 10,000, and other bots may share ours."""
INVALID_SECONDS = 600.0
CLOUDFLARE_BAN = 300.0
"""Minimum seconds to wait after a 429 from Cloudflare instead of Discord, whose Retry-After is too short."""
UNAUTHORIZED_PAUSE = 60.0
"""Seconds to wait after a 401, since Discord would refuse the token for any other call too."""
MIN_STOP = 0.05
ROUNDING = 1e-5
"""Seconds of floating-point error that are ignored."""
MAX_CHANNELS = 10_000

_INVALID = frozenset({401, 403, 429})
MAX_BUCKETS = 1_000
"""Buckets to keep before idle ones are dropped."""


@dataclass(frozen=True, slots=True)
class RestResponse:
    """A response from Discord. `body` is empty if it wasn't a JSON object."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def code(self) -> int:
        """Discord's JSON error code, or 0."""
        code = self.body.get("code")
        return code if isinstance(code, int) else 0


class OwnSlots:
    """Rate limit slots for a bot that runs in a single process."""

    def __init__(self) -> None:
        self._next_at = -math.inf

    async def reserve(self, key: str, now: float, period: float, tolerance: float, max_wait: float) -> float:  # noqa: ARG002 - there is one key
        """Reserve the next slot; returns the seconds to wait for it."""
        start = max(self._next_at, now)
        wait = start - tolerance - now
        if wait <= max_wait:
            self._next_at = start + period
        return max(0.0, wait)


class Limits:
    """Rate limits of one process. Safe for concurrent tasks.

    Slots are at fixed times, so that a task that wakes up late doesn't delay others. `slots` are shared with other
    processes, by the wall clock; without them, this must be the bot's only process.
    """

    def __init__(
        self, slots: Slots | None = None, now: Now = time.monotonic, sleep: Sleep = asyncio.sleep, wall: Now = time.time
    ) -> None:
        self._slots = slots or OwnSlots()
        self._lead, self._slots_now = (LEAD, wall) if slots else (0.0, now)
        self._now = now
        self._sleep = sleep
        self._sent_at: deque[float] = deque(maxlen=GLOBAL)
        self._invalid: deque[float] = deque(maxlen=MAX_INVALID)
        self._stopped_until = -math.inf
        self._stopped_channels: dict[str, float] = {}

    def check(self, channel: str) -> None:
        """Raise Busy if Discord has asked to wait before the next call to this channel."""
        wait = self._stopped_channels.get(channel, -math.inf) - self._now()
        if wait > 0:
            raise Busy(wait)

    async def admit(self, max_wait: float) -> None:
        """Wait until a call may be made, and count it. Raises Busy if that would take more than `max_wait` seconds."""
        deadline = self._now() + max_wait
        while True:
            await self._wait_until(max(self._stopped_until, self._invalid_until), deadline)
            earliest, slots_now = self._now() + self._lead, self._slots_now() + self._lead
            wait = await self._slots.reserve("discord", slots_now, SAFETY_MARGIN / GLOBAL, 0.0, deadline - earliest)
            await self._wait_until(earliest + wait, deadline)
            while len(self._sent_at) == GLOBAL and self._sent_at[0] + SECOND > self._now() + ROUNDING:
                await self._wait_until(self._sent_at[0] + SECOND, deadline)
            if self._now() + ROUNDING >= self._stopped_until:
                break
        self._sent_at.append(self._now())

    def learn(self, answer: RestResponse, channel: str) -> None:
        """Update the limits from a response."""
        if answer.status in _INVALID and answer.headers.get("X-RateLimit-Scope") != "shared":
            self._invalid.append(self._now())
        if answer.status == 401:
            self._stopped_until = max(self._stopped_until, self._now() + UNAUTHORIZED_PAUSE)
        if answer.status != 429:
            return
        until = self._now() + retry_after(answer)
        if answer.body.get("global") is not False or answer.headers.get("X-RateLimit-Scope") == "global":
            self._stopped_until = max(self._stopped_until, until)
        else:
            self._stop(channel, until)

    @property
    def _invalid_until(self) -> float:
        """When the number of invalid requests within ten minutes is low enough again."""
        return self._invalid[0] + INVALID_SECONDS if len(self._invalid) == MAX_INVALID else -math.inf

    def _stop(self, channel: str, until: float) -> None:
        if len(self._stopped_channels) >= MAX_CHANNELS:
            now = self._now()
            self._stopped_channels = {
                each: stopped for each, stopped in self._stopped_channels.items() if stopped > now
            }
        self._stopped_channels[channel] = max(self._stopped_channels.get(channel, -math.inf), until)

    async def _wait_until(self, moment: float, deadline: float) -> None:
        if moment > deadline:
            raise Busy(moment - self._now())
        while (wait := moment - self._now()) > ROUNDING:
            await self._sleep(wait)


def retry_after(answer: RestResponse) -> float:
    """The seconds to wait after a 429, within sensible bounds; after one from Cloudflare, at least `CLOUDFLARE_BAN`."""
    seconds = answer.body.get("retry_after")
    if isinstance(seconds, int | float) and math.isfinite(seconds):
        return min(max(float(seconds), MIN_STOP), MAX_STOP)
    header = answer.headers.get("Retry-After", "")
    seconds = float(header[:9]) if header.isascii() and header.isdecimal() else 0.0
    return min(max(seconds, CLOUDFLARE_BAN), MAX_STOP)


class Bucket:
    """A rate limit bucket of Discord's. It lets one call through at a time until a response names its limit."""

    def __init__(self) -> None:
        self._limit = 1
        self._left = 1
        self._open = 0
        self._resets_at = -math.inf
        self._queue = asyncio.Lock()
        self._changed = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        """Whether the bucket can be dropped."""
        return not self._open and not self._queue.locked() and self._until_reset <= 0

    @contextlib.asynccontextmanager
    async def turn(self, max_wait: float) -> AsyncIterator[Self]:
        """Wait for room, in order of arrival. Raises Busy if the reset is more than `max_wait` seconds away."""
        async with self._queue:
            while not self._has_room():
                wait = self._until_reset
                if wait > max_wait:
                    raise Busy(wait)
                self._changed.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait if wait > 0 else None):
                        await self._changed.wait()
            self._left -= 1
            self._open += 1
        try:
            yield self
        finally:
            self._open -= 1
            self._changed.set()

    def learn(self, headers: Mapping[str, str]) -> None:
        """Update from a response, within its turn. Discord may not have counted the other open calls yet."""
        with contextlib.suppress(KeyError, ValueError):
            limit, left = int(headers["X-RateLimit-Limit"]), int(headers["X-RateLimit-Remaining"]) - self._open + 1
            reset_after = float(headers["X-RateLimit-Reset-After"])
            self._left = min(self._left, left) if self._until_reset > 0 else left
            self._limit = limit
            self._resets_at = asyncio.get_running_loop().time() + reset_after

    @property
    def _until_reset(self) -> float:
        return self._resets_at - asyncio.get_running_loop().time()

    def _has_room(self) -> bool:
        if self._until_reset <= 0:
            self._left = self._limit - self._open
        return self._left > 0


class Buckets:
    """The buckets by Discord's name for them, per channel, guild or webhook."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._buckets: dict[str, Bucket] = {}

    def of(self, route: Route) -> Bucket:
        """The bucket of a route."""
        if len(self._buckets) >= MAX_BUCKETS:
            self._buckets = {key: each for key, each in self._buckets.items() if not each.is_idle}
        return self._buckets.setdefault(self._key(route), Bucket())

    def learn(self, route: Route, bucket: Bucket, headers: Mapping[str, str]) -> None:
        """Update the bucket of a call from its response, and store it under Discord's name for it."""
        bucket.learn(headers)
        if name := headers.get("X-RateLimit-Bucket"):
            self._names[route.key] = name
            self._buckets.setdefault(self._key(route), bucket)

    def _key(self, route: Route) -> str:
        return f"{self._names.get(route.key, route.key)}:{route.major_parameters}"
