"""Socket Mode, with the official client at the other end."""

import asyncio
import json

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.standins_slack.asking import refusal
from tests.standins_slack.blocks import with_button


def counting(bolt) -> list[str]:
    """Let the app acknowledge every /track, and keep what was asked."""
    heard: list[str] = []

    @bolt.command("/track")
    async def track(ack, command):
        await ack()
        heard.append(command["text"])

    return heard


@pytest.fixture
def opening(slack, session) -> AsyncWebClient:
    """A client with no token of its own."""
    return AsyncWebClient(base_url=slack.api_url, session=session, retry_handlers=[])


@pytest.fixture
async def socket(slack, app, opening, session) -> aiohttp.ClientWebSocketResponse:
    """A bare websocket of the app that was greeted."""
    app.is_socket_mode = True
    answer = await opening.apps_connections_open(app_token=app.app_token)
    socket = await session.ws_connect(answer["url"])
    hello = await socket.receive_json()
    assert (hello["type"], hello["num_connections"]) == ("hello", len(slack.connections()))
    yield socket
    await socket.close()


async def test_a_connection_is_opened_by_an_app_token_in_the_header(slack, app, opening, session, bot):
    assert await refusal(opening.apps_connections_open(app_token=app.app_token)) == "not_allowed"
    app.is_socket_mode = True
    assert await refusal(opening.apps_connections_open(app_token=bot.value)) == "not_allowed_token_type"
    assert await refusal(opening.apps_connections_open(app_token="xapp-wrong")) == "invalid_auth"
    async with session.post(f"{slack.api_url}apps.connections.open", data={"token": app.app_token}) as response:
        assert (await response.json())["error"] == "not_authed"
    slack.tokens[app.app_token].scopes = frozenset()
    assert await refusal(opening.apps_connections_open(app_token=app.app_token)) == "missing_scope"


async def test_a_ticket_opens_one_connection(app, opening, session):
    app.is_socket_mode = True
    answer = await opening.apps_connections_open(app_token=app.app_token)
    async with session.ws_connect(answer["url"]) as socket:
        assert (await socket.receive_json())["type"] == "hello"
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(answer["url"])


async def test_an_envelope_waits_for_its_acknowledgement(slack, socket):
    sending = asyncio.create_task(slack.send_command("/track", "x", user="U2", channel="C1"))
    envelope = await socket.receive_json()
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"]["text"] == "x"
    await socket.send_json({"envelope_id": "another"})
    await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "done"}})
    assert (await sending).ack == {"text": "done"}
    assert [message.text for message in slack.ephemerals("U2")] == ["done"]


async def test_an_envelope_that_nobody_acknowledges_is_a_failure_and_events_come_again(slack, socket, team):
    slack.ack_seconds = 0.05
    first = await slack.send_event({"type": "tokens_revoked"}, team)
    again = await slack.redeliver(first)
    same = await slack.replay(first)
    assert (first.failure, again.failure, same.failure) == ("timeout", "timeout", "timeout")
    envelopes = [await socket.receive_json() for _ in range(3)]
    assert [(each["retry_attempt"], each["retry_reason"]) for each in envelopes] == [(0, ""), (1, "timeout"), (0, "")]
    assert envelopes[0] == envelopes[2]
    assert envelopes[0]["envelope_id"] != envelopes[1]["envelope_id"]
    assert len({each["payload"]["event_id"] for each in envelopes}) == 1
    assert {each["accepts_response_payload"] for each in envelopes} == {False}


async def test_words_where_none_are_taken_are_a_failure(slack, socket, client):
    await client.chat_postMessage(channel="C1", text="x", blocks=[with_button()])
    sending = asyncio.create_task(slack.send_action(slack.channel("C1").messages[0], "a", user="U2"))
    envelope = await socket.receive_json()
    await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "done"}})
    assert (await sending).failure == "bad_answer"


async def test_pings_are_answered_until_the_connection_falls_silent(slack, socket):
    socket._autoping = False
    assert (await socket.receive()).type is aiohttp.WSMsgType.PING
    await socket.ping(b"x")
    pong = await socket.receive()
    assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"x")
    slack.connections()[0].silence()
    slack.ack_seconds = 0.05
    await socket.ping(b"y")
    assert (await slack.send_command("/track", user="U2", channel="C1")).failure == "timeout"
    with pytest.raises(TimeoutError):
        await socket.receive(timeout=0.05)


async def test_without_a_connection_a_command_fails(slack, app):
    app.is_socket_mode = True
    assert (await slack.send_command("/track", user="U2", channel="C1")).failure == "not_connected"


async def test_a_connection_that_breaks_takes_its_envelopes_with_it(slack, socket):
    sending = asyncio.create_task(slack.send_command("/track", user="U2", channel="C1"))
    await socket.receive_json()
    slack.connections()[0].abort()
    assert (await sending).failure == "connection_failed"


async def test_payloads_are_spread_over_several_connections(slack, app, bolt):
    heard = counting(bolt)
    app.is_socket_mode = True
    web = AsyncWebClient(base_url=slack.api_url)
    handlers = [AsyncSocketModeHandler(bolt, app.app_token, web_client=web) for _ in range(2)]
    for handler in handlers:
        await handler.connect_async()
    await slack.until(lambda: len(slack.connections()) == 2)
    for number in range(20):
        await slack.send_command("/track", str(number), user="U2", channel="C1")
    assert heard == [str(number) for number in range(20)]
    assert all(connection.envelopes for connection in slack.connections())
    for handler in handlers:
        await handler.close_async()


async def test_an_eleventh_connection_is_sent_away(slack, app, opening, session, socket):
    sockets = [socket]
    while len(sockets) < 10:
        answer = await opening.apps_connections_open(app_token=app.app_token)
        sockets.append(await session.ws_connect(answer["url"]))
    answer = await opening.apps_connections_open(app_token=app.app_token)
    async with session.ws_connect(answer["url"]) as eleventh:
        assert json.loads((await eleventh.receive()).data)["reason"] == "too_many_websockets"
        assert (await eleventh.receive()).type is aiohttp.WSMsgType.CLOSE
    assert len(slack.connections()) == len(sockets)


@pytest.mark.usefixtures("over_socket")
@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_the_official_client_comes_back_when_it_is_asked_to_go(slack, bolt, reason):
    heard = counting(bolt)
    await slack.until(slack.connections)
    (old,) = slack.connections()
    await slack.disconnect(reason)
    await slack.until(lambda: [each for each in slack.connections() if each is not old])
    await slack.until(lambda: old not in slack.connections())
    assert (await slack.send_command("/track", "x", user="U2", channel="C1")).failure == ""
    assert heard == ["x"]


async def test_a_disabled_link_is_not_opened_again(slack, app, opening, socket):
    await asyncio.gather(slack.disconnect("link_disabled"), socket.receive())
    assert await refusal(opening.apps_connections_open(app_token=app.app_token)) == "not_allowed"
