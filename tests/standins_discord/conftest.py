"""A local Discord with a guild, two people and a channel, called by a bare websocket and bare REST calls."""

import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.standins.discord_server.people import Channel, Guild, User
from tests.standins.discord_server.server import Discord, running
from tests.standins.environment import HandClock


class Peer:
    """A connection to the gateway with zlib-stream."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self._inflate = zlib.decompressobj()

    async def receive(self) -> Any:
        return json.loads(self._inflate.decompress(await self.socket.receive_bytes()))

    async def close_code(self) -> int | None:
        while not self.socket.closed:
            await self.socket.receive(timeout=5)
        return self.socket.close_code


@pytest.fixture
async def discord(clock: HandClock) -> AsyncIterator[Discord]:
    async with running(clock) as discord:
        yield discord


@pytest.fixture
def ann(discord: Discord) -> User:
    return discord.add_user("ann")


@pytest.fixture
def ben(discord: Discord) -> User:
    return discord.add_user("ben")


@pytest.fixture
def guild(discord: Discord, ann: User, ben: User) -> Guild:
    guild = discord.add_guild("Acme", ann, [ben])
    discord.install(guild)
    return guild


@pytest.fixture
def channel(discord: Discord, guild: Guild) -> Channel:
    return discord.add_channel(guild, "general")


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def call(discord: Discord, session: aiohttp.ClientSession) -> Callable[..., Awaitable[tuple[int, Any]]]:
    """Makes a REST call with the bot's token; returns the status and the answer."""

    async def made(method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bot {discord.app.token}"}
        sent = {"json": body} if body is not None else {}
        async with session.request(method, discord.api_url + path, headers=headers, **sent, **more) as response:
            is_json = response.content_type == "application/json" and response.status != 204
            return response.status, await response.json() if is_json else await response.text()

    return made


@pytest.fixture
async def peer(discord: Discord, session: aiohttp.ClientSession) -> AsyncIterator[Peer]:
    """A connection that has not identified yet."""
    async with session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json&compress=zlib-stream") as socket:
        yield Peer(socket)
