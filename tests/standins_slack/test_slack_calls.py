"""Calls that the local Slack refuses although Slack might accept them, because the bot must not make them."""

import aiohttp
import pytest

from tests.standins.slack import replies
from tests.standins.slack.content import PNG
from tests.standins.slack.server import running
from tests.standins.slack.shapes import mrkdwn, picture, section

POST = "chat.postMessage"


@pytest.fixture
async def slack(clock):
    """A Slack with ben in the bot's channel C1 and in the private G1, where the bot isn't."""
    async with running(clock) as slack:
        team = slack.add_team("T1", "Acme")
        slack.add_user("U2", team, "ben")
        token = slack.install(slack.add_app(scopes=("chat:write", "files:write", "users:read")), team)
        slack.add_channel("C1", team, ["U2", token.bot_user], name="general")
        slack.add_channel("C2", team, name="random")
        slack.add_channel("G1", team, ["U2"], "private", "secret")
        yield slack


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def call(slack, session):
    """Calls a method with the bot's token; returns the answer."""
    (token,) = [each.value for each in slack.tokens.values() if each.kind == "bot"]

    async def made(method, **args):
        headers = {"Authorization": f"Bearer {token}"}
        async with session.post(f"{slack.api_url}{method}", json=args, headers=headers) as response:
            return await response.json()

    return made


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("chat.delete", {"channel": "C1", "ts": "1"}, "unknown_method"),
        ("users.info", {}, "invalid_arguments"),
        ("conversations.info", {"channel": "C1"}, "missing_scope"),
        (POST, {"channel": "C1", "text": ""}, "no_text"),
        (POST, {"channel": "#general"}, "channel_not_found"),
        (POST, {"channel": "C2"}, "not_in_channel"),
        (POST, {"channel": "G1"}, "channel_not_found"),
        (POST, {"channel": "C1", "username": "Bot"}, "invalid_arguments"),
        (POST, {"channel": "C1", "attachments": [{"text": "x"}]}, "invalid_arguments"),
        (POST, {"channel": "C1", "metadata": {"event_type": "digest"}}, "invalid_metadata_schema"),
        (POST, {"channel": "C1", "blocks": [section(text=mrkdwn(3001))]}, "invalid_blocks"),
        (POST, {"channel": "C1", "blocks": [section(text=mrkdwn(3000))] * 5}, "msg_blocks_too_long"),
        (POST, {"channel": "C1", "blocks": [picture("F404")]}, "invalid_blocks"),
    ],
)
async def test_a_call_that_the_bot_must_not_make_is_refused(slack, call, method, args, error):
    assert (await call(method, **({"text": "x"} | args if method == POST else args)))["error"] == error
    assert slack.channel("C1").messages == []


async def test_a_response_url_takes_no_private_file_and_its_message_no_edit(slack, call, session):
    begun = await call("files.getUploadURLExternal", filename="a.png", length=len(PNG))
    await session.post(begun["upload_url"], data=PNG)
    assert (await call("files.completeUploadExternal", files=[{"id": begun["file_id"]}]))["ok"]
    url = replies.issue(slack, slack.apps["A1"], slack.channel("C1"), slack.users["U2"])
    async with session.post(url, json={"text": "x", "blocks": [picture(begun["file_id"])]}) as response:
        assert (response.status, (await response.json())["error"]) == (400, "invalid_blocks")
    await session.post(url, json={"text": "all", "response_type": "in_channel"})
    (public,) = slack.channel("C1").messages
    assert (await call("chat.update", channel="C1", ts=public.ts, text="y"))["error"] == "cant_update_message"
