"""Socket Mode's rules: tickets, acknowledgements, redelivery and the limit of ten connections."""

import asyncio

import pytest


@pytest.fixture
def open_url(app, call):
    """Opens a connection's URL, or returns the error."""
    app.is_socket_mode = True

    async def opened(token=app.app_token):
        answer = await call("apps.connections.open", token=token)
        return answer.get("error") or answer["url"]

    return opened


@pytest.fixture
async def socket(open_url, session):
    """A connection after its hello."""
    async with session.ws_connect(await open_url()) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        yield socket


async def test_only_an_app_token_in_the_header_opens_a_connection(slack, app, bot, open_url, session):
    assert await open_url(bot.value) == "not_allowed_token_type"
    assert await open_url("xapp-wrong") == "invalid_auth"
    async with session.post(f"{slack.api_url}apps.connections.open", data={"token": app.app_token}) as response:
        assert (await response.json())["error"] == "not_authed"
    app.is_socket_mode = False
    assert await open_url() == "not_allowed"


async def test_an_unacknowledged_event_is_sent_three_more_times(slack, socket):
    slack.ack_seconds = 0.02
    delivery = first = await slack.send_event({"type": "tokens_revoked"}, slack.teams["T1"])
    for _ in range(3):
        delivery = await slack.redeliver(delivery)
    with pytest.raises(ValueError, match="not sent again"):
        await slack.redeliver(delivery)
    envelopes = [await socket.receive_json() for _ in range(4)]
    assert [each["retry_attempt"] for each in envelopes] == [0, 1, 2, 3]
    assert {each["payload"]["event_id"] for each in envelopes} == {first.payload["event_id"]}


async def test_a_command_fails_without_a_connection_or_if_it_breaks(slack, open_url, session):
    assert (await slack.send_command("/track", user="U2", channel="C1")).failure == "not_connected"
    async with session.ws_connect(await open_url()) as socket:
        await socket.receive_json()
        sending = asyncio.create_task(slack.send_command("/track", user="U2", channel="C1"))
        await socket.receive_json()
        slack.connections()[0].abort()
        assert (await sending).failure == "connection_failed"
    assert [each.reason for each in slack.failures] == ["not_connected", "connection_failed"]
