"""How fast Slack may be called: an even pace for each channel, workspace and method, so that 429s stay rare.

Slack documents about one message a second for each channel, a ceiling for each workspace that it does not name, and a
tier of calls a minute for each method and workspace (Slack, Rate limits). Each process keeps its own pace, but for what
it posts: there all that share a workspace keep one.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, TypeAlias

from adapters.chat.retry import Sleep
from bot.domain.errors import DatabaseUnavailable

Now: TypeAlias = Callable[[], float]

POST = "chat.postMessage"
SPARE = 1.01
"""How much slower than a limit we go: whoever counts in windows of its own must never see one call too many."""
SLOWDOWN = 0.8
"""What is left of a pace that Slack has refused …"""
RECOVERY = 600.0
"""… and the seconds in which it would come back from nothing."""
SLOWEST = 0.1
LONGEST_STOP = 3_600.0
"""Seconds; a Retry-After beyond it is a mistake."""
BOOKED = 5
"""Posts for which a process takes its turn among others at once."""
ROUNDING = 0.001
"""Seconds that adding up floats may lose."""
MOST_GATES = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls a second in the long run, so many at once."""

    per_second: float
    burst: int = 1


def tier(calls: int) -> Rate:
    """So many calls a minute: a sixth of them at once and the rest evenly, so that no minute ever sees more."""
    return Rate(calls * 5 / 6 / 60, burst=calls // 6)


CHANNEL = Rate(1, burst=2)
"""Messages into one channel; Slack allows short bursts above one a second."""
WORKSPACE = Rate(5)
"""Messages into all channels of a workspace: nothing is documented, and 429s teach."""
METHODS: Mapping[str, Rate] = MappingProxyType({POST: WORKSPACE, "chat.update": tier(50)})
TIER_4 = tier(100)
"""The tier of every other method that is called here."""


class Busy(Exception):
    """The call would have to wait for more `seconds` than its caller has. It was not made."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"more than {seconds:.0f} s to wait")
        self.seconds = seconds


class Turns(Protocol):
    """When posts may go, one after the other, whichever process sends them (the store's `RateRows`)."""

    async def reserve(self, key: str, now: float, period: float, tolerance: float, patience: float) -> float:
        """Reserve one call; the seconds to wait before it. More than `patience` means that nothing was reserved."""


class Limits:
    """The pace of everything that one process sends. Safe from many tasks at once; who comes first goes first.

    `turns` are for what is posted by several processes, which share the wall clock; without them this one is alone.
    """

    def __init__(self, now: Now = time.monotonic, sleep: Sleep = asyncio.sleep, turns: Turns | None = None) -> None:
        self._now = now
        self._sleep = sleep
        self._turns = turns
        self._gates: dict[tuple[str, str, str], _Gate] = {}
        self._sweep_at = MOST_GATES

    async def admit(self, workspace: str, method: str, patience: float, channel: str = "") -> None:
        """Return when one call may go, which then counts. Busy where that takes more than `patience` seconds.

        `channel` is where chat.postMessage posts. A wait that is cancelled counts nothing and holds nobody up.
        """
        deadline = self._now() + patience
        async with AsyncExitStack() as turns:
            if channel:
                gate = self._gate(("channel", workspace, channel), CHANNEL)
                await turns.enter_async_context(gate.turn(deadline))
            gate = self._method(workspace, method)
            await turns.enter_async_context(gate.turn(deadline))
            if channel and self._turns is not None and not gate.take_booked():
                await self._book(self._turns, gate, workspace, deadline)

    async def _book(self, turns: Turns, gate: "_Gate", workspace: str, deadline: float) -> None:
        """Take turns among the processes, for the calls that wait here already."""
        count, patience = min(gate.queued, BOOKED), deadline - self._now()
        try:
            wait = await turns.reserve(f"slack:{workspace}", time.time(), gate.period * count, 0.0, patience)
        except DatabaseUnavailable:  # at this process's own pace, then
            return
        if wait > patience:
            raise Busy(wait)
        await self._sleep(wait)
        gate.book(count)

    def stop(self, workspace: str, method: str, seconds: float) -> None:
        """After a 429: let no call of this method go in this workspace for so long, then somewhat fewer than before."""
        self._method(workspace, method).stop(min(seconds, LONGEST_STOP))

    def _method(self, workspace: str, method: str) -> "_Gate":
        return self._gate(("method", workspace, method), METHODS.get(method, TIER_4))

    def _gate(self, key: tuple[str, str, str], rate: Rate) -> "_Gate":
        if key not in self._gates:
            if len(self._gates) >= self._sweep_at:
                self._gates = {key: gate for key, gate in self._gates.items() if not gate.is_idle}
                self._sweep_at = max(MOST_GATES, 2 * len(self._gates))
            self._gates[key] = _Gate(rate, self._now, self._sleep)
        return self._gates[key]


class _Gate:
    """Lets one through at a time, evenly but for a burst (the generic cell rate algorithm), in the order of arrival."""

    def __init__(self, rate: Rate, now: Now, sleep: Sleep) -> None:
        self._period = SPARE / rate.per_second
        self._tolerance = self._period * (rate.burst - 1)
        self._now = now
        self._sleep = sleep
        self._lock = asyncio.Lock()
        self.queued = 0
        self._booked, self._booked_until = 0, -math.inf
        self._even_until = self._stopped_until = self._share_at = now()
        self._share = 1.0

    @property
    def period(self) -> float:
        """Seconds from one call to the next, as far as is known now."""
        return self._period / self._share_now

    def take_booked(self) -> bool:
        """Use a turn that this process has left among those that share the pace; False where it has none."""
        has_one = self._booked > 0 and self._now() < self._booked_until
        self._booked -= has_one
        return has_one

    def book(self, count: int) -> None:
        """So many turns are this process's from now on, the first of them to be used at once."""
        self._booked, self._booked_until = count - 1, self._now() + self.period * (count + 1)

    @property
    def is_idle(self) -> bool:
        """Whether it knows nothing that a new one would not."""
        now = self._now()
        return not self.queued and now >= max(self._even_until, self._stopped_until) and self._share_now >= 1

    @asynccontextmanager
    async def turn(self, deadline: float) -> AsyncIterator[None]:
        """Wait for the next turn, which counts unless the block fails. Raises Busy where it comes after `deadline`."""
        self._check(self._wait + self.queued * self._period, deadline)
        self.queued += 1
        try:
            async with self._lock:
                due = self._now()
                while (wait := self._wait) > ROUNDING:
                    self._check(wait, deadline)
                    due = self._now() + wait
                    await self._sleep(wait)
                late = self._now() - due
                yield
                # Who woke up late delays nobody: the next turn comes when it would have come.
                self._even_until = max(self._even_until, self._now() - late) + self.period
        finally:
            self.queued -= 1

    def stop(self, seconds: float) -> None:
        """Let nobody through for so long. Refusals of calls that were under way together slow it down once."""
        now = self._now()
        if now >= self._stopped_until:
            self._share, self._share_at = max(self._share_now * SLOWDOWN, SLOWEST), now
        self._stopped_until = max(self._stopped_until, now + seconds)

    @property
    def _share_now(self) -> float:
        return min(1.0, self._share + (self._now() - self._share_at) / RECOVERY)

    @property
    def _wait(self) -> float:
        return max(self._even_until - self._tolerance, self._stopped_until) - self._now()

    def _check(self, wait: float, deadline: float) -> None:
        if self._now() + wait > deadline:
            raise Busy(wait)
