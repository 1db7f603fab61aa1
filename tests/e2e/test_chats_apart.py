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
from tests.discord_app.bot_app import EDIT, shown_text
from tests.e2e.both_chats import both_chats
from tests.standins.environment import USAGE
from tests.standins.faults import Fault, FaultKind

WRONG_TOKEN = SecretStr("of.nobody.x")


@pytest.fixture
async def both(sqlite_url):
    async with both_chats(sqlite_url) as both:
        yield both


@asynccontextmanager
async def serving(settings, only=()):
    task = asyncio.create_task(run(settings, only))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    ("method", "word", "problem"),
    [
        ("auth.test", "token_revoked", "doesn't accept SLACK_BOT_TOKEN"),
        ("apps.connections.open", "invalid_auth", "refuses the Socket Mode connection"),
    ],
)
async def test_a_refused_slack_token_stops_only_slack(both, sqlite_url, caplog, method, word, problem):
    both.slack.faults.start(Fault(FaultKind.ERROR, word), method)
    async with serving(both.settings()) as program:
        await both.discord.until(lambda: both.discord.connections() and both.discord.commands)
        assert "What I can do" in await both.ask_in_discord("help")
        await _post(sqlite_url, "discord", both.server.guild.id, both.server.general.id)
        await both.discord.until(lambda: both.server.general.messages)
        async with asyncio.timeout(60):
            while f"slack stopped: Slack {problem} ({word}: " not in caplog.text:  # noqa: ASYNC110 - logged soon
                await asyncio.sleep(0.2)
            while f"Slack is down: Slack {problem} ({word}: " not in await both.ask_in_discord("status"):
                pass  # stored soon after
        assert not program.done()
    assert both.slack.connections(both.app) == []


async def test_a_refused_discord_token_stops_only_discord(both, caplog):
    async with serving(both.settings(discord_token=WRONG_TOKEN)) as program:
        await both.slack.until(lambda: both.slack.connections(both.app))
        assert "What I can do" in await both.ask_in_slack("/help")
        async with asyncio.timeout(60):
            while "discord stopped: Discord doesn't accept DISCORD_TOKEN" not in caplog.text:  # noqa: ASYNC110 - logged soon
                await asyncio.sleep(0.1)
        assert not program.done()


async def test_without_any_working_chat_the_program_ends_with_an_explanation(both):
    both.slack.faults.start(Fault(FaultKind.ERROR, "account_inactive"), "auth.test")
    async with serving(both.settings(discord_token=WRONG_TOKEN)) as program:
        with pytest.raises(TokenRefused):
            await program


async def test_without_incoming_events_the_scheduler_still_posts(both, sqlite_url):
    settings = both.settings(discord_token=None)
    both.slack.faults.start(Fault(FaultKind.ERROR, "invalid_auth"), "apps.connections.open")
    async with serving(settings) as program:
        await _post(sqlite_url, "slack", "T1", "C1")
        await both.slack.until(lambda: both.slack.channel("C1").messages)
        assert not program.done()
    async with serving(settings, ["slack"]) as program:
        with pytest.raises(NotConfigured, match="SLACK_APP_TOKEN"):
            await program


async def test_at_shutdown_both_chats_answer_commands_in_progress(both):
    both.discord.answer_seconds = 10
    async with serving(both.settings(), ["slack", "discord"]):
        await both.until_connected()
        both.sandbox.faults.add("slow", USAGE, seconds=0.3)
        interaction = await both.send_in_discord("usage")
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
