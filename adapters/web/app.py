"""HTTP routes: Slack's requests, health probes and metrics. The routes only call handlers passed in."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from slack_bolt.response import BoltResponse
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.web.server import Refusals
from bot.domain.errors import BotError

PROBE_TIMEOUT = 5.0
"""Seconds for each readiness probe."""
PROBE_TTL = 10.0
"""Seconds that results are cached, since anybody may request them and some probes call an API."""

Probe: TypeAlias = Callable[[], Awaitable[bool]]
Metrics: TypeAlias = Callable[[], Awaitable[tuple[bytes, str]]]
"""The render_metrics as they are sent, and their content type."""
Handle: TypeAlias = Callable[[bytes, Mapping[str, str]], Awaitable[BoltResponse]]


class Readiness:
    """Runs readiness probes by name, and caches their results. The process is ready if the `needed` ones pass."""

    def __init__(
        self, probes: Mapping[str, Probe], needed: Collection[str], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._probes = probes
        self._needed = needed
        self._now = now
        self._found: Mapping[str, bool] = {}
        self._until = now()
        self._lock = asyncio.Lock()

    def is_ready(self, found: Mapping[str, bool]) -> bool:
        """Whether all needed probes passed."""
        return all(is_well for name, is_well in found.items() if name in self._needed)

    async def check(self) -> Mapping[str, bool]:
        """The results of the probes, run now or at most `PROBE_TTL` seconds ago."""
        async with self._lock:
            if self._now() >= self._until:
                results = await asyncio.gather(*map(_is_well, self._probes.values()))
                self._found = dict(zip(self._probes, results, strict=True))
                self._until = self._now() + PROBE_TTL
        return self._found


def probe_routes(is_alive: Callable[[], bool], readiness: Readiness, render_metrics: Metrics) -> tuple[Route, ...]:
    """The routes `/healthz`, `/readyz` and `/metrics`, which answer 503 on failure."""

    async def alive(_: Request) -> Response:
        return Response("ok") if is_alive() else Response("the scheduler has stopped", 503)

    async def ready(_: Request) -> Response:
        found = await readiness.check()
        return JSONResponse(found, 200 if readiness.is_ready(found) else 503)

    async def metrics(_: Request) -> Response:
        try:
            body, kind = await render_metrics()
        except BotError as error:
            return Response(str(error), 503)
        return Response(body, headers={"Content-Type": kind})

    return Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)


async def _is_well(probe: Probe) -> bool:
    try:
        async with asyncio.timeout(PROBE_TIMEOUT):
            return await probe()
    except TimeoutError:
        return False


def web_app(handle: Handle, routes: Sequence[Route] = ()) -> Starlette:
    """The web application. `handle` answers Slack's requests; `routes` are further pages and probes."""
    refusals = Refusals("requests to Slack's address were refused")

    async def events(request: Request) -> Response:
        try:
            body = await request.body()
        except ClientDisconnect:
            return Response(status_code=400)
        answer = await handle(body, request.headers)
        if answer.status == 401:
            refusals.count("not signed by Slack")
        return Response(answer.body, answer.status, answer.first_headers())

    async def is_there(_: Request) -> Response:
        return Response("ok")

    return Starlette(
        routes=[
            Route("/slack/events", events, methods=["POST"]),
            Route("/slack/events", is_there, methods=["GET"]),  # Slack checks the certificate with a GET
            *routes,
        ]
    )
