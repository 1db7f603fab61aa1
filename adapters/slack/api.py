"""Calls to Slack's API: one exception for every failure, retries after a 429, and rate limits that keep 429s rare.

Only a 429 is retried, because such a call certainly had no effect. Slack documents about one message per second per
channel, an unspecified limit per workspace, and calls per minute for each method and workspace, by tier (Slack, Rate
limits). Posts to a workspace share one rate across all processes; other calls are limited per process.
"""

import asyncio
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from types import MappingProxyType
from typing import Any, TypeAlias

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.chat.pacing import MAX_STOP, Busy, ChatFailed, Gate, Now, Rate, Sleep, Slots, tier, trusts_env
from adapters.slack.errors import UNCLEAR, response_data, retry_after
from adapters.slack.text import NO_PREFIX, CommandNames
from bot.domain.errors import DatabaseUnavailable
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


POST = "chat.postMessage"
SLOTS_PER_RESERVATION = 5
"""Shared slots that a process reserves at a time."""
MAX_GATES = 10_000
CHANNEL = Rate(1, burst=2)
"""Messages to one channel; Slack allows short bursts above one per second."""
WORKSPACE = Rate(5)
"""Messages to all channels of a workspace. Undocumented; 429s lower the rate."""
METHODS: Mapping[str, Rate] = MappingProxyType({POST: WORKSPACE, "chat.update": tier(50)})
TIER_4 = tier(100)
"""The tier of all other methods that the bot calls."""


class Limits:
    """Rate limits of one process, in order of arrival. Safe for concurrent tasks.

    `slots` are shared with other processes, by the wall clock; without them, this must be the only process.
    """

    def __init__(self, now: Now = time.monotonic, sleep: Sleep = asyncio.sleep, slots: Slots | None = None) -> None:
        self._now = now
        self._sleep = sleep
        self._slots = slots
        self._gates: dict[tuple[str, str, str], Gate] = {}
        self._sweep_at = MAX_GATES

    async def admit(self, workspace: str, method: str, max_wait: float, channel: str = "") -> None:
        """Wait until a call may be made, and count it. Raises Busy if that would take more than `max_wait` seconds.

        `channel` is set for chat.postMessage. A cancelled wait isn't counted and delays no other call.
        """
        deadline = self._now() + max_wait
        async with AsyncExitStack() as turns:
            if channel:
                gate = self._gate(("channel", workspace, channel), CHANNEL)
                await turns.enter_async_context(gate.turn(deadline))
            gate = self._method(workspace, method)
            await turns.enter_async_context(gate.turn(deadline))
            if channel and self._slots is not None and not gate.use_reserved_slot():
                await self._reserve(self._slots, gate, workspace, deadline)

    async def _reserve(self, slots: Slots, gate: Gate, workspace: str, deadline: float) -> None:
        """Reserve shared slots for the calls that are already waiting in this process."""
        count, max_wait = min(gate.queued, SLOTS_PER_RESERVATION), deadline - self._now()
        try:
            wait = await slots.reserve(f"slack:{workspace}", time.time(), gate.period * count, 0.0, max_wait)
        except DatabaseUnavailable:  # fall back to this process's own rate
            return
        if wait > max_wait:
            raise Busy(wait)
        await self._sleep(wait)
        gate.add_reserved_slots(count)

    def stop(self, workspace: str, method: str, seconds: float) -> None:
        """After a 429: hold back calls of this method in this workspace for `seconds`, then allow a lower rate."""
        self._method(workspace, method).stop(min(seconds, MAX_STOP))

    def _method(self, workspace: str, method: str) -> Gate:
        return self._gate(("method", workspace, method), METHODS.get(method, TIER_4))

    def _gate(self, key: tuple[str, str, str], rate: Rate) -> Gate:
        if key not in self._gates:
            if len(self._gates) >= self._sweep_at:
                self._gates = {key: gate for key, gate in self._gates.items() if not gate.is_idle}
                self._sweep_at = max(MAX_GATES, 2 * len(self._gates))
            self._gates[key] = Gate(rate, self._now, self._sleep)
        return self._gates[key]
