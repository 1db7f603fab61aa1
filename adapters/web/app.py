"""The HTTP routes of this program: Slack's requests, health probes and metrics. Requests are handled elsewhere."""

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

PROBE_WITHIN = 5.0
"""Seconds for each thing that the readiness looks at."""
PROBED_FOR = 10.0
"""Seconds for which what was found counts: anybody may ask, and each look costs a call."""

Probe: TypeAlias = Callable[[], Awaitable[bool]]
Numbers: TypeAlias = Callable[[], Awaitable[tuple[bytes, str]]]
"""The numbers as they are sent, and their content type."""
Handle: TypeAlias = Callable[[bytes, Mapping[str, str]], Awaitable[BoltResponse]]


class Readiness:
    """What is well, by name. `needed` names what must be before work is sent here; `now` is in seconds."""

    def __init__(
        self, probes: Mapping[str, Probe], needed: Collection[str], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._probes = probes
        self._needed = needed
        self._now = now
        self._found: Mapping[str, bool] = {}
        self._until = now()
        self._looking = asyncio.Lock()

    def is_enough(self, found: Mapping[str, bool]) -> bool:
        """Whether everything that is needed is well."""
        return all(is_well for name, is_well in found.items() if name in self._needed)

    async def look(self) -> Mapping[str, bool]:
        """What is well, as found now or a moment ago."""
        async with self._looking:
            if self._now() >= self._until:
                wells = await asyncio.gather(*map(_is_well, self._probes.values()))
                self._found = dict(zip(self._probes, wells, strict=True))
                self._until = self._now() + PROBED_FOR
        return self._found


def probe_routes(is_alive: Callable[[], bool], readiness: Readiness, numbers: Numbers) -> tuple[Route, ...]:
    """`/healthz`, `/readyz` and `/metrics`: 200 if what is needed is well, else 503."""

    async def alive(_: Request) -> Response:
        return Response("ok") if is_alive() else Response("the scheduler has stopped", 503)

    async def ready(_: Request) -> Response:
        found = await readiness.look()
        return JSONResponse(found, 200 if readiness.is_enough(found) else 503)

    async def metrics(_: Request) -> Response:
        try:
            body, kind = await numbers()
        except BotError as error:
            return Response(str(error), 503)
        return Response(body, headers={"Content-Type": kind})

    return Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)


async def _is_well(probe: Probe) -> bool:
    try:
        async with asyncio.timeout(PROBE_WITHIN):
            return await probe()
    except TimeoutError:
        return False


def web_app(handle: Handle, routes: Sequence[Route] = ()) -> Starlette:
    """The addresses. `handle` answers Slack, `routes` are the pages and probes that others bring."""
    refusals = Refusals("requests to Slack's address were refused")

    async def events(request: Request) -> Response:
        try:
            body = await request.body()
        except ClientDisconnect:
            return Response(status_code=400)
        answer = await handle(body, request.headers)
        if answer.status == 401:
            refusals.note("not signed by Slack")
        return Response(answer.body, answer.status, answer.first_headers())

    async def is_there(_: Request) -> Response:
        return Response("ok")

    return Starlette(
        routes=[
            Route("/slack/events", events, methods=["POST"]),
            Route("/slack/events", is_there, methods=["GET"]),  # Slack looks at the certificate so
            *routes,
        ]
    )
