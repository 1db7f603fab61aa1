"""How Slack reaches an app: signed requests. A response in time is the acknowledgement."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, TypeAlias
from urllib.parse import urlencode

import aiohttp

from tests.standins.slack.apps import App
from tests.standins.slack.world import World

Json: TypeAlias = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Delivery:
    """A payload sent to the app, and its outcome.

    `failure` is empty if it was acknowledged in time, else `timeout`, `http_error`, `connection_failed`,
    `not_connected` (no open websocket) or `bad_answer`. `options` are the app's suggestions for an external select.
    """

    app: App
    kind: Literal["slash_commands", "interactive", "events_api", "url_verification"]
    payload: Json
    user: str = ""
    retry_num: int = 0
    retry_reason: str = ""
    envelope_id: str = ""
    status: int | None = None
    ack: Json | None = None
    seconds: float = 0
    failure: str = ""
    options: list[Json] = field(default_factory=list)
    request: tuple[bytes, dict[str, str]] | None = field(default=None, repr=False)
    """The body and headers as sent, for an exact replay."""


@dataclass(frozen=True, slots=True)
class Forgery:
    """A wrong signature: by another secret, or for another time."""

    secret: str = ""
    age: timedelta = timedelta(0)
    timestamp: str = ""


class HttpPost:
    """The transport of apps with a request URL."""

    def __init__(self, world: World, session: aiohttp.ClientSession) -> None:
        self._world = world
        self._session = session
        self._forgery = Forgery()

    @contextmanager
    def forging(self, forgery: Forgery) -> Iterator[None]:
        """Sign wrongly until the end of the block."""
        self._forgery = forgery
        yield
        self._forgery = Forgery()

    async def send(self, delivery: Delivery) -> None:
        """Post a payload, or the same one again, and record its acknowledgement."""
        if not delivery.app.request_url:
            raise ValueError(f"{delivery.app.id} has no request_url yet")
        if delivery.request is None:
            delivery.request = self._signed(delivery)
        body, headers = delivery.request
        timeout = aiohttp.ClientTimeout(total=self._world.ack_seconds)
        began = time.monotonic()
        try:
            async with self._session.post(
                delivery.app.request_url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                _note(delivery, response, await response.read())
        except TimeoutError:
            delivery.failure = "timeout"
        except aiohttp.ClientError:
            delivery.failure = "connection_failed"
        delivery.seconds = time.monotonic() - began

    def _signed(self, delivery: Delivery) -> tuple[bytes, dict[str, str]]:
        body, kind = _encoded(delivery)
        forgery = self._forgery
        stamp = forgery.timestamp or str(int((self._world.clock() - forgery.age).timestamp()))
        secret = (forgery.secret or delivery.app.signing_secret).encode()
        digest = hmac.new(secret, b":".join((b"v0", stamp.encode(), body)), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": kind,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
        }
        if delivery.retry_num:
            reason = f"http_{delivery.retry_reason}" if delivery.retry_reason == "timeout" else delivery.retry_reason
            headers |= {"X-Slack-Retry-Num": str(delivery.retry_num), "X-Slack-Retry-Reason": reason}
        return body, headers


def _encoded(delivery: Delivery) -> tuple[bytes, str]:
    if delivery.kind in ("events_api", "url_verification"):
        return json.dumps(delivery.payload).encode(), "application/json"
    form = {"payload": json.dumps(delivery.payload)} if delivery.kind == "interactive" else delivery.payload
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _note(delivery: Delivery, response: aiohttp.ClientResponse, body: bytes) -> None:
    delivery.status = response.status
    if response.status != 200:
        delivery.failure = "http_error"
    elif body and response.content_type == "application/json":
        try:
            delivery.ack = json.loads(body)
        except ValueError:
            delivery.failure = "bad_answer"
    elif body:
        delivery.ack = {"text": body.decode(errors="replace")}
