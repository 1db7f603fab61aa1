"""Faults that a test plans for the next calls of a local Slack or Discord, and how one is carried out on a request."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from aiohttp import web


class FaultKind(StrEnum):
    """How a call goes wrong. Kinds that end in AFTER let the call take effect first."""

    STATUS = "status"
    """Another HTTP status, and a page instead of JSON."""
    ERROR = "error"
    """The platform's error with the name or code in `value`."""
    RATE_LIMITED = "rate_limited"
    """Status 429, to be tried again after `seconds`."""
    RATE_LIMITED_GLOBALLY = "rate_limited_globally"
    RATE_LIMITED_TOGETHER = "rate_limited_together"
    """Status 429 for a resource that others use too (Discord's scope "shared")."""
    BANNED = "banned"
    """Status 429 by Cloudflare: a page, and none of Discord's headers."""
    SLOW = "slow"
    """The right answer, after `seconds`."""
    HANG = "hang"
    """No answer at all."""
    RESET = "reset"
    """The connection ends."""
    RESET_AFTER = "reset_after"
    GARBAGE = "garbage"
    """Status 200, and a body that is no JSON."""
    GARBAGE_AFTER = "garbage_after"
    SILENCE_AFTER = "silence_after"
    """Status 204 and no body."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. `value` is the status or the error; `seconds` a delay, or how long to wait."""

    kind: FaultKind
    value: int | str = 500
    seconds: float = 1


class Faults:
    """The planned faults by route: a Web API method of Slack, `response_url` or `upload`; a REST route of Discord,
    `gateway` or `resume`.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}
        self._lasting: dict[str, Fault] = {}

    def add(self, route: str, fault: Fault, times: int = 1) -> None:
        """Let the next calls of a route go wrong."""
        self._waiting.setdefault(route, deque()).extend([fault] * times)

    def start(self, fault: Fault, *routes: str) -> None:
        """Let every call of some routes go wrong until `stop`; of all routes if none is named."""
        self._lasting |= dict.fromkeys(routes or ("*",), fault)

    def stop(self) -> None:
        """Drop every planned fault."""
        self._waiting.clear()
        self._lasting.clear()

    def take(self, route: str) -> Fault | None:
        """The fault of this call, if one is planned."""
        waiting = self._waiting.get(route)
        return waiting.popleft() if waiting else self._lasting.get(route, self._lasting.get("*"))


Act: TypeAlias = Callable[[], Awaitable[web.StreamResponse]]
"""Lets the call take effect and returns its true answer."""
_AFTER = frozenset({FaultKind.RESET_AFTER, FaultKind.GARBAGE_AFTER, FaultKind.SILENCE_AFTER})
_RESETS = frozenset({FaultKind.HANG, FaultKind.RESET, FaultKind.RESET_AFTER})
_PAGE = "<!doctype html><title>Error</title><p>Something went wrong"


class Injection:
    """Wraps every request of a server. `refuse` makes the platform's answer to an error or a rate limit."""

    def __init__(self, faults: Faults, refuse: Callable[[Fault], web.Response], touch: Callable[[], None]) -> None:
        self._faults = faults
        self._refuse = refuse
        self._touch = touch
        self._closing = asyncio.Event()

    def release(self) -> None:
        """End every wait, for good."""
        self._closing.set()

    async def around(self, request: web.Request, route: str, act: Act) -> web.StreamResponse:
        """The true answer, or what the fault that is planned for this route makes of it."""
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
