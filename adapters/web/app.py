"""The addresses that this program answers on, and what each says. What Slack's requests mean is decided elsewhere."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from slack_bolt.response import BoltResponse
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

logger = logging.getLogger(__name__)

MOST_BYTES = 1_000_000
"""Of a request's body; what Slack sends has a tenth of that at most."""

Handle: TypeAlias = Callable[[bytes, Mapping[str, str]], Awaitable[BoltResponse]]


@dataclass(slots=True)
class Counts:
    """What has come in since the start. `refused` are requests that Slack has not signed, or not lately."""

    received: int = 0
    refused: int = 0


def web_app(handle: Handle, counts: Counts, routes: Sequence[Route] = ()) -> Starlette:
    """The addresses. `handle` answers Slack, `routes` are the pages and probes that others bring."""

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

    return Starlette(
        routes=[
            Route("/slack/events", events, methods=["POST"]),
            Route("/slack/events", is_there, methods=["GET"]),  # Slack looks at the certificate so
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
