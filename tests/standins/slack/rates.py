"""Rate limits: tiers by method, and the special rule for posting. Each is counted per workspace."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.standins.slack.refusal import RateLimited

TIERS: Mapping[int, int] = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls per minute of one method, for one app in one workspace."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A sustained rate per second, and a burst."""

    per_second: float
    burst: int


def per_minute(calls: int) -> Rate:
    """A tier's rate: a minute's worth may come at once."""
    return Rate(calls / 60, calls)


class Rates:
    """Buckets that refill in real time. A rate can be replaced at any time; None lifts it.

    Posting is limited to about one message per second and channel, "short bursts" allowed, and by an unpublished limit
    per workspace; `methods` overrides the tier of single methods.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self.channel: Rate | None = Rate(1, 3)
        self.workspace: Rate | None = Rate(5, 10)
        # Documented as tier 1, but bursts of reconnecting pass: up to ten connections are allowed at once.
        self.methods: dict[str, Rate | None] = {"apps.connections.open": Rate(1 / 60, 20), "auth.test": per_minute(600)}
        self._buckets: dict[tuple[str, ...], tuple[float, float]] = {}

    def spend_on_method(self, method: str, tier: int, app: str, team: str) -> None:
        """Count a call. Raises RateLimited."""
        rate = self.methods.get(method, per_minute(TIERS[tier]))
        self._spend({(method, app, team): rate})

    def spend_on_post(self, app: str, team: str, channel: str) -> None:
        """Count a message. Raises RateLimited without counting it."""
        self._spend({("posts", app, team): self.workspace, ("posts", app, team, channel): self.channel})

    def _spend(self, limits: Mapping[tuple[str, ...], Rate | None]) -> None:
        now = self.now()
        rates = {key: rate for key, rate in limits.items() if rate is not None}
        levels = {key: self._level(key, rate, now) for key, rate in rates.items()}
        waits = [(1 - levels[key]) / rate.per_second for key, rate in rates.items() if levels[key] < 1]
        if waits:
            raise RateLimited(max(1, math.ceil(max(waits))))
        self._buckets |= {key: (level - 1, now) for key, level in levels.items()}

    def _level(self, key: tuple[str, ...], rate: Rate, now: float) -> float:
        level, since = self._buckets.get(key, (float(rate.burst), now))
        return min(rate.burst, level + (now - since) * rate.per_second)
