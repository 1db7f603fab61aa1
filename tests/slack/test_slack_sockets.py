"""Socket Mode: connections come and go, and no command is lost over it."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from slack_bolt.response import BoltResponse

from adapters.slack.api import Calls, new_client, new_session
from adapters.slack.socket_mode import SocketMode
from bot.domain.errors import NotConfigured
from tests.slack.stage import ANN
from tests.standins.faults import Fault, FaultKind
from tests.standins.scene import nap

OPEN = "apps.connections.open"


@pytest.fixture
def transport():
    return "socket"


async def _two(stage):
    """Once two connections are open: the old one, and the one that shall take its place."""
    await stage.slack.until(lambda: len(stage.slack.connections()) == 2)


async def test_before_a_connection_ends_the_next_one_is_opened_and_both_are_served(stage):
    await stage.slack.disconnect("warning")
    await _two(stage)
    for _ in range(6):
        await stage.type("/help")
    assert all(connection.envelopes for connection in stage.slack.connections())
    assert stage.slack.failures == []


async def test_what_arrives_on_a_connection_that_is_about_to_end_is_answered(stage):
    (old,) = stage.slack.connections()
    goodbye = asyncio.create_task(stage.slack.disconnect("warning"))
    answer = await stage.type("/help")
    await goodbye
    assert old.envelopes == 1
    assert "What I can do" in answer.text


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
async def test_commands_go_on_over_many_reconnects(stage, reason):
    for _ in range(4):
        before = stage.slack.connections()
        await stage.slack.disconnect(reason)
        await stage.slack.until(lambda was=before: [each for each in stage.slack.connections() if each not in was])
        await stage.type("/help")
    assert stage.slack.failures == []


async def test_a_connection_that_breaks_is_opened_again(stage):
    (old,) = stage.slack.connections()
    old.abort()
    await stage.slack.until(lambda: stage.slack.connections() not in ([], [old]))
    await stage.type("/help")


async def test_a_command_whose_connection_breaks_while_it_is_worked_on_is_answered_all_the_same(stage):
    stage.slack.faults.add("response_url", Fault(FaultKind.SLOW, seconds=0.2))
    await stage.send("/usage")
    for connection in stage.slack.connections():
        connection.abort()
    await stage.slack.until(lambda: stage.private(ANN))
    assert "available" in stage.private(ANN)[0].text


@pytest.mark.parametrize(
    "fault",
    [Fault(FaultKind.STATUS, 503), Fault(FaultKind.RESET), Fault(FaultKind.RATE_LIMITED, seconds=3)],
    ids=lambda fault: fault.kind,
)
async def test_while_slack_gives_no_connection_it_is_asked_again(stage, fault):
    (old,) = stage.slack.connections()
    stage.slack.faults.add(OPEN, fault, times=3)
    old.abort()
    await stage.slack.until(lambda: stage.slack.connections() not in ([], [old]))
    await stage.type("/help")
    assert len(stage.slack.calls_of(OPEN)) >= 2


async def test_socket_mode_turned_off_and_on_again_needs_no_restart(stage):
    await stage.slack.disconnect("link_disabled")
    refused = "Slack opens no Socket Mode connection (not_allowed: Socket Mode is turned off for the app)."
    async with asyncio.timeout(5):
        while stage.program.problem != refused:  # noqa: ASYNC110 - the answer reaches the program later
            await asyncio.sleep(0.01)
    assert not await stage.program.is_ready()
    stage.app.is_socket_mode = True
    await stage.slack.until(stage.slack.connections)
    await stage.type("/help")
    assert stage.program.problem == ""


async def test_connections_that_slack_refuses_one_after_the_other_are_opened_less_and_less_often(slack, app, token):
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


async def test_a_wrong_app_token_is_named_in_a_sentence_that_does_not_show_it(serving):
    async with serving(app_token="xapp-of-nobody") as line:
        with pytest.raises(NotConfigured, match="SLACK_APP_TOKEN must be an app-level token") as refused:
            await line
    assert "xapp-of-nobody" not in str(refused.value)


async def test_a_connection_on_which_nothing_is_heard_any_more_is_replaced(slack, app, serving):
    async with serving(heartbeat=0.1):
        await slack.until(lambda: slack.connections(app))
        (silent,) = slack.connections(app)
        silent.silence()
        await slack.until(lambda: [each for each in slack.connections(app) if not each.is_silent])
        assert len(slack.calls_of(OPEN)) == 2


async def test_what_is_no_envelope_is_left(slack, app, serving):
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
