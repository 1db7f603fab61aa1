"""What the housekeeping forgets of messages, and when."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.reply.model import Picture, Reply
from bot.store.letters import BODIES_KEPT, KEYS_KEPT, PICTURES_KEPT
from bot.store.outbox import Message, enqueue
from bot.store.schedule_tables import blobs, outbox
from tests.store.samples import NOW

SECOND = timedelta(seconds=1)


@pytest.fixture
def say(database, workspace):
    async def write(key, picture, now=NOW):
        reply = Reply("Up.", parts=(Picture("chart.png", picture, "Views went up."),))
        async with database.writing() as connection:
            return await enqueue(connection, Message(key, workspace.id, key, reply), now)

    return write


@pytest.fixture
def kept(database):
    async def look():
        async with database.reading() as connection:
            bodies = await connection.execute(select(outbox.c.key, func.length(outbox.c.payload) > 0))
            return {row[0]: row[1] for row in bodies}, await connection.scalar(select(func.count()).select_from(blobs))

    return look


async def test_a_body_goes_after_90_days_and_its_key_after_400(store, say, kept):
    await say("a", b"1")
    (mine,) = await store.outbox.claim(NOW, ["slack"], 1, places={}, each=1)
    await store.outbox.sent({mine: "m"}, NOW)
    assert await store.letters.forget_old(NOW + BODIES_KEPT) == 0
    assert (await kept())[0] == {"a": True}
    await store.letters.forget_old(NOW + BODIES_KEPT + SECOND)
    assert (await kept())[0] == {"a": False}
    assert await say("a", b"1") is False
    assert await store.letters.forget_old(NOW + KEYS_KEPT + SECOND) == 1
    assert (await kept())[0] == {}


async def test_a_picture_goes_after_ten_days_unless_a_message_with_it_still_waits(store, say, kept):
    await say("sent", b"1")
    await say("waiting", b"2", NOW + SECOND)
    (mine,) = await store.outbox.claim(NOW, ["slack"], 1, places={}, each=1)
    await store.outbox.sent({mine: "m"}, NOW)
    later = NOW + PICTURES_KEPT + 2 * SECOND
    await store.letters.forget_old(later)
    assert await kept() == ({"sent": True, "waiting": True}, 1)
    (mine,) = await store.outbox.claim(later, ["slack"], 1, places={}, each=1)
    assert mine.reply.parts[0].png == b"2"
    await store.outbox.sent({mine: "m"}, later)
    await store.letters.forget_old(later)
    assert (await kept())[1] == 0
