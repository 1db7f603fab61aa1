"""What `run` starts: every part with credentials; missing settings are named."""

import asyncio
import logging

import aiohttp
import pytest
from pydantic import SecretStr

from adapters.run import run
from bot.domain.caller import WorkspaceRef
from bot.domain.clock import utc_now
from bot.domain.errors import NotConfigured
from bot.reply.model import Reply
from bot.settings import Settings
from bot.store import Store
from bot.store.database import Database
from bot.store.outbox import Message, enqueue
from tests.slack.bot_app import ANN, GENERAL
from tests.standins.environment import settings_of
from tests.standins.faults import Fault, FaultKind


@pytest.fixture
def transport():
    return "socket"


@pytest.fixture
def clock():
    return utc_now


@pytest.fixture
def chosen(slack, app, token):
    """Credentials for both transports."""
    return {
        "slack_api_url": slack.api_url,
        "slack_bot_token": SecretStr(token.value),
        "slack_app_token": SecretStr(app.app_token),
        "slack_signing_secret": SecretStr(app.signing_secret),
        "port": 0,
    }


class _PortHandler(logging.Handler):
    """Captures the web server's port from the log."""

    def __init__(self):
        super().__init__()
        self.port = asyncio.get_running_loop().create_future()

    def emit(self, record):
        if record.getMessage() in {"listening", "listening for probes"}:
            self.port.set_result(record.port)


@pytest.fixture
async def listening(caplog):
    caplog.set_level("INFO", "adapters.run")
    ear, logger = _PortHandler(), logging.getLogger("adapters.run")
    logger.addHandler(ear)
    yield ear.port
    logger.removeHandler(ear)


async def _running(settings, only=()):
    task = asyncio.create_task(run(settings, only))
    await asyncio.sleep(0)
    return task


async def _end(task):
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


async def test_socket_mode_starts_with_its_two_tokens_and_ends_when_asked_to(
    slack, sandbox, sqlite_url, chosen, listening
):
    del chosen["slack_signing_secret"]
    settings = settings_of(sandbox, sqlite_url, **chosen)
    task = await _running(settings)
    await slack.until(slack.connections, 10)
    async with aiohttp.ClientSession() as session:  # a host that sets PORT expects the web server there
        assert (await session.get(f"http://127.0.0.1:{await listening}/healthz")).status == 200
    with pytest.raises(NotConfigured, match="Another contentstats-bot process uses the SQLite file"):
        await run(settings)
    await slack.send_command("/help", user=ANN, channel=GENERAL)
    await slack.until(lambda: slack.ephemerals(ANN))
    await _end(task)
    assert slack.connections() == []


@pytest.mark.parametrize(
    ("keys", "logged"),
    [(None, "Neither CONTENTSTATS_API_KEY nor SECRET_KEYS is set"), ("k" * 32, "links one with /connect")],
)
async def test_without_an_api_key_the_log_names_what_works(slack, sandbox, sqlite_url, chosen, caplog, keys, logged):
    chosen |= {"contentstats_api_key": None, "secret_keys": SecretStr(keys) if keys else None}
    task = await _running(settings_of(sandbox, sqlite_url, **chosen), ["slack", "discord"])
    await slack.until(slack.connections, 10)
    await _end(task)
    assert [each.getMessage() for each in caplog.records if "CONTENTSTATS_API_KEY" in each.getMessage()] != []
    assert logged in caplog.text


async def test_http_starts_with_token_and_signing_secret(slack, app, sandbox, sqlite_url, chosen, listening):
    app.is_socket_mode = False
    task = await _running(settings_of(sandbox, sqlite_url, **chosen), ["web"])
    app.request_url = f"http://127.0.0.1:{await listening}/slack/events"
    await slack.send_command("/help", user=ANN, channel=GENERAL)
    await slack.until(lambda: slack.ephemerals(ANN))
    assert slack.connections() == []
    await _end(task)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(app.request_url)


async def test_an_outage_of_slack_at_the_start_stops_nothing_else(slack, app, sandbox, sqlite_url, chosen, listening):
    app.is_socket_mode = False
    slack.faults.start(Fault(FaultKind.STATUS, 503), "auth.test")
    task = await _running(settings_of(sandbox, sqlite_url, **chosen), ["web", "scheduler"])
    app.request_url = f"http://127.0.0.1:{await listening}/slack/events"
    async with aiohttp.ClientSession() as session:
        ready = await session.get(app.request_url.replace("/slack/events", "/readyz"))
        assert (ready.status, await ready.json()) == (503, {"database": True, "slack": False})
    slack.faults.stop()
    await slack.send_command("/usage", user=ANN, channel=GENERAL)
    await slack.until(lambda: slack.ephemerals(ANN))
    assert "available" in slack.ephemerals(ANN)[0].text
    await _end(task)


@pytest.mark.parametrize("only", [(), ("scheduler",)])
async def test_due_messages_are_posted_by_the_same_or_a_separate_process(slack, sandbox, sqlite_url, chosen, only):
    async with Store.opened(sqlite_url) as store:
        wallet_id = await store.wallets.ensure_wallet("fingerprint", utc_now())
        place = await store.workspaces.ensure_workspace(WorkspaceRef("slack", "T1", "Acme"), wallet_id)
    if only:  # posting needs no other credentials
        del chosen["slack_app_token"], chosen["slack_signing_secret"]
    task = await _running(settings_of(sandbox, sqlite_url, **chosen), only)
    database = Database(sqlite_url)
    async with database.writing() as connection:
        await enqueue(connection, Message("a", place.id, GENERAL, Reply("Good morning.")), utc_now())
        await enqueue(connection, Message("b", place.id, "", Reply("Hello, Ann."), person_id=ANN), utc_now())
    await database.close()
    await slack.until(lambda: slack.channel(GENERAL).messages and slack.direct_messages(ANN), 20)
    assert [message.text for message in slack.channel(GENERAL).messages] == ["Good morning."]
    assert [message.text for message in slack.direct_messages(ANN)] == ["Hello, Ann."]
    assert bool(slack.connections()) is not bool(only)
    await _end(task)


@pytest.mark.parametrize(
    ("given", "only", "sentence"),
    [
        ({}, (), "contentstats-bot demo"),
        ({"slack_bot_token": "xoxb-1"}, (), "SLACK_APP_TOKEN or, for HTTP, SLACK_SIGNING_SECRET"),
        ({"slack_client_id": "1.2", "slack_client_secret": "s"}, ["web"], "also set SLACK_SIGNING_SECRET"),
        ({"slack_client_secret": "s", "slack_signing_secret": "s"}, (), "also set SLACK_CLIENT_ID"),
        ({"slack_signing_secret": "s"}, ["slack"], "SLACK_BOT_TOKEN"),
        ({}, ["scheduler"], "SLACK_BOT_TOKEN"),
        ({}, ["slack", "discord"], "SLACK_APP_TOKEN.*DISCORD_TOKEN"),
    ],
    ids=[
        "nothing", "a token alone", "OAuth without a signing secret", "OAuth without an id",
        "slack without tokens", "a scheduler without tokens", "neither chat",
    ],
)  # fmt: skip
async def test_missing_settings_are_reported_before_anything_starts(given, only, sentence):
    settings = Settings(_env_file=None, database_url="sqlite:////nowhere/at/all.db", **given)
    with pytest.raises(NotConfigured, match=sentence):
        await run(settings, only)
