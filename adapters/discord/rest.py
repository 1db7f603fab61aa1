"""Discord's REST API at the address of the settings, through discord.py: one client for all that one program says.

It needs no gateway. Connections to that come and go and leave this open, so that an answer under way outlives the
connection on which it was asked for.
"""

import asyncio
from contextlib import AsyncExitStack
from typing import Any, Self

import aiohttp
from aiohttp import hdrs
from discord.gateway import DiscordClientWebSocketResponse, DiscordWebSocket
from discord.http import HTTPClient, Route
from discord.types.user import User
from discord.webhook.async_ import AsyncWebhookAdapter, async_context
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

TIMEOUT = aiohttp.ClientTimeout(total=60, connect=5)
"""Seconds for one request, files and all."""
LONGEST_WAIT = 60.0
"""Seconds of Retry-After that a call may wait; what takes longer fails."""


class Rest(HTTPClient):
    """discord.py's HTTP client at `api_url`. Use it as `async with`; it says nothing before its first call."""

    def __init__(self, token: str, api_url: str) -> None:
        super().__init__(asyncio.get_running_loop(), max_ratelimit_timeout=LONGEST_WAIT)
        self.token = token
        self.api_url = api_url.rstrip("/")
        self._resources = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the connections that all calls share, by the proxy that the environment names."""
        session = aiohttp.ClientSession(
            timeout=TIMEOUT,
            connector=aiohttp.TCPConnector(limit=0),
            response_class=_Response,
            ws_response_class=DiscordClientWebSocketResponse,
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(_unrepeated,),
            trust_env=True,
        )
        # Private names, read in discord.py 2.7.1: no public one gives the client its own session, with this timeout,
        # proxy and middleware. Its static_login sets both, and its interactions read the session by this name.
        self._HTTPClient__session = await self._resources.enter_async_context(session)
        self._global_over = asyncio.Event()
        self._global_over.set()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close them."""
        await self._resources.aclose()

    def speak(self) -> None:
        """Let the answers to interactions, which have a way of their own in the library, go to the same address.

        It holds for the current task and those that it starts.
        """
        async_context.set(_Answers(self))

    def direct(self, route: Route) -> None:
        """Turn a route of the library to this address; one that is turned already stays."""
        if route.url.startswith(Route.BASE):
            route.url = self.api_url + route.url.removeprefix(Route.BASE)

    async def request(self, route: Route, **kwargs: Any) -> Any:  # noqa: ANN401 - the library's own signature
        """One call, at the pace that Discord asks for. Safe to cancel."""
        self.direct(route)
        try:
            return await super().request(route, **kwargs)
        except asyncio.CancelledError:
            self._global_over.set()  # the library may have slept through a global 429, and would never let others go on
            raise

    async def ws_connect(self, url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        """A connection to the gateway: where the library would take the one it knows, the one that this API names."""
        asked = URL(url)
        if asked.host == DiscordWebSocket.DEFAULT_GATEWAY.host:
            _, named, _ = await self.get_bot_gateway()
            asked = URL(named).with_query(asked.query)
        # With a scheme for which the environment may name a proxy: nobody names one for wss.
        asked = asked.with_scheme({"wss": "https", "ws": "http"}.get(asked.scheme, asked.scheme))
        return await super().ws_connect(str(asked), compress=compress)

    async def static_login(self, token: str) -> User:  # noqa: ARG002 - it has its token
        """Whose token it is. Raises the library's HTTPException, with status 401 where Discord does not take it."""
        user: User = await self.request(Route("GET", "/users/@me"))
        return user

    async def close(self) -> None:
        """Nothing: a connection to the gateway that ends leaves this open for the next."""


async def _unrepeated(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Report a failed first answer at once: before it repeats one, the library sleeps for longer than Discord waits."""
    response = await send(request)
    if response.status >= 500 and request.url.path.endswith("/callback"):
        response.close()
        raise aiohttp.ClientPayloadError
    return response


class _Response(aiohttp.ClientResponse):
    """An answer whose JSON the library knows as such: by the bare media type, to which a proxy may add a charset."""

    @property
    def headers(self) -> CIMultiDictProxy[str]:
        """As received, with the media type alone where it is JSON's."""
        received = super().headers
        if self.content_type != "application/json":
            return received
        bare = CIMultiDict(received)
        bare[hdrs.CONTENT_TYPE] = self.content_type
        return CIMultiDictProxy(bare)


class _Answers(AsyncWebhookAdapter):
    """The library's way of answering interactions, at the same address."""

    def __init__(self, rest: Rest) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # the library states no types
        self._rest = rest

    async def request(self, route: Route, session: aiohttp.ClientSession, **kwargs: Any) -> Any:  # noqa: ANN401 - as above
        """One call; what comes back without being Discord's own words counts as lost, before the library notes it."""
        self._rest.direct(route)
        answer = await super().request(route, session, **kwargs)
        if isinstance(answer, str) and answer:
            raise aiohttp.ClientPayloadError
        return answer
