"""Minimal HTTP server for benchmarks: answers every request as fast as it can."""

import asyncio
from asyncio import Protocol, Transport
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import httptools

Answer: TypeAlias = Callable[[bytes, bytes, bytes], bytes]
"""Takes a request's path, Authorization header and body; returns the whole response as bytes."""


@asynccontextmanager
async def serve(answer: Answer) -> AsyncIterator[str]:
    """Run the server on a free port of the loopback interface; yields its URL."""
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(answer), "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class _Connection(Protocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._path, self._body, self._token = url, b"", b""

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"authorization":
            self._token = value

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        self._transport.write(self._answer(self._path, self._token, self._body))
