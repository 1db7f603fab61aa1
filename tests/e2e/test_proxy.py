"""All outgoing traffic uses the environment's proxy: host names can't be resolved here."""

import asyncio
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from adapters.discord.rest import Rest
from adapters.run import run
from adapters.slack.api import Calls, SlackFailed, new_client, new_session
from adapters.slack.oauth import OAuth
from bot.contentstats.client import ContentStatsClient
from bot.contentstats.short_links import ShortLinks
from bot.domain.clock import utc_now
from bot.domain.errors import LinkError, ServiceUnavailable
from bot.store import Store
from tests.discord_app.bot_app import new_server, shown_text
from tests.standins.discord_server.server import running as running_discord
from tests.standins.environment import sandbox_of, settings_of
from tests.standins.http_proxy import proxying
from tests.standins.slack.server import running as running_slack

NAMES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")


@pytest.fixture
def environment(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch.setenv


async def test_both_chats_are_reached_only_by_the_proxy(sqlite_url, environment):
    async with running_slack() as slack, running_discord() as discord, sandbox_of(utc_now) as sandbox:
        hosts = {"slack.internal": urlsplit(slack.base_url).port, "discord.internal": urlsplit(discord.base_url).port}
        slack.base_url, discord.base_url = "http://slack.internal", "http://discord.internal"
        team = slack.add_team("T1", "Acme")
        slack.add_user("U1", team, "ann", is_admin=True)
        app = slack.add_app(is_socket_mode=True)
        token = slack.install(app, team)
        slack.add_channel("C1", team, ["U1", token.bot_user])
        server = new_server(discord, "Home")
        chosen = {
            "slack_api_url": slack.api_url,
            "slack_bot_token": SecretStr(token.value),
            "slack_app_token": SecretStr(app.app_token),
            "discord_token": SecretStr(discord.app.token),
            "discord_servers": server.guild.id,
            "discord_api_url": discord.api_url,
        }
        async with proxying(hosts) as proxy:
            environment("HTTP_PROXY", proxy.url)
            environment("NO_PROXY", "127.0.0.1")
            task = asyncio.create_task(run(settings_of(sandbox, sqlite_url, **chosen)))
            await slack.until(lambda: slack.connections(app), 20)
            await discord.until(lambda: discord.connections() and discord.commands, 20)
            await slack.send_command("/help", user="U1", channel="C1")
            interaction = await discord.send_command("videos", {}, user=server.ben, channel=server.general)
            await discord.until(lambda: not interaction.is_thinking, 20)
            assert "No videos are tracked yet" in shown_text(interaction.message)
            await slack.until(lambda: slack.ephemerals("U1"), 20)
            async with new_session() as session:
                calls, client = Calls(session), new_client(session, slack.api_url, token.value)
                place = await calls.api(client.files_getUploadURLExternal, filename="a.csv", length=1)
                await calls.upload(place["upload_url"], b"x")
                with pytest.raises(SlackFailed, match="invalid_code"):
                    await OAuth(session, slack.api_url, app.client_id, app.client_secret).exchange("nobody's")
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            paths = proxy.paths("slack.internal")
            for way in (
                "/api/auth.test",
                "/api/apps.connections.open",
                "/link/",
                "/upload/",
                "/hooks/",
                "/oauth.v2.access",
            ):
                assert any(way in path for path in paths), way
            paths = proxy.paths("discord.internal")
            for way in ("/users/@me", "/gateway", "/callback", "/webhooks/"):
                assert any(way in path for path in paths), way


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
