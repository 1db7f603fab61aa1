"""Calls to Discord's REST API: one attempt each, within its rate limits, and only Discord's own responses count."""

import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord import HTTPException
from discord.http import Route

from adapters.chat.pacing import Busy
from adapters.discord.rest import Rest
from tests.standins.discord_server.rates import Rate
from tests.standins.faults import Fault, FaultKind

ME = "GET /users/@me"


@pytest.fixture
async def rest(discord):
    async with Rest(discord.app.token, discord.api_url) as rest:
        yield rest


async def test_a_call_cancelled_during_a_global_wait_blocks_no_other(discord, rest):
    discord.faults.add(ME, Fault(FaultKind.RATE_LIMITED_GLOBALLY, seconds=0.5))
    call = asyncio.create_task(rest.static_login(""))
    await discord.until(lambda: discord.calls_of(ME))
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    async with asyncio.timeout(10):
        assert (await rest.static_login(""))["id"] == discord.app.user.id


@pytest.mark.parametrize("kind", [FaultKind.RATE_LIMITED, FaultKind.RATE_LIMITED_GLOBALLY])
async def test_a_429_is_waited_out(discord, rest, kind):
    discord.faults.add(ME, Fault(kind, seconds=0.1), times=2)
    assert (await rest.static_login(""))["id"] == discord.app.user.id
    assert len(discord.calls_of(ME)) == 3


@pytest.mark.parametrize("fault", [Fault(FaultKind.RATE_LIMITED, seconds=600), Fault(FaultKind.BANNED)])
async def test_a_429_with_a_long_wait_is_an_error_at_once(discord, rest, fault):
    discord.faults.add(ME, fault)
    with pytest.raises(HTTPException) as raised:
        await rest.static_login("")
    assert (raised.value.status, len(discord.calls_of(ME))) == (429, 1)


async def test_calls_wait_for_their_bucket_and_cause_no_429(discord, rest):
    discord.rates.routes[ME] = Rate(3, 0.3)
    found = await asyncio.gather(*(rest.static_login("") for _ in range(10)))
    assert {each["id"] for each in found} == {discord.app.user.id}
    assert {call.status for call in discord.calls_of(ME)} == {200}


async def test_a_bucket_with_a_long_wait_is_not_waited_for(discord, rest):
    discord.rates.routes[ME] = Rate(1, 3_600)
    await rest.static_login("")
    with pytest.raises(Busy) as raised:
        await rest.static_login("")
    assert 3_500 < raised.value.seconds <= 3_600


async def test_a_lost_response_and_a_cancelled_wait_free_their_bucket_slot(discord, rest):
    discord.faults.add(ME, Fault(FaultKind.HANG))
    hanging = asyncio.create_task(rest.static_login(""))
    await discord.until(lambda: discord.calls_of(ME))
    waiting = [asyncio.create_task(rest.static_login("")) for _ in range(2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    hanging.cancel()
    assert (await waiting[1])["id"] == discord.app.user.id
    assert len(discord.calls_of(ME)) == 2


async def test_routes_of_one_bucket_share_it_per_channel(rest):
    one, other, elsewhere = (
        Route(method, "/channels/{channel_id}/pins", channel_id=id_)
        for method, id_ in (("GET", 1), ("PUT", 1), ("PUT", 2))
    )
    headers = {"X-RateLimit-Bucket": "b", "X-RateLimit-Limit": "2", "X-RateLimit-Remaining": "0"}
    headers["X-RateLimit-Reset-After"] = "3600"
    for route in (one, other):
        async with rest.turn(route, 1) as bucket:
            rest._route_buckets.learn(route, bucket, headers)
    for route in (one, other):
        with pytest.raises(Busy):
            async with rest.turn(route, 1):
                pass
    async with rest.turn(elsewhere, 1):
        pass


async def test_unused_buckets_are_dropped(rest):
    for number in range(1_500):
        async with rest.turn(Route("GET", "/channels/{channel_id}", channel_id=number), 1):
            pass
    assert len(rest._route_buckets._buckets) <= 1_000


def answering(body, **headers):
    async def answer(_):
        return web.Response(body=body, headers=headers)

    app = web.Application()
    app.router.add_get("/api/v10/users/@me", answer)
    return TestServer(app)


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
async def test_json_is_read_whatever_its_content_type(content_type):
    async with (
        answering(b'{"id": "1", "username": "bot"}', **{"Content-Type": content_type}) as server,
        Rest("token", str(server.make_url("/api/v10"))) as rest,
    ):
        assert (await rest.static_login(""))["username"] == "bot"


async def test_a_proxys_error_page_is_not_a_response():
    async with answering(b"<h1>Hello</h1>") as server, Rest("token", str(server.make_url("/api/v10"))) as rest:
        with pytest.raises(aiohttp.ClientPayloadError):
            await rest.static_login("")
