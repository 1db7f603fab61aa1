"""Virtual time that passes only while everything sleeps: seconds of pacing take no time, and are exact."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Sequence
from typing import Any

SETTLED = 12
"""Loop turns after which every task that can continue has done so."""


class VirtualTime:
    """A clock in seconds, with its sleep."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        awake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._order), awake))
        await awake

    async def settle(self) -> None:
        for _ in range(SETTLED):
            await asyncio.sleep(0)

    async def advance(self, seconds: float) -> None:
        """Let this time pass, and wake each sleeper on the way."""
        end = self.now + seconds
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            self.now, _, awake = heapq.heappop(self._sleepers)
            if not awake.done():
                awake.set_result(None)
            await self.settle()
        self.now = end

    async def run(self, *work: Awaitable[Any]) -> list[Any]:
        """The results of the work, after the time it needs."""
        tasks = [asyncio.ensure_future(each) for each in work]
        await self.settle()
        while not all(task.done() for task in tasks):
            assert self._sleepers, "somebody waits for something other than time"
            await self.advance(self._sleepers[0][0] - self.now)
        return [task.result() for task in tasks]


def most_within(seconds: float, moments: Sequence[float]) -> int:
    """The most moments within any span of this length."""
    return max(sum(start <= each < start + seconds for each in moments) for start in moments)
