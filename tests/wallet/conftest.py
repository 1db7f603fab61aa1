"""An environment on SQLite for most tests, and the parts for tests with two bots or PostgreSQL."""

import pytest

from tests.standins.environment import LINK, TRACK


@pytest.fixture
def grown(env):
    """A video with two days of snapshots, started outside the bot."""
    (tracking,) = env.track(LINK)
    env.clock.advance(hours=48)
    return tracking.id


@pytest.fixture
def misbehave(env):
    """Make the next call to track fail in a way that leaves its outcome unknown."""

    def add(fault, **options):
        env.sandbox.faults.add(fault, TRACK, seconds=30, **options)

    return add
