"""Every close code of the gateway: which ends the connection, which is retried, and what is reported."""

import asyncio

import pytest

from adapters.chat.pacing import REFUSALS
from adapters.discord.gateway import FATAL
from bot.domain.errors import NotConfigured, TokenRefused
from tests.discord_app.bot_app import program_of, serving, shown_text

pytestmark = pytest.mark.usefixtures("server")


@pytest.mark.parametrize("code", FATAL)
async def test_a_repeated_permanent_close_code_ends_discord_with_its_explanation(
    discord, sandbox, clock, sqlite_url, code
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


@pytest.mark.parametrize("code", [4000, 4009, 1000, 1006, 4999])
async def test_after_any_other_close_code_the_bot_reconnects(discord, sandbox, clock, sqlite_url, code):
    async with program_of(discord, sandbox, clock, sqlite_url) as bot_app, serving(bot_app) as running:
        await discord.until(lambda: bot_app.program.is_up and discord.commands)
        (old,) = discord.connections()
        if code == 1006:
            old.abort()
        else:
            old.close(code)
        await discord.until(lambda: discord.connections() not in ([], [old]))
        assert "available" in shown_text(await bot_app.type("usage"))
        assert not running.done()
        assert bot_app.program.problem == ""
