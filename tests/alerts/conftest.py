"""An environment with channels that get alerts: the sandbox, the bot, its mirror and an alert engine."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from bot.alerts.engine import AlertEngine
from bot.contentstats.client import ContentStatsClient
from bot.contentstats.short_links import ShortLinks
from bot.domain.alerts import AlertKind, default_setting
from bot.reply.model import Reply
from bot.store import Store
from bot.store.database import Database
from bot.wallet.wallet import Wallet
from tests.alerts.outbox import OutboxRow, outbox_of
from tests.standins.environment import ANA, Environment, environment_of, nap
from tests.standins.timeouts import sandbox_timeouts
from tests.store.samples import ADA, HERE, NOW


@dataclass(slots=True)
class AlertEnvironment:
    """An environment with its own database, an hourly reader of the account and an alert engine."""

    env: Environment
    database: Database
    store: Store
    wallet: Wallet
    engine: AlertEngine
    read: int = field(default=0)

    @property
    def world(self) -> Any:
        return self.env.sandbox.world

    def track(self, link: str, days: int = 7) -> str:
        """Start a tracking outside the bot; returns its id."""
        return str(self.world.track(self.env.sandbox.key, link, days).id)

    def credit(self, amount: str) -> None:
        self.world.add_credit(self.env.sandbox.key, Decimal(amount))

    def available(self, amount: str) -> None:
        """Set the balance so that this much is available."""
        self.credit(str(Decimal(amount) - self.world.account(self.env.sandbox.key).available))

    async def poll(self) -> None:
        """Read what the poller reads: the usage, the list and every due page."""
        await self.wallet.mirror.read_usage()
        await self.wallet.mirror.read_list()
        for stored in (await self.store.videos.several(self.wallet.id, await self.ids())).values():
            await self.wallet.mirror.page(stored)

    async def ids(self) -> list[str]:
        return [str(each.id) for each in self.world.account(self.env.sandbox.key).trackings.values()]

    async def posted(self) -> list[OutboxRow]:
        """The new messages in the outbox."""
        found, self.read = await outbox_of(self.database, self.read)
        return found

    async def look(self) -> list[OutboxRow]:
        """Read the account and react; returns the messages."""
        await self.poll()
        await self.engine.react_due()
        return await self.posted()

    async def live(self, hours: int, every: int = 1) -> list[OutboxRow]:
        """Let hours pass, with a look every hour or every few."""
        found: list[OutboxRow] = []
        for _ in range(0, hours, every):
            self.env.clock.advance(hours=every)
            found += await self.look()
        return found

    async def alerts(self, words: str, caller: Any = ANA) -> Reply:
        return await self.env.say(f"/alerts {words}", caller)


@pytest.fixture
def url(sqlite_url):
    return sqlite_url


@pytest.fixture
async def alert_env(sandbox, clock, url, charts):
    database = Database(url)
    store = Store(database)
    async with environment_of(sandbox, clock, url) as env, env.store() as (_, wallet_id):
        client = ContentStatsClient(
            sandbox.url, sandbox.key, store.rates, sleep=nap, timeouts=sandbox_timeouts(sandbox)
        )
        async with Wallet(client, ShortLinks(), store, wallet_id, clock, nap) as wallet:
            yield AlertEnvironment(env, database, store, wallet, AlertEngine(store, charts, clock))
    await database.close()


@pytest.fixture
def account(sandbox):
    """The sandbox's account."""
    return sandbox.world.account(sandbox.key)


@pytest.fixture
async def wallet_id(store):
    return await store.wallets.ensure_wallet("fingerprint", NOW)


def told_all(workspace_id):
    """A channel with every kind of alert."""
    return replace(default_setting(workspace_id, "C1", ADA), kinds=frozenset(AlertKind))


@pytest.fixture
async def setting(store, wallet_id):
    workspace = await store.workspaces.ensure_workspace(HERE, wallet_id)
    return await store.alerts.save(told_all(workspace.id), NOW)
