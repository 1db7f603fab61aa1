"""A store with one workspace at a wall, a clock moved by hand, and a deliverer between them."""

import pytest

from bot.delivery.deliver import Deliverer
from bot.domain.caller import WorkspaceRef
from bot.reply.model import Reply
from bot.store.outbox import Message, enqueue
from tests.jobs.wall import Wall

ON_EACH = pytest.mark.parametrize("database_url", ["sqlite_url", "postgres_url"], indirect=True)
"""Runs a test on both databases. What they do differently is tested in `tests/store`."""


@pytest.fixture
def database_url(request):
    """SQLite, unless a test names the fixture of another database."""
    return request.getfixturevalue(getattr(request, "param", "sqlite_url"))


@pytest.fixture
async def workspace(store, clock):
    wallet_id = await store.wallets.ensure_wallet("fingerprint", clock())
    return await store.workspaces.ensure_workspace(WorkspaceRef("wall", "W1", "Wall"), wallet_id)


@pytest.fixture
def wall():
    return Wall()


@pytest.fixture
def deliverer(store, wall, clock):
    return Deliverer(store, {"wall": wall}, clock)


@pytest.fixture
def say(database, workspace, clock):
    """Write messages, each under its key, into channel C1 unless said otherwise."""

    async def write(*keys, **facts):
        facts = {"channel_id": "C1", "workspace_id": workspace.id} | facts
        async with database.writing() as connection:
            for key in keys:
                await enqueue(connection, Message(key, **({"reply": Reply(f"This is {key}.")} | facts)), clock())

    return write
