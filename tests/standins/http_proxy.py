"""A local HTTP proxy like a company's: it reaches hosts whose names can't be resolved here."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class HttpProxy:
    """Forwards requests to the local ports in `hosts`, by host name; other hosts get 502.

    `seen` are methods and addresses in order. Each connection serves one request, and becomes a tunnel after an
    upgrade.
    """

    def __init__(self, hosts: Mapping[str, int]) -> None:
        self.hosts = hosts
        self.seen: list[tuple[str, str]] = []
        self.url = ""
        self._serving: set[asyncio.Task[None]] = set()

    def paths(self, host: str) -> list[str]:
        """The paths requested from a host."""
        return [urlsplit(url).path for _, url in self.seen if urlsplit(url).hostname == host]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Handle one client connection."""
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._pass_on(reader, writer)
        finally:
            await _closed(writer)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, url, _ = head.split(" ", 2)
        self.seen.append((method, url))
        parts = urlsplit(url if method != "CONNECT" else f"//{url}")
        port = self.hosts.get(parts.hostname or "")
        if port is None or method == "CONNECT":
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        target = parts._replace(scheme="", netloc="").geturl() or "/"
        lines = head.replace(f" {url} ", f" {target} ", 1).split("\r\n")
        is_upgrade = any(line.lower().startswith("upgrade:") for line in lines)
        kept = [line for line in lines if is_upgrade or not line.lower().startswith("connection:")]
        head = "\r\n".join(kept) if is_upgrade else "\r\n".join([*kept[:-2], "Connection: close", "", ""])
        there, back = await asyncio.open_connection("127.0.0.1", port)
        back.write(head.encode("latin-1"))
        try:
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
        finally:
            await _closed(back)

    async def close(self) -> None:
        """End every connection."""
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def proxying(hosts: Mapping[str, int]) -> AsyncIterator[HttpProxy]:
    """A proxy on a free local port."""
    proxy = HttpProxy(hosts)
    server = await asyncio.start_server(proxy.handle, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
