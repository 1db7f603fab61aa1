"""A proxy for a local chat that lets tests act before and after each post."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import aiohttp
from aiohttp import web

from adapters.slack.api import POST

PLACES = ("asked", "accepted", "answered")
"""Before the chat has the message, once it has it, and once its response is on the way."""

Act: TypeAlias = Callable[[str], None]


class Proxy:
    """Forwards requests, and calls `act` at each of these points of a post."""

    def __init__(self, target: str, session: aiohttp.ClientSession) -> None:
        self.act: Act = lambda _: None
        self._target = target.rstrip("/")
        self._session = session

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Forward one call and its response."""
        method = request.match_info["method"]
        body = await request.read()
        self._tell(method, "asked")
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        async with self._session.post(f"{self._target}/{method}", data=body, headers=headers) as answer:
            content = await answer.read()
            self._tell(method, "accepted")
            response = web.Response(body=content, status=answer.status, content_type="application/json")
            response.headers.update({name: answer.headers[name] for name in ("Retry-After",) if name in answer.headers})
        await response.prepare(request)
        await response.write_eof()
        self._tell(method, "answered")
        return response

    def _tell(self, method: str, place: str) -> None:
        if method == POST:
            self.act(place)


@asynccontextmanager
async def proxying(target: str) -> AsyncIterator[tuple[Proxy, str]]:
    """A proxy for a chat's address, and its own address."""
    async with aiohttp.ClientSession() as session:
        proxy = Proxy(target, session)
        app = web.Application()
        app.router.add_post("/api/{method}", proxy.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield proxy, f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        finally:
            await runner.cleanup()
