"""Carries a fault out on the socket of one request."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

from aiohttp import web

from adapters.sandbox.faults import Fault, FaultKind, Lie
from adapters.sandbox.rates import WINDOW_SECONDS, Allowance
from adapters.sandbox.wire import Json

Act: TypeAlias = Callable[[], Awaitable[web.Response]]
"""Lets the call take effect and gives its true answer."""

_PIECES = 20
_SHORT_FIELDS = frozenset({"id", "video_link", "platform", "status", "estimated_cost"})
_MAINTENANCE = "<!doctype html><html><head><title>Maintenance</title></head><body><h1>Back soon</h1></body></html>"
_RST_ON_CLOSE = struct.pack("ii", 1, 0)
_BODIES: dict[int, Json] = {
    400: {"error": "Invalid request", "details": [{"field": "video_link", "message": "Invalid URL"}]},
    401: {"error": "API key required"},
    402: {"error": "Insufficient balance", "balance": 0.5, "estimated_cost": 2.52},
    403: {"error": "Access denied"},
    404: {"error": "Video not found"},
    500: {"error": "Internal server error"},
}
"""The bodies of the Errors page. One page shows a 402 without `required`, so here it has none."""


@dataclass(frozen=True, slots=True)
class Injection:
    """One fault about to happen to one request. `closing` ends every wait."""

    fault: Fault
    request: web.Request
    allowance: Allowance
    act: Act
    closing: asyncio.Event

    async def happen(self) -> web.StreamResponse:
        """Answer the way the fault wants, or break the connection."""
        if self.fault.after_effect:
            await self.act()
        kinds = {
            FaultKind.STATUS: self._status,
            FaultKind.REDIRECT: self._redirect,
            FaultKind.SLOW: self._slow,
            FaultKind.TRICKLE: self._trickle,
            FaultKind.TRUNCATED: self._truncated,
            FaultKind.SHORT_BODY: self._short_body,
            FaultKind.HEADERS: self.act,
            FaultKind.HANG: self._hang,
            FaultKind.RESET: self._reset,
            FaultKind.GARBAGE: self._garbage,
            FaultKind.HTML: self._html,
            FaultKind.HUGE: self._huge,
        }
        return await kinds[self.fault.kind]()

    async def _status(self) -> web.StreamResponse:
        status, body = self.fault.status, self.fault.body
        if body is None and status == HTTPStatus.TOO_MANY_REQUESTS:
            body = {"error": "Rate limit exceeded", "limit": self.allowance.limit, "reset": self.allowance.reset}
        elif body is None:
            body = _BODIES.get(status, {"error": f"Status {status}"})
        return web.json_response(body, status=status)

    async def _redirect(self) -> web.StreamResponse:
        return web.Response(status=self.fault.status, headers={"Location": self.fault.location})

    async def _slow(self) -> web.StreamResponse:
        await self._wait(self.fault.seconds)
        return await self.act()

    async def _trickle(self) -> web.StreamResponse:
        response, body = await self._begin()
        size = len(body) // _PIECES + 1
        for start in range(0, len(body), size):
            await self._wait(self.fault.seconds / _PIECES)
            await response.write(body[start : start + size])
        await response.write_eof()
        return response

    async def _truncated(self) -> web.StreamResponse:
        response, body = await self._begin()
        await response.write(body[: len(body) // 2])
        if self.request.transport is not None:
            self.request.transport.close()
        return response

    async def _short_body(self) -> web.StreamResponse:
        true = await self.act()
        body = json.loads(true.text or "{}")
        short = {name: value for name, value in body.items() if name in _SHORT_FIELDS}
        return web.json_response(short, status=HTTPStatus.OK) if true.status < HTTPStatus.BAD_REQUEST else true

    async def _hang(self) -> web.StreamResponse:
        await self._wait(self.fault.seconds)
        return await self._reset()

    async def _reset(self) -> web.StreamResponse:
        """Close the connection the hard way: the peer sees a reset, not an end."""
        if (transport := self.request.transport) is not None:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST_ON_CLOSE)
            transport.abort()
        return web.Response()  # goes nowhere: the connection is gone

    async def _garbage(self) -> web.StreamResponse:
        return web.Response(body=b'{"id": "\xff\xfe\x00', content_type="application/json")

    async def _html(self) -> web.StreamResponse:
        return web.Response(text=_MAINTENANCE, content_type="text/html")

    async def _huge(self) -> web.StreamResponse:
        return web.json_response({"padding": "x" * 10_000_000})

    async def _begin(self) -> tuple[web.StreamResponse, bytes]:
        """The head of the true answer, sent, and the body that it promises."""
        true = await self.act()
        body = (true.text or "").encode()
        response = web.StreamResponse(status=true.status, headers={"Content-Type": "application/json"})
        response.content_length = len(body)
        await response.prepare(self.request)
        return response, body

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.closing.wait()


def headers_for(fault: Fault | None, allowance: Allowance) -> dict[str, str]:
    """The rate-limit headers of an answer, true unless the fault wants otherwise, and what the fault adds."""
    if fault is None:
        return allowance.headers
    if fault.lie is Lie.MISSING:
        return dict(fault.headers)
    reset = {
        None: str(allowance.reset),
        Lie.PAST: str(allowance.reset - 3600),
        Lie.TOMORROW: str(allowance.reset + 86_400),
        Lie.MILLISECONDS: str(allowance.reset * 1000),
        Lie.RELATIVE: str(WINDOW_SECONDS),
        Lie.NONSENSE: "soon",
    }[fault.lie]
    return allowance.headers | {"X-RateLimit-Reset": reset} | dict(fault.headers)
