"""A Slack and a Discord in one, as small as they can be, that take posts at their limits and refuse what comes faster.

Each limit is a bucket that holds a second's worth and fills evenly. The chats of the tests check everything that they
are sent, and would be slower than what is measured.
"""

import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cached_property

from bench.receiver import serve

DISCORD = 50
"""Requests a second of one bot."""
WORKSPACE, CHANNEL = 5, 1
"""Messages a second into one Slack workspace, and into one of its channels."""

_PLACE = re.compile(rb'"channel": ?"(\w+)"')
_CHANNEL = re.compile(rb"/channels/(\w+)/messages")


class Limited:
    """The receiver: what was taken, when and how often, by the name of who has a limit of their own."""

    def __init__(self) -> None:
        self.url = ""
        self.taken: defaultdict[str, list[float]] = defaultdict(list)
        self.channels: Counter[str] = Counter()
        self.refused = 0
        self._buckets: dict[str, tuple[float, float]] = {}
        self._no = _answer(429, {"ok": False, "error": "ratelimited", "retry_after": 1.0, "global": True}, b"1")

    @cached_property
    def _yes(self) -> bytes:
        yes = {"ok": True, "team_id": "T1", "ts": "1.1", "id": "1", "bot": True, "username": "bench", "file_id": "F1"}
        return _answer(200, yes | {"discriminator": "0", "avatar": None, "upload_url": f"{self.url}/upload"})

    def answer(self, path: bytes, token: bytes, body: bytes) -> bytes:
        """What a request gets."""
        if (channel := _CHANNEL.search(path)) is not None:
            return self._post("discord", channel[1], {"discord": DISCORD})
        if path.endswith(b"chat.postMessage") and (place := _PLACE.search(body)) is not None:
            workspace = token.decode()
            return self._post(workspace, place[1], {workspace: WORKSPACE, place[1].decode(): CHANNEL})
        return self._yes

    def _post(self, owner: str, channel: bytes, limits: Mapping[str, int]) -> bytes:
        now = time.monotonic()
        levels = {name: self._level(name, limit, now) for name, limit in limits.items()}
        if min(levels.values()) < 1:
            self.refused += 1
            return self._no
        self._buckets |= {name: (level - 1, now) for name, level in levels.items()}
        self.taken[owner].append(now)
        self.channels[channel.decode()] += 1
        return self._yes

    def _level(self, name: str, limit: int, now: float) -> float:
        level, at = self._buckets.get(name, (float(limit), now))
        return min(float(limit), level + (now - at) * limit)


def _answer(status: int, body: object, retry_after: bytes = b"") -> bytes:
    content = json.dumps(body).encode()
    lines = [b"HTTP/1.1 %d Told" % status, b"Content-Type: application/json", b"Content-Length: %d" % len(content)]
    lines += [b"Retry-After: " + retry_after] if retry_after else []
    return b"\r\n".join((*lines, b"", content))


@asynccontextmanager
async def limited() -> AsyncIterator[Limited]:
    """A receiver on a free port."""
    chat = Limited()
    async with serve(chat.answer) as chat.url:
        yield chat
