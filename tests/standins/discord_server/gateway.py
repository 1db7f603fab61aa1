"""Gateway websockets: hello, heartbeats, identify and resume; a wrong token or a privileged intent closes them."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from aiohttp import web

from tests.standins.discord_server.connections import HEARTBEAT, UNREADABLE, Closing, Connection, Session
from tests.standins.discord_server.world import World

Json: TypeAlias = dict[str, Any]

IDENTIFY, RESUME, HELLO, ACK = 2, 6, 10, 11
HEARTBEAT_MS = 600_000
"""Discord uses about 41 s. This outlasts any test: a heartbeat thread that outlives its loop fails other tests."""
IDENTIFIES_PER_DAY = 1000
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15


def gateway_url(world: World, path: str = "gateway") -> str:
    """Where to connect or resume."""
    return f"{world.base_url.replace('http', 'ws', 1)}/{path}"


class Gateway:
    """Handles the websockets of every shard."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.connections: list[Connection] = []
        self._answers: Mapping[int, Callable[[Connection, Any], None]] = {
            HEARTBEAT: self._heartbeat,
            IDENTIFY: self._identify,
            RESUME: self._resume,
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=4096, compress=False)
        await socket.prepare(request)
        connection = Connection(request, socket)
        self.connections.append(connection)
        connection.send({"op": HELLO, "d": {"heartbeat_interval": HEARTBEAT_MS}, "s": None, "t": None})
        writing = asyncio.create_task(connection.write())
        try:
            await connection.listen(self._answer)
        finally:
            writing.cancel()
            self.connections.remove(connection)
            self._leave(connection, connection.closed_with or socket.close_code)
        return socket

    def _leave(self, connection: Connection, code: int | None) -> None:
        """End a session when the client closes with 1000 or 1001; after any other end it can be resumed."""
        session = connection.session
        if session is not None and session.send == connection.send:
            session.send = None
            session.is_resumable = session.is_resumable and code not in (1000, 1001)
        self._world.touch()

    def _answer(self, connection: Connection, payload: Json) -> None:
        answer = self._answers.get(payload["op"])
        if answer is None:
            raise Closing(4002, UNREADABLE)
        answer(connection, payload.get("d"))
        self._world.touch()

    def _heartbeat(self, connection: Connection, _: Any) -> None:
        connection.send({"op": ACK, "d": None, "s": None, "t": None})

    def _identify(self, connection: Connection, data: Any) -> None:
        world = self._world
        session = _session(world, data)
        world.identifies.append(world.clock())
        ours = [each for each in world.guilds.values() if world.app.user.id in each.members]
        mine = [each for each in ours if session.receives("READY", each.id)]
        world.sessions.append(session)
        connection.session, session.send = session, connection.send
        session.dispatch(
            "READY",
            {
                "v": 10,
                "user": world.app.user.as_json(),
                "guilds": [{"id": each.id, "unavailable": True} for each in mine],
                "session_id": session.id,
                "resume_gateway_url": gateway_url(world, "resume"),
                "shard": list(session.shard),
                "application": {"id": world.app.id, "flags": 0},
                "session_type": "normal",
                "private_channels": [],
            },
        )
        for guild in mine:
            if guild.is_available and session.receives("GUILD_CREATE", guild.id):
                session.dispatch("GUILD_CREATE", world.guild_event(guild))

    def _resume(self, connection: Connection, data: Any) -> None:
        if data["token"] != self._world.app.token:
            raise Closing(4004, "Authentication failed.")
        session = next((each for each in self._world.sessions if each.id == data["session_id"]), None)
        if session is None or not session.is_resumable:
            connection.invalidate()
            return
        connection.session, session.send = session, connection.send
        session.replay(data["seq"])


def _session(world: World, data: Any) -> Session:
    """The session that an IDENTIFY asks for. Raises Closing."""
    if data["token"] != world.app.token:
        raise Closing(4004, "Authentication failed.")
    if data["intents"] & PRIVILEGED:
        raise Closing(4014, "Disallowed intent(s).")
    number, count = data.get("shard", [0, 1])
    return Session(id=world.new_id(), shard=(number, count), intents=data["intents"])
