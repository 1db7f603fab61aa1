"""A local HTTP server that redirects, for following short links over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from bot.contentstats.short_links import ShortLinks


class Redirector:
    """One server for every host. `pages` maps `host/path` to a response; `heard` are the requests.

    A response is a redirect's target, raw bytes, or None for silence.
    """

    def __init__(self, pages: dict[str, str | bytes | None], head: str = "", pause: float = 0) -> None:
        self.pages = pages
        self.head = head
        self.pause = pause
        self.heard: list[str] = []
        self._answering: set[asyncio.Task[None]] = set()

    @property
    def asked(self) -> list[str]:
        return [_place(request) for request in self.heard]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Yields the port."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        yield server.sockets[0].getsockname()[1]
        # asyncio passes on an accepted connection some turns later, and loses it if the server closes meanwhile.
        for _ in range(10):
            await asyncio.sleep(0)
        server.close()
        await asyncio.gather(*self._answering)
        await server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._answering.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._answer(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heard.append(request)
        await asyncio.sleep(self.pause)
        page = self.pages[_place(request)]
        if page is None:
            await reader.read()  # until the client hangs up
        elif isinstance(page, bytes):
            writer.write(page)
        else:
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {page}\r\n{self.head}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()


def _place(request: str) -> str:
    lines = request.split("\r\n")
    host = next(line for line in lines if line.lower().startswith("host:")).split(":", 1)[1].strip()
    return host + lines[0].split(" ")[1]


async def localhost(_host: str) -> list[str]:
    return ["127.0.0.1"]


@asynccontextmanager
async def following(server: Redirector, **options: Any) -> AsyncIterator[ShortLinks]:
    """A `ShortLinks` that finds every host at `server`, unless `options` override it."""
    async with server.running() as port:
        options = {
            "resolve": localhost,
            "is_allowed": lambda _: True,
            "origin": lambda address: f"http://{address}:{port}",
        } | options
        links = ShortLinks(**options)
        yield links
        await links.aclose()
