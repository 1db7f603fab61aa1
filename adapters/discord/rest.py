"""Discord's REST API at the address of the settings: one session for all calls of one program.

It needs no gateway. Gateway connections come and go and leave it open, so that a reply under way outlives the
connection on which it was requested.
"""

import asyncio
import json
import logging
import math
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Self, TypeAlias

import aiohttp
from discord import HTTPException
from discord.gateway import DiscordClientWebSocketResponse, DiscordWebSocket
from discord.http import HTTPClient, Route
from discord.types.user import User
from yarl import URL

from adapters.chat.pacing import Busy
from adapters.chat.retry import NEVER_SENT, SOON
from adapters.discord.errors import RATE_LIMITED
from adapters.discord.limits import Answer, Bucket, Buckets, Limits, retry_after
from bot.delivery.poster import Later, Unclear
from bot.domain.errors import DatabaseUnavailable

logger = logging.getLogger(__name__)

TIMEOUT = aiohttp.ClientTimeout(total=60, connect=5)
"""Seconds for one request, files and all."""
LONGEST_WAIT = 60.0
"""Seconds that a call may wait for a rate limit; one that takes longer fails."""
Outcome: TypeAlias = Answer | Later | Unclear
MAX_WAIT = 8.0
"""Seconds to wait for a turn; a call that takes longer is tried later, so that its caller soon has an outcome."""
IN_LINE = 12.0
"""Seconds to wait for room in a bucket and for a turn."""
WITHIN = 15.0
"""Seconds in which Discord has to answer a request."""
_NEVER_SENT = (*NEVER_SENT, RuntimeError)  # the session is closed


class Rest(HTTPClient):
    """discord.py's HTTP client, with its requests made here: at `api_url`, by the environment's proxy, in one try.

    The library's own requests have no time-out, are repeated for longer than an interaction can wait, and sleep
    through rate limits for as long as Discord names. Use it as `async with`; it calls nothing by itself.
    """

    def __init__(self, token: str, api_url: str) -> None:
        super().__init__(asyncio.get_running_loop())
        self.token = token
        self.api_url = api_url.rstrip("/")
        self._route_buckets = Buckets()
        self._limited_until = -math.inf
        self._shared_session = aiohttp.ClientSession(
            headers={"User-Agent": self.user_agent},
            timeout=TIMEOUT,
            connector=aiohttp.TCPConnector(limit=0),
            ws_response_class=DiscordClientWebSocketResponse,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=True,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the session."""
        await self._shared_session.close()

    def turn(self, route: Route, max_wait: float) -> AbstractAsyncContextManager[Bucket]:
        """Wait until the route's bucket has room for a call, which the block makes. Raises Busy."""
        return self._route_buckets.of(route).turn(max_wait)

    async def send(self, route: Route, bucket: Bucket, sent: Mapping[str, Any]) -> tuple[aiohttp.ClientResponse, Any]:
        """Make one request within a turn: the response, and its JSON or text. Raises what aiohttp raises.

        `sent` is aiohttp's own, or a `form` that is made anew for each request. Replies to interactions carry their
        token in the path, and not the bot's.
        """
        headers = {} if route.webhook_id else {"Authorization": f"Bot {self.token}"}
        url = self.api_url + route.url.removeprefix(Route.BASE)
        sent = {"data": sent["form"]()} if "form" in sent else sent
        async with self._shared_session.request(route.method, url, headers=headers, **sent) as response:
            body = await response.read()
        if response.status != 429:
            self._route_buckets.learn(route, bucket, response.headers)
        try:
            return response, json.loads(body)
        except ValueError:
            return response, body.decode(errors="replace")

    async def request(self, route: Route, **sent: Any) -> Any:  # noqa: ANN401 - the library's own signature
        """The JSON of one call. A 429 is waited out; a global one by every call but replies to interactions.

        Raises Busy if that takes too long, the library's HTTPException for an error, and ClientPayloadError if
        anything but Discord answered. Safe to cancel.
        """
        now = asyncio.get_running_loop().time
        async with self.turn(route, LONGEST_WAIT) as bucket:
            while True:
                if not route.webhook_id:
                    await asyncio.sleep(self._limited_until - now())
                response, said = await self.send(route, bucket, sent)
                wait = retry_after(answer_of(response, said)) if response.status == 429 else math.inf
                if wait > LONGEST_WAIT:
                    break
                if said.get("global"):
                    self._limited_until = now() + wait
                await asyncio.sleep(wait)
        if response.status >= 300:
            raise HTTPException(response, said)
        if said and isinstance(said, str):
            raise aiohttp.ClientPayloadError
        return said

    async def ws_connect(self, url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        """Connect to the gateway: to the one that this API names in place of the library's default."""
        target = URL(url)
        if target.host == DiscordWebSocket.DEFAULT_GATEWAY.host:
            _, named, _ = await self.get_bot_gateway()
            target = URL(named).with_query(target.query)
        # With a scheme for which the environment may name a proxy: nobody names one for wss.
        target = target.with_scheme({"wss": "https", "ws": "http"}.get(target.scheme, target.scheme))
        return await self._shared_session.ws_connect(
            target, timeout=aiohttp.ClientWSTimeout(ws_close=30), autoclose=False, max_msg_size=0, compress=compress
        )

    async def static_login(self, token: str) -> User:  # noqa: ARG002 - it has its token
        """Whose token it is. Raises the library's HTTPException, with status 401 if Discord refuses the token."""
        user: User = await self.request(Route("GET", "/users/@me"))
        return user

    async def close(self) -> None:
        """Nothing: a connection to the gateway that ends leaves this open for the next."""


def answer_of(response: aiohttp.ClientResponse, said: object) -> Answer:
    """The answer, with nothing in its body if that is no JSON object."""
    return Answer(response.status, response.headers, said if isinstance(said, dict) else {})


async def call(rest: Rest, limits: Limits, route: Route, sent: Mapping[str, Any]) -> Outcome:
    """Discord's response; Later if the call certainly had no effect, Unclear if that isn't known. Never raises."""
    place, is_sent = route.major_parameters, False
    try:
        limits.check(place)
        async with asyncio.timeout(IN_LINE) as within, rest.turn(route, IN_LINE) as bucket:
            await limits.admit(MAX_WAIT)
            within.reschedule(asyncio.get_running_loop().time() + WITHIN)
            is_sent = True
            answer = answer_of(*await rest.send(route, bucket, sent))
    except Busy as busy:
        return _busy(busy.seconds)
    except (DatabaseUnavailable, *_NEVER_SENT) as error:
        return Later(SOON, "no_database" if isinstance(error, DatabaseUnavailable) else "no_connection")
    except TimeoutError as error:
        return Unclear(type(error).__name__) if is_sent else _busy(IN_LINE)
    except Exception as error:
        if is_sent:
            return Unclear(type(error).__name__)
        logger.warning("a call failed before it was sent", exc_info=True)
        return Later(SOON, type(error).__name__)
    limits.learn(answer, place)
    return Unclear(f"status_{answer.status}") if answer.status >= 500 else answer


def _busy(seconds: float) -> Later:
    return Later(timedelta(seconds=seconds), RATE_LIMITED)
