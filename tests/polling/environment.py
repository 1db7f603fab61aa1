"""A poller with a sandbox and a database, all on one clock that is set by hand and by sleeping."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from adapters.sandbox.serve import Sandbox
from bot.contentstats.client import ContentStatsClient
from bot.contentstats.transport import Timeouts
from bot.domain.caller import Person, WorkspaceRef
from bot.metrics import Metrics
from bot.store import Store
from bot.store.database import Database
from bot.store.tables import wallets, workspaces
from bot.wallet.accounts import NO_WALLET, Accounts
from bot.wallet.poller import Poller
from tests.standins.environment import PAGE, HandClock, sandbox_of

TICK = timedelta(seconds=30)
ANA = Person("U-ana", "Ana")
HERE = WorkspaceRef("slack", "T1", "Here")
THERE = WorkspaceRef("discord", "G1", "There")
KEYS = ("0123456789abcdef" * 2,)


class SleepingClock(HandClock):
    """A clock that sleeping advances."""

    def seconds(self) -> float:
        return self.now.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Process:
    """A process: its connection to the database, its accounts and its poller."""

    database: Database
    store: Store
    accounts: Accounts
    poller: Poller

    async def wallet(self, ref: WorkspaceRef = HERE) -> Any:
        """The wallet of a workspace, which this stores."""
        return (await self.accounts.get(ref)).wallet


@dataclass
class PollingEnvironment:
    """A sandbox, a database, and as many processes as a test opens."""

    sandbox: Sandbox
    clock: SleepingClock
    database_url: str
    stack: AsyncExitStack
    processes: list[Process] = field(default_factory=list)
    timeouts: Timeouts = field(default_factory=Timeouts)
    metrics: Metrics = field(default_factory=Metrics)

    async def open(self, default_key: str | None = None, secret_keys: tuple[str, ...] = KEYS) -> Process:
        """Open another process."""
        database = Database(self.database_url)
        self.stack.push_async_callback(database.close)
        store = Store(database, secret_keys)
        accounts = Accounts(
            store,
            self.clock,
            self.clock.sleep,
            base_url=self.sandbox.url,
            default_key=default_key or self.sandbox.key,
            connect=lambda key: self._client(key, store),
        )
        await self.stack.enter_async_context(accounts)
        self.processes.append(Process(database, store, accounts, Poller(accounts, store, self.clock, self.metrics)))
        return self.processes[-1]

    def _client(self, key: str, store: Store) -> ContentStatsClient:
        now, sleep = self.clock.seconds, self.clock.sleep
        return ContentStatsClient(
            self.sandbox.url, key, store.rates, now=now, sleep=sleep, timeouts=self.timeouts, metrics=self.metrics
        )

    async def live(self, **span: float) -> int:
        """Let every process tick in turn for a while, skipping idle ticks; returns how much they did."""
        until, done = self.clock.now + timedelta(**span), 0
        while self.clock.now < until:
            for process in self.processes:
                done += await process.poller.poll_due()
            self.clock.now = min(max(await self._next_at(), self.clock.now + TICK), until)
        return done

    async def _next_at(self) -> datetime:
        """When the first wallet in use is due; now if there is none."""
        used = select(workspaces.c.wallet_id)
        query = select(wallets.c.poll_at).where(wallets.c.id.in_(used), wallets.c.fingerprint != NO_WALLET)
        async with self.processes[0].database.reading() as connection:
            return min(await connection.scalars(query), default=self.clock.now)

    def track(self, number: int = 0, days: int = 7, key: str | None = None) -> str:
        """Start a tracking elsewhere; returns its id."""
        link = f"https://www.tiktok.com/@steady/video/73012345678901{number:05}"
        return self.sandbox.world.track(key or self.sandbox.key, link, days).id

    def calls(self, name: str = PAGE) -> int:
        return len(self.sandbox.calls(name))


@asynccontextmanager
async def environment_of(clock: SleepingClock, database_url: str, **options: Any) -> AsyncIterator[PollingEnvironment]:
    """An empty environment; `options` are the sandbox's."""
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(sandbox_of(clock, wall=clock.seconds, **options))
        yield PollingEnvironment(sandbox, clock, database_url, stack)
