"""Injects a fault into one request, down to its socket."""

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

Respond: TypeAlias = Callable[[], Awaitable[web.Response]]
"""Lets the call take effect; returns its real response."""

_CHUNKS = 20
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
"""Bodies from the Errors page. One page shows a 402 without `required`, so this one has none."""


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault for one request. `closing` ends its waits."""

    fault: Fault
    request: web.Request
    allowance: Allowance
    respond: Respond
    closing: asyncio.Event

    async def inject(self) -> web.StreamResponse:
        """Answer as the fault requires, or reset the connection."""
        if self.fault.after_effect:
            await self.respond()
        kinds = {
            FaultKind.STATUS: self._status,
            FaultKind.REDIRECT: self._redirect,
            FaultKind.SLOW: self._slow,
            FaultKind.TRICKLE: self._trickle,
            FaultKind.TRUNCATED: self._truncated,
            FaultKind.SHORT_BODY: self._short_body,
            FaultKind.HEADERS: self.respond,
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
        return await self.respond()

    async def _trickle(self) -> web.StreamResponse:
        response, body = await self._start_response()
        size = len(body) // _CHUNKS + 1
        for start in range(0, len(body), size):
            await self._wait(self.fault.seconds / _CHUNKS)
            await response.write(body[start : start + size])
        await response.write_eof()
        return response

    async def _truncated(self) -> web.StreamResponse:
        response, body = await self._start_response()
        await response.write(body[: len(body) // 2])
        if self.request.transport is not None:
            self.request.transport.close()
        return response

    async def _short_body(self) -> web.StreamResponse:
        true = await self.respond()
        body = json.loads(true.text or "{}")
        short = {name: value for name, value in body.items() if name in _SHORT_FIELDS}
        return web.json_response(short, status=HTTPStatus.OK) if true.status < HTTPStatus.BAD_REQUEST else true

    async def _hang(self) -> web.StreamResponse:
        await self._wait(self.fault.seconds)
        return await self._reset()

    async def _reset(self) -> web.StreamResponse:
        """Reset the connection (RST) instead of closing it."""
        if (transport := self.request.transport) is not None:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST_ON_CLOSE)
            transport.abort()
        return web.Response()  # is never sent

    async def _garbage(self) -> web.StreamResponse:
        return web.Response(body=b'{"id": "\xff\xfe\x00', content_type="application/json")

    async def _html(self) -> web.StreamResponse:
        return web.Response(text=_MAINTENANCE, content_type="text/html")

    async def _huge(self) -> web.StreamResponse:
        return web.json_response({"padding": "x" * 10_000_000})

    async def _start_response(self) -> tuple[web.StreamResponse, bytes]:
        """Send the headers of the real response; returns the response and its body, which isn't sent yet."""
        true = await self.respond()
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
    """The rate-limit headers of a response, with the changes and additions of a fault."""
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
