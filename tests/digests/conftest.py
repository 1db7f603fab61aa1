"""A workspace with a digest, on each database."""

import pytest

from tests.digests.mirror import MirrorOf


@pytest.fixture
async def mirror(store, clock):
    return await MirrorOf.new(store, clock)
