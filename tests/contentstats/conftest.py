"""A sandbox, a real rate store and clients between them, all on one clock that only sleeping moves."""

from datetime import UTC, datetime

import pytest

from adapters.sandbox.serve import Sandbox
from bot.contentstats.client import ContentStatsClient
from bot.store.coordination import RateSlots
from bot.store.database import Database
from tests.standins.timeouts import sandbox_timeouts

TIKTOK = "https://www.tiktok.com/@steady/video/7301"
KEY = "cs_test_geheim_4711"


class SleepingClock:
    """Unix seconds that only sleeping advances; `naps` are the waits in order."""

    def __init__(self):
        self.time = 1_780_000_000.0
        self.naps = []

    def now(self):
        return self.time

    def date(self):
        return datetime.fromtimestamp(self.time, UTC)

    async def sleep(self, seconds):
        self.naps.append(seconds)
        self.time += seconds


@pytest.fixture
def wall():
    return SleepingClock()


@pytest.fixture
async def rates(sqlite_url):
    database = Database(sqlite_url)
    yield RateSlots(database)
    await database.close()


@pytest.fixture
async def sandbox(wall):
    async with Sandbox(wall.date, keys={KEY: "Ours", "cs_test_others": "Theirs"}, wall=wall.now) as running:
        yield running


@pytest.fixture
async def connect(rates, wall, sandbox):
    clients = []
    timeouts = sandbox_timeouts(sandbox, "trickle")

    def connected(base_url, key=KEY, **options):
        options = {"rates": rates, "now": wall.now, "sleep": wall.sleep, "timeouts": timeouts} | options
        clients.append(ContentStatsClient(base_url, key, **options))
        return clients[-1]

    yield connected
    for client in clients:
        await client.aclose()


@pytest.fixture
def client(connect, sandbox):
    return connect(sandbox.url)


CALLS = {
    "POST /videos/track": lambda client: client.track(TIKTOK, 7),
    "GET /videos": lambda client: client.list_videos(),
    "GET /videos/{id}": lambda client: client.read_video("some-id"),
    "POST /videos/{id}/stop": lambda client: client.stop("some-id"),
    "GET /usage": lambda client: client.usage(),
}


@pytest.fixture(params=CALLS)
def any_call(request):
    """A documented call: its name, and how a client makes it."""
    return request.param, CALLS[request.param]


@pytest.fixture(params=[name for name in CALLS if name.startswith("GET")])
def reading_call(request):
    return request.param, CALLS[request.param]


@pytest.fixture(params=[name for name in CALLS if name.startswith("POST")])
def changing_call(request):
    return request.param, CALLS[request.param]
