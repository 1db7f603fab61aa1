"""A store with one workspace in an in-memory chat, a clock set by hand, and a deliverer between them."""

import pytest

from bot.delivery.deliver import Deliverer
from bot.domain.caller import WorkspaceRef
from bot.reply.model import Reply
from bot.store.outbox import Message, enqueue
from tests.jobs.memory_chat import MemoryChat

ON_EACH = pytest.mark.parametrize("database_url", ["sqlite_url", "postgres_url"], indirect=True)
"""Run a test on both databases. `tests/store` tests their differences."""


@pytest.fixture
def database_url(request):
    """SQLite, unless a test asks for another database's fixture."""
    return request.getfixturevalue(getattr(request, "param", "sqlite_url"))


@pytest.fixture
async def workspace(store, clock):
    wallet_id = await store.wallets.ensure_wallet("fingerprint", clock())
    return await store.workspaces.ensure_workspace(WorkspaceRef("memory", "W1", "Memory"), wallet_id)


@pytest.fixture
def chat():
    return MemoryChat()


@pytest.fixture
def deliverer(store, chat, clock):
    return Deliverer(store, {"memory": chat}, clock)


@pytest.fixture
def queue(database, workspace, clock):
    """Queue messages with these keys, in channel C1 by default."""

    async def write(*keys, **facts):
        facts = {"channel_id": "C1", "workspace_id": workspace.id} | facts
        async with database.writing() as connection:
            for key in keys:
                await enqueue(connection, Message(key, **({"reply": Reply(f"This is {key}.")} | facts)), clock())

    return write
