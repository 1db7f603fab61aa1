"""Calls that the local Discord refuses although Discord might accept them, because the bot must not make them."""

import aiohttp
import pytest

from tests.standins.discord_server.server import running
from tests.standins.discord_server.shapes import command, message, modal, picture, text


@pytest.fixture
async def discord(clock):
    async with running(clock) as discord:
        discord.answer_seconds = 0.05
        yield discord


@pytest.fixture
async def session(discord):
    headers = {"Authorization": f"Bot {discord.app.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        yield session


@pytest.fixture
def call(discord, session):
    """Makes a REST call; returns the status and the error code."""

    async def made(method, path, body=None):
        async with session.request(method, discord.api_url + path, json=body) as response:
            return response.status, (await response.json()).get("code") if response.status != 204 else None

    return made


@pytest.fixture
async def interaction(discord, session):
    """A slash command's interaction that has no response yet."""
    ann = discord.add_user("ann")
    guild = discord.add_guild("Acme", ann)
    discord.install(guild)
    channel = discord.add_channel(guild, "general")
    await session.put(f"{discord.api_url}/applications/{discord.app.id}/commands", json=[command()])
    async with session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json") as socket:
        await socket.send_json({"op": 2, "d": {"token": discord.app.token, "intents": 1, "properties": {}}})
        await discord.until(discord.connections)
        sent = await discord.send_command("track", user=ann, channel=channel)
        assert (sent.failure, [each.reason for each in discord.failures]) == ("timeout", ["timeout"])
        sent.failure = ""
        yield sent


@pytest.mark.parametrize(
    "answer",
    [
        {"type": 1},
        {"type": 4, "data": message(picture("attachment://x.png"))},
        {"type": 4, "data": message(text(), content="x")},
        {"type": 5, "data": message(text())},
        {"type": 7, "data": message(text())},
        {"type": 8, "data": {"choices": []}},
        {"type": 9, "data": {**modal(), "components": []}},
    ],
)
async def test_a_response_of_the_wrong_type_or_content_is_refused(interaction, call, answer):
    callback = f"/interactions/{interaction.id}/{interaction.token}/callback"
    assert await call("POST", callback, answer) == (400, 50035)
    assert interaction.callback is None


async def test_a_deferral_is_edited_before_anything_follows_it(discord, interaction, call):
    webhook = f"/webhooks/{discord.app.id}/{interaction.token}"
    deferral = {"type": 5, "data": {"flags": 64}}
    assert await call("POST", f"/interactions/{interaction.id}/{interaction.token}/callback", deferral) == (204, None)
    assert await call("POST", webhook, message(text())) == (400, 50035)
    assert (await call("PATCH", f"{webhook}/messages/@original", message(text())))[0] == 200
    assert (await call("POST", webhook, message(text())))[0] == 200


async def test_a_route_that_the_bot_never_calls_is_refused(call):
    assert await call("DELETE", "/channels/1") == (405, 0)
