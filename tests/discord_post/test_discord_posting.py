import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.discord.limits import Limits
from adapters.discord.post import MAX_NONCE, NO_MESSAGE, DiscordPoster
from bot.delivery.poster import ChannelRef, Posted, Rejected
from bot.reply.model import File, Paragraph, Picture, Reply, text
from tests.gallery import gallery
from tests.standins.discord_server.faults import Fault, FaultKind
from tests.standins.discord_server.people import ChannelKind
from tests.standins.discord_server.permissions import POSTING, Permission
from tests.standins.discord_server.rates import Rate

HELLO = Reply("Hello, channel.")
PNG = b"\x89PNG\r\n\x1a\n and so on"
CHART = Reply("Views grew by 5%.", parts=(Picture("views.png", PNG, "Views grew from 100 to 105."),))
LONG = Reply("A long one.", parts=tuple(Paragraph(text(f"Part {number}: ", "word " * 300)) for number in range(12)))
POST = "POST /channels/{channel}/messages"
EDIT = "PATCH /channels/{channel}/messages/{message}"


async def test_a_message_is_there_and_carries_what_tells_it_from_every_other(poster, channel, here):
    posted = await poster.post(here, HELLO, "digest:7:2026-03-02")
    (message,) = channel.messages
    assert posted == Posted(message.id)
    assert message.text == "Hello, channel."
    assert (message.sent["enforce_nonce"], message.sent["allowed_mentions"]) == (True, {"parse": []})
    assert 20 <= len(message.nonce) <= MAX_NONCE
    assert "digest" not in str(message.sent)


async def test_the_same_key_is_one_message_and_another_key_another(channel, poster, here):
    first, again, other = [await poster.post(here, HELLO, key) for key in ("a", "a", "b")]
    assert first == again != other
    assert len(channel.messages) == 2
    assert poster.recognises_for == timedelta(minutes=2)


async def test_the_same_key_once_more_goes_on_where_a_long_message_was_interrupted(discord, channel, poster, here):
    discord.faults.add(POST, Fault(FaultKind.SLOW, seconds=0))
    discord.faults.add(POST, Fault(FaultKind.ERROR, 50013))
    first = await poster.post(here, LONG, "a")
    assert len(channel.messages) == 1
    assert await poster.post(here, LONG, "a") == first
    assert "Part 11: " in channel.messages[-1].text
    assert len({message.nonce for message in channel.messages}) == len(channel.messages)


async def test_what_a_moderator_has_just_deleted_is_not_said_again(channel, poster, here):
    await poster.post(here, HELLO, "a")
    channel.messages[0].is_deleted = True
    assert await poster.post(here, HELLO, "a") == Posted(NO_MESSAGE)
    assert channel.messages == []
    assert isinstance(await poster.edit(here, NO_MESSAGE, HELLO), Rejected)


async def test_a_thread_is_posted_into_and_edited_in(discord, poster, channel, here, guild):
    thread = discord.add_channel(guild, "answers", ChannelKind.PUBLIC_THREAD, channel)
    there = replace(here, thread_id=thread.id)
    posted = await poster.post(there, HELLO, "a")
    assert channel.messages == []
    assert await poster.edit(there, posted.message_id, Reply("Changed.")) == posted
    assert [message.text for message in thread.messages] == ["Changed."]


async def test_every_message_of_the_bot_is_taken_when_posted_and_when_put_in_place_of_another(channel, poster, here):
    first = await poster.post(here, HELLO, "first")
    for name, reply in gallery().items():
        assert isinstance(await poster.post(here, reply, name), Posted), name
        assert await poster.edit(here, first.message_id, reply) == first, name
    assert {tuple(message.notified) for message in channel.messages} == {()}


# Several messages


async def test_a_reply_too_long_for_one_message_goes_on_below_it(channel, poster, here):
    posted = await poster.post(here, LONG, "a")
    first, *others = channel.messages
    assert posted == Posted(first.id)
    assert others
    assert all(f"Part {number}: " in "\n".join(each.text for each in channel.messages) for number in range(12))


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.RESET_AFTER, FaultKind.RATE_LIMITED])
async def test_what_follows_is_tried_again_and_is_there_once(discord, channel, poster, here, naps, kind):
    discord.faults.add(POST, Fault(FaultKind.SLOW, seconds=0))
    discord.faults.add(POST, Fault(kind, seconds=0.05), times=2)
    assert isinstance(await poster.post(here, LONG, "a"), Posted)
    said = "\n".join(message.text for message in channel.messages)
    assert [said.count(f"Part {number}: ") for number in range(12)] == [1] * 12
    assert naps


async def test_what_follows_may_be_lost_and_the_message_is_there_all_the_same(discord, channel, poster, here, caplog):
    posting = asyncio.ensure_future(poster.post(here, LONG, "a"))
    await discord.until(lambda: channel.messages)
    discord.faults.start(Fault(FaultKind.ERROR, 50013), POST)
    assert await posting == Posted(channel.messages[0].id)
    assert "long message truncated" in caplog.text


# Edits


async def test_an_edit_takes_the_place_of_the_whole_message(channel, poster, here):
    posted = await poster.post(here, CHART, "a")
    assert await poster.edit(here, posted.message_id, HELLO) == posted
    assert await poster.edit(here, posted.message_id, HELLO) == posted
    (message,) = channel.messages
    assert (message.text, message.edits, message.attachments) == ("Hello, channel.", 2, [])


async def test_an_edit_may_bring_a_picture(channel, poster, here):
    posted = await poster.post(here, HELLO, "a")
    await poster.edit(here, posted.message_id, CHART)
    assert [file.content for file in channel.messages[0].attachments] == [PNG]


async def test_an_edit_with_too_much_says_so_and_stays_one_message(channel, poster, here):
    posted = await poster.post(here, HELLO, "a")
    assert await poster.edit(here, posted.message_id, LONG) == posted
    (message,) = channel.messages
    assert "Part 0: " in message.text
    assert message.text.endswith("There is more than fits here.")


# Pictures


async def test_a_picture_is_attached_and_shown_with_words(channel, poster, here):
    await poster.post(here, CHART, "a")
    (message,) = channel.messages
    (file,) = message.attachments
    assert (file.content, file.description) == (PNG, "Views grew from 100 to 105.")
    assert str(file.url) in str(message.shown_components())


async def test_without_the_permission_for_files_a_picture_comes_in_words(channel, poster, here, guild):
    channel.overwrites[guild.id] = (0, int(Permission.ATTACH_FILES))
    reply = replace(CHART, files=(File("videos.csv", b"a,b\r\n", "text/csv", "1 video"),))
    posted = await poster.post(here, reply, "a")
    assert await poster.edit(here, posted.message_id, reply) == posted
    (message,) = channel.messages
    assert message.attachments == []
    for words in ("Views grew by 5%.", "Views grew from 100 to 105.", "videos.csv: 1 video"):
        assert words in message.text


async def test_without_the_permission_to_write_a_picture_is_not_to_blame(channel, poster, here, guild):
    channel.overwrites[guild.id] = (0, int(POSTING & ~Permission.VIEW_CHANNEL))
    assert (await poster.post(here, CHART, "a")).reason == "50013"
    assert channel.history == []


# Direct messages


async def test_a_person_is_written_to_alone_over_a_channel_that_is_opened_once(discord, poster, ann, guild):
    private = await poster.direct(guild.id, ann.id)
    assert private == await poster.direct(guild.id, ann.id)
    assert (private.chat, private.workspace_id) == ("discord", guild.id)
    assert isinstance(await poster.post(private, HELLO, "a"), Posted)
    assert [message.text for message in discord.direct_messages(ann)] == ["Hello, channel."]
    assert len(discord.calls_of("POST /users/@me/channels")) == 1


async def test_nobody_is_written_to_who_is_nobody_or_wants_none(poster, ann, guild):
    assert await poster.direct(guild.id, "1") is None
    ann.takes_dms = False
    private = await poster.direct(guild.id, ann.id)
    assert (await poster.post(private, HELLO, "a")).reason == "50007"


async def test_direct_messages_that_could_not_be_opened_are_opened_the_next_time(discord, poster, ann, guild):
    discord.faults.add("POST /users/@me/channels", Fault(FaultKind.RESET))
    assert await poster.direct(guild.id, ann.id) is None
    assert isinstance(await poster.direct(guild.id, ann.id), ChannelRef)


# Buckets


async def test_an_answer_is_told_at_once_although_its_bucket_is_empty(discord, client, channel, here):
    discord.rates.routes[POST] = Rate(1, 3_600)
    async with DiscordPoster(client.http, Limits()) as poster, asyncio.timeout(10):
        assert isinstance(await poster.post(here, HELLO, "a"), Posted)
    assert len(channel.messages) == 1


async def test_posts_wait_for_their_bucket_and_draw_no_429(discord, poster, here):
    discord.rates.routes[POST] = Rate(2, 0.4)
    found = await asyncio.gather(*(poster.post(here, HELLO, str(number)) for number in range(7)))
    assert {type(each) for each in found} == {Posted}
    assert {call.status for call in discord.calls_of(POST)} == {200}
