"""An environment on SQLite for most tests."""

import pytest

from tests.standins.environment import HandClock, environment_of, sandbox_of


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def sandbox(clock):
    async with sandbox_of(clock) as running:
        yield running


@pytest.fixture
async def env(sandbox, clock, sqlite_url):
    async with environment_of(sandbox, clock, sqlite_url) as opened:
        yield opened
