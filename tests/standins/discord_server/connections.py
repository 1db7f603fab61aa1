"""Gateway sessions with the events sent on each, and the websockets that carry them."""

import asyncio
import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiohttp import WSMessage, WSMsgType, web

Json: TypeAlias = dict[str, Any]

HEARTBEAT, RECONNECT, INVALID = 1, 7, 9
UNREADABLE = "Error while decoding payload."
_SUFFIX = b"\x00\x00\xff\xff"


GUILDS = 1 << 0
_ALWAYS = frozenset({"INTERACTION_CREATE", "READY", "RESUMED"})
"""Events that need no intent; all others here need the guilds intent."""


@dataclass(slots=True, eq=False, kw_only=True)
class Session:
    """A shard of a bot from READY on. It outlives its connection while it `is_resumable`."""

    id: str
    shard: tuple[int, int]
    intents: int
    send: Callable[[Json], None] | None = None
    is_resumable: bool = True
    resumes: int = 0
    sent: list[Json] = field(default_factory=list)

    @property
    def seq(self) -> int:
        """Sequence number of the last event."""
        return len(self.sent)

    @property
    def is_connected(self) -> bool:
        return self.send is not None

    @property
    def is_alive(self) -> bool:
        """Whether a client is connected, or may still resume."""
        return self.is_connected or self.is_resumable

    def receives(self, event: str, guild_id: str | None) -> bool:
        """Whether an event of a guild, or of direct messages, is for this shard and its intents."""
        mine = (int(guild_id) >> 22) % self.shard[1] if guild_id else 0
        return mine == self.shard[0] and (event in _ALWAYS or bool(self.intents & GUILDS))

    def dispatch(self, event: str, data: Json) -> None:
        """Number and keep an event, and send it if a client is connected."""
        payload = {"op": 0, "t": event, "s": self.seq + 1, "d": data}
        self.sent.append(payload)
        if self.send is not None:
            self.send(payload)

    def replay(self, seq: int) -> None:
        """Resend every event after a sequence number, then RESUMED."""
        assert self.send is not None
        for payload in self.sent[seq:]:
            self.send(payload)
        self.resumes += 1
        self.dispatch("RESUMED", {})


class Closing(Exception):
    """Closes the connection with a code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Connection:
    """A websocket. `received` holds every payload that came in; `path` is `gateway` or `resume`."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self._request = request
        self._socket = socket
        self._out: asyncio.Queue[Json | Closing] = asyncio.Queue()
        self._stream = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self.path = request.path.strip("/")
        self.received: list[Json] = []
        self.session: Session | None = None
        self.closed_with: int | None = None
        """The close code, if this side closed the connection."""

    def send(self, payload: Json) -> None:
        """Queue a payload."""
        self._out.put_nowait(payload)

    def close(self, code: int, reason: str = "") -> None:
        """Close with a code once the queue is sent."""
        self._out.put_nowait(Closing(code, reason))

    def reconnect(self) -> None:
        """Ask the client to reconnect and resume."""
        self.send({"op": RECONNECT, "d": None, "s": None, "t": None})

    def invalidate(self, *, is_resumable: bool = False) -> None:
        """Declare the session invalid; it is lost unless it is resumable."""
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
        """Pass on each received object that has an op, until the connection is closed."""
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
        self.received.append(payload)
        return payload
