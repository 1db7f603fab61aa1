"""Every code with which Discord closes a connection: what ends, what comes back by itself, what is said of it."""

import asyncio

import pytest

from adapters.chat.retry import REFUSALS
from adapters.discord.gateway import FATAL
from bot.domain.errors import NotConfigured, TokenRefused
from tests.discord_app.bot_app import program_of, serving, told


@pytest.mark.parametrize("code", FATAL)
async def test_a_code_that_no_other_try_mends_ends_discord_with_its_sentence_once_it_is_repeated(
    discord, server, sandbox, clock, sqlite_url, code
):
    async with program_of(discord, sandbox, clock, sqlite_url) as bot_app, serving(bot_app) as running:
        for _ in range(REFUSALS):
            await discord.until(lambda: bot_app.program.is_up and discord.connections() and discord.commands)
            assert not running.done()
            discord.connections()[0].close(code)
            await discord.until(lambda: not bot_app.program.is_up)
        with pytest.raises(NotConfigured) as refused:
            await asyncio.wait_for(running, 10)
    assert (str(refused.value), type(refused.value) is TokenRefused) == (FATAL[code], code == 4004)
    assert server.guild.id in discord.guilds


@pytest.mark.parametrize("code", [4000, 4009, 1000, 1006, 4999])
async def test_after_any_other_code_the_bot_is_back_by_itself(discord, server, sandbox, clock, sqlite_url, code):
    async with program_of(discord, sandbox, clock, sqlite_url) as bot_app, serving(bot_app) as running:
        await discord.until(lambda: bot_app.program.is_up and discord.commands)
        (old,) = discord.connections()
        if code == 1006:
            old.abort()
        else:
            old.close(code)
        await discord.until(lambda: discord.connections() not in ([], [old]))
        assert "available" in told(await bot_app.type("usage", server.ann, server.general))
        assert not running.done()
        assert bot_app.program.problem == ""
