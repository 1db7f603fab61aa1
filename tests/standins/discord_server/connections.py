"""One websocket of the gateway: payloads sent in order, compressed as the client asked, and those received."""

import asyncio
import json
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias

from aiohttp import WSMessage, WSMsgType, web

from tests.standins.discord_server.sessions import Session

Json: TypeAlias = dict[str, Any]

HEARTBEAT, RECONNECT, INVALID = 1, 7, 9
MOST_COMMANDS = 120
UNREADABLE = "Error while decoding payload."
_SUFFIX = b"\x00\x00\xff\xff"


class Closing(Exception):
    """The connection is to be closed with a code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Connection:
    """One websocket. `received` is all that came in on it; `path` is `gateway` or `resume`."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self._request = request
        self._socket = socket
        self._out: asyncio.Queue[Json | Closing] = asyncio.Queue()
        self._stream = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self._commands: list[float] = []
        self.path = request.path.strip("/")
        self.received: list[Json] = []
        self.heard_at = time.monotonic()
        self.session: Session | None = None
        self.closed_with: int | None = None
        """The code of a closing that came from this side."""

    def send(self, payload: Json) -> None:
        """Send a payload after all that came before."""
        self._out.put_nowait(payload)

    def close(self, code: int, reason: str = "") -> None:
        """Close with a code after all that came before."""
        self._out.put_nowait(Closing(code, reason))

    def reconnect(self) -> None:
        """Ask the client to reconnect and resume."""
        self.send({"op": RECONNECT, "d": None, "s": None, "t": None})

    def invalidate(self, *, is_resumable: bool = False) -> None:
        """Declare the session invalid; unless it is resumable it is lost."""
        if self.session is not None:
            self.session.is_resumable = is_resumable
        self.send({"op": INVALID, "d": is_resumable, "s": None, "t": None})

    def abort(self) -> None:
        """Break the connection without closing it."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def write(self) -> None:
        """Send the queued payloads until the connection is closed."""
        with suppress(ConnectionError):
            while True:
                payload = await self._out.get()
                if isinstance(payload, Closing):
                    self.closed_with = payload.code
                    await self._socket.close(code=payload.code, message=payload.reason.encode())
                    return
                text = json.dumps(payload, ensure_ascii=False)
                if self._stream is None:
                    await self._socket.send_str(text)
                else:
                    packed = self._stream.compress(text.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)
                    assert packed.endswith(_SUFFIX)
                    await self._socket.send_bytes(packed)

    async def listen(self, answer: Callable[["Connection", Json], None]) -> None:
        """Hand over what is received, each an object with an op, until the connection is closed."""
        async for message in self._socket:
            try:
                answer(self, self._read(message))
            except Closing as closing:
                self._out.put_nowait(closing)

    def _read(self, message: WSMessage) -> Json:
        try:
            payload = json.loads(message.data) if message.type is WSMsgType.TEXT else None
        except ValueError:
            payload = None
        if not isinstance(payload, dict) or not isinstance(payload.get("op"), int):
            raise Closing(4002, UNREADABLE)
        self._count(payload)
        return payload

    def _count(self, payload: Json) -> None:
        self.received.append(payload)
        self.heard_at = time.monotonic()
        self._commands = [at for at in self._commands if self.heard_at - at < 60] + [self.heard_at]
        if len(self._commands) > MOST_COMMANDS:
            raise Closing(4008, "You are being rate limited.")
