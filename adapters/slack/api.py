"""Calls to Slack's API, with one exception for every failure and retries after a 429.

Only a 429 is retried, because such a call certainly had no effect.
"""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.chat.proxies import trusts_env
from adapters.chat.retry import ChatFailed, Sleep
from adapters.slack.errors import UNCLEAR, response_data, retry_after
from adapters.slack.text import NO_PREFIX, CommandNames
from bot.reply.spool import Content, opened

logger = logging.getLogger(__name__)

Json: TypeAlias = dict[str, Any]

NO_ANSWER = "no_answer"
TRIES = 4
MAX_RETRY_AFTER = 60.0
"""Seconds; a call with a longer Retry-After fails at once."""
QUICK_RETRY_AFTER = 5.0
"""Seconds; the same for a call that a person waits for."""
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)
UPLOAD_TIMEOUT = aiohttp.ClientTimeout(total=300, connect=5)

CONTENT = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "invalid_payload", "msg_blocks_too_long", "msg_too_long"}
)
"""Error codes for a message whose content Slack refuses."""

_WORD = re.compile(r"[a-z_]{1,50}")

_FAILURES = (SlackClientError, aiohttp.ClientError, OSError, ValueError, AttributeError, RecursionError)
"""What the SDK raises: its own errors, network errors (a time-out is an OSError), and those of a non-JSON response."""


class SlackFailed(ChatFailed):
    """A call to Slack failed, or its outcome is unknown. `code` is Slack's error code, such as `not_in_channel`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack answered {code}")
        self.code = code

    @property
    def is_about_content(self) -> bool:
        """Whether Slack refused the content itself."""
        return self.code in CONTENT

    @property
    def is_unclear(self) -> bool:
        """Whether the call may have succeeded all the same."""
        return self.code == NO_ANSWER or self.code in UNCLEAR


class _RateLimited(Exception):
    """Slack answered 429; retry after `after` seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(after)
        self.after = after


def new_session() -> aiohttp.ClientSession:
    """An HTTP session for all calls, since a session per call would cost several times the call.

    It uses the proxy that the environment names (HTTPS_PROXY, NO_PROXY).
    """
    return aiohttp.ClientSession(timeout=TIMEOUT, trust_env=trusts_env())


def new_client(session: aiohttp.ClientSession, api_url: str, token: str | None) -> AsyncWebClient:
    """A Web API client that never retries by itself."""
    client = AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[], logger=_sdk_logger())
    client.proxy = None  # the session handles the proxy: the SDK ignores NO_PROXY
    return client


_Method: TypeAlias = Callable[..., Awaitable[AsyncSlackResponse]]


class Calls:
    """Calls to the Web API, to a response_url and to an upload URL. Each raises only SlackFailed.

    `names` adds the app's command prefix to the command names in the text that is sent.
    """

    def __init__(
        self, session: aiohttp.ClientSession, sleep: Sleep = asyncio.sleep, names: CommandNames = NO_PREFIX
    ) -> None:
        self._session = session
        self._sleep = sleep
        self._names = names

    async def api(self, method: _Method, **arguments: object) -> Json:
        """Call a method of a client, such as `client.chat_postMessage`; returns the response's JSON."""
        return await self._api(method, arguments, MAX_RETRY_AFTER)

    async def quick(self, method: _Method, **arguments: object) -> Json:
        """As `api`, for a call that a person waits for: a 429 that asks for more than a few seconds is a failure."""
        return await self._api(method, arguments, QUICK_RETRY_AFTER)

    async def _api(self, method: _Method, arguments: Mapping[str, object], longest: float) -> Json:
        named: Any = self._names.shown(arguments)

        async def once() -> Json:
            try:
                response = await method(**named)
            except SlackApiError as error:
                raise _failure(error.response) from error
            except _FAILURES as error:
                raise SlackFailed(NO_ANSWER) from error
            return response.data if isinstance(response.data, dict) else {}

        return await self._with_retries(once, longest)

    async def respond(self, response_url: str, body: Mapping[str, object]) -> None:
        """Post to a response_url."""
        named: Any = self._names.shown(dict(body))

        async def once() -> Json:
            try:
                client = AsyncWebhookClient(
                    response_url, session=self._session, retry_handlers=[], logger=_sdk_logger()
                )
                client.proxy = None  # as above
                answer = await client.send_dict(named)
            except _FAILURES as error:
                raise SlackFailed(NO_ANSWER) from error
            if answer.status_code == 429:
                raise _RateLimited(retry_after(answer.headers) or 1)
            code = _response_url_error(answer.status_code, answer.body)
            if code:
                raise SlackFailed(code)
            return {}

        await self._with_retries(once)

    async def upload(self, url: str, content: Content) -> None:
        """Upload a file's bytes to the URL from files.getUploadURLExternal, in chunks."""
        try:
            async with self._session.post(url, data=opened(content), timeout=UPLOAD_TIMEOUT) as answer:
                if answer.status != 200:
                    raise SlackFailed(f"status_{answer.status}")
        except (aiohttp.ClientError, OSError) as error:
            raise SlackFailed(NO_ANSWER) from error

    async def _with_retries(self, once: Callable[[], Awaitable[Json]], longest: float = MAX_RETRY_AFTER) -> Json:
        for _ in range(TRIES - 1):
            try:
                return await once()
            except _RateLimited as limited:
                if limited.after > longest:
                    raise SlackFailed("ratelimited") from None
                logger.info("rate limited by Slack", extra={"seconds": limited.after})
                await self._sleep(limited.after)
        try:
            return await once()
        except _RateLimited:
            raise SlackFailed("ratelimited") from None


def required_text(answer: Json, *names: str) -> str:
    """The string at a path of keys in a response. Raises SlackFailed if it is missing."""
    value: object = answer
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str):
        raise SlackFailed(NO_ANSWER)
    return value


def _sdk_logger() -> logging.Logger:
    """A logger that keeps the SDK from logging every message at DEBUG, and from formatting it at other levels."""
    sdk = logging.getLogger(f"{__name__}.sdk")
    if sdk.level != logging.WARNING:  # setting a level clears every logger's cache
        sdk.setLevel(logging.WARNING)
    return sdk


def _failure(response: object) -> Exception:
    """The exception for a response with `ok: false`, or for one that can't be read."""
    if getattr(response, "status_code", 0) == 429:
        return _RateLimited(retry_after(getattr(response, "headers", {})) or 1)
    return SlackFailed(str(response_data(response).get("error") or NO_ANSWER))


def _response_url_error(status: int, body: str) -> str:
    """The error code of a response_url's response, empty if it succeeded. The body is JSON, a bare code or "ok"."""
    try:
        read = json.loads(body)
    except ValueError:
        read = {"ok": True} if body.strip() in {"", "ok"} else {"error": body.strip()}
    data = read if isinstance(read, dict) else {}
    if status == 200 and data.get("ok"):
        return ""
    code = str(data.get("error") or "")
    return code if _WORD.fullmatch(code) else f"status_{status}" if status != 200 else NO_ANSWER
