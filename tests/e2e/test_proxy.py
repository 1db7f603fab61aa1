"""All outgoing traffic uses the environment's proxy: host names can't be resolved here."""

import asyncio
from urllib.parse import urlsplit

import pytest

from adapters.discord.rest import Rest
from adapters.run import run
from adapters.slack.api import Calls, SlackFailed, new_client, new_session
from adapters.slack.oauth import OAuth
from bot.contentstats.client import ContentStatsClient
from bot.contentstats.short_links import ShortLinks
from bot.domain.errors import LinkError, ServiceUnavailable
from bot.store import Store
from tests.e2e.both_chats import both_chats
from tests.standins.http_proxy import proxying

NAMES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")


@pytest.fixture
def environment(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch.setenv


async def test_both_chats_are_reached_only_by_the_proxy(sqlite_url, environment):
    async with both_chats(sqlite_url) as both:
        slack, discord = both.slack, both.discord
        hosts = {"slack.internal": urlsplit(slack.base_url).port, "discord.internal": urlsplit(discord.base_url).port}
        slack.base_url, discord.base_url = "http://slack.internal", "http://discord.internal"
        async with proxying(hosts) as proxy:
            environment("HTTP_PROXY", proxy.url)
            environment("NO_PROXY", "127.0.0.1")
            task = asyncio.create_task(run(both.settings()))
            await both.until_connected()
            assert "No videos are tracked yet" in await both.ask_in_discord("videos")
            await both.ask_in_slack("/help")
            async with new_session() as session:
                calls, client = Calls(session), new_client(session, slack.api_url, both.token.value)
                place = await calls.api(client.files_getUploadURLExternal, filename="a.csv", length=1)
                await calls.upload(place["upload_url"], b"x")
                with pytest.raises(SlackFailed, match="invalid_code"):
                    await OAuth(session, slack.api_url, both.app.client_id, both.app.client_secret).exchange("nobody's")
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            used = {
                "slack.internal": [
                    *("/api/auth.test", "/api/apps.connections.open", "/link/", "/upload/", "/hooks/"),
                    "/oauth.v2.access",
                ],
                "discord.internal": ["/users/@me", "/gateway", "/callback", "/webhooks/"],
            }
            for host, parts in used.items():
                assert [part for part in parts if not any(part in path for path in proxy.paths(host))] == []


async def test_https_goes_through_a_tunnel(sqlite_url, environment):
    async with proxying({}) as proxy, Store.opened(sqlite_url) as store:
        environment("HTTPS_PROXY", proxy.url)
        client = ContentStatsClient("https://api.invalid/v1", "cs_test_1", store.rates)
        with pytest.raises(ServiceUnavailable):
            await client.usage()
        await client.aclose()
        links = ShortLinks(within=5)
        with pytest.raises(LinkError):
            await links.follow("https://vm.tiktok.com/ZM1/")
        await links.aclose()
        async with new_session() as session, Rest("t.o.k", "https://discord.invalid/api/v10") as rest:
            for say in (
                OAuth(session, "https://slack.invalid/api/", "1", "2").exchange("3"),
                rest.ws_connect("wss://gateway.invalid/?v=10"),
            ):
                with pytest.raises(Exception, match=r"no_answer|502"):
                    await say
        hosts = {host for method, host in proxy.seen if method == "CONNECT"}
        assert hosts == {f"{name}:443" for name in ("api.invalid", "vm.tiktok.com", "slack.invalid", "gateway.invalid")}
        environment("NO_PROXY", "tiktok.com")
        seen = len(proxy.seen)
        links = ShortLinks(resolve=_nowhere)
        with pytest.raises(LinkError):
            await links.follow("https://vm.tiktok.com/ZM1/")
        assert len(proxy.seen) == seen


async def _nowhere(_):
    return []
