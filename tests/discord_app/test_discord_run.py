"""The program with Discord's settings: what starts, how it ends, and the invite."""

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from adapters.discord.commands import payload
from adapters.discord.manifest import PERMISSIONS
from adapters.run import run
from bot.domain.clock import utc_now
from bot.domain.errors import NotConfigured
from bot.settings import Settings
from tests.discord_app.bot_app import shown_text
from tests.standins.environment import settings_of


@pytest.fixture
def clock():
    return utc_now


def variables(discord, sandbox, tmp_path):
    return {
        **os.environ,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_TOKEN": discord.app.token,
        "CONTENTSTATS_API_KEY": sandbox.key,
        "CONTENTSTATS_BASE_URL": sandbox.url,
        "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db",
    }


@pytest.fixture
def start(discord, sandbox, sqlite_url):
    """Start the program with Discord's settings and others; it is stopped at the end of the block."""

    @asynccontextmanager
    async def started(only=(), **others):
        token = {"discord_token": SecretStr(discord.app.token), "discord_api_url": discord.api_url}
        task = asyncio.create_task(run(settings_of(sandbox, sqlite_url, **token, **others), only))
        yield task
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    return started


AWAY = {
    "slack_bot_token": SecretStr("xoxb-1"),
    "slack_app_token": SecretStr("xapp-1"),
    "slack_api_url": "http://127.0.0.1:1/api/",
}


@pytest.mark.parametrize("others", [{}, AWAY], ids=["alone", "beside a Slack that is away"])
async def test_discord_starts_with_its_token_and_ends_when_asked_to(discord, server, start, caplog, others):
    async with start(**others):
        await discord.until(lambda: discord.connections() and discord.commands)
        interaction = await discord.send_command("usage", {}, user=server.ann, channel=server.general)
        await discord.until(lambda: not interaction.is_thinking)
        assert "available" in shown_text(interaction.message)
    assert ("Slack is unreachable" in caplog.text) is bool(others)
    assert discord.connections() == []


async def test_the_manifest_has_the_commands_and_the_explained_invite(discord, sandbox, tmp_path):
    command = (sys.executable, "-m", "adapters", "manifest", "discord")
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE}
    program = await asyncio.create_subprocess_exec(*command, env=variables(discord, sandbox, tmp_path), **pipes)
    out, err = (each.decode() for each in await program.communicate())
    assert program.returncode == 0
    assert json.loads(out) == payload()
    assert f"client_id={discord.app.id}&scope=bot+applications.commands&permissions=274878024704" in err
    assert all(reason in err for _, reason in PERMISSIONS)
    assert discord.app.token not in out + err


@pytest.mark.parametrize("only", [["discord"], ["scheduler"]])
async def test_without_a_token_the_missing_setting_is_named(only):
    settings = Settings(_env_file=None, database_url="sqlite:////nowhere/at/all.db")
    with pytest.raises(NotConfigured, match="DISCORD_TOKEN"):
        await run(settings, only)


async def test_a_scheduler_alone_never_identifies_to_the_gateway(discord, start):
    async with start(["scheduler"]) as task:
        done, _ = await asyncio.wait((task,), timeout=0.3)
        assert not done
    assert (discord.identifies, discord.gateway.connections) == ([], [])
