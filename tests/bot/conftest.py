"""A scene on SQLite for most tests. Property tests judge answers, never how long a busy machine took for one."""

import pytest
from hypothesis import settings

from tests.standins.scene import HandClock, sandbox_of, scene_of

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def sandbox(clock):
    async with sandbox_of(clock) as running:
        yield running


@pytest.fixture
async def scene(sandbox, clock, sqlite_url):
    async with scene_of(sandbox, clock, sqlite_url) as opened:
        yield opened
