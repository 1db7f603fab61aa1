"""Rate limits: a bucket per route and channel, guild or webhook, and a global one of fifty calls per second."""

import hashlib
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.standins.discord_server.refusal import RateLimited

GLOBAL = 50


@dataclass(frozen=True, slots=True)
class Rate:
    """Number of calls per window of seconds."""

    calls: int
    seconds: float


@dataclass(slots=True)
class _Window:
    until: float
    used: int = 0


class Rates:
    """Windows in real time. The rate of a route can be replaced at any time; None lifts it.

    Discord only publishes the global limit: clients learn the others from the headers.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self.in_all: Rate | None = Rate(GLOBAL, 1)
        self.routes: dict[str, Rate | None] = {
            "POST /channels/{channel}/messages": Rate(5, 5),
            "PATCH /channels/{channel}/messages/{message}": Rate(5, 5),
        }
        self.other: Rate | None = Rate(30, 10)
        self._windows: dict[tuple[str, ...], _Window] = {}

    def spend(self, route: str, majors: tuple[str, ...], *, counts_in_all: bool) -> Mapping[str, str]:
        """Count a call and return the bucket's headers. Raises RateLimited without counting it."""
        rate = self.routes.get(route, self.other)
        if counts_in_all and self.in_all is not None:
            window = self._window(("*",), self.in_all)
            if window.used >= self.in_all.calls:
                raise RateLimited(window.until - self.now(), "global")
            window.used += 1
        if rate is None:
            return {}
        window = self._window((route, *majors), rate)
        if window.used >= rate.calls:
            raise RateLimited(window.until - self.now())
        window.used += 1
        return self.headers(route, majors)

    def headers(self, route: str, majors: tuple[str, ...]) -> Mapping[str, str]:
        """The headers that describe a bucket."""
        rate = self.routes.get(route, self.other)
        if rate is None:
            return {}
        window = self._window((route, *majors), rate)
        left = max(0.0, window.until - self.now())
        return {
            "X-RateLimit-Limit": str(rate.calls),
            "X-RateLimit-Remaining": str(rate.calls - window.used),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{math.ceil(left * 1000) / 1000:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(route.encode()).hexdigest()[:32],
        }

    def _window(self, key: tuple[str, ...], rate: Rate) -> _Window:
        window = self._windows.get(key)
        if window is None or self.now() >= window.until:
            window = self._windows[key] = _Window(self.now() + rate.seconds)
        return window
