import asyncio

import pytest
from slack_sdk.errors import SlackApiError

from tests.standins_slack.asking import refusal
from tests.standins_slack.blocks import mrkdwn, section, table


async def test_a_message_is_posted_and_everybody_sees_it(slack, client, bot):
    answer = await client.chat_postMessage(channel="C1", text="hello", blocks=[section()])
    (message,) = slack.channel("C1").messages
    assert (message.ts, message.text, message.user, message.thread_ts) == (answer["ts"], "hello", bot.bot_user, None)
    assert message.blocks[0]["block_id"]
    (call,) = slack.calls_of("chat.postMessage")
    assert (call.token, call.args["channel"], call.error) == (bot.value, "C1", "")
    assert call.headers["User-Agent"].startswith("Python/")
    assert bot.value not in repr(call)


async def test_a_message_needs_something_in_it(client):
    assert await refusal(client.api_call("chat.postMessage", json={"channel": "C1"})) == "no_text"


async def test_a_long_text_is_cut_and_a_long_edit_refused(slack, client):
    answer = await client.chat_postMessage(channel="C1", text="x" * 40_001)
    assert len(slack.channel("C1").messages[0].text) == 40_000
    edit = client.chat_update(channel="C1", ts=answer["ts"], text="x" * 4_001)
    assert await refusal(edit) == "msg_too_long"


async def test_wrong_blocks_are_refused_with_the_reasons(slack, client):
    slack.rates.channel = None
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C1", text="x", blocks=[section(text=mrkdwn(3001))])
    assert caught.value.response["error"] == "invalid_blocks"
    assert "3001" in caught.value.response["response_metadata"]["messages"][0]
    assert await refusal(client.chat_postMessage(channel="C1", text="x", blocks=[section()] * 51)) == "invalid_blocks"
    assert await refusal(client.chat_postMessage(channel="C1", text="x", blocks="[{")) == "invalid_blocks_format"
    heavy = [section(text=mrkdwn(3000))] * 5
    assert await refusal(client.chat_postMessage(channel="C1", text="x", blocks=heavy)) == "msg_blocks_too_long"


async def test_channels_are_open_closed_or_unknown(slack, client, bot):
    assert await refusal(client.chat_postMessage(channel="C9", text="x")) == "channel_not_found"
    assert await refusal(client.chat_postMessage(channel="#general", text="x")) == "channel_not_found"
    assert await refusal(client.chat_postMessage(channel="G1", text="x")) == "channel_not_found"
    assert await refusal(client.chat_postMessage(channel="C2", text="x")) == "not_in_channel"
    bot.scopes |= {"chat:write.public"}
    assert (await client.chat_postMessage(channel="C2", text="x"))["ok"]
    slack.channel("C1").is_archived = True
    assert await refusal(client.chat_postMessage(channel="C1", text="x")) == "is_archived"


async def test_an_ephemeral_is_seen_by_one_person_in_a_channel_that_both_are_in(slack, client):
    await client.chat_postEphemeral(channel="C1", user="U2", text="psst")
    assert [message.text for message in slack.ephemerals("U2")] == ["psst"]
    assert slack.ephemerals("U1") == slack.channel("C1").messages == []
    assert await refusal(client.chat_postEphemeral(channel="C1", user="U3", text="x")) == "user_not_in_channel"
    assert await refusal(client.chat_postEphemeral(channel="C2", user="U1", text="x")) == "not_in_channel"


async def test_a_message_to_a_user_goes_into_their_direct_messages(slack, client):
    opened = await client.conversations_open(users="U2")
    await client.chat_postMessage(channel=opened["channel"]["id"], text="one")
    await client.chat_postMessage(channel="U2", text="two")
    assert [message.text for message in slack.direct_messages("U2")] == ["one", "two"]
    assert slack.direct_messages("U1") == []


async def test_an_edit_keeps_blocks_that_it_does_not_name(slack, client):
    answer = await client.chat_postMessage(channel="C1", text="x", blocks=[section()])
    await client.chat_update(channel="C1", ts=answer["ts"], text="y")
    message = slack.channel("C1").messages[0]
    assert (message.text, message.edits, len(message.blocks)) == ("y", 1, 1)
    await client.chat_update(channel="C1", ts=answer["ts"], text="y", blocks=[section(), table()])
    assert len(message.blocks) == 2


async def test_only_its_own_messages_that_all_see_can_be_edited_and_deleted(slack, client):
    said = slack.say("U1", "C1", "mine")
    assert await refusal(client.chat_update(channel="C1", ts=said.ts, text="x")) == "cant_update_message"
    assert await refusal(client.chat_delete(channel="C1", ts=said.ts)) == "cant_delete_message"
    private = await client.chat_postEphemeral(channel="C1", user="U2", text="x")
    assert await refusal(client.chat_update(channel="C1", ts=private["message_ts"], text="x")) == "message_not_found"
    own = await client.chat_postMessage(channel="C1", text="x")
    await client.chat_delete(channel="C1", ts=own["ts"])
    assert slack.channel("C1").messages == [said]
    assert await refusal(client.chat_delete(channel="C1", ts=own["ts"])) == "message_not_found"


async def test_a_reply_stands_in_the_thread_of_a_message_that_exists(slack, client):
    parent = await client.chat_postMessage(channel="C1", text="x")
    await client.chat_postMessage(channel="C1", text="y", thread_ts=parent["ts"])
    assert slack.channel("C1").messages[1].thread_ts == parent["ts"]
    assert await refusal(client.chat_postMessage(channel="C1", text="z", thread_ts="1.1")) == "thread_not_found"


async def test_metadata_has_a_type_and_a_payload(slack, client):
    metadata = {"event_type": "digest", "event_payload": {"key": "1"}}
    await client.chat_postMessage(channel="C1", text="x", metadata=metadata)
    assert slack.channel("C1").messages[0].metadata == metadata
    wrong = client.chat_postMessage(channel="C1", text="x", metadata={"event_type": "digest"})
    assert await refusal(wrong) == "invalid_metadata_schema"


async def test_another_name_needs_its_scope(client):
    assert await refusal(client.chat_postMessage(channel="C1", text="x", username="Bot")) == "missing_scope"


async def test_only_own_links_that_stand_in_the_message_are_unfurled(slack, client):
    said = slack.say("U1", "C1", "see https://contentstats.example/v/1 and https://other.example/")
    await client.chat_unfurl(
        channel="C1", ts=said.ts, unfurls={"https://contentstats.example/v/1": {"blocks": [section()]}}
    )
    assert list(said.unfurls) == ["https://contentstats.example/v/1"]
    for url in ("https://other.example/", "https://contentstats.example/v/2"):
        wrong = client.chat_unfurl(channel="C1", ts=said.ts, unfurls={url: {"blocks": [section()]}})
        assert await refusal(wrong) == "cannot_unfurl_url"


async def test_whoever_waits_sees_a_message_as_soon_as_it_is_there(slack, client):
    async def post() -> None:
        await client.chat_postMessage(channel="C1", text="x")

    posting = asyncio.create_task(post())
    await slack.until(lambda: slack.channel("C1").messages)
    await posting
    with pytest.raises(TimeoutError):
        await slack.until(lambda: False, seconds=0.01)


async def test_markdown_text_stands_alone_and_keeps_its_limit(slack, client):
    await client.api_call("chat.postMessage", json={"channel": "C1", "markdown_text": "**x**"})
    assert slack.channel("C1").messages[0].text == "**x**"
    both = client.api_call("chat.postMessage", json={"channel": "C1", "text": "x", "markdown_text": "x"})
    assert await refusal(both) == "markdown_text_conflict"
    long = client.api_call("chat.postMessage", json={"channel": "C1", "markdown_text": "x" * 12_001})
    assert await refusal(long) == "msg_too_long"


async def test_nothing_changes_in_an_archived_channel(slack, client):
    answer = await client.chat_postMessage(channel="C1", text="x")
    slack.channel("C1").is_archived = True
    assert await refusal(client.chat_update(channel="C1", ts=answer["ts"], text="y")) == "is_archived"
    assert await refusal(client.chat_postEphemeral(channel="C1", user="U2", text="x")) == "is_archived"


async def test_an_unfurl_names_a_message_and_what_to_show(slack, client):
    said = slack.say("U1", "C1", "https://contentstats.example/v/1")
    preview = {"https://contentstats.example/v/1": {"blocks": [section()]}}
    assert await refusal(client.chat_unfurl(channel="C1", ts="1.1", unfurls=preview)) == "cannot_find_message"
    for wrong in ([], {"https://contentstats.example/v/1": "text"}):
        assert "unfurls" in await refusal(client.chat_unfurl(channel="C1", ts=said.ts, unfurls=wrong))
    preview["https://contentstats.example/v/1"]["blocks"] = [section(text=mrkdwn(0))]
    assert await refusal(client.chat_unfurl(channel="C1", ts=said.ts, unfurls=preview)) == "invalid_blocks"
