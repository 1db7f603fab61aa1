"""Minimal rate-limited Slack and Discord for benchmarks: accepts posts up to the limits and answers 429 beyond them.

Each limit is a token bucket with a capacity of one second. The servers in `tests/` validate every call, which would
take longer than the work being measured.
"""

import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cached_property
from http import HTTPStatus

from bench.receiver import serve

DISCORD = 50
"""Requests per second by one bot."""
WORKSPACE, CHANNEL = 5, 1
"""Messages per second to one Slack workspace, and to one of its channels."""

_CHANNEL_FIELD = re.compile(rb'"channel": ?"(\w+)"')
_CHANNEL_PATH = re.compile(rb"/channels/(\w+)/messages")


class Limited:
    """The API server. `posted_at` has the times of accepted posts in seconds, by Slack workspace or for "discord"."""

    def __init__(self) -> None:
        self.url = ""
        self.posted_at: defaultdict[str, list[float]] = defaultdict(list)
        self.channels: Counter[str] = Counter()
        self.refused = 0
        self._buckets: dict[str, tuple[float, float]] = {}
        self._rate_limited = _answer(
            429, {"ok": False, "error": "ratelimited", "retry_after": 1.0, "global": True}, b"1"
        )

    @cached_property
    def _ok(self) -> bytes:
        ok = {"ok": True, "team_id": "T1", "ts": "1.1", "id": "1", "bot": True, "username": "bench", "file_id": "F1"}
        return _answer(200, ok | {"discriminator": "0", "avatar": None, "upload_url": f"{self.url}/upload"})

    def answer(self, path: bytes, token: bytes, body: bytes) -> bytes:
        """The HTTP response to one request."""
        if (channel := _CHANNEL_PATH.search(path)) is not None:
            return self._post("discord", channel[1], {"discord": DISCORD})
        if path.endswith(b"chat.postMessage") and (channel := _CHANNEL_FIELD.search(body)) is not None:
            workspace = token.decode()
            return self._post(workspace, channel[1], {workspace: WORKSPACE, channel[1].decode(): CHANNEL})
        return self._ok

    def _post(self, owner: str, channel: bytes, limits: Mapping[str, int]) -> bytes:
        now = time.monotonic()
        levels = {name: self._level(name, limit, now) for name, limit in limits.items()}
        if min(levels.values()) < 1:
            self.refused += 1
            return self._rate_limited
        self._buckets |= {name: (level - 1, now) for name, level in levels.items()}
        self.posted_at[owner].append(now)
        self.channels[channel.decode()] += 1
        return self._ok

    def _level(self, name: str, limit: int, now: float) -> float:
        level, at = self._buckets.get(name, (float(limit), now))
        return min(float(limit), level + (now - at) * limit)


def _answer(status: int, body: object, retry_after: bytes = b"") -> bytes:
    content = json.dumps(body).encode()
    status_line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()
    lines = [status_line, b"Content-Type: application/json", b"Content-Length: %d" % len(content)]
    lines += [b"Retry-After: " + retry_after] if retry_after else []
    return b"\r\n".join((*lines, b"", content))


@asynccontextmanager
async def limited() -> AsyncIterator[Limited]:
    """A rate-limited chat server on a free port."""
    chat = Limited()
    async with serve(chat.answer) as chat.url:
        yield chat
