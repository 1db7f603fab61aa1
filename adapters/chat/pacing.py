"""Pacing of calls to chat platforms (gates, and slots shared by processes), retries, and flood protection per person.

A gate also holds calls back after a 429. Flood protection runs a person's identical commands once and delays commands
beyond a burst. It works per process, and one person's flood never delays anybody else.
"""

import asyncio
import contextlib
import logging
import math
import random
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol, TypeAlias, TypeVar
from urllib.request import getproxies

import aiohttp
from cachetools import Cache, LRUCache

from bot.delivery.poster import Delivery, Later, Posted, Unclear
from bot.domain.caller import Caller
from bot.messages.problems import slowed_down, too_many
from bot.reply.model import Reply, Tone

logger = logging.getLogger(__name__)

Now: TypeAlias = Callable[[], float]
Sleep: TypeAlias = Callable[[float], Awaitable[None]]

SAFETY_MARGIN = 1.01
"""Factor by which calls are slower than the limit, because the platform's counting windows differ from ours."""
SLOWDOWN = 0.8
"""Factor applied to a gate's rate after a 429."""
RECOVERY = 600.0
"""Seconds until a gate is back at its full rate."""
MIN_SHARE = 0.1
MAX_STOP = 3_600.0
"""Seconds; a longer Retry-After is taken for a mistake and cut to this."""
ROUNDING = 0.001
"""Seconds of floating-point error that are ignored."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A sustained rate of calls, and how many may be made at once."""

    per_second: float
    burst: int = 1


def tier(calls: int) -> Rate:
    """A rate of at most `calls` in any minute: a sixth of them as a burst, the rest evenly spread."""
    return Rate(calls * 5 / 6 / 60, burst=calls // 6)


class Busy(Exception):
    """The call wasn't made, because it would have had to wait for `seconds`, longer than its caller allows."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"more than {seconds:.0f} s to wait")
        self.seconds = seconds


class Slots(Protocol):
    """Rate limit shared by several processes through the store (`RateSlots`): consecutive slots for calls."""

    async def reserve(self, key: str, now: float, period: float, tolerance: float, max_wait: float) -> float:
        """Reserve a slot; returns the seconds to wait for it. More than `max_wait` means that nothing was reserved."""


class Gate:
    """Rate limiter of one process: spaced calls plus a burst (generic cell rate algorithm), in order of arrival."""

    def __init__(self, rate: Rate, now: Now, sleep: Sleep) -> None:
        self._period = SAFETY_MARGIN / rate.per_second
        self._tolerance = self._period * (rate.burst - 1)
        self._now = now
        self._sleep = sleep
        self._lock = asyncio.Lock()
        self.queued = 0
        self._reserved, self._reserved_until = 0, -math.inf
        self._next_at = self._stopped_until = self._share_at = now()
        self._share = 1.0

    @property
    def period(self) -> float:
        """Seconds between calls at the current rate."""
        return self._period / self._share_now

    def use_reserved_slot(self) -> bool:
        """Use one of the shared slots that this process has reserved. Returns False if there is none left."""
        has_one = self._reserved > 0 and self._now() < self._reserved_until
        self._reserved -= has_one
        return has_one

    def add_reserved_slots(self, count: int) -> None:
        """Add reserved slots, of which the caller uses the first."""
        self._reserved, self._reserved_until = count - 1, self._now() + self.period * (count + 1)

    @property
    def is_idle(self) -> bool:
        """Whether the gate is in the same state as a new one, so that it can be dropped."""
        now = self._now()
        return not self.queued and now >= max(self._next_at, self._stopped_until) and self._share_now >= 1

    @asynccontextmanager
    async def turn(self, deadline: float) -> AsyncIterator[None]:
        """Wait for the next turn, which isn't counted if the block raises. Raises Busy if it comes after `deadline`."""
        self._raise_if_late(self._wait + self.queued * self._period, deadline)
        self.queued += 1
        try:
            async with self._lock:
                due = self._now()
                while (wait := self._wait) > ROUNDING:
                    self._raise_if_late(wait, deadline)
                    due = self._now() + wait
                    await self._sleep(wait)
                late = self._now() - due
                yield
                # A task that woke up late doesn't delay the next turn.
                self._next_at = max(self._next_at, self._now() - late) + self.period
        finally:
            self.queued -= 1

    def stop(self, seconds: float) -> None:
        """Hold all calls back for `seconds`, and lower the rate, but only once for several concurrent 429s."""
        now = self._now()
        if now >= self._stopped_until:
            self._share, self._share_at = max(self._share_now * SLOWDOWN, MIN_SHARE), now
        self._stopped_until = max(self._stopped_until, now + seconds)

    @property
    def _share_now(self) -> float:
        return min(1.0, self._share + (self._now() - self._share_at) / RECOVERY)

    @property
    def _wait(self) -> float:
        return max(self._next_at - self._tolerance, self._stopped_until) - self._now()

    def _raise_if_late(self, wait: float, deadline: float) -> None:
        if self._now() + wait > deadline:
            raise Busy(wait)


PACE = Rate(1.0, burst=60)
"""The rate at which one person may run commands; more than anybody types by hand."""
SILENT_WAIT = 0.5
"""Seconds that a command waits without a notice."""
MAX_REPLIES = 1_000
"""Replies kept for repeated commands, one per person."""
MAX_WAIT = 30.0
"""Seconds; a command that would have to wait longer is refused."""
REPEATED_WITHIN = 5.0
"""Seconds for which the same command gets the same reply again, unless the person ran another command in between."""
_Person: TypeAlias = tuple[str, str, str]


class FloodControl:
    """Flood protection: limits each person's rate, and runs identical concurrent commands once."""

    def __init__(self, now: Now = time.monotonic, sleep: Sleep = asyncio.sleep, max_people: int = 10_000) -> None:
        self._now = now
        self._sleep = sleep
        self._gates: Cache[_Person, Gate] = LRUCache(max_people)
        self._slowed: Cache[_Person, bool] = LRUCache(max_people)
        self._running: dict[tuple[Caller, str], asyncio.Future[Reply]] = {}
        self._last: Cache[_Person, tuple[tuple[Caller, str], Reply, float]] = LRUCache(min(max_people, MAX_REPLIES))

    async def once(
        self, caller: Caller, command: str, run: Callable[[], Awaitable[Reply]], *, offers: bool = False
    ) -> Reply:
        """Run a command; if the same caller's identical command is still running, return that one's reply.

        If a command `offers` to start something, repeating it within a few seconds returns the same offer. Look-ups and
        problems aren't kept: a look-up is cheap to repeat, and a problem may have passed.
        """
        key, person = (caller, command), _person(caller)
        if key in self._running:
            return _repeated(await asyncio.shield(self._running[key]))
        if (last := self._last.get(person)) is not None and last[0] == key and self._now() < last[2]:
            return _repeated(last[1])
        shared: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._running[key] = shared
        try:
            reply = await run()
            shared.set_result(reply)
            if offers and reply.tone is not Tone.PROBLEM:
                self._last[person] = (key, reply, self._now() + REPEATED_WITHIN)
            return reply
        finally:
            del self._running[key]
            shared.cancel()  # has no effect unless `run` failed

    async def admit(self, caller: Caller, notice: Callable[[Reply], Awaitable[None]]) -> Reply | None:
        """Wait until the person may run one more command. Returns a refusal if that takes too long.

        The person gets one notice per flood.
        """
        person = _person(caller)
        self._last.pop(person, None)
        gate = self._gates.get(person)
        if gate is None:
            gate = self._gates[person] = Gate(PACE, self._now, self._sleep)
        try:
            async with gate.turn(self._now() + SILENT_WAIT):
                self._slowed.pop(person, None)
                return None
        except Busy:
            if not self._slowed.get(person):
                self._slowed[person] = True
                await notice(slowed_down())
        try:
            async with gate.turn(self._now() + MAX_WAIT):
                return None
        except Busy:
            return too_many()


def _repeated(reply: Reply) -> Reply:
    """The same reply without what the channel has already seen."""
    return replace(reply, public_line=(), announces=())


def _person(caller: Caller) -> _Person:
    return caller.workspace.chat, caller.workspace.id, caller.person.id


REFUSALS = 3
"""Consecutive refusals of a token before it counts as invalid, since one may be a passing fault of the platform."""
NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
"""Errors raised before a request was sent, which therefore had no effect."""


class ChatFailed(Exception, ABC):
    """A call to a platform that failed, or whose outcome is unknown."""

    @property
    @abstractmethod
    def is_about_content(self) -> bool:
        """Whether the platform refused the content itself, so that another way to send it won't help."""


class Backoff:
    """Exponential backoff with jitter: one second, then doubling up to `longest` seconds."""

    def __init__(self, longest: float, sleep: Sleep = asyncio.sleep) -> None:
        self._longest = longest
        self._sleep = sleep
        self._pause = 1.0

    async def wait(self) -> None:
        """Pause before the next attempt."""
        await self._sleep(self._pause * random.uniform(0.5, 1))
        self._pause = min(self._pause * 2, self._longest)

    def reset(self) -> None:
        """Start again with a short pause, after an attempt has succeeded."""
        self._pause = 1.0


Post: TypeAlias = Callable[[], Awaitable[Delivery]]

SOON = timedelta(minutes=1)
"""Delay before a retry if the platform sends no Retry-After."""
PAUSE = 1.0
"""Seconds before a message with an unclear outcome is sent again."""


async def post_rest(
    posts: Sequence[Post], seconds: float, sleep: Sleep, about: Mapping[str, object], *, repeats_unclear: bool
) -> None:
    """Post the further messages of a long reply in order, within `seconds`. A failure is only logged.

    `repeats_unclear`: the platform recognises a duplicate, so a post with an unclear outcome may be repeated.
    """
    sent = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            for post in posts:
                delivery = await post()
                while isinstance(delivery, Later) or (repeats_unclear and isinstance(delivery, Unclear)):
                    await sleep(delivery.after.total_seconds() if isinstance(delivery, Later) else PAUSE)
                    delivery = await post()
                if not isinstance(delivery, Posted):
                    break
                sent += 1
    if sent < len(posts):
        logger.warning("long message truncated", extra={**about, "lost": len(posts) - sent})


M = TypeVar("M")
Send: TypeAlias = Callable[[M], Awaitable[bool]]
"""Sends a message by one method; returns False if the interaction doesn't allow that method. Raises ChatFailed."""


async def send_with_fallbacks(versions: Iterable[M], sends: Iterable[Send[M]], about: Mapping[str, object]) -> bool:
    """Try each version of a message with each method, in order; returns whether one was sent."""
    sends = tuple(sends)
    for version in versions:
        if await _sent(version, sends, about):
            return True
    logger.error("delivering a reply failed", extra=about)
    return False


async def _sent(message: M, sends: Iterable[Send[M]], about: Mapping[str, object]) -> bool:
    """Try each method in order, and stop if the platform refuses the content itself; returns whether one worked."""
    for send in sends:
        try:
            if await send(message):
                return True
        except ChatFailed as error:
            logger.info("sending a reply failed; trying the next method", extra={**about, "error": str(error)})
            if error.is_about_content:
                return False
    return False


def trusts_env() -> bool:
    """The `trust_env` of aiohttp's sessions: True if the environment names a proxy (HTTPS_PROXY, NO_PROXY).

    With it, aiohttp switches to a thread twice per call, to look for the proxy and to read ~/.netrc.
    """
    return bool(getproxies())
