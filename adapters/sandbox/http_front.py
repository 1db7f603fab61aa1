"""What happens around every call of the API: it is recorded, counted, and answered in JSON."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.sandbox.api import Api, Problem, answer
from adapters.sandbox.control import Control
from adapters.sandbox.faults import Fault, Faults
from adapters.sandbox.inject import Injection, headers_for
from adapters.sandbox.rates import Allowance, RateLimit

BASE = "/api/v1"
_FAULT = web.RequestKey("fault", Fault)
_ALLOWANCE = web.RequestKey("allowance", Allowance)


@dataclass(frozen=True, slots=True)
class Received:
    """One call as it came in. `call` is the documented name ("GET /videos/{id}"), whatever the id was."""

    call: str
    method: str
    path: str
    query: Mapping[str, str]
    body: str
    key: str = field(repr=False)


class Door:
    """The middleware in front of `Api`. `received` holds the latest calls, oldest first."""

    def __init__(self, api: Api, control: Control, rate_limit: RateLimit, faults: Faults) -> None:
        self.received: deque[Received] = deque(maxlen=10_000)
        self._api = api
        self._control = control
        self._rate_limit = rate_limit
        self._faults = faults
        self._closing = asyncio.Event()

    def app(self) -> web.Application:
        """The API below `BASE`, with this door in front, and the sandbox's own calls beside it."""
        app = web.Application(middlewares=[self.pass_through])
        app.on_response_prepare.append(_add_headers)
        app.on_shutdown.append(self.release)
        app.add_routes([web.route(each.method, BASE + each.path, each.handler) for each in self._api.routes()])
        app.add_routes(self._control.routes())
        return app

    async def release(self, _: web.Application) -> None:
        """Let go of everybody who is kept waiting, for good."""
        self._closing.set()

    @web.middleware
    async def pass_through(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Write a call of the API down, count it, and let the fault that waits for it happen."""

        async def act() -> web.Response:
            return await _in_json(request, handler)

        if not request.path.startswith(f"{BASE}/"):
            return await act()
        call = await self._write_down(request)
        allowance = request[_ALLOWANCE] = self._rate_limit.spend(call.key)
        if allowance.is_exceeded:
            return answer(allowance.refusal, HTTPStatus.TOO_MANY_REQUESTS)
        fault = self._faults.take(call.call)
        if fault is None:
            return await act()
        request[_FAULT] = fault
        return await Injection(fault, request, allowance, act, self._closing).happen()

    async def _write_down(self, request: web.Request) -> Received:
        resource = request.match_info.route.resource
        path = resource.canonical if resource else request.path
        call = Received(
            call=f"{request.method} {path.removeprefix(BASE)}",
            method=request.method,
            path=request.path,
            query=dict(request.query),
            body=(await request.read()).decode(errors="replace"),
            key=request.headers.get("X-API-Key", ""),
        )
        self.received.append(call)
        return call


async def _in_json(request: web.Request, handler: Handler) -> web.Response:
    """Every refusal is JSON (Errors page); the words for an unknown path are the sandbox's own choice."""
    try:
        return cast("web.Response", await handler(request))  # what Api's handlers give; aiohttp's type is wider
    except Problem as problem:
        return answer(problem.body, problem.status)
    except web.HTTPException as error:
        return answer({"error": error.reason}, error.status)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Rate-limit headers on every answer, errors too (Rate limits page), unless a fault wants otherwise."""
    if (allowance := request.get(_ALLOWANCE)) is None:
        return
    response.headers.update(headers_for(request.get(_FAULT), allowance))
