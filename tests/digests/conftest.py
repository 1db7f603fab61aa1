"""A workspace with a digest, on each database."""

import pytest

from tests.digests.mirror import MirrorOf
from tests.standins.environment import HandClock, environment_of, sandbox_of


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def mirror(store, clock):
    return await MirrorOf.new(store, clock)


@pytest.fixture
async def sandbox(clock):
    async with sandbox_of(clock) as running:
        yield running


@pytest.fixture
async def env(sandbox, clock, sqlite_url):
    async with environment_of(sandbox, clock, sqlite_url) as opened:
        yield opened
