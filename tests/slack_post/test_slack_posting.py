import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.slack.post import MAX_EDITED
from bot.delivery.poster import Posted
from bot.reply.model import File, Paragraph, Picture, Reply, text
from tests.gallery import gallery
from tests.standins.slack.faults import Fault, FaultKind
from tests.standins.slack.rates import Rate

HELLO = Reply("Hello, channel.")
PNG = b"\x89PNG\r\n\x1a\n and so on"
CHART = Reply("Views grew by 5%.", parts=(Picture("views.png", PNG, "Views grew from 100 to 105."),))
REPORT = replace(CHART, files=(File("videos.csv", b"a,b\r\n", "text/csv", "1 video"),))
LONG = Reply("A long one.", parts=tuple(Paragraph(text(f"Part {number}: ", "word " * 300)) for number in range(12)))


def seen(slack, channel_id="C1"):
    return slack.channel(channel_id).messages


async def test_a_message_is_there_and_carries_what_tells_it_from_every_other(slack, poster, here):
    posted = await poster.post(here, HELLO, "digest:7:2026-03-02")
    (message,) = seen(slack)
    assert posted == Posted(message.ts)
    assert message.text == "Hello, channel."
    assert (message.sent["unfurl_links"], message.sent["unfurl_media"]) == (False, False)
    ref = message.metadata["event_payload"]["ref"]
    assert message.sent["client_msg_id"].replace("-", "") == ref
    assert "digest" not in str(message.metadata)


async def test_the_same_key_carries_the_same_marks_and_another_key_others(slack, poster, here):
    for key in ("a", "a", "b"):
        await poster.post(here, HELLO, key)
    first, again, other = (message.sent["client_msg_id"] for message in seen(slack))
    assert first == again != other


async def test_a_thread_is_posted_into(slack, poster, here):
    posted = await poster.post(here, HELLO, "a")
    answer = await poster.post(replace(here, thread_id=posted.message_id), HELLO, "b")
    assert [message.thread_ts for message in seen(slack)] == [None, posted.message_id]
    assert answer == Posted(seen(slack)[1].ts)


async def test_every_message_of_the_bot_is_taken_when_posted_and_when_put_in_place_of_another(slack, poster, here):
    first = await poster.post(here, HELLO, "first")
    for name, reply in gallery().items():
        assert isinstance(await poster.post(here, reply, name), Posted), name
        assert await poster.edit(here, first.message_id, reply) == first, name
    assert {message.user for message in seen(slack)} == {seen(slack)[0].user}


# Several messages


async def test_a_reply_too_long_for_one_message_goes_on_in_its_thread(slack, poster, here):
    posted = await poster.post(here, LONG, "a")
    first, *others = seen(slack)
    assert posted == Posted(first.ts)
    assert others
    assert {message.thread_ts for message in others} == {first.ts}
    shown = str([message.blocks for message in seen(slack)])
    assert all(f"Part {number}: " in shown for number in range(12))
    assert "Part 11: " in first.text
    assert len({message.sent["client_msg_id"] for message in seen(slack)}) == len(seen(slack))


async def test_what_follows_in_a_thread_stays_in_it(slack, poster, here):
    root = await poster.post(here, HELLO, "a")
    await poster.post(replace(here, thread_id=root.message_id), LONG, "b")
    assert {message.thread_ts for message in seen(slack)[1:]} == {root.message_id}


async def test_what_follows_waits_where_slack_asks_for_it(slack, poster, here, naps):
    slack.rates.channel = Rate(1 / 3, burst=1)
    await poster.post(here, LONG, "a")
    assert "Part 11: " in str(seen(slack)[-1].blocks)
    assert slack.calls_of("chat.postMessage")[1].error == "ratelimited"
    assert max(naps) >= 2


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.RESET_AFTER])
async def test_what_follows_may_be_lost_and_the_message_is_there_all_the_same(slack, poster, here, caplog, kind):
    posting = asyncio.ensure_future(poster.post(here, LONG, "a"))
    await slack.until(lambda: seen(slack))
    slack.faults.start(Fault(kind), "chat.postMessage")
    assert await posting == Posted(seen(slack)[0].ts)
    assert len(slack.calls_of("chat.postMessage")) == 2
    assert "long message truncated" in caplog.text


# Edits


async def test_an_edit_takes_the_place_of_the_whole_message(slack, poster, here):
    posted = await poster.post(here, CHART, "a")
    assert await poster.edit(here, posted.message_id, HELLO) == posted
    assert await poster.edit(here, posted.message_id, HELLO) == posted
    (message,) = seen(slack)
    assert (message.text, message.edits) == ("Hello, channel.", 2)
    assert "Views" not in str(message.blocks)
    assert message.metadata is not None


async def test_an_edit_may_bring_a_picture(slack, poster, here):
    posted = await poster.post(here, HELLO, "a")
    await poster.edit(here, posted.message_id, CHART)
    assert [block["type"] for block in seen(slack)[0].blocks].count("image") == 1


async def test_an_edit_with_too_much_says_so_and_stays_one_message(slack, poster, here):
    posted = await poster.post(here, HELLO, "a")
    assert await poster.edit(here, posted.message_id, LONG) == posted
    (message,) = seen(slack)
    assert "There is more" in str(message.blocks[-1])
    assert len(message.text) <= MAX_EDITED
    assert message.text.endswith("…")


async def test_an_edits_text_is_never_cut_within_an_escaped_character(slack, poster, here):
    posted = await poster.post(here, HELLO, "a")
    for width in range(6):
        await poster.edit(here, posted.message_id, Reply("x" * width + "&" * 1_000))
        assert seen(slack)[0].text.strip("x…").replace("&amp;", "") == ""


# Pictures


async def test_a_picture_is_uploaded_once_for_a_workspace_and_shown_with_words(slack, poster, here, there):
    for key in ("a", "b"):
        await poster.post(here, CHART, key)
    await poster.post(there, CHART, "c")
    assert len(slack.calls_of("files.getUploadURLExternal")) == 2
    for message in (*seen(slack), *seen(slack, "C2")):
        (image,) = [block for block in message.blocks if block["type"] == "image"]
        assert slack.files[image["slack_file"]["id"]].content == PNG
        assert image["alt_text"] == "Views grew from 100 to 105."


async def test_a_picture_that_slack_still_looks_at_is_waited_for(slack, poster, here, naps):
    slack.processing = timedelta(seconds=2)
    assert isinstance(await poster.post(here, CHART, "a"), Posted)
    (message,) = seen(slack)
    assert "image" in [block["type"] for block in message.blocks]
    assert sum(naps) >= 2


@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal", "never processed"]
)
async def test_a_picture_that_fails_costs_no_number(slack, poster, here, method):
    if method == "never processed":
        slack.processing = timedelta(seconds=3_600)
    else:
        slack.faults.add(method, Fault(FaultKind.STATUS))
    assert isinstance(await poster.post(here, CHART, "a"), Posted)
    (message,) = seen(slack)
    assert "Views grew by 5%." in message.text
    assert "Views grew from 100 to 105." in str(message.blocks)
    assert "image" not in [block["type"] for block in message.blocks]


# Files


async def test_a_file_lies_in_the_thread_of_the_message_that_speaks_of_it(slack, poster, here):
    posted = await poster.post(here, REPORT, "a")
    message, below = seen(slack)
    assert posted == Posted(message.ts)
    assert (below.thread_ts, below.text) == (message.ts, "1 video")
    assert [(file.name, file.content) for file in below.files] == [("videos.csv", b"a,b\r\n")]
    assert await poster.edit(here, posted.message_id, REPORT) == posted
    assert len(seen(slack)) == 2


async def test_a_file_in_a_thread_stays_in_it(slack, poster, here):
    root = await poster.post(here, HELLO, "a")
    await poster.post(replace(here, thread_id=root.message_id), REPORT, "b")
    assert {message.thread_ts for message in seen(slack)[1:]} == {root.message_id}


async def test_where_the_bot_was_not_invited_it_says_under_the_message_that_the_file_is_missing(slack, poster, here):
    slack.channels["C1"].members.clear()
    posted = await poster.post(here, REPORT, "a")
    message, below = seen(slack)
    assert posted == Posted(message.ts)
    assert below.thread_ts == message.ts
    assert below.text.startswith("videos.csv could not be attached here (not_in_channel). Invite me")


async def test_a_file_that_slack_does_not_take_costs_no_message(slack, poster, here):
    slack.faults.add("files.completeUploadExternal", Fault(FaultKind.STATUS, 500))
    posted = await poster.post(here, replace(HELLO, files=REPORT.files), "a")
    message, below = seen(slack)
    assert posted == Posted(message.ts)
    assert below.text == "videos.csv could not be attached here (no_answer)."
