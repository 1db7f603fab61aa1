"""Minimal Slack for benchmarks: signs and sends commands, accepts every API call, and times the replies.

The Slack server in `tests/` validates every call, which would take longer than the work being measured.
"""

import asyncio
import itertools
import json
import re
import time
from asyncio import Future, Protocol, Transport
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

import httptools
from slack_sdk.signature import SignatureVerifier

from bench.floors.slack_app import SECRET
from bench.receiver import serve

PERSON = re.compile(rb"UBENCH\d+")
ANSWER_TIMEOUT = 30
SETTLE_SECONDS, WAKE_UP_REQUESTS = 0.005, 3
ANSWERED = (200, 405)
ANSWER, CHART = "answer", "chart"
COMPLETE = "/api/files.completeUploadExternal"
PING = b"GET /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds from sending a command to its acknowledgement, answer and chart; 0 for each that wasn't awaited."""

    ack: float
    answer: float = 0
    chart: float = 0


class Slack:
    """The API server. Each user waits for one answer at a time, which arrives at the response_url.

    Messages with an uploaded file are refused until the file has been processed for `processing` seconds.
    """

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[str] = []
        self._people = itertools.count()
        self.waiting: dict[tuple[str, str], Future[float]] = {}
        self.processing = self._processed_at = 0.0
        self._still_processing = _response(json.dumps({"ok": False, "error": "invalid_blocks"}).encode())

    def new_user_id(self) -> str:
        """An unused user id, which no per-user rate limit slows down yet."""
        return f"UBENCH{next(self._people)}"

    @cached_property
    def _ok(self) -> bytes:
        """One response for every method: clients ignore the fields that they didn't ask for."""
        person = {"id": "U", "team_id": "T1", "name": "ana"}
        ok = {"ok": True, "team_id": "T1", "team": "Bench", "user": person, "file_id": "F1"}
        return _response(json.dumps(ok | {"upload_url": f"{self.url}/upload"}).encode())

    def answer(self, target: bytes, _token: bytes, body: bytes) -> bytes:
        """Record a call, wake the user who waits for it, and return the HTTP response."""
        path = target.decode()
        self.calls.append(path)
        now = time.perf_counter()
        if path.startswith(COMPLETE):
            self._processed_at = now + self.processing
        kind = ANSWER if path.startswith("/hooks/") else CHART if path.startswith("/api/chat.postEphemeral") else ""
        if kind == CHART and now < self._processed_at:
            return self._still_processing
        if kind and (person := PERSON.search(path.encode() + body)):
            waiting = self.waiting.get((person[0].decode(), kind))
            if waiting is not None and not waiting.done():
                waiting.set_result(now)
        return self._ok


class SlackUser:
    """A user of one app on one connection; takes a new user id every 50 commands, before the app rate-limits it."""

    def __init__(self, slack: Slack, connection: "_Connection") -> None:
        self._slack = slack
        self._name = slack.new_user_id()
        self._connection = connection
        self._asked = 0

    async def settle(self) -> None:
        """Let the last command's background work finish, then send a few requests to wake the app's process.

        Otherwise, most of an acknowledgement would be the operating system's time to wake a sleeping process.
        """
        await asyncio.sleep(SETTLE_SECONDS)
        for _ in range(WAKE_UP_REQUESTS):
            await self._connection.post(PING)

    async def ask(self, command: str, words: str = "", *, wait_for_chart: bool = False) -> Timing:
        """Send a command, and wait for its acknowledgement, its answer and, if asked, its chart."""
        request, new = self._request(command, words), asyncio.get_running_loop().create_future
        answered = self._slack.waiting[self._name, ANSWER] = new()
        drawn = self._slack.waiting[self._name, CHART] = new()
        async with asyncio.timeout(ANSWER_TIMEOUT):
            began = time.perf_counter()
            acknowledged = await self._connection.post(request) - began
            answer = await answered - began
            return Timing(acknowledged, answer, await drawn - began if wait_for_chart else 0)

    async def type(self) -> Timing:
        """Open the choices of a video in a form; the acknowledgement has them. Raises RuntimeError if it has none."""
        payload = self._interaction("block_suggestion")
        payload["view"] = {"id": "V1", "type": "modal", "callback_id": "stats"}
        request = _signed({"payload": json.dumps(payload | {"action_id": "video", "block_id": "video", "value": ""})})
        began = time.perf_counter()
        timing = Timing(await self._connection.post(request) - began)
        if not json.loads(self._connection.body)["options"]:
            raise RuntimeError("an app offered no choices")
        return timing

    async def press(self) -> Timing:
        """Pick from a select in an open form, which the app acknowledges and otherwise ignores."""
        payload = self._interaction("block_actions")
        payload |= {"view": {"id": "V1", "type": "modal"}, "trigger_id": "1.1"}
        payload |= {"actions": [{"type": "static_select", "action_id": "a", "block_id": "b"}]}
        request = _signed({"payload": json.dumps(payload)})
        began = time.perf_counter()
        return Timing(await self._connection.post(request) - began)

    def _interaction(self, kind: str) -> dict[str, object]:
        payload: dict[str, object] = {"type": kind, "team": {"id": "T1"}, "api_app_id": "A1", "token": "t"}
        return payload | {"user": {"id": self._name}}

    def _request(self, command: str, words: str) -> bytes:
        self._asked += 1
        if self._asked % 50 == 0:
            self._name = self._slack.new_user_id()
        form = {"token": "t", "team_id": "T1", "team_domain": "bench", "channel_id": "C1", "channel_name": "general"}
        form |= {"user_id": self._name, "user_name": "ana", "command": command, "text": words, "api_app_id": "A1"}
        form |= {"is_enterprise_install": "false", "response_url": f"{self._slack.url}/hooks/{self._name}"}
        form |= {"trigger_id": f"{time.time_ns()}.{self._name}.{self._asked}"}
        return _signed(form)


@asynccontextmanager
async def running_slack() -> AsyncIterator[Slack]:
    """A minimal Slack on a free port."""
    slack = Slack()
    async with serve(slack.answer) as slack.url:
        yield slack


@asynccontextmanager
async def slack_users(slack: Slack, port: int, people: int) -> AsyncIterator[list[SlackUser]]:
    """`people` users of the app on this port, each with its own connection."""
    loop = asyncio.get_running_loop()
    connections = [(await loop.create_connection(_Connection, "127.0.0.1", port))[1] for _ in range(people)]
    yield [SlackUser(slack, connection) for connection in connections]
    for connection in connections:
        connection.close()


class _Connection(Protocol):
    """An HTTP connection to an app, with one request at a time."""

    def __init__(self) -> None:
        self._done: Future[float] | None = None
        self.body = b""
        """Of the latest response."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if self._done is not None and not self._done.done():
            self._done.set_exception(RuntimeError("an app hung up"))

    def close(self) -> None:
        self._transport.close()

    async def post(self, request: bytes) -> float:
        """Send a request; returns the time at which its response was complete.

        Raises RuntimeError if the status is neither 200 nor the 405 that `PING` gets, or if the connection closes.
        """
        if self._transport.is_closing():
            raise RuntimeError("an app hung up")
        done: Future[float] = asyncio.get_running_loop().create_future()
        self._done, self.body = done, b""
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(request)
        return await done

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        status, done = self._parser.get_status_code(), self._done
        if done is None or done.done():
            return
        if status in ANSWERED:
            done.set_result(time.perf_counter())
        else:
            done.set_exception(RuntimeError(f"a command was answered with {status}"))


def _response(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _signed(form: dict[str, str]) -> bytes:
    """A form-encoded request, signed as Slack signs it."""
    body, now = urlencode(form), str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=now, body=body)
    lines = ("POST /slack/events HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/x-www-form-urlencoded")
    signed = (f"X-Slack-Request-Timestamp: {now}", f"X-Slack-Signature: {signature}")
    return "\r\n".join((*lines, *signed, f"Content-Length: {len(body)}", "", body)).encode()
