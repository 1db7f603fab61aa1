"""One program in both chats: a chat whose credentials are refused stops alone, and the status shows it everywhere."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from adapters.run import run
from bot.domain.caller import WorkspaceRef
from bot.domain.clock import utc_now
from bot.domain.errors import NotConfigured, TokenRefused
from bot.reply.model import Reply
from bot.store import Store
from bot.store.database import Database
from bot.store.outbox import Message, enqueue
from tests.discord_app.bot_app import EDIT, new_server, shown_text
from tests.standins.discord_server.server import running as running_discord
from tests.standins.environment import USAGE, sandbox_of, settings_of
from tests.standins.faults import Fault, FaultKind
from tests.standins.slack.server import running as running_slack


class Both:
    """Both chats, and the settings of a program in them."""

    def __init__(self, slack, app, discord, server, sandbox, chosen):
        self.slack, self.app, self.discord, self.server = slack, app, discord, server
        self.sandbox, self.chosen = sandbox, chosen

    async def answers_in_slack(self):
        before = len(self.slack.ephemerals("U1"))
        await self.slack.send_command("/help", user="U1", channel="C1")
        await self.slack.until(lambda: len(self.slack.ephemerals("U1")) > before)

    async def answers_in_discord(self):
        interaction = await self.discord.send_command("help", {}, user=self.server.ben, channel=self.server.general)
        await self.discord.until(lambda: not interaction.is_thinking)
        assert "What I can do" in shown_text(interaction.message)

    async def status(self):
        interaction = await self.discord.send_command("status", {}, user=self.server.ann, channel=self.server.general)
        await self.discord.until(lambda: not interaction.is_thinking)
        return shown_text(interaction.message)


@pytest.fixture
async def both(sqlite_url):
    async with running_slack() as slack, running_discord() as discord, sandbox_of(utc_now) as sandbox:
        team = slack.add_team("T1", "Acme")
        slack.add_user("U1", team, "ann", is_admin=True)
        app = slack.add_app(is_socket_mode=True)
        token = slack.install(app, team)
        slack.add_channel("C1", team, ["U1", token.bot_user])
        chosen = {
            "slack_api_url": slack.api_url,
            "slack_bot_token": SecretStr(token.value),
            "slack_app_token": SecretStr(app.app_token),
            "discord_token": SecretStr(discord.app.token),
            "discord_api_url": discord.api_url,
        }
        server = new_server(discord, "Home")
        chosen["discord_servers"] = server.guild.id
        yield Both(slack, app, discord, server, sandbox, settings_of(sandbox, sqlite_url, **chosen))


@asynccontextmanager
async def serving(settings, only=()):
    task = asyncio.create_task(run(settings, only))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    ("method", "word"), [("auth.test", "token_revoked"), ("apps.connections.open", "invalid_auth")]
)
async def test_a_refused_slack_token_stops_only_slack(both, sqlite_url, caplog, method, word):
    both.slack.faults.start(Fault(FaultKind.ERROR, word), method)
    async with serving(both.chosen) as program:
        await both.discord.until(lambda: both.discord.connections() and both.discord.commands, 20)
        await both.answers_in_discord()
        await _post(sqlite_url, "discord", both.server.guild.id, both.server.general.id)
        await both.discord.until(lambda: both.server.general.messages, 20)
        async with asyncio.timeout(60):
            while f"slack stopped: Slack {_REFUSES[method]} ({word}: " not in caplog.text:  # noqa: ASYNC110 - logged soon
                await asyncio.sleep(0.2)
            is_down = f"Slack is down: Slack {_REFUSES[method]} ({word}: "
            while is_down not in await both.status():  # noqa: ASYNC110 - stored soon after
                await asyncio.sleep(1)
        assert not program.done()
    assert both.slack.connections(both.app) == []


_REFUSES = {
    "auth.test": "doesn't accept SLACK_BOT_TOKEN",
    "apps.connections.open": "refuses the Socket Mode connection",
}


async def test_a_refused_discord_token_stops_only_discord(both, caplog):
    async with serving(both.chosen.model_copy(update={"discord_token": SecretStr("of.nobody.x")})) as program:
        await both.slack.until(lambda: both.slack.connections(both.app), 20)
        await both.answers_in_slack()
        async with asyncio.timeout(60):
            while "discord stopped: Discord doesn't accept DISCORD_TOKEN" not in caplog.text:  # noqa: ASYNC110 - logged soon
                await asyncio.sleep(0.1)
        assert not program.done()


async def test_without_any_working_chat_the_program_ends_with_an_explanation(both):
    both.slack.faults.start(Fault(FaultKind.ERROR, "account_inactive"), "auth.test")
    update = {"discord_token": SecretStr("of.nobody.x")}
    async with serving(both.chosen.model_copy(update=update)) as program:
        with pytest.raises(TokenRefused):
            await program


async def test_without_incoming_events_the_scheduler_still_posts(both, sqlite_url):
    settings = both.chosen.model_copy(update={"discord_token": None})
    both.slack.faults.start(Fault(FaultKind.ERROR, "invalid_auth"), "apps.connections.open")
    async with serving(settings) as program:
        await _post(sqlite_url, "slack", "T1", "C1")
        await both.slack.until(lambda: both.slack.channel("C1").messages, 20)
        assert not program.done()
    async with serving(settings, ["slack"]) as program:
        with pytest.raises(NotConfigured, match="SLACK_APP_TOKEN"):
            await program


async def test_at_shutdown_both_chats_answer_commands_in_progress(both):
    both.discord.answer_seconds = 10
    async with serving(both.chosen, ["slack", "discord"]):
        await both.slack.until(both.slack.connections)
        await both.discord.until(lambda: both.discord.connections() and both.discord.commands)
        both.sandbox.faults.add("slow", USAGE, seconds=0.3)
        server = both.server
        interaction = await both.discord.send_command("usage", {}, user=server.ann, channel=server.general)
        assert (await both.slack.send_command("/usage", user="U1", channel="C1")).failure == ""
        both.discord.faults.add(EDIT, Fault(FaultKind.SLOW, seconds=0.3))
    assert "available" in shown_text(interaction.message)
    assert "available" in both.slack.ephemerals("U1")[0].text


async def _post(database_url, chat, workspace_id, channel_id):
    async with Store.opened(database_url) as store:
        wallet_id = await store.wallets.ensure_wallet("fingerprint", utc_now())
        place = await store.workspaces.ensure_workspace(WorkspaceRef(chat, str(workspace_id), "Acme"), wallet_id)
    database = Database(database_url)
    async with database.writing() as connection:
        await enqueue(connection, Message("a", place.id, str(channel_id), Reply("Good morning.")), utc_now())
    await database.close()
