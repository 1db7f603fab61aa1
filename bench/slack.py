"""A Slack as small as it can be: it signs and sends commands, says yes to every call, and notes when answers come.

The local Slack of the tests checks everything that it is sent, and so would take more time than what is measured.
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
WITHIN = 30
"""Seconds that an answer may take."""
PAUSE, WAKING = 0.005, 3
ANSWERED = (200, 405)
ANSWER, CHART = "answer", "chart"
COMPLETE = "/api/files.completeUploadExternal"
PING = b"GET /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds from sending a command to its acknowledgement, answer and chart; 0 for what was not waited for."""

    ack: float
    answer: float = 0
    chart: float = 0


class Slack:
    """The receiver. Each person waits for one answer at a time, which comes by the response_url.

    `processing` is how many seconds it takes to look at a file, before which it refuses to show it.
    """

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[str] = []
        self._people = itertools.count()
        self.waiting: dict[tuple[str, str], Future[float]] = {}
        self.processing = self._processed_at = 0.0
        self._not_yet = _response(json.dumps({"ok": False, "error": "invalid_blocks"}).encode())

    def new_person(self) -> str:
        """Somebody who asked for nothing yet, so that the app doesn't slow them down."""
        return f"UBENCH{next(self._people)}"

    @cached_property
    def _yes(self) -> bytes:
        """To everything: what is not asked for in it, nobody reads."""
        person = {"id": "U", "team_id": "T1", "name": "ana"}
        yes = {"ok": True, "team_id": "T1", "team": "Bench", "user": person, "file_id": "F1"}
        return _response(json.dumps(yes | {"upload_url": f"{self.url}/upload"}).encode())

    def answer(self, target: bytes, _token: bytes, body: bytes) -> bytes:
        """Note a call, and whether it is what somebody waits for; returns the response."""
        path = target.decode()
        self.calls.append(path)
        now = time.perf_counter()
        if path.startswith(COMPLETE):
            self._processed_at = now + self.processing
        kind = ANSWER if path.startswith("/hooks/") else CHART if path.startswith("/api/chat.postEphemeral") else ""
        if kind == CHART and now < self._processed_at:
            return self._not_yet
        if kind and (person := PERSON.search(path.encode() + body)):
            waiting = self.waiting.get((person[0].decode(), kind))
            if waiting is not None and not waiting.done():
                waiting.set_result(now)
        return self._yes


class Asker:
    """One person at one app, on one connection; another one after so many commands that the app slows them down."""

    def __init__(self, slack: Slack, connection: "_Line") -> None:
        self._slack = slack
        self._name = slack.new_person()
        self._connection = connection
        self._asked = 0

    async def settle(self) -> None:
        """Let what is left of the last command end, and wake the app as anyone would who asked a moment before.

        Else the system's own time for waking a process that slept would be most of an acknowledgement.
        """
        await asyncio.sleep(PAUSE)
        for _ in range(WAKING):
            await self._connection.post(PING)

    async def ask(self, command: str, words: str = "", *, waits: bool = True, charted: bool = False) -> Taken:
        """Send a command; its answer is waited for unless the app gives none, and its chart if it has one."""
        request, new = self._request(command, words), asyncio.get_running_loop().create_future
        answered = self._slack.waiting[self._name, ANSWER] = new()
        drawn = self._slack.waiting[self._name, CHART] = new()
        async with asyncio.timeout(WITHIN):
            began = time.perf_counter()
            acknowledged = await self._connection.post(request) - began
            answer = await answered - began if waits else 0
            return Taken(acknowledged, answer, await drawn - began if charted else 0)

    async def press(self) -> Taken:
        """Press something within an open form, which is acknowledged and has nothing behind it."""
        payload: dict[str, object] = {"type": "block_actions", "team": {"id": "T1"}, "api_app_id": "A1"}
        payload |= {
            "user": {"id": self._name},
            "view": {"id": "V1", "type": "modal"},
            "trigger_id": "1.1",
            "token": "t",
        }
        payload |= {"actions": [{"type": "static_select", "action_id": "a", "block_id": "b"}]}
        request = _signed({"payload": json.dumps(payload)})
        began = time.perf_counter()
        return Taken(await self._connection.post(request) - began)

    def _request(self, command: str, words: str) -> bytes:
        self._asked += 1
        if self._asked % 50 == 0:
            self._name = self._slack.new_person()
        form = {"token": "t", "team_id": "T1", "team_domain": "bench", "channel_id": "C1", "channel_name": "general"}
        form |= {"user_id": self._name, "user_name": "ana", "command": command, "text": words, "api_app_id": "A1"}
        form |= {"is_enterprise_install": "false", "response_url": f"{self._slack.url}/hooks/{self._name}"}
        form |= {"trigger_id": f"{time.time_ns()}.{self._name}.{self._asked}"}
        return _signed(form)


@asynccontextmanager
async def receiving() -> AsyncIterator[Slack]:
    """A receiver on a free port."""
    slack = Slack()
    async with serve(slack.answer) as slack.url:
        yield slack


@asynccontextmanager
async def asking(slack: Slack, port: int, people: int) -> AsyncIterator[list[Asker]]:
    """So many people at the app on this port, each with a connection of their own."""
    loop = asyncio.get_running_loop()
    lines = [(await loop.create_connection(_Line, "127.0.0.1", port))[1] for _ in range(people)]
    yield [Asker(slack, line) for line in lines]
    for line in lines:
        line.close()


class _Line(Protocol):
    """A connection to an app: one request at a time."""

    def __init__(self) -> None:
        self._done: Future[float] | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if self._done is not None and not self._done.done():
            self._done.set_exception(RuntimeError("an app hung up"))

    def close(self) -> None:
        self._transport.close()

    async def post(self, request: bytes) -> float:
        """When the whole answer had come; RuntimeError where it is neither 200 nor a ping's 405, or does not come."""
        if self._transport.is_closing():
            raise RuntimeError("an app hung up")
        done: Future[float] = asyncio.get_running_loop().create_future()
        self._done = done
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(request)
        return await done

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

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
    """The request of a form, as Slack sends and signs it."""
    body, now = urlencode(form), str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=now, body=body)
    lines = ("POST /slack/events HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/x-www-form-urlencoded")
    signed = (f"X-Slack-Request-Timestamp: {now}", f"X-Slack-Signature: {signature}")
    return "\r\n".join((*lines, *signed, f"Content-Length: {len(body)}", "", body)).encode()
