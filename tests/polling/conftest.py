"""An environment on SQLite for most tests, and one per database for the others."""

import pytest

from tests.polling.environment import SleepingClock, environment_of


@pytest.fixture
def clock():
    return SleepingClock()


@pytest.fixture
async def env(clock, sqlite_url):
    async with environment_of(clock, sqlite_url) as opened:
        yield opened


@pytest.fixture
async def env_on_each(clock, database_url):
    async with environment_of(clock, database_url) as opened:
        yield opened


@pytest.fixture
async def free_plan(clock, sqlite_url):
    """An environment with the free plan's 60 calls per minute."""
    async with environment_of(clock, sqlite_url, requests_per_minute=60) as opened:
        yield opened
