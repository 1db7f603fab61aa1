"""Environment for tests of the whole core: a bot, its sandbox on a socket, a database and a clock set by hand."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select

from adapters.sandbox.serve import Sandbox
from adapters.sandbox.world import Tracking
from bot.app import Bot
from bot.contentstats.client import key_fingerprint
from bot.domain.caller import Caller, Permission, Person, Role, WorkspaceRef
from bot.reply.call import Call
from bot.reply.model import Action, Button, LinkButton, Listing, Menu, Reply, Select, Table, drawn
from bot.reply.plain import plain_spans, plain_text, row_menus
from bot.settings import Settings
from bot.store import Store
from bot.store.database import Database
from bot.store.schedule_tables import outbox
from tests.standins.charts import shared_charts
from tests.standins.timeouts import sandbox_timeouts

LINK = "https://www.tiktok.com/@steady/video/7301234567890123456"
SAME_LINK = "tiktok.com/@steady/video/7301234567890123456?is_from_webapp=1&_r=2"
YOUTUBE = "https://www.youtube.com/watch?v=steady_cats"
INSTAGRAM = "https://www.instagram.com/p/steadyPost1/"
TWITTER = "https://twitter.com/steady/status/1988637243979237148"
TRACK, LIST, PAGE, STOP, USAGE = (
    "POST /videos/track",
    "GET /videos",
    "GET /videos/{id}",
    "POST /videos/{id}/stop",
    "GET /usage",
)


class HandClock:
    def __init__(self, now: datetime = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


async def nap(seconds: float) -> None:
    """Sleep a hundred times as fast."""
    await asyncio.sleep(seconds / 100)


ANA = Caller(
    workspace=WorkspaceRef("console", "acme", "Acme"),
    channel_id="C-general",
    person=Person("U-ana", "Ana"),
    role=Role.ADMIN,
    permissions=frozenset(Permission),
)
BEN = replace(ANA, person=Person("U-ben", "Ben"), channel_id="C-random")
EVE = replace(ANA, workspace=WorkspaceRef("console", "rival", "Rival"), person=Person("U-eve", "Eve"), channel_id="C-x")
"""A person in another workspace that uses the same key."""
LOOKER = replace(ANA, role=Role.MEMBER, permissions=frozenset({Permission.LOOK}))
SPENDER = replace(LOOKER, permissions=frozenset({Permission.LOOK, Permission.SPEND, Permission.STOP}))


def steady(count: int) -> list[str]:
    """The links of so many other TikToks."""
    return [f"https://www.tiktok.com/@steady/video/{7301234567890120001 + number}" for number in range(count)]


def sandbox_of(clock: Callable[[], datetime], **options: Any) -> Sandbox:
    """A sandbox with a high rate limit, many video places and plenty of credit."""
    roomy: dict[str, Any] = {"requests_per_minute": 100_000, "concurrent_videos": 1_000, "balance": Decimal(100)}
    return Sandbox(clock, **(roomy | options))


def settings_of(sandbox: Sandbox, database_url: str, **chosen: Any) -> Settings:
    """The settings of a bot that uses this sandbox; ignores the environment's .env file."""
    known: dict[str, Any] = {
        "_env_file": None,
        "contentstats_api_key": SecretStr(sandbox.key),
        "contentstats_base_url": sandbox.url,
        "database_url": database_url,
    }
    return Settings(**(known | chosen))


@dataclass(kw_only=True, slots=True)
class Program:
    """A running bot with its sandbox."""

    sandbox: Sandbox
    clock: HandClock
    bot: Bot

    def posts(self, call: str = TRACK) -> int:
        """How many calls with this name from the API's documentation the sandbox received."""
        return len(self.sandbox.calls(call))

    def track(self, *links: str, days: int = 7) -> list[Tracking]:
        """Track these videos, started elsewhere."""
        return [self.sandbox.world.track(self.sandbox.key, link, days) for link in links]

    def trackings(self) -> int:
        """How many trackings exist, and so are billed."""
        return len(self.sandbox.world.account(self.sandbox.key).trackings)

    def days_tracked(self) -> list[int]:
        """The length of each tracking."""
        return [each.days for each in self.sandbox.world.account(self.sandbox.key).trackings.values()]


@dataclass(kw_only=True, slots=True)
class Environment(Program):
    """A bot without a chat, called as its adapters do."""

    database_url: str

    async def say(self, line: str, caller: Caller = ANA, *, is_typed: bool = False) -> Reply:
        """The reply to a line; with `is_typed` the person typed the command's words themselves."""
        command, _, arguments = line.partition(" ")
        return await self._shown(await self.bot.run(command, arguments, caller, is_typed=is_typed))

    async def press(self, reply: Reply, label: str, caller: Caller = ANA) -> Reply:
        """The reply to the button whose label starts with `label`; its call is encoded within 100 characters first."""
        return await self.run(button(reply, label), caller)

    async def details(self, line: str, caller: Caller = ANA) -> Reply:
        """What the Details button of the reply to a line shows."""
        return await self.press(await self.say(line, caller), "Details", caller)

    async def run(self, call: Call, caller: Caller = ANA) -> Reply:
        call = Call.decode(call.encode())
        return await self._shown(await self.bot.run(call.command, call.arguments, caller))

    async def start(self, link: str = LINK, days: int = 7, caller: Caller = ANA) -> Reply:
        """Type a link and press the button on its card; returns the reply."""
        card = await self.say(f"/track {link} {days}", caller)
        return await self.press(card, f"Track {days} day", caller)

    async def _shown(self, reply: Reply) -> Reply:
        await self.bot.confirm_delivery(reply, shown=True, announced=True)
        return await drawn(reply)

    async def audit(self, caller: Caller = ANA, without: Collection[str] = ("setting", "refused")) -> tuple[Any, ...]:
        """The audit of the caller's workspace, newest first, `without` these actions."""
        async with self.store() as (store, wallet_id):
            workspace = await store.workspaces.ensure_workspace(caller.workspace, wallet_id)
            kept = await store.audit.recent(workspace.id, 50)
            return tuple(each for each in kept if each.action not in without)

    @asynccontextmanager
    async def store(self) -> AsyncIterator[tuple[Store, int]]:
        """A second connection to the bot's database, and the wallet's id."""
        database = Database(self.database_url)
        try:
            store = Store(database)
            account = key_fingerprint(self.sandbox.url, self.sandbox.key)
            yield store, await store.wallets.ensure_wallet(account, self.clock())
        finally:
            await database.close()


@asynccontextmanager
async def environment_of(
    sandbox: Sandbox, clock: HandClock, database_url: str, sleep: Any = nap, now: Any = time.time, **chosen: Any
) -> AsyncIterator[Environment]:
    """An open bot with a running sandbox; `now` is the clock of its rate limit, `chosen` are settings."""
    settings = settings_of(sandbox, database_url, **chosen)
    timeouts = sandbox_timeouts(sandbox)
    charts = shared_charts()
    async with Bot(settings, clock=clock, now=now, timeouts=timeouts, sleep=sleep, charts=charts) as bot:
        yield Environment(sandbox=sandbox, clock=clock, bot=bot, database_url=database_url)


async def outbox_states(database_url: str) -> dict[str, str]:
    """The state of each outbox message by its key."""
    database = Database(database_url)
    async with database.reading() as connection:
        states = {row.key: row.state for row in await connection.execute(select(outbox).order_by(outbox.c.id))}
    await database.close()
    return states


def button(reply: Reply, label: str) -> Call:
    """The call of the first button, menu option or row whose label starts with `label`."""
    found = [call for name, call in _offered((*reply.actions, *row_menus(reply))) if name.startswith(label)]
    assert found, f"no button {label!r} in: {plain_text(reply)}"
    return found[0]


def labels(reply: Reply) -> list[str]:
    return [label for label, _ in _offered(reply.actions)]


def listed_ids(reply: Reply) -> list[str]:
    """The ids of the videos that the rows of the reply's listings open."""
    return [call.arguments["video"] for _, call in _offered(row_menus(reply))]


def _offered(actions: Iterable[Action]) -> Iterator[tuple[str, Call]]:
    for action in actions:
        match action:
            case Button(label, call):
                yield label, call
            case Menu(options=options):
                yield from ((each.label, each.call) for each in options)
            case LinkButton() | Select():
                pass


def rows(reply: Reply, caption: str = "") -> list[list[str]]:
    """The cells, as text, of the reply's first table or of the one with this caption."""
    parts = (part.table if isinstance(part, Listing) else part for part in reply.parts)
    tables = [part for part in parts if isinstance(part, Table) and caption in {"", part.caption}]
    assert tables, f"no table {caption!r} in: {plain_text(reply)}"
    return [[plain_spans(cell) for cell in row] for row in tables[0].rows]
