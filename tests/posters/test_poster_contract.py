"""Guarantees of every poster on every platform; `remote` are those behind a network."""

import asyncio
import logging
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings

from adapters.discord import errors as discord
from adapters.slack import errors as slack
from adapters.slack.errors import DEAD
from bot.delivery.poster import ChannelRef, Later, Posted, Rejected, Unclear
from bot.reply.model import Column, Paragraph, Picture, Plain, Reply, Table, text
from tests.gallery import gallery
from tests.posters.channels import CHANNELS
from tests.slack_render.strategies import replies

HELLO = Reply("Hello, channel.")
PNG = b"\x89PNG\r\n\x1a\n and so on"
CHART = Reply("Views grew by 5%.", parts=(Picture("views.png", PNG, "Views grew from 100 to 105."),))
ROWS = tuple((text(f"video-{number}"), text(f"{number:,} views")) for number in range(500))
TABLE = Reply("Every video.", parts=(Table("Videos", (Column("Video"), Column("Views")), ROWS),))
LONG = Reply("A long one.", parts=tuple(Paragraph(text(f"Part {number}: ", "word " * 300)) for number in range(12)))
HOSTILE = "@everyone <!channel> <@U1> <@&1> <!here|x> <!subteam^S1> \x1b[2J [x](https://evil.example)"
SOON = timedelta(minutes=1)


@pytest.fixture(params=sorted(CHANNELS))
async def channel(request, tmp_path):
    async with CHANNELS[request.param](tmp_path) as channel:
        yield channel


@pytest.fixture(params=["discord", "slack"])
async def remote(request):
    async with CHANNELS[request.param]() as remote:
        yield remote


def on_each(names, *, slack=(), discord=()):
    """Cases for one platform each, which comes first."""
    cases = [("slack", *each) for each in slack] + [("discord", *each) for each in discord]
    return pytest.mark.parametrize(
        f"remote, {names}", cases, ids=["-".join(map(str, each[:3])) for each in cases], indirect=["remote"]
    )


def texts(channel):
    return [each.text.strip() for each in channel.shown()]


async def test_a_post_appears_once_with_an_id_and_a_mark_that_hides_its_key(channel):
    posted = await channel.poster.post(channel.here, HELLO, "digest:7:2026-03-02")
    (message,) = channel.shown()
    assert message.text.strip() == "Hello, channel."
    assert isinstance(posted, Posted)
    assert posted.message_id
    assert len(message.mark) >= 8
    assert "digest" not in message.mark


async def test_a_repeated_key_is_the_same_message_or_has_the_same_mark(channel):
    first, again, other = [await channel.poster.post(channel.here, HELLO, key) for key in ("a", "a", "b")]
    drops_repeats = channel.poster.dedup_window > timedelta()
    assert (first == again) is drops_repeats
    assert other not in (first, again)
    messages = channel.shown()
    assert len(messages) == (2 if drops_repeats else 3)
    if "console" not in str(channel.here):
        assert len({each.mark for each in messages}) == 2


async def test_an_edit_replaces_the_whole_message_and_may_be_repeated(channel):
    posted = await channel.poster.post(channel.here, CHART, "a")
    for _ in range(2):
        assert await channel.poster.edit(channel.here, posted.message_id, Reply("Goodbye.")) == posted
    assert texts(channel) == ["Goodbye."]


async def test_a_thread_is_posted_into_and_edited_in(channel):
    posted = await channel.poster.post(channel.here, HELLO, "a")
    thread = channel.thread(posted.message_id)
    answer = await channel.poster.post(thread, Reply("An answer."), "b")
    assert [each.strip() for each in channel.in_thread()] == ["An answer."]
    assert len(channel.shown()) == 2
    assert await channel.poster.edit(thread, answer.message_id, Reply("Changed.")) == answer
    assert texts(channel)[-1] == "Changed."


async def test_a_reply_is_posted_under_its_message_for_the_whole_channel(remote):
    above = await remote.poster.post(remote.here, HELLO, "a")
    posted = await remote.poster.post(replace(remote.here, replies_to=above.message_id), Reply("A warning."), "b")
    assert isinstance(posted, Posted)
    assert texts(remote) == ["Hello, channel.", "A warning."]
    assert remote.replies_to(above.message_id) == 1


async def test_a_reply_stands_alone_if_its_message_is_gone_or_takes_none(remote):
    above = await remote.poster.post(remote.here, HELLO, "a")
    gone = replace(remote.here, replies_to="1")
    assert isinstance(await remote.poster.post(gone, Reply("First."), "b"), Posted)
    remote.forbid_replies()
    under = replace(remote.here, replies_to=above.message_id)
    assert isinstance(await remote.poster.post(under, Reply("Second."), "c"), Posted)
    assert texts(remote) == ["Hello, channel.", "First.", "Second."]
    assert remote.replies_to(above.message_id) == 0


async def test_a_direct_message_is_seen_by_one_person_only(channel):
    direct = await channel.poster.direct(channel.here.workspace_id, channel.person_id)
    assert (direct.chat, direct.workspace_id) == (channel.here.chat, channel.here.workspace_id)
    assert isinstance(await channel.poster.post(direct, HELLO, "a"), Posted)
    assert [each.strip() for each in channel.shown_to_person()] == ["Hello, channel."]
    assert channel.shown() == []
    assert await channel.poster.direct(channel.here.workspace_id, channel.person_id) == direct


async def test_a_picture_is_shown_with_its_alt_text(channel):
    await channel.poster.post(channel.here, CHART, "a")
    ((content, alt),) = channel.pictures()
    assert content == PNG
    assert "Views grew from 100 to 105." in alt


async def test_hostile_text_notifies_nobody(channel):
    hostile = Reply(HOSTILE, title=HOSTILE, parts=(Paragraph((Plain(HOSTILE),)),))
    assert isinstance(await channel.poster.post(channel.here, hostile, "a"), Posted)
    assert channel.notified() == set()
    assert "@everyone" in texts(channel)[0].replace("\u200b", "").replace("\u2060", "")


async def test_a_table_of_five_hundred_rows_keeps_every_word(channel):
    assert isinstance(await channel.poster.post(channel.here, TABLE, "a"), Posted)
    shown = "\n".join(texts(channel))
    assert all(f"video-{number}" in shown and f"{number:,} views" in shown for number in range(500))


async def test_replies_of_every_kind_are_accepted_as_a_post_and_as_an_edit(channel):
    first = await channel.poster.post(channel.here, HELLO, "first")
    for name, reply in [*gallery().items()][::8]:  # tests/rendering renders each one for every platform
        assert isinstance(await channel.poster.post(channel.here, reply, name), Posted), name
        assert await channel.poster.edit(channel.here, first.message_id, reply) == first, name
    assert channel.notified() == set()


@pytest.mark.parametrize("name", sorted(CHANNELS))
@settings(deadline=None, max_examples=5)
@given(reply=replies())
def test_any_reply_is_posted(name, reply):
    async def post():
        with tempfile.TemporaryDirectory() as directory:
            async with CHANNELS[name](Path(directory)) as channel:
                return await channel.poster.post(channel.here, reply, "a")

    assert isinstance(asyncio.run(post()), Posted)


# Long messages and edits


async def test_a_reply_too_long_for_one_message_continues_in_further_ones(remote):
    posted = await remote.poster.post(remote.here, LONG, "a")
    messages = remote.shown()
    assert posted == Posted(messages[0].id)
    assert len({each.mark for each in messages}) == len(messages) > 1
    shown = "\n".join(texts(remote))
    assert [shown.count(f"Part {number}: ") for number in range(12)] == [1] * 12


async def test_an_edit_may_add_a_picture(remote):
    posted = await remote.poster.post(remote.here, HELLO, "a")
    await remote.poster.edit(remote.here, posted.message_id, CHART)
    assert [content for content, _ in remote.pictures()] == [PNG]


async def test_an_overlong_edit_is_cut_with_a_note(remote):
    posted = await remote.poster.post(remote.here, HELLO, "a")
    assert await remote.poster.edit(remote.here, posted.message_id, LONG) == posted
    (message,) = texts(remote)
    assert "Part 0: " in message
    assert message.endswith("There's more than fits here.")


@on_each("kind, value", slack=[("status", 500), ("reset_after", 500)], discord=[("error", 50013)])
async def test_a_lost_continuation_is_logged_and_the_message_stands(remote, caplog, kind, value):
    posting = asyncio.ensure_future(remote.poster.post(remote.here, LONG, "a"))
    while not remote.shown():  # noqa: ASYNC110 - both servers, of which each has its own way to wait
        await asyncio.sleep(0)
    remote.fail(kind, value, times=9)
    assert await posting == Posted(remote.shown()[0].id)
    assert remote.calls() == 2
    assert "long message truncated" in caplog.text


# Direct messages


async def test_direct_messages_to_unknown_people_are_rejected(remote):
    for person_id in ("404", ""):
        assert await remote.poster.direct(remote.here.workspace_id, person_id) is None


@on_each(
    "kind, value",
    slack=[("error", "missing_scope"), ("status", 500), ("reset", 500)],
    discord=[("status", 500), ("reset", 500)],
)
async def test_a_failed_opening_of_a_direct_message_channel_is_retried(remote, kind, value):
    remote.fail(kind, value, on="direct")
    for expected in (type(None), ChannelRef, ChannelRef):
        assert isinstance(await remote.poster.direct(remote.here.workspace_id, remote.person_id), expected)


# Rejected


@on_each(
    "error, sentence, is_message",
    slack=[
        (
            error,
            slack.PERMANENT[error],
            error
            in {
                "cannot_reply_to_message",
                "cant_update_message",
                "edit_window_closed",
                "message_not_found",
                "restricted_action_thread_locked",
                "thread_not_found",
            },
        )
        for error in sorted(slack.PERMANENT.keys() - DEAD.keys())
    ],
    discord=[
        (code, discord.PERMANENT[code], code in discord.OF_ONE_MESSAGE)
        for code in sorted(set(discord.PERMANENT) - {discord.UNKNOWN_MESSAGE})
    ],
)
async def test_a_permanent_error_explains_the_fix_and_is_not_repeated(remote, error, sentence, is_message):
    remote.fail("error", error)
    assert await remote.poster.post(remote.here, HELLO, "a") == Rejected(str(error), sentence, is_message=is_message)
    assert remote.calls() == 1
    assert sentence.endswith(".")


@on_each(
    "error",
    slack=[(error,) for error in sorted(slack.BOT_FAULTS)],
    discord=[(code,) for code in sorted(discord.BOT_FAULTS)],
)
async def test_an_error_of_this_program_is_rejected_and_logged_as_an_error(remote, caplog, error):
    remote.fail("error", error)
    delivery = await remote.poster.post(remote.here, HELLO, "a")
    assert isinstance(delivery, Rejected)
    assert delivery.is_message
    assert str(error) in delivery.sentence
    assert [each.reason for each in caplog.records if each.levelno == logging.ERROR] == [str(error)]
    assert remote.calls() == 1


async def test_a_deleted_or_unknown_channel_is_rejected_not_the_message(remote):
    remote.delete()
    nowhere = replace(remote.here, channel_id="404404404404404404")
    for channel in (remote.here, nowhere):
        delivery = await remote.poster.post(channel, HELLO, "a")
        assert isinstance(delivery, Rejected)
        assert not delivery.is_message
    assert remote.calls() == 2


# Later


@on_each(
    "error",
    slack=[("service_unavailable",), ("token_expired",), ("team_added_to_org",), ("something_new",)],
    discord=[(30046,), (40004,), (20012,)],
)
async def test_temporary_and_unknown_errors_may_be_retried_later(remote, error):
    remote.fail("error", error)
    assert await remote.poster.post(remote.here, HELLO, "a") == Later(SOON, str(error))
    assert remote.calls() == 1


@on_each(
    "kind, reason",
    slack=[("rate_limited", slack.RATE_LIMITED)],
    discord=[("rate_limited", discord.RATE_LIMITED), ("rate_limited_together", discord.RATE_LIMITED)],
)
async def test_a_429_delays_only_its_channel(remote, kind, reason):
    remote.fail(kind, seconds=30)
    assert await remote.poster.post(remote.here, HELLO, "a") == Later(timedelta(seconds=30), reason)
    remote.clock.forward(seconds=10)
    held = await remote.poster.post(remote.here, HELLO, "a")
    assert (type(held), held.reason) == (Later, reason)
    assert timedelta(seconds=19) < held.after <= timedelta(seconds=20)
    assert remote.calls() == 1
    assert isinstance(await remote.poster.post(remote.elsewhere, HELLO, "b"), Posted)
    remote.clock.forward(seconds=20)
    assert isinstance(await remote.poster.post(remote.here, HELLO, "a"), Posted)


async def test_a_refused_connection_means_nothing_was_sent(remote):
    async with remote.unreachable() as poster:
        assert await poster.post(remote.here, HELLO, "a") == Later(SOON, "no_connection")


async def test_without_a_database_the_message_waits(remote):
    async with remote.without_database() as poster:
        assert await poster.post(remote.here, HELLO, "a") == Later(SOON, "no_database")
        assert await poster.direct(remote.here.workspace_id, remote.person_id) is None
    assert remote.calls() == 0


# Unclear


@on_each(
    "kind, value, reason",
    slack=[
        ("reset", 500, "ServerDisconnectedError"),
        ("status", 500, "status_500"),
        ("status", 503, "status_503"),
        ("garbage", 500, "status_200"),
        *(("error", error, error) for error in sorted(slack.UNCLEAR)),
    ],
    discord=[
        ("reset", 500, "ServerDisconnectedError"),
        ("status", 500, "status_500"),
        ("status", 503, "status_503"),
        ("garbage", 500, "no_id"),
        ("error", 130000, "status_503"),
    ],
)
async def test_an_ambiguous_response_is_unclear_and_not_repeated(remote, kind, value, reason):
    remote.fail(kind, value)
    assert await remote.poster.post(remote.here, HELLO, "a") == Unclear(reason)
    assert remote.calls() == 1
    assert isinstance(await remote.poster.post(remote.here, HELLO, "a"), Posted)
    assert len(remote.shown()) == 1


async def test_after_a_lost_response_a_repeated_key_finds_the_message_if_possible(remote):
    remote.fail("reset_after")
    assert isinstance(await remote.poster.post(remote.here, HELLO, "a"), Unclear)
    assert remote.calls() == len(remote.shown()) == 1
    again = await remote.poster.post(remote.here, HELLO, "a")
    assert (again == Posted(remote.shown()[0].id)) is (remote.poster.dedup_window > timedelta())


async def test_a_response_that_never_comes_is_unclear(remote):
    remote.fail("hang")
    async with remote.impatient() as poster:
        assert isinstance(await poster.post(remote.here, HELLO, "a"), Unclear)
    assert remote.calls() == 1


async def test_a_cancelled_post_is_not_sent_again_and_the_next_one_is(remote):
    remote.fail("hang")
    posting = asyncio.ensure_future(remote.poster.post(remote.here, HELLO, "a"))
    await remote.until_called()
    posting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await posting
    assert remote.calls() == 1
    assert isinstance(await remote.poster.post(remote.here, HELLO, "b"), Posted)


async def test_an_edit_whose_response_is_lost_may_be_repeated(remote):
    posted = await remote.poster.post(remote.here, HELLO, "a")
    remote.fail("reset_after", on="edit")
    assert isinstance(await remote.poster.edit(remote.here, posted.message_id, Reply("Changed.")), Unclear)
    assert await remote.poster.edit(remote.here, posted.message_id, Reply("Changed.")) == posted
    assert texts(remote) == ["Changed."]
