"""The sandbox's life: opens a port, answers on it, closes it."""

import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType, TracebackType
from typing import Self

from aiohttp import web

from adapters.sandbox.api import Api
from adapters.sandbox.door import BASE, Door, Received
from adapters.sandbox.rates import RateLimit
from adapters.sandbox.world import World
from bot.domain.clock import Clock, utc_now

DEMO_KEY = "cs_test_demo"
STARTING_BALANCE = Decimal("5.00")
DEMO_KEYS: Mapping[str, str] = MappingProxyType({DEMO_KEY: "Demo"})


class Sandbox:
    """A ContentStats server on this machine, for as long as `async with` lasts.

    `keys` maps API keys to organisations, each with an account of its own; the first is `key`. `clock` is the account's
    time; `wall` (Unix seconds) is the rate limit's. Unlike the real service, test keys here spend play money.
    """

    def __init__(
        self,
        clock: Clock = utc_now,
        *,
        keys: Mapping[str, str] = DEMO_KEYS,
        balance: Decimal = STARTING_BALANCE,
        requests_per_minute: int = 60,
        concurrent_videos: int = 10,
        host: str = "127.0.0.1",
        port: int = 0,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.key = next(iter(keys))
        self.world = World(clock, keys, balance=balance, concurrent_videos=concurrent_videos)
        self.rate_limit = RateLimit(requests_per_minute, wall)
        self._door = Door(Api(self.world), self.rate_limit)
        self._host = host
        self._port = port

    @property
    def root(self) -> str:
        """Where the server listens."""
        return f"http://{self._host}:{self._port}"

    @property
    def url(self) -> str:
        """The API's base, to be put where the real one stands."""
        return self.root + BASE

    @property
    def requests(self) -> tuple[Received, ...]:
        """The latest 10,000 calls of the API, oldest first."""
        return tuple(self._door.received)

    def calls(self, call: str) -> tuple[Received, ...]:
        """Those of one documented name, such as "POST /videos/track" or "GET /videos/{id}"."""
        return tuple(received for received in self._door.received if received.call == call)

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self._door.app(), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
