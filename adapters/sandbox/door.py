"""What every call of the API passes on its way in and out: it is written down, counted, and answered in JSON."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.sandbox.api import Api, Problem, answer
from adapters.sandbox.rates import Allowance, RateLimit

BASE = "/api/v1"
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

    def __init__(self, api: Api, rate_limit: RateLimit) -> None:
        self.received: deque[Received] = deque(maxlen=10_000)
        self._api = api
        self._rate_limit = rate_limit

    def app(self) -> web.Application:
        """The API below `BASE`, with this door in front."""
        app = web.Application(middlewares=[self.pass_through])
        app.on_response_prepare.append(_add_headers)
        app.add_routes([web.route(each.method, BASE + each.path, each.handler) for each in self._api.routes()])
        return app

    @web.middleware
    async def pass_through(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer in JSON whatever happens: an unknown path too, in words that are the sandbox's own choice."""
        try:
            return await (self._admit(request, handler) if request.path.startswith(f"{BASE}/") else handler(request))
        except Problem as problem:
            return answer(problem.body, problem.status)
        except web.HTTPException as error:
            return answer({"error": error.reason}, error.status)

    async def _admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        call = await self._write_down(request)
        allowance = request[_ALLOWANCE] = self._rate_limit.spend(call.key)
        if allowance.is_exceeded:
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS, "Rate limit exceeded", limit=allowance.limit, reset=allowance.reset
            )
        return await handler(request)

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


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Rate-limit headers on every answer, errors too (Rate limits page)."""
    if _ALLOWANCE in request:
        response.headers.update(request[_ALLOWANCE].headers)
