"""Rate limits for calls to Slack, per channel, workspace and method, so that 429s stay rare.

Slack documents about one message per second per channel, an unspecified limit per workspace, and calls per minute for
each method and workspace, by tier (Slack, Rate limits). Posts to a workspace share one rate across all processes; other
calls are limited per process.
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
"""Shared slots that a process reserves at a time."""
MAX_GATES = 10_000


CHANNEL = Rate(1, burst=2)
"""Messages to one channel; Slack allows short bursts above one per second."""
WORKSPACE = Rate(5)
"""Messages to all channels of a workspace. Undocumented; 429s lower the rate."""
METHODS: Mapping[str, Rate] = MappingProxyType({POST: WORKSPACE, "chat.update": tier(50)})
TIER_4 = tier(100)
"""The tier of all other methods that the bot calls."""


class Limits:
    """Rate limits of one process, in order of arrival. Safe for concurrent tasks.

    `slots` are shared with other processes, by the wall clock; without them, this must be the only process.
    """

    def __init__(self, now: Now = time.monotonic, sleep: Sleep = asyncio.sleep, slots: Slots | None = None) -> None:
        self._now = now
        self._sleep = sleep
        self._slots = slots
        self._gates: dict[tuple[str, str, str], Gate] = {}
        self._sweep_at = MAX_GATES

    async def admit(self, workspace: str, method: str, max_wait: float, channel: str = "") -> None:
        """Wait until a call may be made, and count it. Raises Busy if that would take more than `max_wait` seconds.

        `channel` is set for chat.postMessage. A cancelled wait isn't counted and delays no other call.
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
        """Reserve shared slots for the calls that are already waiting in this process."""
        count, max_wait = min(gate.queued, SLOTS_PER_RESERVATION), deadline - self._now()
        try:
            wait = await slots.reserve(f"slack:{workspace}", time.time(), gate.period * count, 0.0, max_wait)
        except DatabaseUnavailable:  # fall back to this process's own rate
            return
        if wait > max_wait:
            raise Busy(wait)
        await self._sleep(wait)
        gate.add_reserved_slots(count)

    def stop(self, workspace: str, method: str, seconds: float) -> None:
        """After a 429: hold back calls of this method in this workspace for `seconds`, then allow a lower rate."""
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
