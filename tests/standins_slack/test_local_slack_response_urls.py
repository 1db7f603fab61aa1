import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.standins.faults import Fault, FaultKind
from tests.standins.slack import response_urls
from tests.standins.slack.content import PNG
from tests.standins_slack.asking import refusal
from tests.standins_slack.blocks import picture, section


@pytest.fixture
def answer(slack, app, session):
    """A client for a new response URL of ben's in the private G1, where the bot is not."""
    slack.channel("G1").members.add("U2")

    def make(origin=None) -> AsyncWebhookClient:
        url = response_urls.issue(slack, app, slack.channel("G1"), slack.users["U2"], origin)
        return AsyncWebhookClient(url, session=session, retry_handlers=[])

    return make


async def test_an_answer_is_for_the_asker_unless_it_says_otherwise(slack, answer):
    hook = answer()
    assert (await hook.send(text="private")).body == "ok"
    await hook.send(text="public", response_type="in_channel", blocks=[section()])
    assert [message.text for message in slack.ephemerals("U2")] == ["private"]
    (message,) = slack.channel("G1").messages
    assert (message.text, message.via) == ("public", "response_url")
    assert [call.args["text"] for call in slack.calls_of("response_url")] == ["private", "public"]


async def test_it_is_used_five_times(slack, answer):
    hook = answer()
    statuses = [(await hook.send(text="x")).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [404]
    assert "used_url" in (await hook.send(text="x")).body
    assert len(slack.ephemerals("U2")) == 5


async def test_it_lives_for_thirty_minutes(answer, clock):
    hook = answer()
    clock.forward(minutes=30)
    assert (await hook.send(text="x")).status_code == 200
    clock.forward(seconds=1)
    late = await hook.send(text="x")
    assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_a_wrong_answer_is_refused_and_has_used_it(slack, answer):
    hook = answer()
    for _ in range(4):
        wrong = await hook.send(text="x", blocks=[{"type": "marquee"}])
        assert (wrong.status_code, "invalid_blocks" in wrong.body) == (400, True)
    assert (await hook.send_dict({"text": "x", "colour": "red"})).status_code == 400
    assert (await hook.send(text="x")).status_code == 404
    assert slack.ephemerals("U2") == []


@pytest.mark.parametrize("args", [{}, {"text": "x", "response_type": "loud"}])
async def test_an_answer_has_something_in_it_and_a_type_that_exists(answer, args):
    assert (await answer().send_dict(args)).status_code == 400


async def test_it_can_replace_and_delete_the_message_that_was_acted_on(slack, client, answer):
    await client.chat_postEphemeral(channel="C1", user="U2", text="question", blocks=[section()])
    (message,) = slack.ephemerals("U2")
    hook = answer(message)
    await hook.send(text="answered", replace_original=True)
    assert slack.ephemerals("U2") == [message]
    assert (message.text, message.blocks) == ("answered", [])
    await hook.send(delete_original=True)
    assert slack.ephemerals("U2") == []
    gone = await hook.send(text="again", replace_original=True)
    assert (gone.status_code, "message_not_found" in gone.body) == (404, True)


async def test_what_came_by_it_can_not_be_edited_later(slack, answer, client, bot):
    await answer().send(text="x", response_type="in_channel")
    slack.channel("G1").members.add(bot.bot_user)
    (message,) = slack.channel("G1").messages
    assert await refusal(client.chat_update(channel="G1", ts=message.ts, text="y")) == "cant_update_message"


async def test_it_shows_no_file_that_was_shared_with_nobody(slack, client, session, answer):
    content = PNG + b"x"
    url = await client.files_getUploadURLExternal(filename="a.png", length=len(content))
    async with session.post(url["upload_url"], data=content):
        pass
    await client.files_completeUploadExternal(files=[{"id": url["file_id"]}])
    hook, blocks = answer(), [picture(slack_file={"id": url["file_id"]})]
    assert (await hook.send(text="x", blocks=blocks)).status_code == 400
    slack.shows_files_in_response_urls = True
    assert (await hook.send(text="x", blocks=blocks)).status_code == 200


async def test_it_can_fail_as_everything_can(slack, answer):
    slack.faults.add("response_url", Fault(FaultKind.STATUS, 503))
    hook = answer()
    assert (await hook.send(text="x")).status_code == 503
    assert (await hook.send(text="x")).status_code == 200
