"""How fast Discord may be called: the bot's own pace, and the buckets of Discord's routes.

The bot goes up to fifty requests per second, none while Discord asks to wait, and few that are refused. The buckets are
learned from the headers of Discord's responses (Discord, Rate Limits).
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

from adapters.chat.pacing import MAX_STOP, Busy, Now, Slots
from adapters.chat.retry import Sleep

GLOBAL = 50
"""Requests a second of a bot; answers to interactions do not count."""
SAFETY_MARGIN = 1.015
"""How much slower than that we go: on its way a second's worth of calls may close up a little."""
SECOND = 1.008
"""Seconds in which no more than the limit go, even if calls have piled up while this process was busy."""
LEAD = 0.05
"""Seconds to go until a turn that the store gives: by the time that it has answered, the turn must not be over."""
MOST_INVALID = 2_500
"""Answers 401, 403 and 429 in ten minutes: from 10,000 on, the address is banned, and it may not be ours alone."""
INVALID_SECONDS = 600.0
BAN = 300.0
"""Seconds to be quiet after a 429 that is not Discord's own but Cloudflare's, which names no time to be believed."""
REFUSED = 60.0
"""Seconds to be quiet after a 401: the token is refused, whatever it is used for next."""
SHORTEST_STOP = 0.05
ROUNDING = 1e-5
"""Seconds that adding up floats may lose."""
MOST_PLACES = 10_000

_INVALID = frozenset({401, 403, 429})
MOST_BUCKETS = 1_000
"""Buckets to keep before those that are idle are dropped."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Discord said to one request; `body` is empty if it was no JSON object."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def code(self) -> int:
        """Discord's number for the error, 0 if it gives none."""
        code = self.body.get("code")
        return code if isinstance(code, int) else 0


class OwnSlots:
    """The turns of a process that is the bot alone."""

    def __init__(self) -> None:
        self._even_until = -math.inf

    async def reserve(self, key: str, now: float, period: float, tolerance: float, max_wait: float) -> float:  # noqa: ARG002 - there is one key
        """Reserve the next call."""
        begin = max(self._even_until, now)
        wait = begin - tolerance - now
        if wait <= max_wait:
            self._even_until = begin + period
        return max(0.0, wait)


class Limits:
    """The pace of everything that one process sends. Safe from many tasks at once.

    Slots are moments fixed beforehand, so that one who wakes up late delays nobody. `slots` are those that several
    processes share, by the wall clock, which they share too; without any the process is the bot alone.
    """

    def __init__(
        self, slots: Slots | None = None, now: Now = time.monotonic, sleep: Sleep = asyncio.sleep, wall: Now = time.time
    ) -> None:
        self._slots = slots or OwnSlots()
        self._lead, self._slots_now = (LEAD, wall) if slots else (0.0, now)
        self._now = now
        self._sleep = sleep
        self._gone: deque[float] = deque(maxlen=GLOBAL)
        self._invalid: deque[float] = deque(maxlen=MOST_INVALID)
        self._stopped_until = -math.inf
        self._places: dict[str, float] = {}

    def check(self, place: str) -> None:
        """Raise Busy if Discord has asked to wait before the next call to this place, a channel."""
        wait = self._places.get(place, -math.inf) - self._now()
        if wait > 0:
            raise Busy(wait)

    async def admit(self, max_wait: float) -> None:
        """Wait until one call may go, and count it. Raises Busy if that takes more than `max_wait` seconds."""
        deadline = self._now() + max_wait
        while True:
            await self._wait_until(max(self._stopped_until, self._fit_again), deadline)
            earliest, told = self._now() + self._lead, self._slots_now() + self._lead
            wait = await self._slots.reserve("discord", told, SAFETY_MARGIN / GLOBAL, 0.0, deadline - earliest)
            await self._wait_until(earliest + wait, deadline)
            while len(self._gone) == GLOBAL and self._gone[0] + SECOND > self._now() + ROUNDING:
                await self._wait_until(self._gone[0] + SECOND, deadline)
            if self._now() + ROUNDING >= self._stopped_until:
                break
        self._gone.append(self._now())

    def learn(self, answer: Answer, place: str) -> None:
        """Take in what an answer says of the limits."""
        if answer.status in _INVALID and answer.headers.get("X-RateLimit-Scope") != "shared":
            self._invalid.append(self._now())
        if answer.status == 401:
            self._stopped_until = max(self._stopped_until, self._now() + REFUSED)
        if answer.status != 429:
            return
        until = self._now() + retry_after(answer)
        if answer.body.get("global") is not False or answer.headers.get("X-RateLimit-Scope") == "global":
            self._stopped_until = max(self._stopped_until, until)
        else:
            self._stop(place, until)

    @property
    def _fit_again(self) -> float:
        """When there are so few invalid requests within ten minutes that there may be another."""
        return self._invalid[0] + INVALID_SECONDS if len(self._invalid) == MOST_INVALID else -math.inf

    def _stop(self, place: str, until: float) -> None:
        if len(self._places) >= MOST_PLACES:
            now = self._now()
            self._places = {each: stopped for each, stopped in self._places.items() if stopped > now}
        self._places[place] = max(self._places.get(place, -math.inf), until)

    async def _wait_until(self, moment: float, deadline: float) -> None:
        if moment > deadline:
            raise Busy(moment - self._now())
        while (wait := moment - self._now()) > ROUNDING:
            await self._sleep(wait)


def retry_after(answer: Answer) -> float:
    """The seconds that a 429 asks to wait, never a mistake's worth. Cloudflare's own are minutes, whatever they say."""
    said = answer.body.get("retry_after")
    if isinstance(said, int | float) and math.isfinite(said):
        return min(max(float(said), SHORTEST_STOP), MAX_STOP)
    header = answer.headers.get("Retry-After", "")
    seconds = float(header[:9]) if header.isascii() and header.isdecimal() else 0.0
    return min(max(seconds, BAN), MAX_STOP)


class Bucket:
    """The calls that Discord takes until its next reset: one at a time until a response names a limit."""

    def __init__(self) -> None:
        self._limit = 1
        self._left = 1
        self._open = 0
        self._resets_at = -math.inf
        self._queue = asyncio.Lock()
        self._changed = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is lost by dropping it."""
        return not self._open and not self._queue.locked() and self._until_reset <= 0

    @contextlib.asynccontextmanager
    async def turn(self, max_wait: float) -> AsyncIterator[Self]:
        """Wait for room, first come, first served. Raises Busy if the reset is more than `max_wait` seconds away."""
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
        """Update from a response, within its call's turn. Discord may not have counted other open calls yet."""
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
    """Finds the bucket of a route: by the name that Discord gave it, per channel, server or webhook."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._buckets: dict[str, Bucket] = {}

    def of(self, route: Route) -> Bucket:
        """The bucket of a route."""
        if len(self._buckets) >= MOST_BUCKETS:
            self._buckets = {key: each for key, each in self._buckets.items() if not each.is_idle}
        return self._buckets.setdefault(self._key(route), Bucket())

    def learn(self, route: Route, bucket: Bucket, headers: Mapping[str, str]) -> None:
        """Update from a response the bucket in which its call had its turn, and keep it under Discord's name for it."""
        bucket.learn(headers)
        if name := headers.get("X-RateLimit-Bucket"):
            self._names[route.key] = name
            self._buckets.setdefault(self._key(route), bucket)

    def _key(self, route: Route) -> str:
        return f"{self._names.get(route.key, route.key)}:{route.major_parameters}"
