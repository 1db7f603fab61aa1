"""Runs uvicorn: opens a port, serves on it and stops, without taking over the program's signals.

Connections are limited before anything is known of their sender: sizes, time-outs, and how many there are.
"""

import asyncio
import logging
import os
import resource
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, Self, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.domain.errors import NotConfigured

logger = logging.getLogger(__name__)

MOST_OPEN = 1_000
BACKLOG = 256
"""Connections that are accepted at a time before the first of them is looked at."""
QUIET = 60.0
"""Seconds between two log lines about the same flood."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection may cost. Slack sends 10 kB at most, all at once, and 100 kB in a body.

    `head` and `body` are bytes, `within` is the seconds for each of the two.
    """

    head: int = 32_000
    body: int = 1_000_000
    within: float = 10.0
    connections: int = field(default_factory=lambda: min(MOST_OPEN, _files() // 2))

    @property
    def backlog(self) -> int:
        """How many connections may be accepted at a time without running out of files."""
        return min(BACKLOG, max(1, _files() // 8))


class Refusals:
    """Counts refusals by reason, and logs them once a minute at most. `what` is the log line."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._counts: Counter[str] = Counter()
        self._quiet_until = 0.0

    def note(self, why: str) -> None:
        """One more."""
        self._counts[why] += 1
        if time.monotonic() >= self._quiet_until:
            logger.warning("%s: %s", self._what, ", ".join(f"{count} {why}" for why, count in self._counts.items()))
            self._quiet_until = time.monotonic() + QUIET
            self._counts.clear()


class Crowd:
    """The connections of one server. Once they are too many, the one that has waited longest makes room."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.refusals = Refusals("the web server refused connections")
        self._open: set[Connection] = set()
        self._idle: dict[Connection, None] = {}

    def enter(self, connection: "Connection") -> None:
        """A connection has come."""
        self._open.add(connection)
        self._idle[connection] = None
        if len(self._open) > self.limits.connections:
            longest = next(iter(self._idle))
            self.leave(longest)
            self.refusals.note("too many at a time")
            longest.transport.abort()

    def leave(self, connection: "Connection") -> None:
        """A connection is gone."""
        self._open.discard(connection)
        self._idle.pop(connection, None)

    def busy(self, connection: "Connection") -> None:
        """A connection has a whole request, which is being answered."""
        self._idle.pop(connection, None)

    def idle(self, connection: "Connection") -> None:
        """A connection waits for the rest of its next request."""
        if connection in self._open:
            self._idle[connection] = None


class Connection(HttpToolsProtocol):
    """uvicorn's connection within the limits of its crowd."""

    def __init__(self, crowd: Crowd, **options: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(**options)
        self._crowd = crowd
        self._deadline: asyncio.TimerHandle | None = None
        self._most = crowd.limits.head
        self._chunk = self._received = self._head = self._body = 0
        self._is_answering = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._expect("slow headers")
        self._crowd.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._expect(None)
        self._crowd.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, as far as the request may be long."""
        if self.transport.is_closing():
            return
        self._chunk = len(data)
        self._received += self._chunk
        super().data_received(data)
        if self._deadline is not None and self._received > self._most:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too large")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._most, self._received, self._head, self._body = self._crowd.limits.head, self._chunk, 0, 0
        self._expect("slow headers")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        super().on_header(name, value)
        self._head += len(name) + len(value)
        if self._head > self._crowd.limits.head:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too large")

    def on_headers_complete(self) -> None:
        """The body comes next."""
        limits = self._crowd.limits
        self._most = limits.head + 2 * limits.body
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
        """A piece of the body."""
        self._body += len(body)
        if self._body > self._crowd.limits.body:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is there."""
        self._expect(None)
        self._crowd.busy(self)
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """The next request may come."""
        self._is_answering = False
        super().on_response_complete()
        self._crowd.idle(self)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own
        """What came is no HTTP."""
        self._refuse(HTTPStatus.BAD_REQUEST, "not HTTP")

    def _expect(self, what: str | None) -> None:
        """Refuse the connection unless something else is expected of it in time."""
        if self._deadline is not None:
            self._deadline.cancel()
        within = self._crowd.limits.within
        self._deadline = self.loop.call_later(within, self._refuse, HTTPStatus.REQUEST_TIMEOUT, what) if what else None

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        """Close it, with a word unless an answer is on its way already."""
        if self.transport.is_closing():
            return
        self._crowd.refusals.note(why)
        if self._is_answering and self.cycle.response_started:
            self.transport.abort()
            return
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        self.transport.write(head.encode())
        self.transport.close()


def _files() -> int:
    """How many files the process may have open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft if soft != resource.RLIM_INFINITY else 1 << 20


GRACE = 5
"""Seconds that requests under way may take to end."""


class WebServer:
    """A server on one port, for as long as `async with` lasts. Port 0 is any that is free; `setting` names the port."""

    def __init__(self, app: ASGIApp, host: str, port: int, setting: str = "PORT", limits: Limits | None = None) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._setting = setting
        self._limits = limits or Limits()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._port

    async def __aenter__(self) -> Self:
        """Open the port; NotConfigured if it cannot be opened."""
        listening = self._listening()
        self._port = listening.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            http=cast("type[asyncio.Protocol]", partial(Connection, Crowd(self._limits))),
            ws="none",
            lifespan="off",
            backlog=self._limits.backlog,
            log_config=None,
            log_level="error",  # that it listens, and what it refuses, is logged in our own words
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve([listening]))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take no more requests, and let those that are under way end."""
        self._server.should_exit = True
        await self._serving

    async def ended(self) -> None:
        """Wait until the server stops by itself, which happens only if it fails; raises its error.

        Cancelled, it takes no more requests.
        """
        try:
            await asyncio.shield(self._serving)
        finally:
            self._server.should_exit = True

    def _listening(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        try:
            return socket.create_server((self._host, self._port), family=family, backlog=self._limits.backlog)
        except OSError as error:
            reason = "unknown address" if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
            raise NotConfigured(
                f"Can't listen on port {self._port} of {self._host} ({reason}). Choose another with {self._setting}, "
                "or another address with HOST."
            ) from error


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the program, which has more to end than this server."""
        yield
