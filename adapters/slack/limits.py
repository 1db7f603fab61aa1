"""How fast Slack may be called: an even pace for each channel, workspace and method, so that 429s stay rare.

Slack documents about one message a second for each channel, a ceiling for each workspace that it does not name, and a
tier of calls a minute for each method and workspace (Slack, Rate limits). Each process keeps its own pace, but for what
it posts: there all that share a workspace keep one.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from types import MappingProxyType

from adapters.chat.pacing import MAX_STOP, Busy, Gate, Now, Rate, Slots, tier
from adapters.chat.retry import Sleep
from bot.domain.errors import DatabaseUnavailable

POST = "chat.postMessage"
SLOTS_PER_RESERVATION = 5
"""Slots that a process reserves at a time."""
MAX_GATES = 10_000


CHANNEL = Rate(1, burst=2)
"""Messages into one channel; Slack allows short bursts above one a second."""
WORKSPACE = Rate(5)
"""Messages into all channels of a workspace: nothing is documented, and 429s teach."""
METHODS: Mapping[str, Rate] = MappingProxyType({POST: WORKSPACE, "chat.update": tier(50)})
TIER_4 = tier(100)
"""The tier of every other method that is called here."""


class Limits:
    """The pace of everything that one process sends. Safe from many tasks at once; first come, first served.

    `slots` pace the posts of several processes, which share the wall clock; without them this process is alone.
    """

    def __init__(self, now: Now = time.monotonic, sleep: Sleep = asyncio.sleep, slots: Slots | None = None) -> None:
        self._now = now
        self._sleep = sleep
        self._slots = slots
        self._gates: dict[tuple[str, str, str], Gate] = {}
        self._sweep_at = MAX_GATES

    async def admit(self, workspace: str, method: str, max_wait: float, channel: str = "") -> None:
        """Wait until one call may go, and count it. Raises Busy if that takes more than `max_wait` seconds.

        `channel` is the one that chat.postMessage posts to. A cancelled wait counts nothing and delays nobody.
        """
        deadline = self._now() + max_wait
        async with AsyncExitStack() as turns:
            if channel:
                gate = self._gate(("channel", workspace, channel), CHANNEL)
                await turns.enter_async_context(gate.turn(deadline))
            gate = self._method(workspace, method)
            await turns.enter_async_context(gate.turn(deadline))
            if channel and self._slots is not None and not gate.use_reserved_slot():
                await self._reserve(self._slots, gate, workspace, deadline)

    async def _reserve(self, slots: Slots, gate: Gate, workspace: str, deadline: float) -> None:
        """Reserve shared slots for the calls that are waiting here already."""
        count, max_wait = min(gate.queued, SLOTS_PER_RESERVATION), deadline - self._now()
        try:
            wait = await slots.reserve(f"slack:{workspace}", time.time(), gate.period * count, 0.0, max_wait)
        except DatabaseUnavailable:  # at this process's own pace, then
            return
        if wait > max_wait:
            raise Busy(wait)
        await self._sleep(wait)
        gate.add_reserved_slots(count)

    def stop(self, workspace: str, method: str, seconds: float) -> None:
        """After a 429: let no call of this method go in this workspace for so long, then somewhat fewer than before."""
        self._method(workspace, method).stop(min(seconds, MAX_STOP))

    def _method(self, workspace: str, method: str) -> Gate:
        return self._gate(("method", workspace, method), METHODS.get(method, TIER_4))

    def _gate(self, key: tuple[str, str, str], rate: Rate) -> Gate:
        if key not in self._gates:
            if len(self._gates) >= self._sweep_at:
                self._gates = {key: gate for key, gate in self._gates.items() if not gate.is_idle}
                self._sweep_at = max(MAX_GATES, 2 * len(self._gates))
            self._gates[key] = Gate(rate, self._now, self._sleep)
        return self._gates[key]
