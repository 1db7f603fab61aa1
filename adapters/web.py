"""HTTP server: runs uvicorn on a port, and the routes of Slack's requests, health probes and metrics.

It doesn't take over the program's signal handlers, and limits the size, duration and number of connections, because
anybody can connect. The routes only call handlers passed in.
"""

import asyncio
import logging
import os
import resource
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, Self, TypeAlias, cast

import uvicorn
from slack_bolt.response import BoltResponse
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.domain.errors import BotError, NotConfigured

logger = logging.getLogger(__name__)

MAX_CONNECTIONS = 1_000
MAX_BACKLOG = 256
"""Listen backlog; asyncio also accepts this many connections in one go."""
LOG_INTERVAL = 60.0
"""Seconds between log lines about refusals."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for connections. Slack itself sends at most 10 kB of headers and 100 kB of body.

    `head` and `body` are in bytes; `timeout` is in seconds, for each of the two.
    """

    head: int = 32_000
    body: int = 1_000_000
    timeout: float = 10.0
    connections: int = field(default_factory=lambda: min(MAX_CONNECTIONS, _max_open_files() // 2))

    @property
    def backlog(self) -> int:
        """The listen backlog, small enough not to run out of file descriptors when as many connect at once."""
        return min(MAX_BACKLOG, max(1, _max_open_files() // 8))


class Refusals:
    """Counts refusals by reason, and logs them at most once a minute. `what` starts the log line."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._counts: Counter[str] = Counter()
        self._quiet_until = 0.0

    def count(self, why: str) -> None:
        """Count a refusal."""
        self._counts[why] += 1
        if time.monotonic() >= self._quiet_until:
            logger.warning("%s: %s", self._what, ", ".join(f"{count} {why}" for why, count in self._counts.items()))
            self._quiet_until = time.monotonic() + LOG_INTERVAL
            self._counts.clear()


class ConnectionPool:
    """The connections of one server. If there are too many, the one that has been idle longest is closed."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.refusals = Refusals("the web server refused connections")
        self._open: set[Connection] = set()
        self._idle: dict[Connection, None] = {}

    def add(self, connection: "Connection") -> None:
        """Add a new connection."""
        self._open.add(connection)
        self._idle[connection] = None
        if len(self._open) > self.limits.connections:
            longest = next(iter(self._idle))
            self.remove(longest)
            self.refusals.count("too many at a time")
            longest.transport.abort()

    def remove(self, connection: "Connection") -> None:
        """Remove a closed connection."""
        self._open.discard(connection)
        self._idle.pop(connection, None)

    def mark_busy(self, connection: "Connection") -> None:
        """Mark a connection whose request is being answered."""
        self._idle.pop(connection, None)

    def mark_idle(self, connection: "Connection") -> None:
        """Mark a connection that waits for its next request."""
        if connection in self._open:
            self._idle[connection] = None


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP connection, with the limits of its pool."""

    def __init__(self, pool: ConnectionPool, **options: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(**options)
        self._pool = pool
        self._deadline: asyncio.TimerHandle | None = None
        self._max_received = pool.limits.head
        self._chunk = self._received = self._head = self._body = 0
        self._is_answering = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Add the connection, and wait for its first request."""
        super().connection_made(transport)
        self._expect("slow headers")
        self._pool.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the connection."""
        self._expect(None)
        self._pool.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse received data, and refuse a request that is too long."""
        if self.transport.is_closing():
            return
        self._chunk = len(data)
        self._received += self._chunk
        super().data_received(data)
        if self._deadline is not None and self._received > self._max_received:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too large")

    def on_message_begin(self) -> None:
        """Reset the counters for a new request."""
        super().on_message_begin()
        self._max_received, self._received, self._head, self._body = self._pool.limits.head, self._chunk, 0, 0
        self._expect("slow headers")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header's size."""
        super().on_header(name, value)
        self._head += len(name) + len(value)
        if self._head > self._pool.limits.head:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too large")

    def on_headers_complete(self) -> None:
        """Check the stated body size, and start the request's handler."""
        limits = self._pool.limits
        self._max_received = limits.head + 2 * limits.body
        self._expect("slow body")
        stated = next((value for name, value in self.headers if name == b"content-length"), b"0")
        if len(self.url) > limits.head:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG, "too large")
        elif int(stated) > limits.body:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
        if not self.transport.is_closing():
            self._is_answering = True
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count and pass on a chunk of the body."""
        self._body += len(body)
        if self._body > self._pool.limits.body:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop the timer: the request is complete."""
        self._expect(None)
        self._pool.mark_busy(self)
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._is_answering = False
        super().on_response_complete()
        self._pool.mark_idle(self)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own
        """Refuse data that isn't HTTP."""
        self._refuse(HTTPStatus.BAD_REQUEST, "not HTTP")

    def _expect(self, what: str | None) -> None:
        """Restart the timer, after which the connection is refused with this reason; None stops it."""
        if self._deadline is not None:
            self._deadline.cancel()
        timeout = self._pool.limits.timeout
        self._deadline = self.loop.call_later(timeout, self._refuse, HTTPStatus.REQUEST_TIMEOUT, what) if what else None

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        """Close the connection, with an error response unless one has been started."""
        if self.transport.is_closing():
            return
        self._pool.refusals.count(why)
        if self._is_answering and self.cycle.response_started:
            self.transport.abort()
            return
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        self.transport.write(head.encode())
        self.transport.close()


def _max_open_files() -> int:
    """The process's limit of open files."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if soft != resource.RLIM_INFINITY else 1 << 20


SHUTDOWN_TIMEOUT = 5
"""Seconds that running requests may take at shutdown."""


class WebServer:
    """An HTTP server, as an async context manager. Port 0 is any free one; `setting` names the port in errors."""

    def __init__(self, app: ASGIApp, host: str, port: int, setting: str = "PORT", limits: Limits | None = None) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._setting = setting
        self._limits = limits or Limits()

    @property
    def port(self) -> int:
        """The port that the server listens on."""
        return self._port

    async def __aenter__(self) -> Self:
        """Open the port. Raises NotConfigured if that fails."""
        listening = self._listening()
        self._port = listening.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            http=cast("type[asyncio.Protocol]", partial(Connection, ConnectionPool(self._limits))),
            ws="none",
            lifespan="off",
            backlog=self._limits.backlog,
            log_config=None,
            log_level="error",  # listening and refusals are logged by the bot itself
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=SHUTDOWN_TIMEOUT,
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve([listening]))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop accepting requests, and wait for running ones."""
        self._server.should_exit = True
        await self._serving

    async def ended(self) -> None:
        """Wait until the server fails, and raise its error. When cancelled, stop accepting requests."""
        try:
            await asyncio.shield(self._serving)
        finally:
            self._server.should_exit = True

    def _listening(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        try:
            listening = socket.create_server((self._host, self._port), family=family, backlog=self._limits.backlog)
        except OSError as error:
            reason = "unknown address" if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
            raise NotConfigured(
                f"Can't listen on port {self._port} of {self._host} ({reason}). Choose another with {self._setting}, "
                "or another address with HOST."
            ) from error
        # Inherited by its connections. Otherwise, each body would wait 40 ms until the client acknowledges the headers;
        # asyncio does this only for sockets with an explicit protocol.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program, which has more to shut down than this server."""
        yield


PROBE_TIMEOUT = 5.0
"""Seconds for each readiness probe."""
PROBE_TTL = 10.0
"""Seconds that results are cached, since anybody may request them and some probes call an API."""

Probe: TypeAlias = Callable[[], Awaitable[bool]]
Metrics: TypeAlias = Callable[[], Awaitable[tuple[bytes, str]]]
"""Renders the metrics as they are sent, with their content type."""
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
