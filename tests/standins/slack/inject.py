"""Carries a fault out on one request."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

from aiohttp import web

from tests.standins.slack.faults import Fault, FaultKind
from tests.standins.slack.world import World

Act: TypeAlias = Callable[[], Awaitable[web.StreamResponse]]
"""Lets the call take effect and gives its true answer."""

_PAGE = "<!doctype html><title>Slack</title><p>Something went wrong"


class Injection:
    """Stands around every request; `release` lets go of whoever is kept waiting."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._closing = asyncio.Event()

    def release(self) -> None:
        """End every wait, for good."""
        self._closing.set()

    async def around(self, request: web.Request, method: str, act: Act) -> web.StreamResponse:
        """The true answer, or what the fault that waits for this method makes of it."""
        fault = self._world.faults.take(method)
        if fault is None:
            return await act()
        match fault.kind:
            case FaultKind.SLOW:
                await self._wait(fault.seconds)
                return await act()
            case FaultKind.HANG:
                await self._closing.wait()
                return self._broken(request)
            case FaultKind.RESET:
                return self._broken(request)
            case FaultKind.RESET_AFTER:
                await act()
                return self._broken(request)
            case _:
                return _wrong(fault)

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    def _broken(self, request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        self._world.touch()
        return web.Response()


def _wrong(fault: Fault) -> web.Response:
    if fault.kind is FaultKind.RATE_LIMITED:
        answer = {"ok": False, "error": "ratelimited"}
        return web.json_response(answer, status=429, headers={"Retry-After": str(fault.seconds)})
    if fault.kind is FaultKind.ERROR:
        return web.json_response({"ok": False, "error": fault.value})
    status = int(fault.value) if fault.kind is FaultKind.STATUS else 200
    return web.Response(status=status, text=_PAGE, content_type="text/html")
