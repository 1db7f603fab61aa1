"""Socket Mode: apps.connections.open, and the websockets for envelopes and their acknowledgements."""

import asyncio
import json
import random
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from aiohttp import WSMsgType, web

from tests.standins.slack.apps import App
from tests.standins.slack.calls import Call
from tests.standins.slack.delivery import Delivery
from tests.standins.slack.methods import Method
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]
PING_SECONDS = 5
DisconnectReason: TypeAlias = Literal["warning", "refresh_requested", "link_disabled"]
_WITH_ANSWER = ("view_submission", "block_suggestion")


@dataclass(slots=True, eq=False)
class Connection:
    """A websocket of an app. `acks` are the envelopes that await an answer."""

    app: App
    socket: web.WebSocketResponse
    request: web.Request
    acks: dict[str, asyncio.Future[Json | None]] = field(default_factory=dict)
    is_silent: bool = False
    envelopes: int = 0

    def silence(self) -> None:
        """Let nothing through in either direction, but keep the connection: like a dead router."""
        self.is_silent = True

    def abort(self) -> None:
        """Break the connection without closing it."""
        if self.request.transport is not None:
            self.request.transport.abort()


class Sockets:
    """The transport of apps in Socket Mode. Each payload goes to one of the app's connections at random."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tickets: dict[str, App] = {}
        self._choose = random.Random(0).choice
        self.connections: list[Connection] = []
        self.methods = {"apps.connections.open": Method(self._open, 1, scope="connections:write", bearers=("app",))}

    def of(self, app: App) -> list[Connection]:
        """The app's connections that Slack believes to be open."""
        return [each for each in self.connections if each.app is app and not each.socket.closed]

    def _open(self, world: World, call: Call) -> Json:
        if not call.headers.get("Authorization"):
            raise Refusal("not_authed")
        if not call.app.is_socket_mode:
            raise Refusal("not_allowed", ["[ERROR] Socket Mode is not turned on"])
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = call.app
        return {"url": f"{world.base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={call.app.id}"}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Handle a websocket from hello to its end; a ticket opens one, once."""
        app = self._tickets.pop(request.query.get("ticket", ""), None)
        if app is None:
            return web.Response(status=401)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        connection = Connection(app, socket, request)
        self.connections.append(connection)
        pinging = asyncio.create_task(_ping(connection))
        try:
            await socket.send_json(self._hello(app))
            self._world.touch()
            await self._listen(connection)
        finally:
            pinging.cancel()
            self.connections.remove(connection)
            for waiting in connection.acks.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError())
            self._world.touch()
        return socket

    def _hello(self, app: App) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.of(app)),
            "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": app.id},
        }

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if connection.is_silent:
                continue
            if message.type is WSMsgType.PING:
                await connection.socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                answer = json.loads(message.data)
                waiting = connection.acks.get(answer.get("envelope_id", ""))
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer.get("payload"))

    async def send(self, delivery: Delivery) -> None:
        """Send a payload in an envelope, or the same envelope again, and record its acknowledgement."""
        connections = self.of(delivery.app)
        if not connections:
            delivery.failure = "not_connected"
            return
        connection = self._choose(connections)
        delivery.envelope_id = delivery.envelope_id or secrets.token_hex(16)
        waiting: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        connection.acks[delivery.envelope_id] = waiting
        connection.envelopes += 1
        began = time.monotonic()
        try:
            if not connection.is_silent:
                await connection.socket.send_json(_envelope(delivery))
            delivery.ack = await asyncio.wait_for(waiting, self._world.ack_seconds)
            if delivery.ack is not None and not _takes_answer(delivery):
                delivery.failure = "bad_answer"
        except TimeoutError:
            delivery.failure = "timeout"
        except ConnectionError:
            delivery.failure = "connection_failed"
        finally:
            connection.acks.pop(delivery.envelope_id, None)
            delivery.seconds = time.monotonic() - began

    def abort(self) -> None:
        """Break every connection."""
        for connection in self.connections:
            connection.abort()

    async def disconnect(self, app: App, reason: DisconnectReason = "refresh_requested") -> None:
        """Ask an app's connections to disconnect: they may stay after a warning; `link_disabled` prevents new ones."""
        app.is_socket_mode = app.is_socket_mode and reason != "link_disabled"
        for connection in self.of(app):
            await self._send_disconnect(connection, reason)

    async def _send_disconnect(self, connection: Connection, reason: DisconnectReason) -> None:
        message = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
        await connection.socket.send_json(message)
        if reason != "warning":
            await connection.socket.close()


def _takes_answer(delivery: Delivery) -> bool:
    return delivery.kind == "slash_commands" or delivery.payload.get("type") in _WITH_ANSWER


def _envelope(delivery: Delivery) -> Json:
    envelope: Json = {
        "envelope_id": delivery.envelope_id,
        "type": delivery.kind,
        "payload": delivery.payload,
        "accepts_response_payload": _takes_answer(delivery),
    }
    if delivery.kind == "events_api":
        envelope |= {"retry_attempt": delivery.retry_num, "retry_reason": delivery.retry_reason}
    return envelope


async def _ping(connection: Connection) -> None:
    with suppress(ConnectionError):
        while not connection.is_silent:
            await connection.socket.ping(b"Ping from applink-1")
            await asyncio.sleep(PING_SECONDS)
