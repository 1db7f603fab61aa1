"""A local Discord with one guild, and the program in it."""

from dataclasses import replace

import pytest

from bot.domain.caller import WorkspaceRef
from tests.discord_app.bot_app import bot_app_of, new_server
from tests.standins.discord_server.server import running
from tests.standins.environment import ANA


@pytest.fixture
async def discord(clock):
    async with running(clock) as discord:
        discord.answer_seconds = 10
        discord.app.is_public = False  # only the operator could add it, so every guild uses the operator's key
        yield discord


@pytest.fixture
def server(discord):
    return new_server(discord, "Acme")


@pytest.fixture
async def bot_app(discord, server, sandbox, clock, sqlite_url):
    assert server.guild.id in discord.guilds
    async with bot_app_of(discord, sandbox, clock, sqlite_url) as bot_app:
        ref = WorkspaceRef("discord", server.guild.id, server.guild.name, all_see_money=False)
        await bot_app.bot.run("allowance", "money everyone", replace(ANA, workspace=ref))  # ben may see the wallet
        yield bot_app
