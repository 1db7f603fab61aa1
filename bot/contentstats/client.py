"""Client for the five documented API calls of one key: returns domain objects, raises `bot.domain.errors`.

Reads are retried until their time is up. Calls that spend or stop are sent once: any error but OutcomeUnclear means
that they had no effect; after OutcomeUnclear, look at the account.
"""

import asyncio
import hashlib
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from copy import copy
from typing import Self, TypeVar
from urllib.parse import quote

import httpx

from bot.contentstats.api_errors import Asked, Refused, failure, refusal
from bot.contentstats.rate_limit import Limiter, Now, RateStore, Sleep, rate_limited, read_retry_after
from bot.contentstats.transport import DEFAULT_TIMEOUTS, Lost, NeverSent, Timeouts, Transport
from bot.contentstats.values import ForeignBody, read_count
from bot.contentstats.wire import read_list, read_page, read_problem, read_stopped, read_tracked, read_usage
from bot.domain.errors import (
    ContentStatsError,
    NotConfigured,
    OutcomeUnclear,
    RateLimited,
    ServiceUnavailable,
    VideoNotFound,
)
from bot.domain.money import Usage
from bot.domain.videos import Stopped, Video, VideoList, VideoReading
from bot.metrics import Metrics

__all__ = ["ContentStatsClient", "is_test_key", "key_fingerprint"]

T = TypeVar("T")

_KEY = re.compile(r"[!-~]{1,500}")
_START = "/videos/track"
MAX_WAIT = 8.0
"""Seconds that a person waits without an interim reply."""
LONGEST_LIMIT_WAIT = 150.0
"""Seconds that a person who got an interim reply waits for a call without which the command can't continue."""
FRESH = 60.0
"""Seconds after which a POST isn't sent any more: its requester may have got another answer meanwhile."""
MOST_IN_ONE_CALL = 100
"""Maximum number of videos in one list."""
TRIES = 3
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 4.0
"""Seconds: the pause before try n is random, up to FIRST_PAUSE x 2^n, so that many callers don't retry together."""
SHORTEST_TURN = 0.1
"""Minimum seconds between two tries for a turn."""
SHORTEST_TRY = 1.0
"""Minimum seconds that a call gets, however long it waited for its turn."""


class ContentStatsClient:
    """Client of one key; safe from many tasks at once, at most five connections. Close it with `aclose`.

    `rates` shares the key's rate limit between processes. `max_wait` is how many seconds a read may take in all, and
    how long a POST may wait for its turn. `now` is Unix seconds. `transport` replaces the network, `metrics` counts
    calls. Raises NotConfigured for an invalid base URL or key.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        rates: RateStore,
        *,
        now: Now = time.time,
        sleep: Sleep = asyncio.sleep,
        max_wait: float = MAX_WAIT,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        transport: httpx.AsyncBaseTransport | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        base_url, self._key = checked_base_url(base_url), checked_key(key)
        self._now = now
        self._sleep = sleep
        self._max_wait = max_wait
        self._limiter = Limiter(rates, key_fingerprint(base_url, key), now, sleep)
        self._exchange = Transport(base_url, self._key, timeouts, transport)
        self._metrics = metrics or Metrics()
        self._name = key_fingerprint(base_url, key)[:8]
        self._tries = TRIES
        self._turn_within: float | None = None

    def in_background(self, turn_within: float) -> Self:
        """A copy of this client for background reads, which yield to all other calls.

        Its calls are tried once, and raise RateLimited if their turn doesn't come within this many seconds. `aclose`
        belongs to the original.
        """
        last = copy(self)
        last._tries, last._turn_within = 1, turn_within  # noqa: SLF001 - its own class
        return last

    async def retry_while_limited(self, read: Callable[[], Awaitable[T]]) -> T:
        """Repeat a read for up to `LONGEST_LIMIT_WAIT` seconds while the key is rate limited; returns its result.

        Only for reads. If the API doesn't answer, this waits no longer than usual.
        """
        until = self._now() + LONGEST_LIMIT_WAIT
        while True:
            try:
                return await read()
            except RateLimited as limited:
                turn_at = limited.retry_at.timestamp()
                if turn_at > until:
                    raise
                await self._sleep(max(turn_at - self._now(), SHORTEST_TURN))

    @property
    def limit_wait(self) -> float:
        """Seconds that a call of the key waits for its turn; 0 if none does."""
        return max(self._limiter.delayed_until - self._now(), 0.0)

    @property
    def is_test(self) -> bool:
        """Whether the key charges nothing."""
        return is_test_key(self._key)

    async def track(self, link: str, days: int) -> Video:
        """Start and pay for one tracking of 1 to 30 days. Sent once. After OutcomeUnclear NEVER repeat it: look."""
        return await self._post(
            _START,
            {"video_link": link, "duration_days": days},
            lambda body: read_tracked(body, link),
            "it's unclear whether tracking started. Don't start it again until the account has been checked.",
        )

    async def list_videos(self, platform: str | None = None, status: str | None = None) -> VideoList:
        """List the account's videos without snapshots, at most 100; only another filter shows the rest."""
        query = {"platform": platform, "status": status, "limit": str(MOST_IN_ONE_CALL)}
        given = {name: value for name, value in query.items() if value}
        return await self._get("/videos", lambda body: read_list(body, MOST_IN_ONE_CALL), given)

    async def read_video(self, video_id: str) -> VideoReading:
        """One video with every snapshot since its start."""
        return await self._get(_video_path(video_id), lambda body: _page_of(video_id, body))

    async def stop(self, video_id: str) -> Stopped:
        """Stop a tracking; returns its status before and after. Sent once; collected data is kept."""
        return await self._post(
            f"{_video_path(video_id)}/stop",
            None,
            read_stopped,
            "it's unclear whether the video was stopped. Check it with /stats; stopping it again does no harm.",
        )

    async def usage(self) -> Usage:
        """The usage and balance of the key's account."""
        return await self._get("/usage", read_usage)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._exchange.aclose()

    async def _get(self, path: str, read: Callable[[bytes], T], query: Mapping[str, str] | None = None) -> T:
        async def attempt(max_wait: float) -> T:
            within = await self._turn(max_wait)
            try:
                return read(await self._call("GET", path, query=query, within=within))
            except (NeverSent, Lost, ForeignBody) as error:
                raise Setback(ServiceUnavailable(f"ContentStats {error}. Try again in a minute.")) from error
            except Refused as refused:
                if isinstance(refused.error, RateLimited | ServiceUnavailable):
                    raise Setback(refused.error, refused.not_before) from None
                raise refused.error from None

        return await persist(attempt, self._max_wait, self._now, self._sleep, self._tries)

    async def _turn(self, max_wait: float) -> float:
        """Wait until a read may go; returns the seconds that are left for it."""
        if self._turn_within is not None:
            await self._limiter.admit_last(self._turn_within)
            return self._max_wait
        deadline = self._now() + max_wait
        await self._limiter.admit(max_wait)
        return max(deadline - self._now(), SHORTEST_TRY)

    async def _post(
        self, path: str, payload: Mapping[str, object] | None, read: Callable[[bytes], T], unclear: str
    ) -> T:
        asked = self._now()
        await self._limiter.admit(self._max_wait)
        if self._now() - asked > FRESH:
            raise ServiceUnavailable(
                "This computer went to sleep before the request was sent, so nothing was changed. Try again."
            )
        try:
            return read(await self._call("POST", path, payload=payload))
        except NeverSent as error:
            raise ServiceUnavailable(f"ContentStats {error}, so nothing was changed. Try again in a minute.") from error
        except (Lost, ForeignBody) as error:
            raise OutcomeUnclear(f"ContentStats {error}, so {unclear}") from error
        except Refused as refused:
            if refused.is_definite:
                raise refused.error from None
            raise OutcomeUnclear(f"ContentStats {failure(refused.status)}, so {unclear}") from None

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        payload: Mapping[str, object] | None = None,
        within: float | None = None,
    ) -> bytes:
        """Return the body of a success. Raises NeverSent, Lost and Refused; sends once."""
        try:
            answer = await self._exchange.send(method, path, query=query, payload=payload, within=within)
        except (NeverSent, Lost) as error:
            self._metrics.api_calls["never sent" if isinstance(error, NeverSent) else "lost"] += 1
            raise
        self._metrics.api_calls[str(answer.status)] += 1
        left = read_count(answer.headers.get("X-RateLimit-Remaining"))
        if left is not None:
            self._metrics.rate_left[self._name] = left
        if 200 <= answer.status < 300:
            await self._limiter.learn(answer.status, answer.headers)
            return answer.body
        problem = read_problem(answer.body, self._key)
        until = await self._limiter.learn(answer.status, answer.headers, problem.reset)
        if until is not None:
            raise Refused(answer.status, rate_limited(self._now(), until, problem.words), until)
        not_before = read_retry_after(answer.headers, self._now())
        about: Asked = "start" if path == _START else "video" if path.startswith("/videos/") else "account"
        refused = refusal(answer.status, problem, about)
        raise Refused(answer.status, refused, not_before, is_explained=problem.is_json)


def _page_of(video_id: str, body: bytes) -> VideoReading:
    """Parse a video's page. Raises ForeignBody, also for another video's page."""
    reading = read_page(body)
    if reading.video.id != video_id:
        raise ForeignBody
    return reading


def _video_path(video_id: str) -> str:
    """The path of a video's page, with any id quoted; rejects `..`."""
    if video_id.strip(".") == "":
        raise VideoNotFound("A video needs an id. /videos lists your videos.")
    return f"/videos/{quote(video_id, safe='')}"


def is_test_key(key: str) -> bool:
    """Whether this is a development key, which charges nothing."""
    return key.strip().startswith("cs_test_")


def key_fingerprint(base_url: str, key: str) -> str:
    """32 hex digits that identify a key's account in the store and in logs. The two documented hosts count as one."""
    base = base_url.strip().rstrip("/").replace("://www.contentstats.io", "://contentstats.io")
    return hashlib.sha256(f"contentstats-bot account\0{base}\0{key.strip()}".encode()).hexdigest()[:32]


def checked_key(key: str) -> str:
    """The key without white space. Raises NotConfigured, without showing it, if it isn't a valid header."""
    if not _KEY.fullmatch(key.strip()):
        raise NotConfigured(
            "The ContentStats API key is empty or has invalid characters. Copy it again from the ContentStats "
            "web site, into /connect or CONTENTSTATS_API_KEY."
        )
    return key.strip()


def checked_base_url(base_url: str) -> str:
    """The base URL without its trailing slash. Raises NotConfigured if it isn't a server's address."""
    try:
        url = httpx.URL(base_url.strip())
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or url.query or url.fragment:
        raise NotConfigured(
            "CONTENTSTATS_BASE_URL isn't a valid address. Write it like https://contentstats.io/api/v1."
        )
    return str(url).rstrip("/")


class Setback(Exception):
    """A failure that may be temporary. `error` is the one to show, `not_before` the Unix second to retry at."""

    def __init__(self, error: ContentStatsError, not_before: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.not_before = not_before


async def persist(
    attempt: Callable[[float], Awaitable[T]], max_wait: float, now: Now, sleep: Sleep, tries: int = TRIES
) -> T:
    """Return the result of `attempt`, which gets the seconds left of `max_wait`, after at most `tries` tries.

    Raises the last Setback's error as soon as the next pause would exceed `max_wait`. Other errors are raised at once.
    """
    deadline = now() + max_wait
    tried = 0
    while True:
        try:
            return await attempt(deadline - now())
        except Setback as setback:
            pause = random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**tried))
            pause += max((setback.not_before or 0) - now(), 0)
            tried += 1
            if tried == tries or now() + pause >= deadline:
                raise setback.error from setback
        await sleep(pause)
