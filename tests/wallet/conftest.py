"""A scene on SQLite for most tests, and the parts for those that need two bots or PostgreSQL."""

import pytest

from tests.standins.scene import LINK, TRACK, HandClock, sandbox_of, scene_of


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


@pytest.fixture
async def scene_on_each(sandbox, clock, database_url):
    """The same scene, once on SQLite and once on PostgreSQL."""
    async with scene_of(sandbox, clock, database_url) as opened:
        yield opened


@pytest.fixture
def grown(scene):
    """A video with two days of snapshots, started outside the bot."""
    tracking = scene.sandbox.world.track(scene.sandbox.key, LINK, 7)
    scene.clock.advance(hours=48)
    return tracking.id


@pytest.fixture
def misbehave(scene):
    """Let the next call to track go wrong in a way that a person could not tell from any other."""

    def add(fault, **options):
        scene.sandbox.faults.add(fault, TRACK, seconds=30, **options)

    return add
