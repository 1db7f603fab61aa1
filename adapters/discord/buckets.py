"""Rate-limit buckets of Discord's routes, learned from the headers of its responses (Discord, Rate Limits)."""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Mapping
from typing import Self

from discord.http import Route

from adapters.chat.pacing import Busy

MOST_BUCKETS = 1_000
"""Buckets to keep before those that are idle are dropped."""


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
    async def turn(self, patience: float) -> AsyncIterator[Self]:
        """Wait for room, first come, first served. Raises Busy if the reset is more than `patience` seconds away."""
        async with self._queue:
            while not self._has_room():
                wait = self._until_reset
                if wait > patience:
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
