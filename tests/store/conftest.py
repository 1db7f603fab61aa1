"""Two workspaces that share a wallet, and one with its own."""

import pytest

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
