"""REST client for Discord's API: one HTTP session for all calls of the program.

It is independent of the gateway and stays open across reconnects, so that a reply doesn't fail with the connection that
delivered its interaction.
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

from adapters.chat.pacing import NEVER_SENT, SOON, Busy, trusts_env
from adapters.discord.errors import RATE_LIMITED
from adapters.discord.limits import Bucket, Buckets, Limits, RestResponse, retry_after
from bot.delivery.poster import Later, Unclear
from bot.domain.errors import DatabaseUnavailable

logger = logging.getLogger(__name__)

TIMEOUT = aiohttp.ClientTimeout(total=60, connect=5)
"""Seconds for one request, including uploads."""
MAX_RATE_LIMIT_WAIT = 60.0
"""Seconds; a call that would wait longer for a rate limit fails."""
Outcome: TypeAlias = RestResponse | Later | Unclear
MAX_WAIT = 8.0
"""Seconds to wait for the global limit; a post that would wait longer is retried later, and its caller goes on."""
QUEUE_TIMEOUT = 12.0
"""Seconds to wait for room in a bucket and for the global limit."""
RESPONSE_TIMEOUT = 15.0
"""Seconds in which Discord has to answer a post."""
_NEVER_SENT = (*NEVER_SENT, RuntimeError)  # the session is closed


class Rest(HTTPClient):
    """discord.py's HTTP client with its own requests: to `api_url`, by the environment's proxy, without retries.

    The library's requests have no time-out, are retried for longer than an interaction can wait, and sleep for any
    Retry-After. An async context manager, which makes no calls by itself.
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
            trust_env=trusts_env(),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the session."""
        await self._shared_session.close()

    def turn(self, route: Route, max_wait: float) -> AbstractAsyncContextManager[Bucket]:
        """Wait until the route's bucket has room for the call that the block makes. Raises Busy."""
        return self._route_buckets.of(route).turn(max_wait)

    async def send(self, route: Route, bucket: Bucket, sent: Mapping[str, Any]) -> tuple[aiohttp.ClientResponse, Any]:
        """Make one request within a turn; returns the response, and its JSON or text. Raises what aiohttp raises.

        `sent` are arguments for aiohttp, or a `form` factory, since a form can be sent only once. Routes with a webhook
        token are called without the bot's token.
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
        """Make a call; returns its JSON. Waits after a 429; after a global one, other calls wait too, except replies.

        Raises Busy if that would take too long, discord.py's HTTPException for an error, and ClientPayloadError if the
        response isn't Discord's. Safe to cancel.
        """
        now = asyncio.get_running_loop().time
        async with self.turn(route, MAX_RATE_LIMIT_WAIT) as bucket:
            while True:
                if not route.webhook_id:
                    await asyncio.sleep(self._limited_until - now())
                response, content = await self.send(route, bucket, sent)
                wait = retry_after(rest_response(response, content)) if response.status == 429 else math.inf
                if wait > MAX_RATE_LIMIT_WAIT:
                    break
                if content.get("global"):
                    self._limited_until = now() + wait
                await asyncio.sleep(wait)
        if response.status >= 300:
            raise HTTPException(response, content)
        if content and isinstance(content, str):
            raise aiohttp.ClientPayloadError
        return content

    async def ws_connect(self, url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        """Connect to the gateway: to the one that this API names in place of the library's default."""
        target = URL(url)
        if target.host == DiscordWebSocket.DEFAULT_GATEWAY.host:
            _, named, _ = await self.get_bot_gateway()
            target = URL(named).with_query(target.query)
        # https instead of wss, because HTTPS_PROXY applies only to https.
        target = target.with_scheme({"wss": "https", "ws": "http"}.get(target.scheme, target.scheme))
        return await self._shared_session.ws_connect(
            target, timeout=aiohttp.ClientWSTimeout(ws_close=30), autoclose=False, max_msg_size=0, compress=compress
        )

    async def static_login(self, token: str) -> User:  # noqa: ARG002 - the client has the token
        """The user of the token. Raises discord.py's HTTPException, with status 401 if Discord refuses the token."""
        user: User = await self.request(Route("GET", "/users/@me"))
        return user

    async def close(self) -> None:
        """Do nothing: discord.py calls this at the end of each gateway connection, but the session is shared."""


def rest_response(response: aiohttp.ClientResponse, content: object) -> RestResponse:
    """A RestResponse, with an empty body if that isn't a JSON object."""
    return RestResponse(response.status, response.headers, content if isinstance(content, dict) else {})


async def try_request(rest: Rest, limits: Limits, route: Route, sent: Mapping[str, Any]) -> Outcome:
    """Make a call; returns the response, Later if it certainly had no effect, or Unclear. Never raises."""
    channel, is_sent = route.major_parameters, False
    try:
        limits.check(channel)
        async with asyncio.timeout(QUEUE_TIMEOUT) as within, rest.turn(route, QUEUE_TIMEOUT) as bucket:
            await limits.admit(MAX_WAIT)
            within.reschedule(asyncio.get_running_loop().time() + RESPONSE_TIMEOUT)
            is_sent = True
            answer = rest_response(*await rest.send(route, bucket, sent))
    except Busy as busy:
        return _busy(busy.seconds)
    except (DatabaseUnavailable, *_NEVER_SENT) as error:
        return Later(SOON, "no_database" if isinstance(error, DatabaseUnavailable) else "no_connection")
    except TimeoutError as error:
        return Unclear(type(error).__name__) if is_sent else _busy(QUEUE_TIMEOUT)
    except Exception as error:
        if is_sent:
            return Unclear(type(error).__name__)
        logger.warning("a call failed before it was sent", exc_info=True)
        return Later(SOON, type(error).__name__)
    limits.learn(answer, channel)
    return Unclear(f"status_{answer.status}") if answer.status >= 500 else answer


def _busy(seconds: float) -> Later:
    return Later(timedelta(seconds=seconds), RATE_LIMITED)
