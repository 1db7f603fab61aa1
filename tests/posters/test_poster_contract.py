"""What every poster promises, on every platform."""

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings

from bot.delivery.poster import ChannelRef, Later, Posted, Rejected, Unclear
from bot.reply.model import Column, Paragraph, Picture, Plain, Reply, Table, text
from tests.gallery import gallery
from tests.posters.places import PLACES
from tests.slack_render.strategies import replies

HELLO = Reply("Hello, channel.")
PNG = b"\x89PNG\r\n\x1a\n and so on"
CHART = Reply("Views grew by 5%.", parts=(Picture("views.png", PNG, "Views grew from 100 to 105."),))
ROWS = tuple((text(f"video-{number}"), text(f"{number:,} views")) for number in range(500))
TABLE = Reply("Every video.", parts=(Table("Videos", (Column("Video"), Column("Views")), ROWS),))
HOSTILE = "@everyone <!channel> <@U1> <@&1> <!here|x> <!subteam^S1> \x1b[2J [x](https://evil.example)"


@pytest.fixture(params=sorted(PLACES))
async def place(request, tmp_path):
    """Each platform."""
    async with PLACES[request.param](tmp_path) as place:
        yield place


@pytest.fixture(params=sorted(set(PLACES) - {"console"}))
async def remote(request, tmp_path):
    """Each platform at the other end of a wire."""
    async with PLACES[request.param](tmp_path) as place:
        yield place


async def test_a_post_is_there_and_has_an_id(place):
    posted = await place.poster.post(place.here, HELLO, "a")
    assert isinstance(posted, Posted)
    assert posted.message_id
    assert [said.strip() for said in place.said()] == ["Hello, channel."]


async def test_the_same_key_again_is_the_same_message_where_the_platform_knows_it_and_another_one_elsewhere(place):
    first, again = [await place.poster.post(place.here, HELLO, "a") for _ in range(2)]
    knows = place.poster.recognises_for > timedelta()
    assert (first == again) is knows
    assert len(place.said()) == (1 if knows else 2)


async def test_another_key_is_another_message(place):
    ids = {(await place.poster.post(place.here, HELLO, key)).message_id for key in "abc"}
    assert len(ids) == len(place.said()) == 3


async def test_an_edit_takes_the_place_of_a_message_and_may_be_repeated(place):
    posted = await place.poster.post(place.here, HELLO, "a")
    for _ in range(2):
        assert await place.poster.edit(place.here, posted.message_id, Reply("Goodbye.")) == posted
    assert [said.strip() for said in place.said()] == ["Goodbye."]


async def test_a_thread_is_posted_into(place):
    posted = await place.poster.post(place.here, HELLO, "a")
    assert isinstance(await place.poster.post(place.thread(posted.message_id), Reply("An answer."), "b"), Posted)
    assert [said.strip() for said in place.in_thread()] == ["An answer."]
    assert len(place.said()) == 2


async def test_one_person_is_written_to_alone(place):
    channel = await place.poster.direct(place.here.workspace_id, place.person_id)
    assert (channel.chat, channel.workspace_id) == (place.here.chat, place.here.workspace_id)
    assert isinstance(await place.poster.post(channel, HELLO, "a"), Posted)
    assert [said.strip() for said in place.said_to_person()] == ["Hello, channel."]
    assert place.said() == []


async def test_a_picture_is_shown_with_its_words(place):
    await place.poster.post(place.here, CHART, "a")
    ((content, alt),) = place.pictures()
    assert content == PNG
    assert "Views grew from 100 to 105." in alt


async def test_nothing_that_others_have_written_notifies_anybody(place):
    hostile = Reply(HOSTILE, title=HOSTILE, parts=(Paragraph((Plain(HOSTILE),)),))
    assert isinstance(await place.poster.post(place.here, hostile, "a"), Posted)
    assert place.notified() == set()
    assert "@everyone" in place.said()[0].replace("\u200b", "").replace("\u2060", "")


async def test_a_table_of_five_hundred_rows_keeps_every_word(place):
    assert isinstance(await place.poster.post(place.here, TABLE, "a"), Posted)
    said = "\n".join(place.said())
    assert all(f"video-{number}" in said and f"{number:,} views" in said for number in range(500))


async def test_every_message_of_the_bot_is_posted(place):
    for name, reply in gallery().items():
        assert isinstance(await place.poster.post(place.here, reply, name), Posted), name


@pytest.mark.parametrize("name", sorted(PLACES))
@settings(deadline=None, max_examples=10)
@given(reply=replies())
def test_whatever_the_reply_is_nothing_is_raised(name, reply):
    async def post():
        with tempfile.TemporaryDirectory() as directory:
            async with PLACES[name](Path(directory)) as place:
                return await place.poster.post(place.here, reply, "a")

    assert isinstance(asyncio.run(post()), Posted)


async def test_a_channel_that_is_gone_is_told_in_a_sentence(remote):
    remote.close()
    delivery = await remote.poster.post(remote.here, HELLO, "a")
    assert isinstance(delivery, Rejected)
    assert delivery.sentence.endswith(".")
    assert not delivery.is_message
    assert remote.tries() == 1


async def test_a_channel_that_never_was_is_told_too(remote):
    nowhere = ChannelRef(remote.here.chat, remote.here.workspace_id, "404404404404404404")
    assert isinstance(await remote.poster.post(nowhere, HELLO, "a"), Rejected)


async def test_a_429_is_said_with_the_time_to_wait_and_not_run_into_again(remote):
    remote.limit(30)
    assert (await remote.poster.post(remote.here, HELLO, "a")).after == timedelta(seconds=30)
    assert isinstance(await remote.poster.post(remote.here, HELLO, "a"), Later)
    assert remote.tries() == 1


async def test_a_message_whose_answer_is_lost_is_unclear_and_nothing_is_repeated(remote):
    remote.cut()
    assert isinstance(await remote.poster.post(remote.here, HELLO, "a"), Unclear)
    assert remote.tries() == len(remote.said()) == 1
