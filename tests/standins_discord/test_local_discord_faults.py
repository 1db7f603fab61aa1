"""Paces, bans and everything that goes wrong on demand, as the library meets it."""

import asyncio

import aiohttp
import discord as library
import pytest

from tests.standins.discord_server.faults import Fault, FaultKind
from tests.standins.discord_server.rates import Rate
from tests.standins_discord.asking import refusal

POST = "POST /channels/{channel}/messages"


@pytest.fixture
def target(connected, channel):
    """The channel as the library knows it."""
    return connected.get_channel(int(channel.id))


@pytest.fixture
def headers(discord) -> dict[str, str]:
    """Those of the bot."""
    return {"Authorization": f"Bot {discord.app.token}"}


async def test_the_library_waits_by_the_headers_and_meets_no_429(discord, target, channel):
    discord.rates.routes[POST] = Rate(2, 0.2)
    await asyncio.gather(*(target.send(f"{number}") for number in range(5)))
    assert len(channel.messages) == 5
    assert {call.status for call in discord.calls_of(POST)} == {200}


async def test_one_who_does_not_wait_is_told_to(discord, session, channel, headers):
    discord.rates.routes[POST] = Rate(1, 5)
    url = f"{discord.api_url}/channels/{channel.id}/messages"
    async with session.post(url, json={"content": "x"}, headers=headers) as response:
        assert response.headers["X-RateLimit-Remaining"] == "0"
    async with session.post(url, json={"content": "x"}, headers=headers) as response:
        body = await response.json()
        assert (response.status, body["global"], response.headers["Via"]) == (429, False, "1.1 google")
        assert 0 < body["retry_after"] <= 5
        assert response.headers["X-RateLimit-Scope"] == "user"


async def test_fifty_calls_a_second_are_allowed_in_all_and_interactions_do_not_count(discord, session, headers):
    discord.rates.other = None
    discord.rates.in_all = Rate(2, 60)
    url = f"{discord.api_url}/users/@me"
    statuses = []
    for _ in range(3):
        async with session.get(url, headers=headers) as response:
            statuses.append(response.status)
    assert (statuses, response.headers["X-RateLimit-Global"]) == ([200, 200, 429], "true")
    async with session.post(f"{discord.api_url}/interactions/1/x/callback", json={"type": 5}) as response:
        assert response.status == 404


async def test_too_many_invalid_calls_are_banned_and_shared_limits_do_not_count(discord, session, headers):
    url = f"{discord.api_url}/users/@me"
    async with session.get(url) as response:
        assert (response.status, await response.json()) == (401, {"message": "401: Unauthorized", "code": 0})
    discord.faults.add("GET /users/@me", Fault(FaultKind.RATE_LIMITED_TOGETHER))
    async with session.get(url, headers=headers) as response:
        assert response.status == 429
    assert len(discord.rates.invalid) == 1
    discord.rates.invalid *= 10_000
    async with session.get(url, headers=headers) as response:
        assert (response.status, response.headers.get("Via"), response.content_type) == (429, None, "text/plain")


async def test_a_reset_is_not_retried_by_the_library_and_may_have_done_the_deed(discord, target, channel):
    discord.faults.add(POST, Fault(FaultKind.RESET))
    with pytest.raises((aiohttp.ClientError, OSError)):
        await target.send("lost", nonce="a")
    assert channel.messages == []
    discord.faults.add(POST, Fault(FaultKind.RESET_AFTER))
    with pytest.raises((aiohttp.ClientError, OSError)):
        await target.send("done", nonce="b")
    again = await target.send("done", nonce="b")
    assert [each.id for each in channel.messages] == [str(again.id)]


async def test_statuses_errors_and_garbage_come_as_ordered(discord, target):
    discord.faults.add(POST, Fault(FaultKind.STATUS, 503))
    assert await refusal(target.send("x")) == (503, 0)
    discord.faults.add(POST, Fault(FaultKind.ERROR, 50001))
    assert await refusal(target.send("x")) == (403, 50001)
    discord.faults.add(POST, Fault(FaultKind.BANNED))
    assert await refusal(target.send("x")) == (429, 0)
    discord.faults.add(POST, Fault(FaultKind.GARBAGE))
    with pytest.raises(TypeError):
        await target.send("x")


async def test_the_library_waits_out_a_429_of_either_scope(discord, target, channel):
    discord.faults.add(POST, Fault(FaultKind.RATE_LIMITED, seconds=0.01))
    discord.faults.add(POST, Fault(FaultKind.RATE_LIMITED_GLOBALLY, seconds=0.01))
    await target.send("x")
    assert [each.text for each in channel.messages] == ["x"]
    assert len(discord.calls_of(POST)) == 3


async def test_a_slow_answer_comes_and_one_that_hangs_does_not(discord, target, channel):
    discord.faults.add(POST, Fault(FaultKind.SLOW, seconds=0.01))
    await target.send("x")
    discord.faults.start(Fault(FaultKind.HANG), POST)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(target.send("y"), 0.1)
    discord.faults.stop()
    assert [each.text for each in channel.messages] == ["x"]


async def test_a_gateway_that_refuses_is_tried_again(discord, session):
    discord.faults.add("gateway", Fault(FaultKind.STATUS, 502))
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json")
    async with session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json") as socket:
        assert (await socket.receive_json())["op"] == 10


async def test_what_is_no_route_or_no_json_is_said_so(discord, session, channel, headers):
    async with session.get(f"{discord.api_url}/nothing", headers=headers) as response:
        assert (response.status, await response.json()) == (404, {"message": "404: Not Found", "code": 0})
    url = f"{discord.api_url}/channels/{channel.id}/messages"
    json = {**headers, "Content-Type": "application/json"}
    async with session.post(url, data="{", headers=json) as response:
        assert (response.status, (await response.json())["code"]) == (400, 50109)
    async with session.post(url, data={"content": "x"}, headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (400, 50035)


async def test_an_error_names_the_place_of_each_mistake(discord, session, channel, headers):
    url = f"{discord.api_url}/channels/{channel.id}/messages"
    async with session.post(url, json={"content": "x" * 2001}, headers=headers) as response:
        body = await response.json()
    assert (body["code"], body["message"]) == (50035, "Invalid Form Body")
    assert body["errors"]["content"]["_errors"][0]["message"].startswith("must be less than 2001")


async def test_a_token_that_was_reset_opens_nothing(discord, connected):
    discord.reset_token()
    with pytest.raises(library.HTTPException) as caught:
        await connected.application_info()
    assert caught.value.status == 401
