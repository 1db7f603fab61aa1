"""The sandbox's server, and the demo account's history."""

import asyncio
import os
import socket
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType, TracebackType
from typing import Self

from aiohttp import web

from adapters.sandbox.api import Api
from adapters.sandbox.control import Control
from adapters.sandbox.faults import FaultKind, Faults
from adapters.sandbox.http_front import BASE, HttpFront, Received
from adapters.sandbox.platform_videos import Curve
from adapters.sandbox.rates import RateLimit
from adapters.sandbox.world import World
from bot.domain.clock import Clock, FastClock, utc_now
from bot.domain.errors import NotConfigured

TOP_UP = Decimal("10.00")
HISTORY = (
    (216, "https://www.youtube.com/watch?v=exBhvZLH2dU", 7),
    (120, "https://www.instagram.com/p/CFsTJTxjzay/", 3),
    (96, "https://www.tiktok.com/@deleted/video/7395408556734169085", 7),
    (70, "https://www.tiktok.com/@sandbox.osaka/video/7392030920993190389", 7),
    (50, "https://www.instagram.com/p/Cz044ao6uRF/", 7),
    (30, "https://twitter.com/sandbox_ladoga/status/1988637243979237148", 3),
    (26, "https://www.youtube.com/watch?v=rtU9U257mSp", 7),
    (5, "https://www.tiktok.com/@sandbox.garden/video/7392696192782783998", 1),
)
"""Hours ago, link and days of trackings, oldest first since time only moves forward. Ids select curve and title."""

CAMPAIGN_LINKS = tuple(HISTORY[number][1] for number in (0, 3, 6, 7))
"""Links for the demo's campaign: four videos by three creators."""


def seed_history(world: World, key: str) -> None:
    """Give the account of `key` a history: a top-up, and eight tracked videos."""
    now = world.clock()
    world.add_credit(key, TOP_UP, now - timedelta(hours=HISTORY[0][0]))
    for hours, link, days in HISTORY:
        world.track(key, link, days, now - timedelta(hours=hours))


DEMO_KEY = "cs_test_demo"
STARTING_BALANCE = Decimal("5.00")
_LOCAL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - wildcard addresses, and one to connect to
DEMO_KEYS: Mapping[str, str] = MappingProxyType({DEMO_KEY: "Demo"})


class Sandbox:
    """A ContentStats server on this machine, as an async context manager.

    `keys` maps API keys to organisations, each with its own account; `key` is the first. `clock` is for the accounts,
    `wall` (Unix seconds) for the rate limit. `seed_demo` gives the first account a history of eight videos. Unlike at
    the real service, test keys spend credit (play money).
    """

    def __init__(
        self,
        clock: Clock = utc_now,
        *,
        keys: Mapping[str, str] = DEMO_KEYS,
        balance: Decimal = STARTING_BALANCE,
        requests_per_minute: int = 60,
        concurrent_videos: int = 10,
        seed_demo: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.key = next(iter(keys))
        self.world = World(clock, keys, balance=balance, concurrent_videos=concurrent_videos)
        if seed_demo:
            seed_history(self.world, self.key)
        self.rate_limit = RateLimit(requests_per_minute, wall)
        api = Api(self.world)
        self.faults = Faults([f"{route.method} {route.path}" for route in api.routes()])
        self._front = HttpFront(api, Control(self.world, self.faults, self.key), self.rate_limit, self.faults)
        self._host = host
        self._port = port

    @property
    def root(self) -> str:
        """The server's URL."""
        host = _LOCAL_ADDRESSES.get(self._host, self._host)
        return f"http://[{host}]:{self._port}" if ":" in host else f"http://{host}:{self._port}"

    @property
    def url(self) -> str:
        """The API's base URL, for CONTENTSTATS_BASE_URL."""
        return self.root + BASE

    @property
    def requests(self) -> tuple[Received, ...]:
        """The latest 10,000 API calls, oldest first."""
        return tuple(self._front.received)

    def calls(self, call: str) -> tuple[Received, ...]:
        """The latest calls with a documented name, such as "POST /videos/track" or "GET /videos/{id}"."""
        return tuple(received for received in self._front.received if received.call == call)

    async def __aenter__(self) -> Self:
        """Open the port. Raises NotConfigured if that fails."""
        self._runner = web.AppRunner(self._front.app(), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            reason = "unknown address" if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
            raise NotConfigured(
                f"Can't listen on port {self._port} of {self._host} ({reason}): choose another, or 0 for any free port."
            ) from error
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()


async def serve(*, host: str, port: int, speed: float, output: Callable[[str], None], seed_demo: bool = True) -> None:
    """Run a sandbox until cancelled, after passing lines with instructions to `output`.

    `speed` is that of the accounts' clock: at 3600, an hour takes a second. Raises NotConfigured if the port can't be
    opened.
    """
    async with Sandbox(FastClock(utc_now(), speed), host=host, port=port, seed_demo=seed_demo) as sandbox:
        for line in _instructions(sandbox, speed):
            output(line)
        await asyncio.Event().wait()


def _instructions(sandbox: Sandbox, speed: float) -> tuple[str, ...]:
    """Instructions for first-time users."""
    curves = ", ".join(curve.value for curve in Curve)
    return (
        f"The sandbox listens at {sandbox.url}. Its API key is {sandbox.key}. {_speed_sentence(speed)}",
        "Point the bot at it:",
        f"  CONTENTSTATS_BASE_URL={sandbox.url} CONTENTSTATS_API_KEY={sandbox.key} contentstats-bot console --admin",
        f"Put one of these words in a link's user name or id to choose how it grows: {curves}.",
        "Inject a fault, or add credit:",
        f'  curl {sandbox.root}/sandbox/faults -d \'{{"fault": "effect-then-hang", "on": "POST /videos/track"}}\'',
        f"  curl -X DELETE {sandbox.root}/sandbox/faults",
        f'  curl {sandbox.root}/sandbox/credit -d \'{{"amount": "10"}}\'',
        f"Faults: {', '.join(FaultKind)}. With the prefix effect-then-, the call takes effect first.",
    )


def _speed_sentence(speed: float) -> str:
    seconds = 3600 / speed
    if speed == 1:
        return "Time runs normally; --speed 3600 turns one second into an hour."
    return f"An hour takes {seconds / 60:,.3g} minutes." if seconds >= 120 else f"An hour takes {seconds:.3g} s."
