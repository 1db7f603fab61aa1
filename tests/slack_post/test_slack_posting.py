from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.slack.api import Calls
from adapters.slack.interaction import Interaction
from adapters.slack.pictures import Pictures
from adapters.slack.post import MAX_EDITED, SlackPoster
from adapters.slack.send import Replies, SortableTables
from bot.commands.command import Answer
from bot.delivery.poster import Posted
from bot.domain.caller import WorkspaceRef
from bot.reply.model import File, Paragraph, Picture, Reply, text
from bot.store import Store
from tests.slack_render.samples import numbered
from tests.standins.faults import Fault, FaultKind
from tests.standins.slack.rates import Rate

HELLO = Reply("Hello, channel.")
PNG = b"\x89PNG\r\n\x1a\n and so on"
CHART = Reply("Views grew by 5%.", parts=(Picture("views.png", PNG, "Views grew from 100 to 105."),))
REPORT = replace(CHART, files=(File("videos.csv", b"a,b\r\n", "text/csv", "1 video"),))
LONG = Reply("A long one.", parts=tuple(Paragraph(text(f"Part {number}: ", "word " * 300)) for number in range(12)))


def seen(slack, channel_id="C1"):
    return slack.channel(channel_id).messages


async def test_a_message_unfurls_nothing_and_carries_its_id_twice(slack, poster, here):
    await poster.post(here, HELLO, "digest:7:2026-03-02")
    (message,) = seen(slack)
    assert (message.text, message.sent["unfurl_links"], message.sent["unfurl_media"]) == (HELLO.summary, False, False)
    assert message.sent["client_msg_id"].replace("-", "") == message.metadata["event_payload"]["ref"]
    assert "digest" not in str(message.metadata)
    await poster.edit(here, message.ts, Reply("Changed."))
    assert message.metadata is not None


@pytest.mark.parametrize("reply", [LONG, REPORT], ids=["long", "file"])
async def test_continuations_and_files_go_into_the_messages_thread(slack, poster, here, reply):
    root = await poster.post(here, reply, "a")
    first, *others = seen(slack)
    assert others
    assert {message.thread_ts for message in others} == {root.message_id}
    assert reply is REPORT or "Part 11: " in first.text
    await poster.post(replace(here, thread_id=root.message_id), reply, "b")
    assert {message.thread_ts for message in seen(slack)[1:]} == {root.message_id}


async def test_the_text_of_an_edit_is_cut_to_chat_updates_limit(slack, poster, here):
    posted = await poster.post(here, HELLO, "a")
    await poster.edit(here, posted.message_id, LONG)
    (message,) = seen(slack)
    assert len(message.text) <= MAX_EDITED
    assert message.text.endswith("…")
    for width in range(6):  # never within an escaped character
        await poster.edit(here, posted.message_id, Reply("x" * width + "&" * 1_000))
        assert message.text.strip("x…").replace("&amp;", "") == ""


async def test_a_429_delays_the_rest_of_a_message(slack, poster, here, naps):
    slack.rates.channel = Rate(1 / 3, burst=1)
    await poster.post(here, LONG, "a")
    assert "Part 11: " in str(seen(slack)[-1].blocks)
    assert slack.calls_of("chat.postMessage")[1].error == "ratelimited"
    assert max(naps) >= 2


async def test_a_picture_is_uploaded_once_per_workspace_with_alt_text(slack, poster, here, there):
    for key in ("a", "b"):
        await poster.post(here, CHART, key)
    await poster.post(there, CHART, "c")
    assert len(slack.calls_of("files.getUploadURLExternal")) == 2
    for message in (*seen(slack), *seen(slack, "C2")):
        (image,) = [block for block in message.blocks if block["type"] == "image"]
        assert slack.files[image["slack_file"]["id"]].content == PNG
        assert image["alt_text"] == "Views grew from 100 to 105."


async def test_a_picture_in_processing_is_waited_for(slack, poster, here, naps):
    slack.processing = timedelta(seconds=2)
    assert isinstance(await poster.post(here, CHART, "a"), Posted)
    (message,) = seen(slack)
    assert "image" in [block["type"] for block in message.blocks]
    assert sum(naps) >= 2


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal", None])
async def test_a_failed_or_unprocessed_picture_does_not_affect_the_numbers(slack, poster, here, method):
    slack.processing = timedelta(seconds=0 if method else 3_600)
    if method:
        slack.faults.add(method, Fault(FaultKind.STATUS))
    assert isinstance(await poster.post(here, CHART, "a"), Posted)
    (message,) = seen(slack)
    assert "Views grew by 5%." in message.text
    assert "Views grew from 100 to 105." in str(message.blocks)
    assert "image" not in [block["type"] for block in message.blocks]


async def test_a_file_is_in_the_thread_of_its_message(slack, poster, here):
    posted = await poster.post(here, REPORT, "a")
    message, below = seen(slack)
    assert posted == Posted(message.ts)
    assert (below.thread_ts, below.text) == (message.ts, "1 video")
    assert [(file.name, file.content) for file in below.files] == [("videos.csv", b"a,b\r\n")]
    assert await poster.edit(here, posted.message_id, REPORT) == posted
    assert len(seen(slack)) == 2


async def test_without_membership_a_note_below_the_message_replaces_the_file(slack, poster, here):
    slack.channels["C1"].members.clear()
    posted = await poster.post(here, REPORT, "a")
    message, below = seen(slack)
    assert posted == Posted(message.ts)
    assert below.thread_ts == message.ts
    assert below.text.startswith("videos.csv couldn't be attached here (not_in_channel). Invite me")


async def test_a_refused_file_does_not_affect_the_message(slack, poster, here):
    slack.faults.add("files.completeUploadExternal", Fault(FaultKind.STATUS, 500))
    posted = await poster.post(here, replace(HELLO, files=REPORT.files), "a")
    message, below = seen(slack)
    assert posted == Posted(message.ts)
    assert below.text == "videos.csv couldn't be attached here (no_answer)."


async def test_a_refusal_of_sortable_tables_is_remembered_for_a_week(on, slack, here, sqlite_url):
    slack.without_data_tables.add("T1")
    async with Store.opened(sqlite_url) as store:
        wallet_id = await store.wallets.ensure_wallet("a key", on.clock())
        await store.workspaces.ensure_workspace(WorkspaceRef("slack", "T1", "Acme"), wallet_id)
        for age in (timedelta(), timedelta(days=6), timedelta(days=2)):
            on.clock.forward(seconds=age.total_seconds())
            tables, calls = SortableTables(store.memories, on.clock), Calls(on.session, on.clock.sleep)
            poster = SlackPoster(on.teams_over(on.session), calls, Pictures(calls), on.limits, on.clock.sleep, tables)
            assert isinstance(await poster.post(here, Reply("All.", parts=(numbered(12),)), f"{age}"), Posted)
    refused = [call.error for call in slack.calls_of("chat.postMessage")]
    assert refused == ["invalid_blocks", "", "", "invalid_blocks", ""]


async def test_sortable_tables_are_tried_once_per_workspace(on, slack, here, there):
    reply = Reply("All.", parts=(numbered(12),))
    tables, calls = SortableTables(), Calls(on.session, on.clock.sleep)
    workspaces = on.teams_over(on.session)
    poster = SlackPoster(workspaces, calls, Pictures(calls), on.limits, on.clock.sleep, tables)
    slack.without_data_tables.add("T1")
    assert [type(await poster.post(place, reply, key)) for key, place in (("a", here), ("b", here), ("c", there))] == [
        Posted
    ] * 3
    assert [call.error for call in slack.calls_of("chat.postMessage")] == ["invalid_blocks", "", "", ""]
    kinds = [message.blocks[-1]["type"] for channel in ("C1", "C2") for message in seen(slack, channel)]
    assert kinds == ["table", "table", "data_table"]
    replies = Replies(calls, on.limits, Pictures(calls), on.clock, on.clock.sleep, tables)
    asked = Interaction(await workspaces.known("T1"), on.person_id, "Ann", "C1")
    await replies.deliver(asked, reply, Answer.PRIVATE)
    assert [call.error for call in slack.calls_of("chat.postMessage")[4:]] == [""]
