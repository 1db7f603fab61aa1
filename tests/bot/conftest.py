"""A scene on SQLite for most tests."""

import pytest

from tests.standins.scene import HandClock, sandbox_of, scene_of


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
