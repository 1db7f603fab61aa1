"""Answers to calls that break a documented rule: the status and Discord's code for it."""

import io

import aiohttp
import pytest

from tests.standins.discord_server.permissions import EVERYTHING, Permission, effective
from tests.standins.discord_server.rates import Rate
from tests.standins.discord_server.shapes import command, message, modal, picture, text

PUT = "/applications/{}/commands"
POST = "/channels/{}/messages"
SEE, SEND = int(Permission.VIEW_CHANNEL), int(Permission.SEND_MESSAGES)


def code(answered):
    status, answer = answered
    return status, answer.get("code")


@pytest.fixture
async def interaction(discord, peer, channel, ann, call):
    """An interaction of a slash command without an answer so far."""
    await call("PUT", PUT.format(discord.app.id), [command()])
    await peer.socket.send_json({"op": 2, "d": {"token": discord.app.token, "intents": 1, "properties": {}}})
    await discord.until(discord.connections)
    discord.answer_seconds = 0.05
    sent = await discord.send_command("track", user=ann, channel=channel)
    assert (sent.failure, [each.reason for each in discord.failures]) == ("timeout", ["timeout"])
    sent.failure = ""
    return sent


async def test_a_first_answer_comes_once_in_three_seconds_and_the_rest_in_fifteen_minutes(
    discord, interaction, call, clock
):
    callback = f"/interactions/{interaction.id}/{interaction.token}/callback"
    webhook = f"/webhooks/{discord.app.id}/{interaction.token}"
    original = f"{webhook}/messages/@original"
    assert code(await call("PATCH", original, message(text()))) == (404, 10015)
    interaction.failure = "timeout"
    assert code(await call("POST", callback, {"type": 5})) == (404, 10062)
    interaction.failure = ""
    assert (await call("POST", callback, {"type": 5, "data": {"flags": 64}}))[0] == 204
    assert code(await call("POST", callback, {"type": 5})) == (400, 40060)
    assert code(await call("POST", webhook, message(text()))) == (400, 50035)
    assert (await call("PATCH", original, message(text())))[0] == 200
    assert interaction.seen == discord.ephemerals(interaction.user)
    assert (await call("POST", webhook, message(text())))[0] == 200
    assert (await call("DELETE", original))[0] == 204
    assert code(await call("PATCH", original, message(text()))) == (404, 10008)
    clock.advance(minutes=16)
    assert code(await call("POST", webhook, message(text()))) == (401, 50027)


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
async def test_an_answer_that_does_not_fit_the_command_is_refused(interaction, call, answer):
    callback = f"/interactions/{interaction.id}/{interaction.token}/callback"
    assert code(await call("POST", callback, answer)) == (400, 50035)
    assert interaction.callback is None


async def test_only_200_new_commands_are_made_in_a_day(discord, call, clock):
    put = PUT.format(discord.app.id)
    _, first = await call("PUT", put, [command("a")])
    discord.creations = [clock()] * 200
    assert (await call("PUT", put, [command("a")]))[1] == first
    assert code(await call("PUT", put, [command("a"), command("b")])) == (400, 30034)
    clock.advance(days=1)
    assert (await call("PUT", put, [command("a"), command("b")]))[0] == 200
    assert code(await call("PUT", PUT.format(7), [])) == (403, 20012)


async def test_a_nonce_returns_the_message_that_is_there_for_two_minutes(channel, call, clock):
    sent = message(text(), nonce="digest:7", enforce_nonce=True)
    first, again = [(await call("POST", POST.format(channel.id), sent))[1]["id"] for _ in range(2)]
    assert (first, len(channel.messages)) == (again, 1)
    channel.messages[0].is_deleted = True
    assert code(await call("POST", POST.format(channel.id), sent)) == (404, 10008)
    clock.advance(minutes=5)
    assert (await call("POST", POST.format(channel.id), sent))[1]["id"] != first


async def test_each_missing_permission_has_its_code(discord, guild, channel, ann, ben, call):
    path = POST.format(channel.id)
    said = discord.say(ann, channel, "hello")
    assert code(await call("PATCH", f"{path}/{said.id}", message(text()))) == (403, 50005)
    channel.overwrites[guild.id] = (0, SEND)
    assert code(await call("POST", path, message(text()))) == (403, 50013)
    channel.overwrites[guild.id] = (0, SEE)
    assert code(await call("POST", path, message(text()))) == (403, 50001)
    discord.delete_channel(channel)
    assert code(await call("POST", path, message(text()))) == (404, 10003)
    ben.takes_dms = False
    _, direct = await call("POST", "/users/@me/channels", {"recipient_id": ben.id})
    assert code(await call("POST", POST.format(direct["id"]), message(text()))) == (403, 50007)


@pytest.mark.parametrize(
    ("own", "overwrites", "permissions"),
    [
        ([], {}, SEE | SEND),
        (["admin"], {"all": (0, SEE)}, EVERYTHING),
        ([], {"all": (0, SEND)}, SEE),
        ([], {"all": (0, SEE)}, 0),
        (["mod"], {"all": (0, SEND), "mod": (SEND, 0)}, SEE | SEND),
        (["mod"], {"mod": (0, SEND), "me": (SEND, 0)}, SEE | SEND),
        ([], {"mod": (0, SEND)}, SEE | SEND),
    ],
)
def test_overwrites_go_from_all_to_roles_to_the_member(own, overwrites, permissions):
    roles = {"all": SEE | SEND, "mod": 0, "admin": int(Permission.ADMINISTRATOR)}
    assert effective(roles, own, "all", overwrites, "me") == permissions


async def test_a_file_has_at_most_10_mib_and_a_request_25(channel, session, discord):
    headers = {"Authorization": f"Bot {discord.app.token}"}
    for sizes in ([10 * 1024 * 1024 + 1], [9 * 1024 * 1024] * 3):
        form = aiohttp.FormData()
        form.add_field("payload_json", "{}")
        for number, size in enumerate(sizes):
            form.add_field(f"files[{number}]", io.BytesIO(bytes(size)), filename=f"{number}.csv")
        async with session.post(discord.api_url + POST.format(channel.id), data=form, headers=headers) as response:
            assert (response.status, (await response.json())["code"]) == (413, 40005)


async def test_fifty_calls_a_second_in_all_and_interactions_do_not_count(discord, call):
    discord.rates.other = None
    discord.rates.in_all = Rate(2, 60)
    answers = [await call("GET", "/users/@me") for _ in range(3)]
    assert [status for status, _ in answers] == [200, 200, 429]
    assert answers[-1][1]["global"] is True
    assert (await call("POST", "/interactions/1/x/callback", {"type": 5}))[0] == 404


async def test_a_bucket_of_a_channel_says_when_it_is_full(discord, channel, session):
    discord.rates.routes["POST /channels/{channel}/messages"] = Rate(1, 5)
    headers, url = {"Authorization": f"Bot {discord.app.token}"}, discord.api_url + POST.format(channel.id)
    async with session.post(url, json=message(text()), headers=headers) as response:
        assert (response.status, response.headers["X-RateLimit-Remaining"]) == (200, "0")
    async with session.post(url, json=message(text()), headers=headers) as response:
        assert (response.status, response.headers["X-RateLimit-Scope"], response.headers["Via"][:3]) == (
            429,
            "user",
            "1.1",
        )
        assert 0 < (await response.json())["retry_after"] <= 5


async def test_a_call_without_a_token_is_unauthorized(discord, session):
    async with session.get(f"{discord.api_url}/users/@me") as response:
        assert (response.status, await response.json()) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_what_the_bot_never_calls_is_refused_by_name(call, channel):
    status, answer = await call("DELETE", f"/channels/{channel.id}")
    assert (status, answer["code"]) == (405, 0)
    assert f"DELETE /api/v10/channels/{channel.id} is no route of this Discord" in answer["message"]


async def test_an_error_nests_each_problem_at_its_place(call, channel):
    _, answer = await call("POST", POST.format(channel.id), message(text(4001)))
    (problem,) = answer["errors"]["components"]["0"]["content"]["_errors"]
    assert problem["message"] == "must have at most 4000 characters, not 4001"


async def test_only_what_the_client_offers_can_be_sent(discord, channel, guild, ann, ben, call):
    settings = command("settings", default_member_permissions="32")
    await call("PUT", PUT.format(discord.app.id), [command(), settings])
    with pytest.raises(ValueError, match="may not use"):
        await discord.send_command("settings", user=ben, channel=channel)
    with pytest.raises(ValueError, match="not offered here"):
        await discord.send_command("track", user=ann)
    with pytest.raises(ValueError, match="no option"):
        await discord.send_command("track", {"colour": "x"}, user=ann, channel=channel)
    channel.overwrites[guild.id] = (0, SEE)
    with pytest.raises(ValueError, match="does not see"):
        await discord.send_command("track", user=ben, channel=channel)
    discord.remove(guild)
    with pytest.raises(ValueError, match="not in this server"):
        await discord.send_command("track", user=ann, channel=channel)
