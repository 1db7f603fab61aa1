"""The gateway's rules and close codes, over a bare websocket."""

import pytest


def identify(token: str, **more) -> dict:
    return {"op": 2, "d": {"token": token, "intents": 1, "properties": {"os": "linux"}, **more}}


async def test_hello_heartbeat_ready_and_guilds_arrive_in_order(discord, peer, guild):
    assert (await peer.receive())["op"] == 10
    await peer.socket.send_json({"op": 1, "d": None})
    assert (await peer.receive())["op"] == 11
    await peer.socket.send_json(identify(discord.app.token))
    ready = await peer.receive()
    assert (ready["t"], ready["s"], ready["d"]["guilds"]) == ("READY", 1, [{"id": guild.id, "unavailable": True}])
    created = await peer.receive()
    assert (created["t"], created["s"], created["d"]["unavailable"]) == ("GUILD_CREATE", 2, False)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"op": 99}, 4001),
        ({"no": "op"}, 4002),
        (identify("wrong"), 4004),
        (identify("TOKEN", shard=[2, 2]), 4010),
        (identify("TOKEN", intents=1 << 40), 4013),
        (identify("TOKEN", intents=1 | 1 << 15), 4014),
        ({"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}, 4004),
    ],
)
async def test_a_protocol_error_closes_the_connection_with_its_code(discord, peer, sent, code):
    if sent.get("d", {}).get("token") == "TOKEN":
        sent = {**sent, "d": {**sent["d"], "token": discord.app.token}}
    await peer.socket.send_json(sent)
    assert await peer.close_code() == code
