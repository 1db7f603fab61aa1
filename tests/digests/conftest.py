"""A workspace with a digest, on each database."""

import pytest

from bot.charts.charts import Charts
from tests.digests.mirror import MirrorOf
from tests.standins.scene import HandClock


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def charts():
    async with Charts() as drawing:
        yield drawing


@pytest.fixture
async def mirror(store, clock):
    return await MirrorOf.new(store, clock)
