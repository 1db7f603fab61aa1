"""Faults that a test plans for the next calls of a local Slack or Discord."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from aiohttp import web


class FaultKind(StrEnum):
    """How a call fails. Kinds that end in AFTER let the call take effect first."""

    STATUS = "status"
    """Another HTTP status, with a page instead of JSON."""
    ERROR = "error"
    """The platform's error whose name or code is `value`."""
    RATE_LIMITED = "rate_limited"
    """Status 429 with a retry after `seconds`."""
    RATE_LIMITED_GLOBALLY = "rate_limited_globally"
    RATE_LIMITED_TOGETHER = "rate_limited_together"
    """Status 429 for a shared resource (Discord's scope "shared")."""
    BANNED = "banned"
    """Status 429 by Cloudflare: a page without Discord's headers."""
    SLOW = "slow"
    """The true response, after `seconds`."""
    HANG = "hang"
    """No response."""
    RESET = "reset"
    RESET_AFTER = "reset_after"
    GARBAGE = "garbage"
    """Status 200 with a body that is not JSON."""
    GARBAGE_AFTER = "garbage_after"
    SILENCE_AFTER = "silence_after"
    """Status 204 without a body."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault. `value` is the status or error; `seconds` is the delay or the retry time."""

    kind: FaultKind
    value: int | str = 500
    seconds: float = 1


class Faults:
    """The planned faults by route.

    A route is one of Slack's Web API methods, `response_url` or `upload`; or one of Discord's REST routes, `gateway` or
    `resume`.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}
        self._lasting: dict[str, Fault] = {}

    def add(self, route: str, fault: Fault, times: int = 1) -> None:
        """Make the next calls of a route fail."""
        self._waiting.setdefault(route, deque()).extend([fault] * times)

    def start(self, fault: Fault, *routes: str) -> None:
        """Make every call of some routes fail until `stop`; of all routes if none is named."""
        self._lasting |= dict.fromkeys(routes or ("*",), fault)

    def stop(self) -> None:
        self._waiting.clear()
        self._lasting.clear()

    def take(self, route: str) -> Fault | None:
        """The fault planned for this call, if any."""
        waiting = self._waiting.get(route)
        return waiting.popleft() if waiting else self._lasting.get(route, self._lasting.get("*"))


Act: TypeAlias = Callable[[], Awaitable[web.StreamResponse]]
"""Lets the call take effect and returns its true response."""
_AFTER = frozenset({FaultKind.RESET_AFTER, FaultKind.GARBAGE_AFTER, FaultKind.SILENCE_AFTER})
_RESETS = frozenset({FaultKind.HANG, FaultKind.RESET, FaultKind.RESET_AFTER})
_PAGE = "<!doctype html><title>Error</title><p>Something went wrong"


class Injection:
    """Wraps every request of a server; `refuse` builds the platform's error and rate-limit responses."""

    def __init__(self, faults: Faults, refuse: Callable[[Fault], web.Response], touch: Callable[[], None]) -> None:
        self._faults = faults
        self._refuse = refuse
        self._touch = touch
        self._closing = asyncio.Event()

    def release(self) -> None:
        """End every wait permanently."""
        self._closing.set()

    async def around(self, request: web.Request, route: str, act: Act) -> web.StreamResponse:
        """The true response, or the fault planned for this route."""
        fault = self._faults.take(route)
        if fault is None:
            return await act()
        if fault.kind is FaultKind.SLOW:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), fault.seconds)
            return await act()
        if fault.kind is FaultKind.HANG:
            await self._closing.wait()
        if fault.kind in _AFTER:
            await act()
        if fault.kind in _RESETS:
            if request.transport is not None:
                request.transport.abort()
            self._touch()
            return web.Response()
        return self._wrong(fault)

    def _wrong(self, fault: Fault) -> web.Response:
        match fault.kind:
            case FaultKind.STATUS:
                return web.Response(status=int(fault.value), text=_PAGE, content_type="text/html")
            case FaultKind.GARBAGE | FaultKind.GARBAGE_AFTER:
                return web.Response(text=_PAGE, content_type="text/html")
            case FaultKind.SILENCE_AFTER:
                return web.Response(status=204)
            case _:
                return self._refuse(fault)
