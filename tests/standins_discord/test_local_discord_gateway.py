"""The gateway as the library lives through it, and its refusals as a bare websocket sees them."""

import asyncio
import zlib

import aiohttp
import discord as library
import pytest

from tests.standins_discord.conftest import running_bot


async def test_a_bot_is_told_of_its_servers_and_of_what_happens_to_them(discord, connected, guild, channel, ann):
    assert [each.id for each in connected.guilds] == [int(guild.id)]
    assert connected.get_channel(int(channel.id)).name == "general"
    more = discord.add_guild("More", ann)
    discord.install(more)
    discord.fail(more)
    discord.recover(more)
    discord.delete_channel(channel)
    discord.remove(more)
    await discord.until(lambda: connected.heard[-1:] == [("remove", int(more.id))])
    assert connected.heard == [
        ("join", int(more.id)),
        ("unavailable", int(more.id)),
        ("available", int(more.id)),
        ("delete", int(channel.id)),
        ("remove", int(more.id)),
    ]


async def test_nothing_is_lost_when_the_connection_breaks(discord, connected, channel):
    (connection,) = discord.connections()
    connection.abort()
    await discord.until(lambda: not discord.connections())
    discord.delete_channel(channel)
    await discord.until(lambda: ("delete", int(channel.id)) in connected.heard)
    await discord.until(lambda: ("resumed", 0) in connected.heard)
    assert [each.path for each in discord.connections()] == ["resume"]
    assert len(discord.sessions) == 1


async def test_a_bot_that_is_asked_to_reconnect_resumes(discord, connected):
    discord.connections()[0].reconnect()
    await discord.until(lambda: ("resumed", 0) in connected.heard)
    assert [session.resumes for session in discord.sessions] == [1]


@pytest.mark.usefixtures("connected")
async def test_an_invalid_session_is_resumed_if_it_may_be_and_begun_anew_if_not(discord):
    discord.connections()[0].invalidate(is_resumable=True)
    await discord.until(lambda: discord.sessions[0].resumes == 1)
    await discord.until(discord.connections)
    discord.connections()[0].invalidate()
    await discord.until(lambda: len(discord.sessions) == 2 and discord.connections())
    assert [session.is_alive for session in discord.sessions] == [False, True]
    assert discord.connections()[0].path == "gateway"


async def test_a_session_that_is_gone_cannot_be_resumed(discord, connected):
    discord.sessions[0].is_resumable = False
    discord.connections()[0].abort()
    await discord.until(lambda: len(discord.sessions) == 2 and discord.sessions[1].is_connected)
    assert ("resumed", 0) not in connected.heard


async def test_a_command_during_a_reconnect_is_answered(discord, connected, channel, ann):
    @connected.tree.command()
    async def track(interaction: library.Interaction):
        """Track a video."""
        await interaction.response.send_message("done")

    await connected.tree.sync()
    discord.connections()[0].abort()
    await discord.until(lambda: not discord.connections())
    asked = await discord.send_command("track", user=ann, channel=channel)
    assert (asked.failure, asked.message.text) == ("", "done")


async def test_every_shard_hears_of_its_own_servers(discord, bot, ann):
    discord.shards = 2
    guilds = [discord.add_guild(f"g{number}", ann) for number in range(3)]
    for guild in guilds:
        discord.install(guild)
    async with running_bot(bot, discord):
        shown = {
            each.shard[0]: {event["d"]["id"] for event in each.sent if event["t"] == "GUILD_CREATE"}
            for each in discord.sessions
        }
        assert shown == {
            number: {each.id for each in guilds if (int(each.id) >> 22) % 2 == number} for number in range(2)
        }
        assert all(shown.values())
        assert len(bot.guilds) == 3


async def test_a_bot_that_closes_ends_its_session(discord, connected):
    await connected.close()
    await discord.until(lambda: not discord.sessions[0].is_connected)
    assert not discord.sessions[0].is_alive


@pytest.mark.usefixtures("discord")
async def test_a_wrong_token_is_told_so_at_the_door(bot):
    async with bot:
        with pytest.raises(library.LoginFailure):
            await bot.login("wrong")


class Peer:
    """A bare websocket with zlib-stream."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self._inflate = zlib.decompressobj()

    async def hear(self) -> dict:
        return library.utils._from_json(self._inflate.decompress(await self.socket.receive_bytes()))

    async def closed_with(self) -> int:
        while not self.socket.closed:
            await self.socket.receive(timeout=2)
        return self.socket.close_code


@pytest.fixture
async def peer(discord, session):
    async with session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json&compress=zlib-stream") as socket:
        yield Peer(socket)


def identify(token: str, **more) -> dict:
    return {"op": 2, "d": {"token": token, "intents": 1, "properties": {"os": "linux"}, **more}}


async def test_hello_ready_and_heartbeats_are_as_documented(discord, peer, guild):
    assert (await peer.hear())["d"] == {"heartbeat_interval": 41250}
    await peer.socket.send_json({"op": 1, "d": None})
    assert (await peer.hear())["op"] == 11
    await peer.socket.send_json(identify(discord.app.token))
    ready = await peer.hear()
    assert (ready["t"], ready["s"], ready["d"]["guilds"]) == ("READY", 1, [{"id": guild.id, "unavailable": True}])
    assert ready["d"]["resume_gateway_url"].endswith("/resume")
    created = await peer.hear()
    assert (created["t"], created["s"], created["d"]["unavailable"]) == ("GUILD_CREATE", 2, False)
    discord.connections()[0].request_heartbeat()
    assert (await peer.hear())["op"] == 1


async def test_without_the_intent_for_servers_none_is_told_of(discord, peer, guild):
    await peer.hear()
    await peer.socket.send_json(identify(discord.app.token, intents=0))
    assert (await peer.hear())["t"] == "READY"
    discord.fail(guild)
    assert [event["t"] for event in discord.sessions[0].sent] == ["READY"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"op": 99}, 4001),
        ({"no": "op"}, 4002),
        ({"op": 3, "d": {}}, 4003),
        (identify("wrong"), 4004),
        (identify("TOKEN", shard=[2, 2]), 4010),
        (identify("TOKEN", intents=1 << 40), 4013),
        (identify("TOKEN", intents=1 | 1 << 15), 4014),
        ({"op": 2, "d": {"token": "TOKEN", "intents": 1}}, 4002),
        ({"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}, 4004),
    ],
)
async def test_a_mistake_closes_the_connection_with_its_code(discord, peer, sent, code):
    if sent.get("d", {}).get("token") == "TOKEN":
        sent = {**sent, "d": {**sent["d"], "token": discord.app.token}}
    await peer.socket.send_json(sent)
    assert await peer.closed_with() == code


async def test_one_identifies_once_and_says_no_more_than_120_things_a_minute(discord, peer, session):
    await peer.socket.send_json(identify(discord.app.token))
    await peer.socket.send_json(identify(discord.app.token))
    assert await peer.closed_with() == 4005
    async with session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json") as socket:
        for _ in range(121):
            await socket.send_json({"op": 1, "d": None})
        assert await Peer(socket).closed_with() == 4008


async def test_one_who_sends_no_heartbeat_is_let_go(discord, session):
    discord.gateway.heartbeat_seconds = 0.05
    async with session.ws_connect(f"{discord.gateway_url}?v=10&encoding=json") as socket:
        assert await Peer(socket).closed_with() == 4009


async def test_another_version_is_refused(discord, session):
    async with session.ws_connect(f"{discord.gateway_url}?v=9&encoding=json") as socket:
        assert await Peer(socket).closed_with() == 4012


async def test_a_number_that_was_never_sent_cannot_be_resumed_from(discord, peer):
    await peer.hear()
    await peer.socket.send_json(identify(discord.app.token))
    ready = await peer.hear()
    session = discord.sessions[0]
    assert ready["d"]["session_id"] == session.id
    resume = {"token": discord.app.token, "session_id": session.id, "seq": 99}
    discord.connections()[0].silence()
    async with (
        aiohttp.ClientSession() as other,
        other.ws_connect(f"{discord.base_url}/resume?v=10&encoding=json") as socket,
    ):
        await socket.send_json({"op": 6, "d": resume})
        assert await Peer(socket).closed_with() == 4007


async def test_more_than_a_thousand_starts_a_day_cost_the_token(discord, peer, clock):
    token = discord.app.token
    discord.identifies = [clock()] * 1000
    await peer.socket.send_json(identify(token))
    assert await peer.closed_with() == 4004
    assert discord.app.token != token


async def test_a_silent_connection_stands_and_says_nothing(discord, connected, guild):
    discord.connections()[0].silence()
    discord.fail(guild)
    await asyncio.sleep(0.05)
    assert connected.heard == []
    assert len(discord.connections()) == 1
