"""Two workspaces that share a wallet, and one with its own."""

import pytest

from bot.store import Store
from bot.store.database import Database
from tests.store.samples import HERE, NOW, THERE


@pytest.fixture
async def wallet_id(store):
    return await store.wallets.ensure_wallet("fingerprint", NOW)


@pytest.fixture
async def workspace(store, wallet_id):
    return await store.workspaces.ensure_workspace(HERE, wallet_id)


@pytest.fixture
async def neighbour(store, wallet_id):
    return await store.workspaces.ensure_workspace(THERE, wallet_id)


@pytest.fixture
async def two_stores(database_url):
    """Stores with their own connections to the database, as in two processes."""
    databases = [Database(database_url) for _ in range(2)]
    yield [Store(each) for each in databases]
    for each in databases:
        await each.close()
