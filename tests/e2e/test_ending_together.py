"""Both chats in one program: when it is told to end, what is under way in either is answered."""

import asyncio

import pytest
from pydantic import SecretStr

from adapters.run import run
from bot.domain.clock import utc_now
from tests.discord_app.bot_app import new_server, told
from tests.standins.discord_server.server import running as discord_running
from tests.standins.environment import USAGE, sandbox_of, settings_of
from tests.standins.faults import Fault, FaultKind
from tests.standins.slack.server import running as slack_running


@pytest.fixture
async def discord():
    async with discord_running(utc_now) as discord:
        discord.answer_seconds = 10
        discord.app.is_public = False
        yield discord


@pytest.fixture
async def slack():
    async with slack_running(utc_now) as slack:
        team = slack.add_team("T1", "Acme")
        slack.add_user("U1", team, "ann", is_admin=True)
        slack.add_channel("C1", team, ["U1"], name="general")
        yield slack


async def test_what_is_under_way_in_both_chats_is_answered_when_the_program_ends(discord, slack, sqlite_url):
    server, app = new_server(discord, "Acme"), slack.add_app(is_socket_mode=True)
    token = slack.install(app, slack.teams["T1"])
    async with sandbox_of(utc_now) as sandbox:
        settings = settings_of(
            sandbox,
            sqlite_url,
            discord_token=SecretStr(discord.app.token),
            discord_api_url=discord.api_url,
            slack_api_url=slack.api_url,
            slack_bot_token=SecretStr(token.value),
            slack_app_token=SecretStr(app.app_token),
        )
        program = asyncio.create_task(run(settings, ["slack", "discord"]))
        await slack.until(slack.connections)
        await discord.until(lambda: discord.connections() and discord.commands)
        sandbox.faults.add("slow", USAGE, seconds=0.3)
        asked = await discord.send_command("usage", {}, user=server.ben, channel=server.general)
        assert (await slack.send_command("/usage", user="U1", channel="C1")).failure == ""
        discord.faults.add("PATCH /webhooks/{app}/{token}/messages/{message}", Fault(FaultKind.SLOW, seconds=0.3))
        program.cancel()
        await asyncio.gather(program, return_exceptions=True)
        assert program.cancelled()
    assert "available" in told(asked.message)
    assert "available" in slack.ephemerals("U1")[0].text
