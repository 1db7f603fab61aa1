"""Row 4: API reads of one video, however many people ask for it, counted by the sandbox.

A reading stays fresh for sixty minutes from when it is read, so no sixty minutes contain two reads.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from decimal import Decimal

from adapters.sandbox.serve import Sandbox
from bench.measure import Row
from bot.app import Bot
from bot.domain.caller import Caller, Permission, Person, Role, WorkspaceRef
from bot.reply.model import Tone
from tests.standins.environment import HandClock, settings_of

PEOPLE = 1_000
HOUR = timedelta(hours=1)
PAGE = "GET /videos/{id}"
LINK = "https://www.tiktok.com/@steady/video/730123456789012345"


def rows() -> Iterator[Row]:
    """A thousand people at once, then a thousand spread over an hour, then one more after the hour."""
    yield from asyncio.run(_rows())


async def _rows() -> list[Row]:
    clock = HandClock()
    async with _world(clock) as (bot, sandbox, videos):
        asked = len(sandbox.requests)
        await asyncio.gather(*(_stats(bot, videos[0], number) for number in range(PEOPLE)))
        at_once = _calls_since(sandbox, asked)
        asked, began = len(sandbox.requests), clock.now
        for number in range(PEOPLE):
            clock.now = began + number * HOUR / PEOPLE
            await _stats(bot, videos[1], number)
        over_an_hour = _calls_since(sandbox, asked)
        asked, clock.now = len(sandbox.requests), began + HOUR + timedelta(seconds=1)
        await _stats(bot, videos[1], 0)
        next_hour = _calls_since(sandbox, asked)
    others = sum(over_an_hour.values()) - over_an_hour[PAGE]
    names = ", ".join(sorted(over_an_hour.keys() - {PAGE})) or "none"
    return [
        _row(f"page reads, {PEOPLE:,} people at once", at_once[PAGE]),
        _row(f"page reads, {PEOPLE:,} people spread over the hour", over_an_hour[PAGE]),
        _row("page reads, one more person when that hour is over", next_hour[PAGE]),
        Row(4, f"other calls of the {PEOPLE:,} over the hour ({names})", str(others)),
    ]


def _row(name: str, reads: int) -> Row:
    return Row(4, name, str(reads), "1", f"{reads:.2f}x", "exactly 1", reads == 1)


@asynccontextmanager
async def _world(clock: HandClock) -> AsyncIterator[tuple[Bot, Sandbox, Sequence[str]]]:
    """The bot on a new database, and a sandbox with two videos tracked for four days."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="contentstats-bench-"))
        # A high rate limit, so that only the bot's own caching keeps the number of calls down.
        sandbox = await stack.enter_async_context(Sandbox(clock, balance=Decimal(100), requests_per_minute=10_000))
        began = clock.now - timedelta(days=4)
        videos = [sandbox.world.track(sandbox.key, LINK + str(number), 7, began).id for number in range(2)]
        settings = settings_of(sandbox, f"sqlite:///{folder}/bench.db")
        bot = await stack.enter_async_context(Bot(settings, clock=clock))
        yield bot, sandbox, videos


async def _stats(bot: Bot, video: str, number: int) -> None:
    person = Person(f"U{number}", f"Person {number}")
    caller = Caller(WorkspaceRef("slack", "T1", "Bench"), "C1", person, Role.MEMBER, frozenset({Permission.LOOK}))
    reply = await bot.run("stats", video, caller)
    if reply.tone is not Tone.INFO:
        raise RuntimeError(reply.summary)


def _calls_since(sandbox: Sandbox, asked: int) -> Counter[str]:
    return Counter(received.call for received in sandbox.requests[asked:])
