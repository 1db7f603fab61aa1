"""How fast Discord may be called: fifty requests per second per bot, none while it asks to wait, few that it refuses.

The buckets of single routes are discord.py's matter, which learns them from Discord's headers. It knows no pace for the
whole bot: of 2,000 posts at once it would draw thousands of 429s (Discord, Rate Limits).
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.chat.pacing import LONGEST_STOP, Busy, Now, Slots
from adapters.chat.retry import Sleep

GLOBAL = 50
"""Requests a second of a bot; answers to interactions do not count."""
SPARE = 1.015
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

    async def reserve(self, key: str, now: float, period: float, tolerance: float, patience: float) -> float:  # noqa: ARG002 - there is one key
        """Reserve the next call."""
        begin = max(self._even_until, now)
        wait = begin - tolerance - now
        if wait <= patience:
            self._even_until = begin + period
        return max(0.0, wait)


class Limits:
    """The pace of everything that one process sends. Safe from many tasks at once.

    Slots are moments fixed beforehand, so that one who wakes up late delays nobody. `slots` are those that several
    processes share, by the wall clock, which they share too; without any the process is the bot alone.
    """

    def __init__(
        self,
        slots: Slots | None = None,
        now: Now = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        wall: Now = time.time,
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

    async def admit(self, patience: float) -> None:
        """Wait until one call may go, and count it. Raises Busy if that takes more than `patience` seconds."""
        deadline = self._now() + patience
        while True:
            await self._wait_until(max(self._stopped_until, self._fit_again), deadline)
            earliest, told = self._now() + self._lead, self._slots_now() + self._lead
            wait = await self._slots.reserve("discord", told, SPARE / GLOBAL, 0.0, deadline - earliest)
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
        return min(max(float(said), SHORTEST_STOP), LONGEST_STOP)
    header = answer.headers.get("Retry-After", "")
    seconds = float(header[:9]) if header.isascii() and header.isdecimal() else 0.0
    return min(max(seconds, BAN), LONGEST_STOP)
