"""The one way to Discord's REST API: what one call waits for holds up no other for longer than Discord asked."""

import asyncio

import pytest
from discord.http import HTTPClient, Route

from adapters.discord.rest import Rest
from tests.standins.faults import Fault, FaultKind

ME = "GET /users/@me"


async def test_a_call_that_is_cancelled_while_all_have_to_wait_leaves_the_way_open(discord):
    discord.faults.add(ME, Fault(FaultKind.RATE_LIMITED_GLOBALLY, seconds=50))
    async with Rest(discord.app.token, discord.api_url) as rest:
        call = asyncio.create_task(rest.request(Route("GET", "/users/@me")))
        await discord.until(lambda: discord.calls_of(ME))
        await discord.until(lambda: not rest._global_over.is_set())
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        async with asyncio.timeout(10):
            assert (await rest.static_login(""))["id"] == discord.app.user.id


async def test_the_private_names_of_the_library_that_the_client_sets_still_exist():
    library = HTTPClient(asyncio.get_running_loop())
    assert {"_HTTPClient__session", "_global_over"} <= vars(library).keys()
