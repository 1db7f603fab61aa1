"""Responses to calls that break a documented rule: the status and Discord's error code."""

import pytest

from tests.standins.discord_server.permissions import Permission
from tests.standins.discord_server.shapes import command, message, modal, picture, text

PUT = "/applications/{}/commands"
POST = "/channels/{}/messages"
SEE, SEND = int(Permission.VIEW_CHANNEL), int(Permission.SEND_MESSAGES)


def code(answered):
    status, answer = answered
    return status, answer.get("code")


@pytest.fixture
async def interaction(discord, peer, channel, ann, call):
    """A slash command's interaction that has no response yet."""
    await call("PUT", PUT.format(discord.app.id), [command()])
    await peer.socket.send_json({"op": 2, "d": {"token": discord.app.token, "intents": 1, "properties": {}}})
    await discord.until(discord.connections)
    discord.answer_seconds = 0.05
    sent = await discord.send_command("track", user=ann, channel=channel)
    assert (sent.failure, [each.reason for each in discord.failures]) == ("timeout", ["timeout"])
    sent.failure = ""
    return sent


async def test_an_interaction_takes_one_response_in_three_seconds_and_edits_for_fifteen_minutes(
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
    interaction.message.is_deleted = True
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
async def test_a_response_of_the_wrong_type_or_content_is_refused(interaction, call, answer):
    callback = f"/interactions/{interaction.id}/{interaction.token}/callback"
    assert code(await call("POST", callback, answer)) == (400, 50035)
    assert interaction.callback is None


async def test_a_route_that_the_bot_never_calls_is_refused_by_name(call, channel):
    status, answer = await call("DELETE", f"/channels/{channel.id}")
    assert (status, answer["code"]) == (405, 0)
    assert f"DELETE /api/v10/channels/{channel.id} is no route of this Discord" in answer["message"]


async def test_an_error_nests_each_problem_at_its_path(call, channel):
    _, answer = await call("POST", POST.format(channel.id), message(text(4001)))
    (problem,) = answer["errors"]["components"]["0"]["content"]["_errors"]
    assert problem["message"] == "must have at most 4000 characters, not 4001"
