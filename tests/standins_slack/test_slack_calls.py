"""Responses to calls that break a documented rule."""

import pytest

from tests.standins.slack import replies
from tests.standins.slack.content import PNG
from tests.standins.slack.shapes import modal, mrkdwn, picture, section

POST = "chat.postMessage"


@pytest.fixture
def post(call):
    async def posted(**args):
        return await call(POST, **{"channel": "C1", "text": "x", **args})

    return posted


@pytest.fixture
def upload(call, session):
    """Uploads a file that only the bot can see; returns its id."""

    async def uploaded(content=PNG, **shared):
        begun = await call("files.getUploadURLExternal", filename="a.png", length=len(content))
        async with session.post(begun["upload_url"], data=content) as response:
            assert response.status == 200
        done = await call("files.completeUploadExternal", files=[{"id": begun["file_id"]}], **shared)
        return done.get("error") or begun["file_id"]

    return uploaded


@pytest.fixture
def url(slack, app):
    """Makes a response URL of ben's in the private G1, which the bot has not joined."""
    slack.channel("G1").members.add("U2")
    return lambda origin=None: replies.issue(slack, app, slack.channel("G1"), slack.users["U2"], origin)


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"channel": "C9"}, "channel_not_found"),
        ({"channel": "#general"}, "channel_not_found"),
        ({"channel": "G1"}, "channel_not_found"),
        ({"channel": "C2"}, "not_in_channel"),
        ({"thread_ts": "1.1"}, "thread_not_found"),
        ({"blocks": "[{"}, "invalid_blocks_format"),
        ({"blocks": [section(text=mrkdwn(3001))]}, "invalid_blocks"),
        ({"blocks": [section(text=mrkdwn(3000))] * 5}, "msg_blocks_too_long"),
        ({"blocks": [picture("F404")]}, "invalid_blocks"),
        ({"metadata": {"event_type": "digest"}}, "invalid_metadata_schema"),
        ({"username": "Bot"}, "invalid_arguments"),
        ({"attachments": [{"text": "x"}]}, "invalid_arguments"),
    ],
)
async def test_a_message_that_breaks_a_rule_is_refused(post, slack, args, error):
    assert (await post(**args)).get("error") == error
    assert slack.channel("C1").messages == []


async def test_a_long_text_is_cut_and_a_long_edit_refused(slack, post, call):
    posted = await post(text="x" * 40_001)
    assert len(slack.channel("C1").messages[0].text) == 40_000
    long = await call("chat.update", channel="C1", ts=posted["ts"], text="x" * 4_001)
    assert long["error"] == "msg_too_long"


async def test_a_token_is_checked_before_the_arguments(app, bot, call):
    assert (await call("auth.test", token=""))["error"] == "not_authed"
    assert (await call("auth.test", token="xoxb-1"))["error"] == "invalid_auth"
    assert (await call("users.info", token=app.app_token))["error"] == "not_allowed_token_type"
    assert (await call("users.info"))["error"] == "invalid_arguments"
    assert (await call("conversations.info", channel="C1"))["needed"] == "channels:read"
    bot.scopes -= {"users:read"}
    assert (await call("users.info", user="U1"))["error"] == "missing_scope"
    assert (await call("chat.delete", channel="C1", ts="1"))["error"] == "unknown_method"
    bot.is_revoked = True
    assert (await call("auth.test"))["error"] == "token_revoked"


async def test_a_response_url_works_five_times_within_thirty_minutes(slack, url, answer, clock):
    first = url()
    assert [await answer(first, text="x") for _ in range(6)] == [(200, "")] * 5 + [(404, "used_url")]
    assert len(slack.ephemerals("U2")) == 5
    late = url()
    clock.advance(minutes=30, seconds=1)
    assert await answer(late, text="x") == (404, "expired_url")
    wrong = url()
    assert [await answer(wrong, text="x", response_type="loud") for _ in range(5)] == [(400, "invalid_payload")] * 5
    assert await answer(wrong, text="x") == (404, "used_url")


async def test_a_response_url_replaces_its_original_and_shows_no_private_file(slack, call, url, answer, upload):
    await call("chat.postEphemeral", channel="C1", user="U2", text="question", blocks=[section()])
    (message,) = slack.ephemerals("U2")
    assert await answer(url(message), text="answered", replace_original=True) == (200, "")
    assert (slack.ephemerals("U2"), message.text, message.blocks) == ([message], "answered", [])
    message.is_deleted = True
    assert await answer(url(message), text="again", replace_original=True) == (404, "message_not_found")
    assert await answer(url(), text="x", blocks=[picture(await upload())]) == (400, "invalid_blocks")
    await answer(url(), text="all", response_type="in_channel")
    (public,) = slack.channel("G1").messages
    slack.channel("G1").members.add(public.user)
    assert (await call("chat.update", channel="G1", ts=public.ts, text="y"))["error"] == "cant_update_message"


async def test_a_trigger_opens_one_modal_within_three_seconds(slack, app, call, clock):
    used, late = (slack.new_trigger(app, slack.users["U2"]) for _ in range(2))
    assert (await call("views.open", trigger_id=used, view=modal()))["ok"]
    assert (await call("views.open", trigger_id=used, view=modal()))["error"] == "exchanged_trigger_id"
    clock.advance(seconds=3.1)
    assert (await call("views.open", trigger_id=late, view=modal()))["error"] == "expired_trigger_id"
    assert (await call("views.open", trigger_id="1.2.x", view=modal()))["error"] == "invalid_trigger_id"
    assert len(slack.modals("U2")) == 1
