"""Flood protection: one person's identical commands run once, and beyond a burst commands wait.

Nobody else waits for them. It is kept in this process alone.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from adapters.chat.pacing import Busy, Gate, Now, Rate
from adapters.chat.recent import LIMIT, Recent
from adapters.chat.retry import Sleep
from bot.domain.caller import Caller
from bot.messages.problems import slowed_down, too_many
from bot.reply.model import Reply, Tone

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

    def __init__(self, now: Now = time.monotonic, sleep: Sleep = asyncio.sleep, limit: int = LIMIT) -> None:
        self._now = now
        self._sleep = sleep
        self._gates = Recent[_Person, Gate](limit)
        self._slowed = Recent[_Person, bool](limit)
        self._running: dict[tuple[Caller, str], asyncio.Future[Reply]] = {}
        self._last = Recent[_Person, tuple[tuple[Caller, str], Reply, float]](min(limit, MOST_REPLIES))

    async def once(
        self, caller: Caller, command: str, run: Callable[[], Awaitable[Reply]], *, offers: bool = False
    ) -> Reply:
        """The reply to a command; that of the same command if the person has one under way in the same place.

        One that `offers` something to start gets the same offer for a few seconds afterwards, too: a look-up is cheap
        to repeat, and an error may be over.
        """
        key, person = (caller, command), _person(caller)
        if key in self._running:
            return await asyncio.shield(self._running[key])
        if (last := self._last.get(person)) is not None and last[0] == key and self._now() < last[2]:
            return replace(last[1], public_line=(), announces=())
        shared: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._running[key] = shared
        try:
            reply = await run()
            shared.set_result(reply)
            if offers and reply.tone is not Tone.PROBLEM:
                self._last.put(person, (key, reply, self._now() + REPEATED_WITHIN))
            return reply
        finally:
            del self._running[key]
            shared.cancel()  # changes nothing unless `run` failed

    async def admit(self, caller: Caller, notice: Callable[[Reply], Awaitable[None]]) -> Reply | None:
        """Wait until the person may run one more command, with one notice per flood; a refusal if that takes long."""
        person = _person(caller)
        self._last.forget(person)
        gate = self._gates.get(person)
        if gate is None:
            gate = Gate(PACE, self._now, self._sleep)
            self._gates.put(person, gate)
        try:
            async with gate.turn(self._now() + UNNOTICED):
                self._slowed.forget(person)
                return None
        except Busy:
            if not self._slowed.get(person):
                self._slowed.put(person, value=True)
                await notice(slowed_down())
        try:
            async with gate.turn(self._now() + LONGEST_WAIT):
                return None
        except Busy:
            return too_many()


def _person(caller: Caller) -> _Person:
    return caller.workspace.chat, caller.workspace.id, caller.person.id
