"""A process that only polls until it is killed."""

import asyncio
import sys

from bot.contentstats.client import ContentStatsClient
from bot.domain.caller import WorkspaceRef
from bot.domain.clock import utc_now
from bot.metrics import Metrics
from bot.store import Store
from bot.wallet.accounts import Accounts
from bot.wallet.poller import Poller


async def poll(database_url: str, base_url: str, key: str) -> None:
    def connect(key: str) -> ContentStatsClient:
        return ContentStatsClient(base_url, key, store.rates)

    async with Store.opened(database_url) as store:
        accounts = Accounts(store, utc_now, asyncio.sleep, base_url=base_url, default_key=key, connect=connect)
        async with accounts:
            await accounts.get(WorkspaceRef("slack", "T1", "Here"))
            poller = Poller(accounts, store, utc_now, Metrics())
            while True:
                await poller.poll_due()
                await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(poll(*sys.argv[1:]))
