"""Which parts of old messages are deleted, and when."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.reply.model import Picture, Reply
from bot.store.outbox import BODIES_KEPT, KEYS_KEPT, PICTURES_KEPT, WAITED_FOR, Message, enqueue
from bot.store.schedule_tables import blobs, outbox
from tests.store.samples import NOW

SECOND = timedelta(seconds=1)


@pytest.fixture
def say(database, workspace):
    async def write(key, picture, now=NOW, workspace_id=workspace.id):
        reply = Reply("Up.", parts=(Picture("chart.png", picture, "Views went up."),))
        async with database.writing() as connection:
            return await enqueue(connection, Message(key, workspace_id, key, reply), now)

    return write


@pytest.fixture
def kept(database):
    async def look():
        async with database.reading() as connection:
            bodies = await connection.execute(select(outbox.c.key, func.length(outbox.c.payload) > 0))
            return {row[0]: row[1] for row in bodies}, await connection.scalar(select(func.count()).select_from(blobs))

    return look


async def test_a_body_is_deleted_after_90_days_and_its_key_after_400(store, say, kept):
    await say("a", b"1")
    (mine,) = await store.outbox.claim(NOW, ["slack"], 1, places={}, each=1)
    await store.outbox.sent({mine: "m"}, NOW)
    assert await store.outbox_status.forget_old(NOW + BODIES_KEPT) == 0
    assert (await kept())[0] == {"a": True}
    await store.outbox_status.forget_old(NOW + BODIES_KEPT + SECOND)
    assert (await kept())[0] == {"a": False}
    assert await say("a", b"1") is False
    assert await store.outbox_status.forget_old(NOW + KEYS_KEPT + SECOND) == 1
    assert (await kept())[0] == {}


async def test_a_picture_is_deleted_after_ten_days_unless_a_message_needs_it(store, say, kept):
    await say("sent", b"1")
    await say("waiting", b"2", NOW + SECOND)
    (mine,) = await store.outbox.claim(NOW, ["slack"], 1, places={}, each=1)
    await store.outbox.sent({mine: "m"}, NOW)
    later = NOW + PICTURES_KEPT + 2 * SECOND
    await store.outbox_status.forget_old(later)
    assert await kept() == ({"sent": True, "waiting": True}, 1)
    (mine,) = await store.outbox.claim(later, ["slack"], 1, places={}, each=1)
    assert mine.reply.parts[0].png == b"2"
    await store.outbox.sent({mine: "m"}, later)
    await store.outbox_status.forget_old(later)
    assert (await kept())[1] == 0


async def test_messages_for_an_unserved_chat_do_not_keep_pictures_forever(store, say, kept, workspace):
    await say("waiting", b"1")
    await store.outbox_status.forget_old(NOW + WAITED_FOR)
    assert (await store.outbox_status.queue(workspace.id, NOW + WAITED_FOR)).waiting == 1
    later = NOW + WAITED_FOR + SECOND
    await store.outbox_status.forget_old(later)
    assert (await kept())[1] == 0
    queue = await store.outbox_status.queue(workspace.id, later)
    assert (queue.waiting, queue.dead[0].reason) == (0, "nothing was posted in this chat for a month.")


async def test_a_forgotten_workspace_leaves_only_pictures_that_others_need(store, say, kept, workspace, neighbour):
    await say("mine", b"1")
    await say("both", b"2")
    await say("theirs", b"2", workspace_id=neighbour.id)
    await store.forgetting.workspace(workspace.id)
    assert await kept() == ({"theirs": True}, 1)
    (theirs,) = await store.outbox.claim(NOW, ["slack", "discord"], 1, places={}, each=1)
    assert theirs.reply.parts[0].png == b"2"
