"""The sandbox's server: opens a port, serves and closes it; and the past of the demo account."""

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
from adapters.sandbox.curves import Curve
from adapters.sandbox.faults import FaultKind, Faults
from adapters.sandbox.http_front import BASE, Door, Received
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
"""Hours ago, link, days; oldest first, as an account's time only moves forward. The ids choose shape and title."""

CAMPAIGN_LINKS = tuple(HISTORY[number][1] for number in (0, 3, 6, 7))
"""The links of the demo's campaign: videos of three creators, one of whom posted two."""


def live_through(world: World, key: str) -> None:
    """Let the account of `key` have tracked eight videos up to now, after one top-up that paid for them."""
    now = world.clock()
    world.add_credit(key, TOP_UP, now - timedelta(hours=HISTORY[0][0]))
    for hours, link, days in HISTORY:
        world.track(key, link, days, now - timedelta(hours=hours))


DEMO_KEY = "cs_test_demo"
STARTING_BALANCE = Decimal("5.00")
_REACHED_AT = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - every address of this machine, and one of them
DEMO_KEYS: Mapping[str, str] = MappingProxyType({DEMO_KEY: "Demo"})


class Sandbox:
    """A ContentStats server on this machine, for as long as `async with` lasts.

    `keys` maps API keys to organisations, each with an account of its own; the first is `key`. `clock` is the account's
    time; `wall` (Unix seconds) is the rate limit's. `seed_demo` gives the first account eight videos and a past. Unlike
    at the real service, test keys spend here: play money.
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
            live_through(self.world, self.key)
        self.rate_limit = RateLimit(requests_per_minute, wall)
        api = Api(self.world)
        self.faults = Faults([f"{route.method} {route.path}" for route in api.routes()])
        self._door = Door(api, Control(self.world, self.faults, self.key), self.rate_limit, self.faults)
        self._host = host
        self._port = port

    @property
    def root(self) -> str:
        """Where the server listens."""
        host = _REACHED_AT.get(self._host, self._host)
        return f"http://[{host}]:{self._port}" if ":" in host else f"http://{host}:{self._port}"

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
        """Open the port. Raises NotConfigured where it cannot be opened."""
        self._runner = web.AppRunner(self._door.app(), access_log=None, shutdown_timeout=1)
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


async def serve(*, host: str, port: int, speed: float, say: Callable[[str], None], seed_demo: bool = True) -> None:
    """Run a sandbox until cancelled, and `say`, line by line, where it is and what can be done with it.

    `speed` is how fast the account's time runs: 3600 makes an hour of a second. Raises NotConfigured where the port
    cannot be opened.
    """
    async with Sandbox(FastClock(utc_now(), speed), host=host, port=port, seed_demo=seed_demo) as sandbox:
        for line in _directions(sandbox, speed):
            say(line)
        await asyncio.Event().wait()


def _directions(sandbox: Sandbox, speed: float) -> tuple[str, ...]:
    """What a person needs who sees the sandbox for the first time."""
    curves = ", ".join(curve.value for curve in Curve)
    return (
        f"The sandbox listens at {sandbox.url}. Its API key is {sandbox.key}. {_pace(speed)}",
        "Point the bot at it:",
        f"  CONTENTSTATS_BASE_URL={sandbox.url} CONTENTSTATS_API_KEY={sandbox.key} contentstats-bot console --admin",
        f"Put one of these words in a link's user name or id to choose how it grows: {curves}.",
        "Inject a fault, or add credit:",
        f'  curl {sandbox.root}/sandbox/faults -d \'{{"fault": "effect-then-hang", "on": "POST /videos/track"}}\'',
        f"  curl -X DELETE {sandbox.root}/sandbox/faults",
        f'  curl {sandbox.root}/sandbox/credit -d \'{{"amount": "10"}}\'',
        f"Faults: {', '.join(FaultKind)}. With the prefix effect-then-, the call takes effect first.",
    )


def _pace(speed: float) -> str:
    seconds = 3600 / speed
    if speed == 1:
        return "Time runs normally; --speed 3600 turns one second into an hour."
    return f"An hour takes {seconds / 60:,.3g} minutes." if seconds >= 120 else f"An hour takes {seconds:.3g} s."
