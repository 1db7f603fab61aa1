"""Carries a fault out on one request."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeAlias

from aiohttp import web

from tests.standins.discord_server.faults import Fault, FaultKind
from tests.standins.discord_server.refusal import RateLimited, Refusal
from tests.standins.discord_server.world import World

Act: TypeAlias = Callable[[], Awaitable[web.StreamResponse]]
"""Lets the call take effect and gives its true answer."""

_PAGE = "<!doctype html><title>Discord</title><p>Something went wrong"
_BREAKS = frozenset({FaultKind.HANG, FaultKind.RESET, FaultKind.RESET_AFTER})
_SCOPES = {
    FaultKind.RATE_LIMITED: "user",
    FaultKind.RATE_LIMITED_GLOBALLY: "global",
    FaultKind.RATE_LIMITED_TOGETHER: "shared",
}


class Injection:
    """Stands around every request; `release` lets go of whoever is kept waiting."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._closing = asyncio.Event()

    def release(self) -> None:
        """End every wait, for good."""
        self._closing.set()

    async def around(self, request: web.Request, route: str, act: Act) -> web.StreamResponse:
        """The true answer, or what the fault that waits for this route makes of it."""
        fault = self._world.faults.take(route)
        if fault is None:
            return await act()
        match fault.kind:
            case FaultKind.SLOW:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), fault.seconds)
                return await act()
            case FaultKind.HANG:
                await self._closing.wait()
            case FaultKind.RESET_AFTER | FaultKind.GARBAGE_AFTER | FaultKind.SILENCE_AFTER:
                await act()
            case _:
                pass
        return self._broken(request) if fault.kind in _BREAKS else _wrong(fault)

    def _broken(self, request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        self._world.touch()
        return web.Response()


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON as Discord sends it: its content type has no charset, and clients look at it to the letter."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


def limited(refusal: RateLimited, headers: dict[str, str] | None = None) -> web.Response:
    """The answer with status 429. Only those that come from behind Cloudflare say `Via`."""
    said = {"Via": "1.1 google", "Retry-After": f"{refusal.seconds:.3f}", "X-RateLimit-Scope": refusal.scope}
    said |= {"X-RateLimit-Global": "true"} if refusal.scope == "global" else {}
    return answer(refusal.body(), 429, {**(headers or {}), **said})


def banned() -> web.Response:
    """What Cloudflare says to an address that made too many invalid requests."""
    return web.Response(status=429, text="error code: 1015", headers={"Retry-After": "3600"})


def _wrong(fault: Fault) -> web.Response:
    if fault.kind in _SCOPES:
        return limited(RateLimited(fault.seconds, _SCOPES[fault.kind]))
    if fault.kind is FaultKind.SILENCE_AFTER:
        return web.Response(status=204)
    if fault.kind is FaultKind.BANNED:
        return banned()
    if fault.kind is FaultKind.ERROR:
        refusal = Refusal(fault.value)
        return answer(refusal.body(), refusal.status)
    status = fault.value if fault.kind is FaultKind.STATUS else 200
    return web.Response(status=status, text=_PAGE, content_type="text/html")
