"""A local Discord: `running()` starts one that listens on this machine; its state, people and record of calls are here.

Over the wire it does what Discord documents; what the documentation leaves open is answered strictly. Routes and fields
that the bot never sends are refused. Bodies are validated against Discord's own description (`api_spec`).

    async with running(clock) as discord:
        ann = discord.add_user("ann")
        guild = discord.add_guild("Acme", ann)
        channel = discord.add_channel(guild, "general")
        discord.install(guild)
        ...  # start the bot with discord.app.token, discord.api_url and discord.gateway_url, let it put its commands
        asked = await discord.send_command("track", {"link": "https://…"}, user=ann, channel=channel)
        await discord.until(lambda: not asked.is_thinking)
        await discord.send_action(asked.message, "Refresh", user=ann)
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from tests.standins.discord_server.actions import Actions
from tests.standins.discord_server.connections import Connection
from tests.standins.discord_server.gateway import Gateway, gateway_url
from tests.standins.discord_server.http import answer, handle, refuse
from tests.standins.discord_server.routes import ROUTES
from tests.standins.faults import Injection

API = "/api/v10"
MAX_BYTES = 64 * 1024 * 1024


def utc_now() -> datetime:
    return datetime.now(UTC)


class Discord(Actions):
    """The running server."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.gateway = Gateway(self)
        self._injection = Injection(self.faults, refuse, self.touch)

    @property
    def api_url(self) -> str:
        """Replaces https://discord.com/api/v10."""
        return f"{self.base_url}{API}"

    @property
    def gateway_url(self) -> str:
        """Replaces wss://gateway.discord.gg/."""
        return gateway_url(self)

    def connections(self, shard: int | None = None) -> list[Connection]:
        """The websockets with a session, of one shard or of all."""
        ours = [each for each in self.gateway.connections if each.session is not None]
        return [each for each in ours if shard is None or (each.session and each.session.shard[0] == shard)]

    def application(self) -> web.Application:
        app = web.Application(client_max_size=MAX_BYTES, middlewares=[_errors])
        for route in ROUTES:
            method, _, path = route.name.partition(" ")
            handler = partial(handle, world=self, injection=self._injection, route=route)
            app.router.add_route(method, API + path, handler)
        app.router.add_get("/gateway", self._connect)
        app.router.add_get("/resume", self._connect)
        app.on_shutdown.append(self._let_go)
        return app

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        return await self._injection.around(request, request.path.strip("/"), partial(self.gateway.handle, request))

    async def _let_go(self, _: web.Application) -> None:
        self._injection.release()
        for connection in self.gateway.connections:
            connection.abort()


@web.middleware
async def _errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse unknown routes with Discord's error."""
    try:
        return await handler(request)
    except web.HTTPException as refusal:
        message = f"{refusal.status}: {refusal.reason}: {request.method} {request.path} is no route of this Discord"
        return answer({"message": message, "code": 0}, refusal.status)


@asynccontextmanager
async def running(clock: Callable[[], datetime] = utc_now) -> AsyncIterator[Discord]:
    """A Discord on a free local port. `clock` is aware; rates use real time."""
    discord = Discord(clock)
    runner = web.AppRunner(discord.application(), shutdown_timeout=1, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        discord.base_url = f"http://{host}:{port}"
        yield discord
    finally:
        await runner.cleanup()
