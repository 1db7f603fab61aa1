"""The parts of the posters' contract channel on Discord."""

import pytest

from tests.posters.channels import on_discord


@pytest.fixture
async def on():
    async with on_discord() as channel:
        yield channel


@pytest.fixture
def discord(on):
    return on.discord


@pytest.fixture
def rest(on):
    return on.rest


@pytest.fixture
def guild(on):
    return on.guild


@pytest.fixture
def channel(on):
    return on.channel


@pytest.fixture
def here(on):
    return on.here


@pytest.fixture
def poster(on):
    return on.poster
