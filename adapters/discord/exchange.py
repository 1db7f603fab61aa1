"""One call to Discord through discord.py: once, at the pace that Discord takes, within a time, and with a known end.

discord.py keeps the buckets of Discord's routes: it lets a call wait until its bucket has room. What else it would do
is stopped here, where it hands a request over to be sent. It would sleep for as long as a 429 asks, with every other
call held up for good if that sleep is cancelled; repeat what may have been done; and, when a bucket is empty, keep the
answer to itself until the bucket is full again.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Any, Self, TypeAlias

import aiohttp
import discord
from discord.http import HTTPClient, MultipartParameters, Route

from adapters.discord.errors import RATE_LIMITED, SOON
from adapters.discord.limits import Answer, Busy, Limits
from bot.delivery.poster import Later, Unclear
from bot.domain.errors import DatabaseUnavailable

logger = logging.getLogger(__name__)

Outcome: TypeAlias = Answer | Later | Unclear

PATIENCE = 8.0
"""Seconds to wait for a turn; what takes longer is tried later, so that whoever asked soon knows where it stands."""
IN_LINE = 12.0
"""Seconds to wait for room in a bucket and for a turn."""
WITHIN = 15.0
"""Seconds in which Discord has to answer what was sent."""

_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


class _Enough(Exception):
    """The outcome is known: discord.py has nothing more to do. It retries an OSError, and this is none."""


@dataclass(slots=True)
class _Call:
    """A call under way; `is_sent` as soon as it may be there."""

    is_sent: bool = False
    outcome: asyncio.Future[Outcome] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Exchange:
    """Calls over the HTTP client of a bot that is logged in; the gateway need not be connected. Never raises."""

    def __init__(self, http: HTTPClient, limits: Limits) -> None:
        self._http = http
        self._limits = limits
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def call(self, route: Route, sent: MultipartParameters) -> Outcome:
        """What Discord answered; Later where the call certainly did nothing, Unclear where nobody knows."""
        place = route.major_parameters
        try:
            self._limits.check(place)
        except Busy as busy:
            return _busy(busy.seconds)
        call = _Call()
        task = asyncio.create_task(self._send(route, sent, call, place))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        either: set[asyncio.Future[Any]] = {task, call.outcome}
        try:
            await asyncio.wait(either, timeout=IN_LINE, return_when=asyncio.FIRST_COMPLETED)
            if call.is_sent:
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not call.outcome.done():
                task.cancel()
        return call.outcome.result() if call.outcome.done() else _busy(IN_LINE)

    async def _send(self, route: Route, sent: MultipartParameters, call: _Call, place: str) -> None:
        """Let discord.py send it. That may go on after the outcome is known, until the bucket has room again."""

        async def watched(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
            await self._limits.admit(PATIENCE)
            call.is_sent = True
            try:
                async with asyncio.timeout(WITHIN):
                    response = await send(request)
                    answer = Answer(response.status, response.headers, _object(await response.read()))
            except Exception as error:
                call.outcome.set_result(_lost(error))
                raise _Enough from error
            self._limits.learn(answer, place)
            call.outcome.set_result(_outcome(answer))
            if answer.status == 429 or answer.status >= 500:
                raise _Enough
            return response

        try:
            with sent, contextlib.suppress(_Enough, discord.HTTPException):
                body = {"form": sent.multipart, "files": sent.files} if sent.files else {"json": sent.payload}
                await self._http.request(route, **body, middlewares=(watched,))
        except Busy as busy:
            call.outcome.set_result(_busy(busy.seconds))
        except discord.RateLimited as limited:
            call.outcome.set_result(_busy(limited.retry_after))
        except DatabaseUnavailable:
            call.outcome.set_result(Later(SOON, "no_database"))
        except Exception as error:
            logger.warning("Discord is unreachable", exc_info=True)
            if not call.outcome.done():
                call.outcome.set_result(Later(SOON, type(error).__name__))


def as_json(payload: Mapping[str, Any]) -> MultipartParameters:
    """A body without files."""
    return MultipartParameters(payload=dict(payload), multipart=None, files=None)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _outcome(answer: Answer) -> Outcome:
    return Unclear(f"status_{answer.status}") if answer.status >= 500 else answer


def _lost(error: Exception) -> Later | Unclear:
    if isinstance(error, _NEVER_SENT):
        return Later(SOON, "no_connection")
    return Unclear(type(error).__name__)


def _busy(seconds: float) -> Later:
    return Later(timedelta(seconds=seconds), RATE_LIMITED)
