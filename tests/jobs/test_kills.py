"""kill -9 at every step from the outbox to the channel, in real processes, counted at Slack.

Everything is posted. Only messages that were being posted when the process was killed appear twice, which Slack makes
unavoidable.
"""

import asyncio
import random
import signal
import sys
import time
from collections import Counter
from contextlib import asynccontextmanager
from itertools import product

import pytest
from sqlalchemy import func, select

from bot.domain.caller import WorkspaceRef
from bot.domain.clock import utc_now
from bot.reply.model import Reply
from bot.store import Store
from bot.store.outbox import Message, OutboxState, enqueue
from bot.store.outbox_claims import LEASE
from bot.store.schedule_tables import outbox
from tests.jobs.proxy import PLACES, proxying
from tests.standins.fork_pool import fork_pool
from tests.standins.slack.server import running
from tests.standins.slack.world import BOT_SCOPES

TEAMS, CHANNELS, MESSAGES = 8, 3, 2
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgres_url"], indirect=True)


@pytest.fixture
def dice(request):
    """A random generator whose seed is shown if a test fails."""
    seed = random.randrange(2**32)
    sys.stdout.write(f"{request.node.name}: seed {seed}\n")
    return random.Random(seed)


@pytest.fixture
async def slack():
    """A local Slack with several workspaces and no rate limits: other tests cover those."""
    async with running(utc_now) as slack:
        slack.rates.channel = slack.rates.workspace = None
        app = slack.add_app(scopes=BOT_SCOPES)
        for team_number in range(TEAMS):
            team = slack.add_team(f"T{team_number}", f"Team {team_number}")
            bot_user = slack.install(app, team).bot_user
            for number in range(CHANNELS):
                slack.add_channel(f"C{team_number}x{number}", team, [bot_user])
        yield slack


async def written(database):
    """Queues two messages per channel; their keys by channel."""
    store = Store(database)
    wallet_id = await store.wallets.ensure_wallet("fingerprint", utc_now())
    teams = [
        await store.workspaces.ensure_workspace(WorkspaceRef("slack", f"T{n}", "Team"), wallet_id) for n in range(TEAMS)
    ]
    messages = {}
    async with database.writing() as connection:
        for at, team_number, number in product(range(MESSAGES), range(TEAMS), range(CHANNELS)):
            channel, key = f"C{team_number}x{number}", f"{team_number}x{number}:{at}"
            await enqueue(connection, Message(key, teams[team_number].id, channel, Reply(key)), utc_now())
            messages.setdefault(channel, []).append(key)
    return messages


class WorkerPool:
    """The workers of a test, and the clock that they read."""

    def __init__(self, children, options, ahead, database):
        self._children = children
        self._options = options
        self._ahead = ahead
        self._database = database
        self._seconds = 0
        self.killed_in = Counter()
        self.is_dead = asyncio.Event()
        self.signal = children.signal
        self.until_ended = children.until_ended

    async def start(self, count):
        self.is_dead.clear()
        for _ in range(count):
            await self._children.start(*self._options, str(self._ahead))

    def kill(self):
        self.signal(signal.SIGKILL)
        self.is_dead.set()

    async def let_leases_pass(self):
        """Note the claimed messages of the killed workers, and let others claim them."""
        async with self._database.reading() as connection:
            sending = select(outbox.c.key).where(outbox.c.state == OutboxState.SENDING)
            self.killed_in.update(await connection.scalars(sending))
        self._seconds += LEASE.total_seconds() + 1
        self._ahead.write_text(str(self._seconds))

    async def until_all_is_sent(self):
        open_ones = select(func.count()).where(outbox.c.state != OutboxState.SENT)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            async with self._database.reading() as connection:
                if not await connection.scalar(open_ones):
                    return
            await asyncio.sleep(0.1)
        raise TimeoutError("not everything was sent")


@pytest.fixture(scope="module")
def children():
    with fork_pool("tests.jobs.working") as children:
        yield children


@pytest.fixture
def pool(slack, children, tmp_path):
    """Workers that post a database's messages through a proxy, killed at the end of the block."""

    @asynccontextmanager
    async def run(proxy_url, database_url, database):
        ahead = tmp_path / "ahead"
        ahead.write_text("0")
        tokens = [token.value for token in slack.tokens.values() if token.kind == "bot"]
        at_work = WorkerPool(children, (database_url, proxy_url, tokens), ahead, database)
        try:
            yield at_work
        finally:
            at_work.kill()
            await at_work.until_ended()

    return run


def check_posts(slack, messages, killed_in):
    """Check that everything was posted in order, and only messages of killed workers more than once."""
    for channel, keys in messages.items():
        found = [message.text for message in slack.channel(channel).messages]
        assert list(dict.fromkeys(found)) == keys
        assert all(copies <= 1 + killed_in[key] for key, copies in Counter(found).items())


async def signal_once(at_work, proxy, place, name):
    """Start a worker and send it this signal at its first post that gets to this place."""
    sent = asyncio.Event()

    def act(where):
        if where == place and not sent.is_set():
            at_work.signal(name)
            sent.set()

    proxy.act = act
    await at_work.start(1)
    await asyncio.wait_for(sent.wait(), 60)


@pytest.mark.parametrize(
    ("workers", "database_url"), [(1, "sqlite_url"), (2, "postgres_url")], indirect=["database_url"]
)
async def test_after_kills_everything_is_posted_and_only_messages_in_progress_are_doubled(
    slack, pool, database, database_url, workers, dice
):
    messages = await written(database)
    async with proxying(slack.api_url) as (proxy, url), pool(url, database_url, database) as at_work:
        for place in (*PLACES, "any time"):
            left = dice.randint(1, 5)

            def act(where, place=place):
                nonlocal left
                left -= where == place
                if not left:
                    at_work.kill()

            proxy.act = act
            await at_work.start(workers)
            if place == "any time":
                await asyncio.sleep(dice.uniform(0.1, 1.0))
                at_work.kill()
            await asyncio.wait_for(at_work.is_dead.wait(), 60)
            await at_work.until_ended()
            await at_work.let_leases_pass()
        proxy.act = lambda _: None
        await at_work.start(workers)
        await at_work.until_all_is_sent()
    assert at_work.killed_in
    check_posts(slack, messages, at_work.killed_in)


@ON_POSTGRES
async def test_four_workers_on_postgresql_post_everything_once_and_in_order(slack, pool, database, database_url):
    messages = await written(database)
    async with proxying(slack.api_url) as (_, url), pool(url, database_url, database) as at_work:
        await at_work.start(4)
        await at_work.until_all_is_sent()
    check_posts(slack, messages, Counter())


@ON_POSTGRES
async def test_a_worker_paused_for_longer_than_its_lease_changes_nothing(slack, pool, database, database_url):
    async def ids():
        async with database.reading() as connection:
            return sorted((await connection.execute(select(outbox.c.key, outbox.c.message_id))).all())

    messages = await written(database)
    async with proxying(slack.api_url) as (proxy, url), pool(url, database_url, database) as at_work:
        await signal_once(at_work, proxy, "accepted", signal.SIGSTOP)
        await at_work.let_leases_pass()
        await at_work.start(1)
        await at_work.until_all_is_sent()
        at_work.signal(signal.SIGCONT)
        before = await ids()
        at_work.signal(signal.SIGTERM)
        await at_work.until_ended()
        assert await ids() == before
    check_posts(slack, messages, at_work.killed_in)


async def test_on_sigterm_running_posts_end_and_nothing_is_left_unclear(slack, pool, database, database_url):
    messages = await written(database)
    async with proxying(slack.api_url) as (proxy, url), pool(url, database_url, database) as at_work:
        await signal_once(at_work, proxy, "asked", signal.SIGTERM)
        await at_work.until_ended()
        async with database.reading() as connection:
            states = set(await connection.scalars(select(outbox.c.state)))
        assert states == {OutboxState.SENT, OutboxState.PENDING}
        await at_work.start(1)
        await at_work.until_all_is_sent()
    check_posts(slack, messages, Counter())
