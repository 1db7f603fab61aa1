"""Runs uvicorn: opens a port, serves on it and stops, without taking over the program's signals."""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Self, cast

import uvicorn
from starlette.types import ASGIApp

from adapters.web.connection import Connection, Crowd, Limits
from bot.domain.errors import NotConfigured

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
