"""Calls to Slack: one error for every failed call, and a wait after a 429.

Nothing is sent twice but what Slack refused with 429, which certainly had no effect.
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

from adapters.chat.retry import ChatFailed, Sleep
from adapters.slack.errors import HALF_DONE, retry_after, said
from adapters.slack.text import AS_THEY_ARE, CommandNames
from bot.reply.spool import Content, opened

logger = logging.getLogger(__name__)

Json: TypeAlias = dict[str, Any]

NO_ANSWER = "no_answer"
TRIES = 4
LONGEST_WAIT = 60.0
"""Seconds of Retry-After that a person's answer may wait; what takes longer is given up."""
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)
UPLOAD_TIMEOUT = aiohttp.ClientTimeout(total=300, connect=5)

CONTENT = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "invalid_payload", "msg_blocks_too_long", "msg_too_long"}
)
"""Errors that are about the message itself."""

_WORD = re.compile(r"[a-z_]{1,50}")

_FAILURES = (SlackClientError, aiohttp.ClientError, OSError, ValueError, AttributeError, RecursionError)
"""What the SDK raises: its own errors, the network's (a time-out is an OSError), and those of a non-JSON response."""


class SlackFailed(ChatFailed):
    """Slack did not do it, or did not say so. `word` is its own name for why, such as `not_in_channel`."""

    def __init__(self, word: str) -> None:
        super().__init__(f"Slack answered {word}")
        self.word = word

    @property
    def is_about_content(self) -> bool:
        """Whether the message itself was refused, whichever way it goes."""
        return self.word in CONTENT

    @property
    def is_unclear(self) -> bool:
        """Whether it may have been done all the same."""
        return self.word == NO_ANSWER or self.word in HALF_DONE


class _Busy(Exception):
    """429: try again after so many seconds."""

    def __init__(self, after: float) -> None:
        super().__init__(after)
        self.after = after


def new_session() -> aiohttp.ClientSession:
    """The connections that every call shares, by the proxy that the environment names (HTTPS_PROXY, NO_PROXY).

    A session of its own for each call would cost several times the call.
    """
    return aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True)


def new_client(session: aiohttp.ClientSession, api_url: str, token: str | None) -> AsyncWebClient:
    """A client of the Web API that repeats nothing by itself."""
    client = AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[], logger=_sdk_logger())
    client.proxy = None  # the session's: the SDK's own look at the environment overlooks NO_PROXY
    return client


class Calls:
    """The three kinds of call: the Web API, a response_url, an upload. Each raises SlackFailed alone.

    `names` puts the app's own command names into whatever is sent.
    """

    def __init__(
        self, session: aiohttp.ClientSession, sleep: Sleep = asyncio.sleep, names: CommandNames = AS_THEY_ARE
    ) -> None:
        self._session = session
        self._sleep = sleep
        self._names = names

    async def api(self, method: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: object) -> Json:
        """The answer to a method of a client, such as `client.chat_postMessage`."""
        named: Any = self._names.shown(arguments)

        async def once() -> Json:
            try:
                response = await method(**named)
            except SlackApiError as error:
                raise _failure(error.response) from error
            except _FAILURES as error:
                raise SlackFailed(NO_ANSWER) from error
            return response.data if isinstance(response.data, dict) else {}

        return await self._patiently(once)

    async def respond(self, response_url: str, body: Mapping[str, object]) -> None:
        """Answer by a response_url."""
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
                raise _Busy(retry_after(answer.headers) or 1)
            word = _refusal(answer.status_code, answer.body)
            if word:
                raise SlackFailed(word)
            return {}

        await self._patiently(once)

    async def upload(self, url: str, content: Content) -> None:
        """Send a file's bytes to the address that Slack gave for them, a piece at a time."""
        try:
            async with self._session.post(url, data=opened(content), timeout=UPLOAD_TIMEOUT) as answer:
                if answer.status != 200:
                    raise SlackFailed(f"status_{answer.status}")
        except (aiohttp.ClientError, OSError) as error:
            raise SlackFailed(NO_ANSWER) from error

    async def _patiently(self, once: Callable[[], Awaitable[Json]]) -> Json:
        for _ in range(TRIES - 1):
            try:
                return await once()
            except _Busy as busy:
                if busy.after > LONGEST_WAIT:
                    break
                logger.info("rate limited by Slack", extra={"seconds": busy.after})
                await self._sleep(busy.after)
        try:
            return await once()
        except _Busy:
            raise SlackFailed("ratelimited") from None


def fact(answer: Json, *names: str) -> str:
    """A text within an answer, by the names that lead to it; SlackFailed if Slack left it out."""
    value: object = answer
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str):
        raise SlackFailed(NO_ANSWER)
    return value


def _sdk_logger() -> logging.Logger:
    """Keeps the SDK from putting every message into the log at DEBUG, and from making ready to at every level."""
    sdk = logging.getLogger(f"{__name__}.sdk")
    if sdk.level != logging.WARNING:  # setting it makes every logger forget what it knows
        sdk.setLevel(logging.WARNING)
    return sdk


def _failure(response: object) -> Exception:
    """What an answer with `ok: false`, or none that can be read, means."""
    if getattr(response, "status_code", 0) == 429:
        return _Busy(retry_after(getattr(response, "headers", {})) or 1)
    return SlackFailed(str(said(response).get("error") or NO_ANSWER))


def _refusal(status: int, body: str) -> str:
    """Why a response_url took nothing, empty if it did: it answers in JSON, with a bare word, or with ok."""
    try:
        read = json.loads(body)
    except ValueError:
        read = {"ok": True} if body.strip() in {"", "ok"} else {"error": body.strip()}
    told = read if isinstance(read, dict) else {}
    if status == 200 and told.get("ok"):
        return ""
    word = str(told.get("error") or "")
    return word if _WORD.fullmatch(word) else f"status_{status}" if status != 200 else NO_ANSWER
