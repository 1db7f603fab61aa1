"""The sandbox's web application and middleware: records calls, applies rate limits and faults, and answers in JSON."""

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
    """A received call. `call` is its documented name, such as "GET /videos/{id}"."""

    call: str
    method: str
    path: str
    query: Mapping[str, str]
    body: str
    key: str = field(repr=False)


class HttpFront:
    """The middleware in front of `Api`. `received` has the latest calls, oldest first."""

    def __init__(self, api: Api, control: Control, rate_limit: RateLimit, faults: Faults) -> None:
        self.received: deque[Received] = deque(maxlen=10_000)
        self._api = api
        self._control = control
        self._rate_limit = rate_limit
        self._faults = faults
        self._closing = asyncio.Event()

    def app(self) -> web.Application:
        """The web application: the API under `BASE` with this middleware, and the control calls."""
        app = web.Application(middlewares=[self.handle])
        app.on_response_prepare.append(_add_headers)
        app.on_shutdown.append(self.close)
        app.add_routes([web.route(each.method, BASE + each.path, each.handler) for each in self._api.routes()])
        app.add_routes(self._control.routes())
        return app

    async def close(self, _: web.Application) -> None:
        """End all waits of faults, for good."""
        self._closing.set()

    @web.middleware
    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Record an API call, count it towards the rate limit, and inject the pending fault for it, if any."""

        async def respond() -> web.Response:
            return await _in_json(request, handler)

        if not request.path.startswith(f"{BASE}/"):
            return await respond()
        call = await self._record(request)
        allowance = request[_ALLOWANCE] = self._rate_limit.spend(call.key)
        if allowance.is_exceeded:
            return answer(allowance.refusal, HTTPStatus.TOO_MANY_REQUESTS)
        fault = self._faults.take(call.call)
        if fault is None:
            return await respond()
        request[_FAULT] = fault
        return await Injection(fault, request, allowance, respond, self._closing).inject()

    async def _record(self, request: web.Request) -> Received:
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
    """Turn errors into JSON (Errors page). The text for an unknown path is the sandbox's own choice."""
    try:
        return cast("web.Response", await handler(request))  # what Api's handlers return; aiohttp's type is wider
    except Problem as problem:
        return answer(problem.body, problem.status)
    except web.HTTPException as error:
        return answer({"error": error.reason}, error.status)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add rate-limit headers to every response, including errors (Rate limits page), unless a fault changes them."""
    if (allowance := request.get(_ALLOWANCE)) is None:
        return
    response.headers.update(headers_for(request.get(_FAULT), allowance))
