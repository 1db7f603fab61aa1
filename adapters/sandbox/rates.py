"""How often a key may call: a fixed window a minute long. Reads the wall clock, never the account's fast one."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a key has left in its window after one more call; `reset` is in Unix seconds."""

    limit: int
    remaining: int
    reset: int
    is_exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        """The headers that every answer carries (Rate limits page)."""
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
    """The calls of each key. That a window opens with the first call, and not on the minute, is the sandbox's choice.

    `per_minute` may be changed while it runs, as an upgrade of the plan does.
    """

    def __init__(self, per_minute: int, wall: Callable[[], float] = time.time) -> None:
        self.per_minute = per_minute
        self._wall = wall
        self._windows: dict[str, tuple[float, int]] = {}

    def spend(self, key: str) -> Allowance:
        """Count one more call of the key."""
        now = self._wall()
        opened, used = self._windows.get(key, (now, 0))
        if now >= opened + WINDOW_SECONDS:
            opened, used = now, 0
        self._windows[key] = opened, used + 1
        left = self.per_minute - used - 1
        return Allowance(self.per_minute, max(left, 0), math.ceil(opened + WINDOW_SECONDS), is_exceeded=left < 0)
