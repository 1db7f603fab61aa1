"""The addresses that this program answers on, and what each says. What Slack's requests mean is decided elsewhere."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from slack_bolt.response import BoltResponse
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

logger = logging.getLogger(__name__)

MOST_BYTES = 1_000_000
"""Of a request's body; what Slack sends has a tenth of that at most."""
PROBE_WITHIN = 5.0
"""Seconds for each thing that the readiness looks at."""
PROBED_FOR = 10.0
"""Seconds for which what was found counts: anybody may ask, and each look costs a call."""

Handle: TypeAlias = Callable[[bytes, Mapping[str, str]], Awaitable[BoltResponse]]
Probe: TypeAlias = Callable[[], Awaitable[bool]]


@dataclass(slots=True)
class Counts:
    """What has come in since the start. `refused` are requests that Slack has not signed, or not lately."""

    received: int = 0
    refused: int = 0


class Readiness:
    """What must be well before work is sent here, by name. `now` is in seconds."""

    def __init__(self, probes: Mapping[str, Probe], now: Callable[[], float] = time.monotonic) -> None:
        self._probes = probes
        self._now = now
        self._found: Mapping[str, bool] = {}
        self._until = now()
        self._looking = asyncio.Lock()

    async def look(self) -> Mapping[str, bool]:
        """What is well, as found now or a moment ago."""
        async with self._looking:
            if self._now() >= self._until:
                wells = await asyncio.gather(*map(_is_well, self._probes.values()))
                self._found = dict(zip(self._probes, wells, strict=True))
                self._until = self._now() + PROBED_FOR
        return self._found


def web_app(handle: Handle, readiness: Readiness, counts: Counts, routes: Sequence[Route] = ()) -> Starlette:
    """The addresses. `handle` answers Slack, `routes` are the pages that others bring."""

    async def events(request: Request) -> Response:
        counts.received += 1
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response("too large", 413)
        answer = await handle(body, request.headers)
        if answer.status == 401:
            counts.refused += 1
            logger.warning("a request was refused: Slack has not signed it", extra={"refused": counts.refused})
        return Response(answer.body, answer.status, answer.first_headers())

    async def is_there(_: Request) -> Response:
        return Response("ok")

    async def ready(_: Request) -> Response:
        found = await readiness.look()
        return JSONResponse(found, 200 if all(found.values()) else 503)

    return Starlette(
        routes=[
            Route("/slack/events", events, methods=["POST"]),
            Route("/slack/events", is_there, methods=["GET"]),  # Slack looks at the certificate so
            Route("/healthz", is_there),
            Route("/readyz", ready),
            *routes,
        ]
    )


async def _body(request: Request) -> bytes | None:
    """The body, None where it is longer than anything that Slack sends."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > MOST_BYTES:
            return None
        pieces.append(piece)
    return b"".join(pieces)


async def _is_well(probe: Probe) -> bool:
    try:
        async with asyncio.timeout(PROBE_WITHIN):
            return await probe()
    except TimeoutError:
        return False
