"""A local Discord with one server, and the program in it."""

import pytest

from tests.discord_app.discord_stage import new_server, stage_of
from tests.standins.discord_server.server import running
from tests.standins.scene import HandClock, sandbox_of


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def sandbox(clock):
    async with sandbox_of(clock) as sandbox:
        yield sandbox


@pytest.fixture
async def discord(clock):
    async with running(clock) as discord:
        discord.answer_seconds = 10
        discord.app.is_public = False  # only the operator added it, so every server uses the operator's key
        yield discord


@pytest.fixture
def server(discord):
    return new_server(discord, "Acme")


@pytest.fixture
async def stage(discord, server, sandbox, clock, sqlite_url):
    assert server.guild.id in discord.guilds
    async with stage_of(discord, sandbox, clock, sqlite_url) as stage:
        yield stage
