"""Joining equal work: however many ask at once, it is done once and all get its result."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class SingleFlight(Generic[K, T]):
    """Work under way by key. A caller that gives up leaves the work to the others; `aclose` ends what is left."""

    def __init__(self) -> None:
        self._flights: dict[K, asyncio.Task[T]] = {}

    async def run(self, key: K, work: Callable[[], Awaitable[T]]) -> T:
        """The result of `work`, or of the equal work that is under way already; its error reaches everyone."""
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.create_task(_awaited(work))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(flight)

    async def aclose(self) -> None:
        """Cancel what is under way and wait until it is gone."""
        flights = tuple(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    def _landed(self, key: K, flight: asyncio.Task[T]) -> None:
        del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # seen here, so that an error nobody waits for any more is no warning


async def _awaited(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
