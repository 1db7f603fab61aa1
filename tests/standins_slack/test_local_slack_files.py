from datetime import timedelta

import pytest

from tests.standins.slack.content import PNG
from tests.standins_slack.asking import refusal
from tests.standins_slack.blocks import picture, section

PICTURE = PNG + b"and so on"


async def begun(client, session, content: bytes = PICTURE, **more) -> str:
    """The id of a file whose bytes are at Slack."""
    url = await client.files_getUploadURLExternal(filename="chart.png", length=len(content), **more)
    async with session.post(url["upload_url"], data=content) as response:
        assert response.status == 200
    return url["file_id"]


async def uploaded(client, session, content: bytes = PICTURE) -> str:
    """The id of a file that is the bot's alone."""
    file = await begun(client, session, content, alt_txt="Views doubled")
    await client.files_completeUploadExternal(files=[{"id": file, "title": "Chart"}])
    return file


def showing(file: str) -> dict:
    return {"channel": "C1", "text": "x", "blocks": [picture(slack_file={"id": file})]}


async def test_a_file_goes_up_in_three_steps(slack, client, session):
    file = slack.files[await uploaded(client, session)]
    assert (file.content, file.title, file.alt_text, file.channels) == (PICTURE, "Chart", "Views doubled", [])
    assert slack.channel("C1").messages == []
    assert slack.calls_of("upload")[0].args == {"file": file.id, "bytes": len(PICTURE)}


async def test_the_librarys_own_upload_shares_a_file_in_a_channel(slack, client):
    await client.files_upload_v2(
        channel="C1", filename="views.csv", content="a,b", initial_comment="All of it", title="Views"
    )
    (message,) = slack.channel("C1").messages
    assert (message.text, message.files[0].content, message.files[0].media_type) == ("All of it", b"a,b", "text/csv")


async def test_a_picture_can_be_shown_once_it_was_processed(slack, client, session, clock, bot):
    slack.processing = timedelta(seconds=2)
    bot.scopes |= {"files:read"}
    file = await uploaded(client, session)
    assert await refusal(client.chat_postMessage(**showing(file))) == "invalid_blocks"
    assert (await client.files_info(file=file))["file"]["mimetype"] == ""
    clock.forward(seconds=2)
    assert (await client.files_info(file=file))["file"]["mimetype"] == "image/png"
    assert (await client.chat_postMessage(**showing(file)))["ok"]


async def test_a_picture_is_one_and_is_the_bots_own(client, session):
    assert await refusal(client.chat_postMessage(**showing("F404"))) == "invalid_blocks"
    text = await uploaded(client, session, b"not a picture")
    assert await refusal(client.chat_postMessage(**showing(text))) == "invalid_blocks"
    unfinished = await begun(client, session)
    assert await refusal(client.chat_postMessage(**showing(unfinished))) == "invalid_blocks"


async def test_as_many_bytes_come_as_were_announced(client, session):
    url = await client.files_getUploadURLExternal(filename="a.png", length=5)
    async with session.post(url["upload_url"], data=b"1234") as response:
        assert response.status == 400
    call = client.files_completeUploadExternal(files=[{"id": url["file_id"]}])
    assert await refusal(call) == "file_not_found"


async def test_a_file_is_completed_once(client, session):
    file = await uploaded(client, session)
    assert await refusal(client.files_completeUploadExternal(files=[{"id": file}])) == "file_not_found"


@pytest.mark.parametrize(("channel", "error"), [("C2", "not_in_channel"), ("C9", "channel_not_found")])
async def test_a_file_is_shared_only_where_the_bot_is(client, session, channel, error):
    file = await begun(client, session)
    call = client.files_completeUploadExternal(files=[{"id": file}], channel_id=channel)
    assert await refusal(call) == error
    assert (await client.files_completeUploadExternal(files=[{"id": file}], channel_id="C1"))["ok"]


async def test_an_upload_has_a_length_and_no_endless_alt_text(client):
    assert await refusal(client.files_getUploadURLExternal(filename="a", length=0)) == "invalid_arguments"
    long = client.files_getUploadURLExternal(filename="a", length=1, alt_txt="x" * 1001)
    assert await refusal(long) == "invalid_arguments"


async def test_reading_files_needs_its_own_scope(client, session):
    assert await refusal(client.files_info(file=await uploaded(client, session))) == "missing_scope"


@pytest.mark.parametrize(
    ("more", "seen"),
    [({}, ("", 0)), ({"blocks": [section()]}, ("", 1)), ({"blocks": [section()], "initial_comment": "x"}, ("x", 0))],
)
async def test_a_shared_file_comes_with_words_with_blocks_or_alone(slack, client, session, more, seen):
    file = await begun(client, session)
    await client.api_call("files.completeUploadExternal", json={"files": [{"id": file}], "channel_id": "C1", **more})
    (message,) = slack.channel("C1").messages
    assert (message.text, len(message.blocks)) == seen


async def test_files_are_named_as_they_should_be(slack, client, session, bot):
    bot.scopes |= {"files:read"}
    assert await refusal(client.files_info(file="F404")) == "file_not_found"
    assert await refusal(client.files_completeUploadExternal(files=[])) == "invalid_arguments"
    assert await refusal(client.files_completeUploadExternal(files=[{"id": "F404"}])) == "file_not_found"
    slack.channel("C1").is_archived = True
    file = await begun(client, session)
    shared = client.files_completeUploadExternal(files=[{"id": file}], channel_id="C1")
    assert await refusal(shared) == "is_archived"
