"""A local Slack: `running()` starts one that listens on this machine; its state, people and record of calls are here.

Over the wire it does what Slack documents; what the documentation leaves open is answered strictly. Methods, arguments
and blocks that the bot never sends are refused.

    async with running(clock) as slack:
        team = slack.add_team()
        slack.add_user("U1", team, "ann", is_admin=True)
        app = slack.add_app(is_socket_mode=False)  # its signing_secret and app_token are the app's settings
        token = slack.install(app, team)
        slack.add_channel("C1", team, ["U1", token.bot_user])
        ...  # start the app with slack.api_url, then tell Slack where it is: app.request_url = "http://…/slack/events"
        await slack.send_command("/stats", "cats", user="U1", channel="C1")
        await slack.until(lambda: slack.ephemerals("U1"))
        await slack.send_action(slack.ephemerals("U1")[0], "Refresh", user="U1")
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
from aiohttp import web

from tests.standins.faults import Injection
from tests.standins.slack import oauth, replies
from tests.standins.slack.apps import App
from tests.standins.slack.calls import Call
from tests.standins.slack.delivery import Forgery, HttpPost
from tests.standins.slack.events import Events
from tests.standins.slack.http import WebApi, read, refuse
from tests.standins.slack.methods import upload
from tests.standins.slack.oauth import Consent
from tests.standins.slack.refusal import Refusal
from tests.standins.slack.sockets import Connection, DisconnectReason, Sockets

MAX_BYTES = 50 * 1024 * 1024
_GONE = ("expired_url", "used_url", "message_not_found")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Slack(Events):
    """The running server. `consent` answers the next consent page; None presses Cancel."""

    def __init__(self, clock: Callable[[], datetime], session: aiohttp.ClientSession) -> None:
        super().__init__(clock)
        self.consent: Consent | None = None
        self._http = self.posts = HttpPost(self, session)
        self._link = self.sockets = Sockets(self)
        self._injection = Injection(self.faults, refuse, self.touch)
        self._web_api = WebApi(self, self._link.methods)

    @property
    def api_url(self) -> str:
        """Replaces https://slack.com/api/."""
        return f"{self.base_url}/api/"

    @property
    def authorize_url(self) -> str:
        """Replaces https://slack.com/oauth/v2/authorize."""
        return f"{self.base_url}/oauth/v2/authorize"

    def forging(
        self, *, secret: str = "", age: timedelta = timedelta(0), timestamp: str = ""
    ) -> AbstractContextManager[None]:
        """Sign requests wrongly until the end of the block: with another secret, or at another time."""
        return self._http.forging(Forgery(secret, age, timestamp))

    def connections(self, app: App | None = None) -> list[Connection]:
        """The open websockets of an app."""
        return self._link.of(self._app(app))

    async def disconnect(self, reason: DisconnectReason = "refresh_requested", app: App | None = None) -> None:
        """Ask an app's websockets to disconnect: they may stay after a warning; `link_disabled` prevents new ones."""
        await self._link.disconnect(self._app(app), reason)

    def application(self) -> web.Application:
        app = web.Application(client_max_size=MAX_BYTES)
        app.add_routes(
            [
                web.route("*", "/api/{method}", self._api),
                web.post("/hooks/{team}/{secret}", self._hook),
                web.post("/upload/v1/{file}", self._upload),
                web.get("/oauth/v2/authorize", self._authorize),
                web.get("/link/", self._link.handle),
            ]
        )
        app.on_shutdown.append(self._let_go)
        return app

    async def _let_go(self, _: web.Application) -> None:
        self._injection.release()
        self._link.abort()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        return await self._web_api.handle(request, self._injection)

    async def _hook(self, request: web.Request) -> web.StreamResponse:
        name = f"{request.match_info['team']}/{request.match_info['secret']}"
        try:
            call = await read(request, self, "response_url")
        except Refusal as refusal:
            return web.Response(status=400, text=refusal.error)

        async def act() -> web.Response:
            try:
                replies.use(self, name, call.args)
            except Refusal as refusal:
                call.answer = refusal.body()
                return web.json_response(call.answer, status=404 if refusal.error in _GONE else 400)
            else:
                call.answer = {"ok": True}
                return web.Response(text="ok")
            finally:
                self.touch()

        return await self._injection.around(request, call.method, act)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        file_id = request.match_info["file"]
        content = await request.read()
        args = {"file": file_id, "bytes": len(content)}
        call = Call(method="upload", args=args, headers=request.headers.copy(), at=self.clock())
        self.calls.append(call)

        async def act() -> web.Response:
            try:
                said = upload(self, file_id, content)
            except Refusal as refusal:
                call.answer = refusal.body()
                return web.Response(status=400, text=refusal.error)
            else:
                call.answer = {"ok": True}
                return web.Response(text=said)
            finally:
                self.touch()

        return await self._injection.around(request, call.method, act)

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        try:
            target = oauth.authorize(self, request.query, self.consent)
        except Refusal as refusal:
            return web.Response(status=400, text=f"Something went wrong when authorizing this app: {refusal.error}")
        return web.Response(status=302, headers={"Location": target})


@asynccontextmanager
async def running(clock: Callable[[], datetime] = utc_now) -> AsyncIterator[Slack]:
    """A Slack on a free local port. `clock` is aware; rates use real time."""
    async with aiohttp.ClientSession() as session:
        slack = Slack(clock, session)
        runner = web.AppRunner(slack.application(), shutdown_timeout=1, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            slack.base_url = f"http://{host}:{port}"
            yield slack
        finally:
            await runner.cleanup()
