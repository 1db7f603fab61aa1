"""Rate limit per API key: fixed windows of one minute, by the wall clock and not the account's fast clock."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """A key's window after a call. `reset` is in Unix seconds."""

    limit: int
    remaining: int
    reset: int
    is_exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every response (Rate limits page)."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
        }

    @property
    def refusal(self) -> dict[str, object]:
        """The body of a 429 (Rate limits page)."""
        return {"error": "Rate limit exceeded", "limit": self.limit, "reset": self.reset}


class RateLimit:
    """Counts each key's calls. Opening a window with the first call, not on the minute, is the sandbox's own choice.

    `per_minute` may be changed at any time, as by an upgrade of the plan.
    """

    def __init__(self, per_minute: int, wall: Callable[[], float] = time.time) -> None:
        self.per_minute = per_minute
        self._wall = wall
        self._windows: dict[str, tuple[float, int]] = {}

    def spend(self, key: str) -> Allowance:
        """Count a call; returns what is left of the key's window."""
        now = self._wall()
        opened, used = self._windows.get(key, (now, 0))
        if now >= opened + WINDOW_SECONDS:
            opened, used = now, 0
        self._windows[key] = opened, used + 1
        left = self.per_minute - used - 1
        return Allowance(self.per_minute, max(left, 0), math.ceil(opened + WINDOW_SECONDS), is_exceeded=left < 0)
