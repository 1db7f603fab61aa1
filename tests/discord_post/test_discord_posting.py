import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.discord.post import MAX_NONCE, NO_MESSAGE, SUPPRESS_NOTIFICATIONS
from bot.delivery.poster import Posted, Rejected
from bot.reply.model import File, Paragraph, Picture, Reply, text
from tests.standins.discord_server.permissions import POSTING, Permission
from tests.standins.discord_server.rates import Rate
from tests.standins.faults import Fault, FaultKind

HELLO = Reply("Hello, channel.")
PNG = b"\x89PNG\r\n\x1a\n and so on"
CHART = Reply("Views grew by 5%.", parts=(Picture("views.png", PNG, "Views grew from 100 to 105."),))
LONG = Reply("A long one.", parts=tuple(Paragraph(text(f"Part {number}: ", "word " * 300)) for number in range(12)))
POST = "POST /channels/{channel}/messages"


async def test_a_message_mentions_nobody_and_has_a_valid_nonce(channel, poster, here):
    await poster.post(here, HELLO, "digest:7:2026-03-02")
    (message,) = channel.messages
    assert (message.sent["enforce_nonce"], message.sent["allowed_mentions"]) == (True, {"parse": []})
    assert 20 <= len(message.nonce) <= MAX_NONCE
    assert poster.dedup_window == timedelta(minutes=2)
    await poster.edit(here, message.id, CHART)
    await poster.edit(here, message.id, HELLO)
    assert (message.text, message.edits, message.attachments) == ("Hello, channel.", 2, [])


async def test_a_repeated_key_continues_an_interrupted_long_message(discord, channel, poster, here):
    discord.faults.add(POST, Fault(FaultKind.SLOW, seconds=0))
    discord.faults.add(POST, Fault(FaultKind.ERROR, 50013))
    first = await poster.post(here, LONG, "a")
    assert len(channel.messages) == 1
    assert await poster.post(here, LONG, "a") == first
    assert "Part 11: " in channel.messages[-1].text
    assert len({message.nonce for message in channel.messages}) == len(channel.messages)


async def test_a_message_just_deleted_by_a_moderator_is_not_posted_again(channel, poster, here):
    await poster.post(here, HELLO, "a")
    channel.messages[0].is_deleted = True
    assert await poster.post(here, HELLO, "a") == Posted(NO_MESSAGE)
    assert channel.messages == []
    assert isinstance(await poster.edit(here, NO_MESSAGE, HELLO), Rejected)


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.RESET_AFTER, FaultKind.RATE_LIMITED])
async def test_a_continuation_is_retried_and_posted_once(discord, channel, poster, here, on, kind):
    discord.faults.add(POST, Fault(FaultKind.SLOW, seconds=0))
    discord.faults.add(POST, Fault(kind, seconds=0.05), times=2)
    assert isinstance(await poster.post(here, LONG, "a"), Posted)
    said = "\n".join(message.text for message in channel.messages)
    assert [said.count(f"Part {number}: ") for number in range(12)] == [1] * 12
    assert on.clock.naps


async def test_without_permission_for_files_a_picture_is_described(channel, poster, here, guild):
    channel.overwrites[guild.id] = (0, int(Permission.ATTACH_FILES))
    reply = replace(CHART, files=(File("videos.csv", b"a,b\r\n", "text/csv", "1 video"),))
    posted = await poster.post(here, reply, "a")
    assert await poster.edit(here, posted.message_id, reply) == posted
    (message,) = channel.messages
    assert message.attachments == []
    for words in ("Views grew by 5%.", "Views grew from 100 to 105.", "videos.csv: 1 video"):
        assert words in message.text


async def test_without_permission_to_write_a_picture_is_not_blamed(channel, poster, here, guild):
    channel.overwrites[guild.id] = (0, int(POSTING & ~Permission.VIEW_CHANNEL))
    assert (await poster.post(here, CHART, "a")).reason == "50013"
    assert channel.history == []


async def test_a_direct_message_channel_is_opened_once_and_may_be_closed(on, discord, poster, guild):
    on.ann.takes_dms = False
    for _ in range(2):
        private = await poster.direct(guild.id, on.ann.id)
        assert (await poster.post(private, HELLO, "a")).reason == "50007"
    assert len(discord.calls_of("POST /users/@me/channels")) == 1


async def test_a_response_is_returned_at_once_even_if_its_bucket_is_empty(discord, poster, channel, here):
    discord.rates.routes[POST] = Rate(1, 3_600)
    async with asyncio.timeout(10):
        assert isinstance(await poster.post(here, HELLO, "a"), Posted)
    assert len(channel.messages) == 1


async def test_a_silent_post_notifies_nobody_and_can_be_edited(poster, channel, here):
    silent = replace(HELLO, is_silent=True)
    posted = await poster.post(here, silent, "a")
    (message,) = channel.messages
    assert message.flags & SUPPRESS_NOTIFICATIONS
    assert isinstance(await poster.edit(here, posted.message_id, silent), Posted)
