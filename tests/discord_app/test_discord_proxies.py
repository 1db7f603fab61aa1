"""What the REST client makes of answers that come by another server than Discord's own."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.discord.rest import Rest


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
async def test_json_is_read_however_a_proxy_labels_it(content_type):
    async def who(_):
        return web.Response(body=b'{"id": "1", "username": "bot"}', headers={"Content-Type": content_type})

    app = web.Application()
    app.router.add_get("/api/v10/users/@me", who)
    async with TestServer(app) as server, Rest("token", str(server.make_url("/api/v10"))) as rest:
        assert (await rest.static_login("token"))["username"] == "bot"


async def test_a_page_stays_a_page():
    async def who(_):
        return web.Response(text="<h1>Hello</h1>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/api/v10/users/@me", who)
    async with TestServer(app) as server, Rest("token", str(server.make_url("/api/v10"))) as rest:
        assert await rest.static_login("token") == "<h1>Hello</h1>"
