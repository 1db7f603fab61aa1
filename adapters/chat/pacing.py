"""Pacing: gates that keep calls to a chat under a rate, slots that processes share, and flood protection.

A gate holds calls after a 429. Flood protection runs one person's identical commands once, and makes commands beyond a
burst wait, in this process alone and without holding up anybody else.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

from cachetools import Cache, LRUCache

from adapters.chat.retry import Sleep
from bot.domain.caller import Caller
from bot.messages.problems import slowed_down, too_many
from bot.reply.model import Reply, Tone

Now: TypeAlias = Callable[[], float]

SPARE = 1.01
"""How much slower than a limit calls go: a platform that counts in windows of its own must never see one too many."""
SLOWDOWN = 0.8
"""The share of its pace that a gate keeps after a 429."""
RECOVERY = 600.0
"""Seconds in which a gate recovers its whole pace."""
SLOWEST = 0.1
LONGEST_STOP = 3_600.0
"""Seconds; a longer Retry-After is a mistake."""
ROUNDING = 0.001
"""Seconds that adding up floats may lose."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls a second in the long run, so many at once."""

    per_second: float
    burst: int = 1


def tier(calls: int) -> Rate:
    """So many calls a minute: a sixth of them at once and the rest evenly, so that no minute ever sees more."""
    return Rate(calls * 5 / 6 / 60, burst=calls // 6)


class Busy(Exception):
    """The call would have to wait for more `seconds` than its caller has. It was not made."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"more than {seconds:.0f} s to wait")
        self.seconds = seconds


class Slots(Protocol):
    """Slots for calls, one after the other, shared by several processes through the store (`RateSlots`)."""

    async def reserve(self, key: str, now: float, period: float, tolerance: float, max_wait: float) -> float:
        """Reserve one call; the seconds to wait before it. More than `max_wait` means that nothing was reserved."""


class Gate:
    """Lets one through at a time, evenly but for a burst (the generic cell rate algorithm), in the order of arrival."""

    def __init__(self, rate: Rate, now: Now, sleep: Sleep) -> None:
        self._period = SPARE / rate.per_second
        self._tolerance = self._period * (rate.burst - 1)
        self._now = now
        self._sleep = sleep
        self._lock = asyncio.Lock()
        self.queued = 0
        self._booked, self._booked_until = 0, -math.inf
        self._even_until = self._stopped_until = self._share_at = now()
        self._share = 1.0

    @property
    def period(self) -> float:
        """Seconds from one call to the next, as far as is known now."""
        return self._period / self._share_now

    def take_booked(self) -> bool:
        """Use a shared slot that this process has reserved; False if it has none."""
        has_one = self._booked > 0 and self._now() < self._booked_until
        self._booked -= has_one
        return has_one

    def book(self, count: int) -> None:
        """Note so many reserved slots, the first of which is used at once."""
        self._booked, self._booked_until = count - 1, self._now() + self.period * (count + 1)

    @property
    def is_idle(self) -> bool:
        """Whether it knows nothing that a new one would not."""
        now = self._now()
        return not self.queued and now >= max(self._even_until, self._stopped_until) and self._share_now >= 1

    @asynccontextmanager
    async def turn(self, deadline: float) -> AsyncIterator[None]:
        """Wait for the next turn, which counts unless the block fails. Raises Busy if it comes after `deadline`."""
        self._check(self._wait + self.queued * self._period, deadline)
        self.queued += 1
        try:
            async with self._lock:
                due = self._now()
                while (wait := self._wait) > ROUNDING:
                    self._check(wait, deadline)
                    due = self._now() + wait
                    await self._sleep(wait)
                late = self._now() - due
                yield
                # Who woke up late delays nobody: the next turn comes when it would have come.
                self._even_until = max(self._even_until, self._now() - late) + self.period
        finally:
            self.queued -= 1

    def stop(self, seconds: float) -> None:
        """Let nobody through for so long. Refusals of calls that were under way together slow it down once."""
        now = self._now()
        if now >= self._stopped_until:
            self._share, self._share_at = max(self._share_now * SLOWDOWN, SLOWEST), now
        self._stopped_until = max(self._stopped_until, now + seconds)

    @property
    def _share_now(self) -> float:
        return min(1.0, self._share + (self._now() - self._share_at) / RECOVERY)

    @property
    def _wait(self) -> float:
        return max(self._even_until - self._tolerance, self._stopped_until) - self._now()

    def _check(self, wait: float, deadline: float) -> None:
        if self._now() + wait > deadline:
            raise Busy(wait)


PACE = Rate(1.0, burst=60)
"""What one person may do: more than anybody does by hand."""
UNNOTICED = 0.5
"""Seconds that a command waits without a notice."""
MOST_REPLIES = 1_000
"""Offers that are kept, one a person."""
LONGEST_WAIT = 30.0
"""Seconds that a command waits; one that would wait longer is refused."""
REPEATED_WITHIN = 5.0
"""Seconds after a reply within which the same command gets the same reply, if the person did nothing in between."""
_Person: TypeAlias = tuple[str, str, str]


class FloodControl:
    """The pace of each person, and the commands that are under way."""

    def __init__(self, now: Now = time.monotonic, sleep: Sleep = asyncio.sleep, most_people: int = 10_000) -> None:
        self._now = now
        self._sleep = sleep
        self._gates: Cache[_Person, Gate] = LRUCache(most_people)
        self._slowed: Cache[_Person, bool] = LRUCache(most_people)
        self._running: dict[tuple[Caller, str], asyncio.Future[Reply]] = {}
        self._last: Cache[_Person, tuple[tuple[Caller, str], Reply, float]] = LRUCache(min(most_people, MOST_REPLIES))

    async def once(
        self, caller: Caller, command: str, run: Callable[[], Awaitable[Reply]], *, offers: bool = False
    ) -> Reply:
        """The reply to a command; that of the same command if the person has one under way in the same place.

        One that `offers` something to start gets the same offer for a few seconds afterwards, too: a look-up is cheap
        to repeat, and an error may be over.
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
            shared.cancel()  # changes nothing unless `run` failed

    async def admit(self, caller: Caller, notice: Callable[[Reply], Awaitable[None]]) -> Reply | None:
        """Wait until the person may run one more command, with one notice per flood; a refusal if that takes long."""
        person = _person(caller)
        self._last.pop(person, None)
        gate = self._gates.get(person)
        if gate is None:
            gate = self._gates[person] = Gate(PACE, self._now, self._sleep)
        try:
            async with gate.turn(self._now() + UNNOTICED):
                self._slowed.pop(person, None)
                return None
        except Busy:
            if not self._slowed.get(person):
                self._slowed[person] = True
                await notice(slowed_down())
        try:
            async with gate.turn(self._now() + LONGEST_WAIT):
                return None
        except Busy:
            return too_many()


def _repeated(reply: Reply) -> Reply:
    """A reply that was given before: the channel isn't notified of it again."""
    return replace(reply, public_line=(), announces=())


def _person(caller: Caller) -> _Person:
    return caller.workspace.chat, caller.workspace.id, caller.person.id
