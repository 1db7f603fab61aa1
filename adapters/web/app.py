"""The addresses that this program answers on, and what each says. What Slack's requests mean is decided elsewhere."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from slack_bolt.response import BoltResponse
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.web.connection import Refusals

Handle: TypeAlias = Callable[[bytes, Mapping[str, str]], Awaitable[BoltResponse]]


@dataclass(slots=True)
class Counts:
    """What has come in since the start. `refused` are requests that Slack has not signed, or not lately."""

    received: int = 0
    refused: int = 0


def web_app(handle: Handle, counts: Counts, routes: Sequence[Route] = ()) -> Starlette:
    """The addresses. `handle` answers Slack, `routes` are the pages and probes that others bring."""
    refusals = Refusals("requests to Slack's address were refused")

    async def events(request: Request) -> Response:
        counts.received += 1
        try:
            body = await request.body()
        except ClientDisconnect:
            return Response(status_code=400)
        answer = await handle(body, request.headers)
        if answer.status == 401:
            counts.refused += 1
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
