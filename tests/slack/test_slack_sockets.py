"""Socket Mode: no command is lost when connections close, break or are replaced."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from slack_bolt.response import BoltResponse

from adapters.slack.api import Calls, new_client, new_session
from adapters.slack.socket_mode import SocketMode
from tests.slack.bot_app import ANN
from tests.standins.environment import nap
from tests.standins.faults import Fault, FaultKind

pytestmark = pytest.mark.parametrize("transport", ["socket"])

OPEN = "apps.connections.open"


async def _two(bot_app):
    """Wait for two connections: the old one and its replacement."""
    await bot_app.slack.until(lambda: len(bot_app.slack.connections()) == 2)


async def test_the_next_connection_opens_before_the_old_one_ends_and_both_are_served(bot_app):
    await bot_app.slack.disconnect("warning")
    await _two(bot_app)
    for _ in range(6):
        await bot_app.type("/help")
    assert all(connection.envelopes for connection in bot_app.slack.connections())
    assert bot_app.slack.failures == []


async def test_a_command_on_a_closing_connection_is_answered(bot_app):
    (old,) = bot_app.slack.connections()
    goodbye = asyncio.create_task(bot_app.slack.disconnect("warning"))
    answer = await bot_app.type("/help")
    await goodbye
    assert old.envelopes == 1
    assert "What I can do" in answer.text


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
async def test_commands_work_across_many_reconnects(bot_app, reason):
    for _ in range(4):
        before = bot_app.slack.connections()
        await bot_app.slack.disconnect(reason)
        await bot_app.slack.until(lambda was=before: [each for each in bot_app.slack.connections() if each not in was])
        await bot_app.type("/help")
    assert bot_app.slack.failures == []


async def test_a_command_is_answered_even_if_its_connection_breaks(bot_app):
    bot_app.slack.faults.add("response_url", Fault(FaultKind.SLOW, seconds=0.2))
    await bot_app.send("/usage")
    for connection in bot_app.slack.connections():
        connection.abort()
    await bot_app.slack.until(lambda: bot_app.private(ANN))
    assert "available" in bot_app.private(ANN)[0].text


@pytest.mark.parametrize(
    "fault",
    [Fault(FaultKind.STATUS, 503), Fault(FaultKind.RESET), Fault(FaultKind.RATE_LIMITED, seconds=3)],
    ids=lambda fault: fault.kind,
)
async def test_a_failed_connection_attempt_is_retried(bot_app, fault):
    (old,) = bot_app.slack.connections()
    bot_app.slack.faults.add(OPEN, fault, times=3)
    old.abort()
    await bot_app.slack.until(lambda: bot_app.slack.connections() not in ([], [old]))
    await bot_app.type("/help")
    assert len(bot_app.slack.calls_of(OPEN)) >= 2


async def test_socket_mode_turned_off_and_on_again_needs_no_restart(bot_app):
    await bot_app.slack.disconnect("link_disabled")
    refused = "Slack refuses the Socket Mode connection (not_allowed: Socket Mode is turned off for the app)."
    async with asyncio.timeout(5):
        while bot_app.program.problem != refused:  # noqa: ASYNC110 - the answer reaches the program later
            await asyncio.sleep(0.01)
    assert not await bot_app.program.is_ready()
    bot_app.app.is_socket_mode = True
    await bot_app.slack.until(bot_app.slack.connections)
    await bot_app.type("/help")
    assert bot_app.program.problem == ""


async def test_repeatedly_refused_connections_are_retried_less_and_less_often(slack, app, token):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    async with new_session() as session:
        client = new_client(session, slack.api_url, token.value)
        line = SocketMode(session, Calls(session, sleep), client, app.app_token, _acknowledge, sleep)
        task = asyncio.create_task(line.run())
        for _ in range(4):
            await slack.until(lambda: slack.connections(app))
            await slack.disconnect("too_many_websockets", app)
        await slack.until(lambda: slack.connections(app))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert len(slept) == 4
    assert slept[0] <= 1
    assert slept[3] >= 4


async def test_a_silent_connection_is_replaced(slack, app, serving):
    async with serving(heartbeat=0.1):
        await slack.until(lambda: slack.connections(app))
        (silent,) = slack.connections(app)
        silent.silence()
        await slack.until(lambda: [each for each in slack.connections(app) if not each.is_silent])
        assert len(slack.calls_of(OPEN)) == 2


async def test_a_message_that_is_no_envelope_is_ignored(slack, app, serving):
    async with serving():
        await slack.until(lambda: slack.connections(app))
        (connection,) = slack.connections(app)
        await connection.socket.send_json({"type": "something_new"})
        for broken in ("no JSON", "[" * 100_000, "7"):
            (connection,) = slack.connections(app)
            await connection.socket.send_str(broken)
            await slack.until(lambda old=connection: slack.connections(app) not in ([], [old]))


async def _acknowledge(payload):
    assert payload
    return BoltResponse(status=200, body="")


@pytest.fixture
def serving(slack, app, token):
    """A bare connection to Slack that acknowledges everything."""

    @asynccontextmanager
    async def serve(app_token=app.app_token, heartbeat=10.0):
        async with new_session() as session:
            client = new_client(session, slack.api_url, token.value)
            line = SocketMode(session, Calls(session, nap), client, app_token, _acknowledge, nap, heartbeat)
            task = asyncio.create_task(line.run())
            try:
                yield task
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    return serve
