"""The outbox on both databases: who may post a message, in which order, and with which results."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.domain.digest import DigestOptions
from bot.reply.model import Picture, Reply
from bot.store.outbox import Message, OutboxState, enqueue
from bot.store.outbox_claims import HOLDS_UP, LEASE
from bot.store.schedule_tables import digests, outbox
from tests.store.samples import NOW

SECOND = timedelta(seconds=1)


@pytest.fixture
def queue(database, workspace):
    """Queue messages with these keys, in channel C1 by default."""

    async def write(*keys, now=NOW, **facts):
        facts = {"channel_id": "C1", "workspace_id": workspace.id, "reply": Reply("Hello.")} | facts
        async with database.writing() as connection:
            for key in keys:
                await enqueue(connection, Message(key, **facts), now)

    return write


@pytest.fixture
def claim(store):
    async def take(now=NOW, chats=("slack", "discord"), most=10, places=None, each=10, without=()):
        return await store.outbox.claim(now, chats, most, places=places or {}, each=each, without=without)

    return take


@pytest.fixture
def post(store, claim):
    """Claim the one due message and mark it as posted under this id."""

    async def send(message_id, now=NOW):
        (mine,) = await claim(now)
        await store.outbox.sent({mine: message_id}, now)
        return mine

    return send


@pytest.fixture
def row(database):
    async def of(key):
        async with database.reading() as connection:
            return (await connection.execute(select(outbox).where(outbox.c.key == key))).one()

    return of


def keys(claimed):
    return [each.key for each in claimed]


async def test_a_message_has_one_claimer_until_its_lease_expires_and_is_then_a_repeat(queue, claim, row):
    await queue("a")
    (mine,) = await claim()
    assert (mine.chat, mine.external_id, mine.channel_id) == ("slack", "T1", "C1")
    assert (mine.attempts, mine.is_repeat, mine.reply) == (1, False, Reply("Hello."))
    assert (await row("a")).attempts == 1
    assert await claim(NOW + LEASE - SECOND) == ()
    (again,) = await claim(NOW + LEASE)
    assert (again.attempts, again.is_repeat, again.tried_at) == (2, True, NOW)


async def test_a_message_deleted_while_it_was_posted_is_not_reported_as_lost(store, queue, claim):
    await queue("a")
    (mine,) = await claim()
    await store.forgetting.workspace(mine.workspace_id)
    assert await store.outbox.sent({mine: "m1"}, NOW) == frozenset()


async def test_a_claimer_that_lost_its_lease_changes_nothing(store, queue, claim, row):
    await queue("a")
    (lost,) = await claim()
    (mine,) = await claim(NOW + LEASE)
    assert await store.outbox.sent({lost: "m1"}, NOW) == {lost.id}
    for said in (
        store.outbox.retry_later(lost, NOW, "busy"),
        store.outbox.unclear(lost, NOW, "no answer"),
        store.outbox.dead(lost, "gone", NOW, Reply("It is gone.")),
        store.outbox.repost(lost, NOW),
    ):
        assert await said is False
    assert (await row("a")).state == OutboxState.SENDING
    assert await store.outbox.sent({mine: "m2"}, NOW) == frozenset()
    assert await store.outbox.sent({mine: "m3"}, NOW) == {mine.id}
    assert (await row("a")).message_id == "m2"


async def test_a_later_message_delays_nobody_and_can_be_withdrawn_until_tried(store, queue, claim, row):
    await queue("later", due_at=NOW + SECOND)
    await queue("now")
    assert keys(await claim()) == ["now"]
    await store.outbox.expedite((await row("later")).workspace_id, NOW)
    assert await claim() == ()
    await store.outbox.withdraw(["later", "now"], "it was reported", NOW)
    assert await claim(NOW + SECOND) == ()
    later = await row("later")
    assert (later.state, later.error, later.ended_at) == (OutboxState.WITHDRAWN, "it was reported", NOW)
    assert (await row("now")).state == OutboxState.SENDING


async def test_each_channel_is_served_in_order_and_channels_in_parallel(store, queue, claim):
    await queue("a1", "a2", "a3")
    await queue("b1", "b2", channel_id="C2")
    await queue("p1", "p2", channel_id="", person_id="U1")
    await queue("q1", channel_id="", person_id="U2")
    first = await claim()
    assert keys(first) == ["a1", "b1", "p1", "q1"]
    assert await claim() == ()
    await store.outbox.sent({first[0]: "m"}, NOW)
    await store.outbox.dead(first[1], "gone", NOW)
    await store.outbox.retry_later(first[2], NOW + 5 * SECOND, "busy")
    assert keys(await claim()) == ["a2", "b2"]
    assert keys(await claim(NOW + 5 * SECOND)) == ["p1"]


async def test_a_failing_message_blocks_its_channel_for_two_hours(store, queue, claim):
    await queue("bad", "good")
    (bad,) = await claim()
    await store.outbox.retry_later(bad, NOW + 2 * HOLDS_UP, "server_error")
    assert await claim(NOW + HOLDS_UP - SECOND) == ()
    assert keys(await claim(NOW + HOLDS_UP)) == ["good"]


async def test_claims_per_workspace_are_limited(queue, claim, workspace, neighbour):
    for number in range(4):
        await queue(f"a{number}", channel_id=f"C{number}")
        await queue(f"b{number}", channel_id=f"D{number}", workspace_id=neighbour.id)
    assert keys(await claim(each=2)) == ["a0", "b0", "a1", "b1"]
    assert keys(await claim(each=2, places={workspace.id: 1, neighbour.id: 0})) == ["a2"]
    assert keys(await claim(chats=("discord",), most=1)) == ["b2"]


async def test_a_claimer_skips_messages_it_is_posting_whatever_the_clock(queue, claim):
    await queue("a")
    (mine,) = await claim()
    assert await claim(NOW + timedelta(days=1), without=[mine.id]) == ()


async def test_an_edit_replaces_a_posted_message(store, queue, claim, post):
    await queue("opened")
    await queue("worse", "better", edits="opened")
    (opened,) = await claim()
    assert (opened.edits, await claim()) == (None, ())
    await store.outbox.sent({opened: "m1"}, NOW)
    assert [(each.key, each.edits) for each in (await post("m1"), await post("m1"))] == [
        ("worse", "m1"),
        ("better", "m1"),
    ]


async def test_a_new_message_claimed_with_an_edit_edits_nothing(queue, claim, post):
    await queue("opened")
    await post("m1")
    await queue("worse", edits="opened")
    await queue("digest", channel_id="C2")
    assert {each.key: each.edits for each in await claim()} == {"worse": "m1", "digest": None}


async def test_an_edit_never_overtakes_an_earlier_one_of_its_message(store, queue, claim, post):
    await queue("opened")
    await post("m1")
    await queue("worse", "better", edits="opened")
    (worse,) = await claim()
    await store.outbox.retry_later(worse, NOW, "server_error")
    later = NOW + HOLDS_UP + SECOND
    (again,) = await claim(later)
    assert (again.key, await claim(later)) == ("worse", ())
    await store.outbox.sent({again: "m1"}, later)
    assert keys(await claim(later)) == ["better"]


async def test_an_edit_of_an_undelivered_message_is_posted_and_edited_next(store, queue, claim, post):
    await queue("opened")
    await queue("worse", "better", edits="opened")
    (opened,) = await claim()
    await store.outbox.dead(opened, "expired", NOW)
    assert [each.edits for each in (await post("m2"), await post("m2"))] == [None, "m2"]


@pytest.mark.parametrize("gets_there", [True, False])
async def test_a_reply_follows_its_message_or_the_edit_posted_in_its_place(store, queue, claim, post, gets_there):
    await queue("opened")
    await queue("worse", edits="opened")
    await queue("urgent", replies_to="opened")
    (opened,) = await claim()
    assert await claim() == ()
    await (store.outbox.sent({opened: "m1"}, NOW) if gets_there else store.outbox.dead(opened, "expired", NOW))
    await post("m1" if gets_there else "m2")
    (urgent,) = await claim()
    assert (urgent.edits, urgent.replies_to) == (None, "m1" if gets_there else "m2")


async def test_an_edit_of_a_deleted_message_becomes_a_new_message(store, queue, claim, post):
    await queue("opened")
    await queue("worse", "better", edits="opened")
    await post("m1")
    (worse,) = await claim()
    assert await store.outbox.repost(worse, NOW)
    assert [(each.key, each.edits) for each in (await post("m2"), await post("m2"))] == [
        ("worse", None),
        ("better", "m2"),
    ]


async def test_an_edit_waits_for_a_failing_message(store, queue, claim):
    await queue("opened")
    await queue("worse", edits="opened")
    (opened,) = await claim()
    await store.outbox.retry_later(opened, NOW + 2 * HOLDS_UP, "server_error")
    assert await claim(NOW + HOLDS_UP) == ()


async def test_an_unclear_message_stays_unclear_until_settled(store, queue, claim, row):
    await queue("a")
    (mine,) = await claim()
    await store.outbox.unclear(mine, NOW + SECOND, "no answer")
    (again,) = await claim(NOW + SECOND)
    assert again.is_repeat
    await store.outbox.retry_later(again, NOW + 2 * SECOND, "busy")
    assert (await row("a")).state == OutboxState.UNCLEAR
    (third,) = await claim(NOW + 2 * SECOND)
    assert (third.is_repeat, third.attempts) == (True, 3)


async def test_pictures_are_stored_with_the_reply_and_required_to_read_it(store, database, queue, claim):
    shown = Reply("Up.", parts=(Picture("chart.png", b"\x89PNG", "Views went up."),))
    await queue("a", "b", reply=shown)
    (mine,) = await claim()
    assert mine.reply == shown
    async with database.writing() as connection:
        await connection.execute(update(outbox).where(outbox.c.key == "b").values(payload='{"type":"Nothing"}'))
    await store.outbox.sent({mine: "m"}, NOW)
    (other,) = await claim()
    assert other.reply is None


async def test_a_refusing_channel_is_turned_off_and_its_owner_notified_once(
    store, database, queue, claim, row, workspace
):
    subscription = {
        "is_on": True, "off_reason": "", "last_outcome": "", "zone": "UTC", "minute": 540,
        "options": DigestOptions(), "next_date": NOW.date(), "next_due_at": NOW, "set_by_id": "U1",
        "set_by_name": "Ada", "workspace_id": workspace.id,
    }  # fmt: skip
    async with database.writing() as connection:
        for channel in ("C1", "C2"):
            await connection.execute(insert(digests).values(channel_id=channel, **subscription))
    await queue("a", "b", owner_id="U1")
    await queue("c", owner_id="U2")
    for _ in range(3):
        (mine,) = await claim(most=1)
        notice = Reply("Not posted.") if mine.owner_id == "U2" else None
        await store.outbox.dead(mine, "The channel is archived.", NOW, notice, closed=Reply("It is off."))
    async with database.reading() as connection:
        states = (await connection.execute(select(digests.c.channel_id, digests.c.is_on, digests.c.off_reason))).all()
    assert sorted(states) == [("C1", False, "The channel is archived."), ("C2", True, "")]
    first, other = await claim()
    assert (first.key, first.channel_id, first.person_id, first.reply) == ("told:a:U1", "", "U1", Reply("It is off."))
    assert (other.key, other.reply) == ("told:c:U2", Reply("Not posted."))
    assert ((await row("a")).state, (await row("a")).error) == ("dead", "The channel is archived.")


async def test_the_owner_of_a_dead_letter_is_notified_and_nothing_is_turned_off(store, queue, claim):
    await queue("a", owner_id="U2")
    (mine,) = await claim()
    await store.outbox.dead(mine, "no answer for a day", NOW, Reply("It was given up."))
    (told,) = await claim()
    assert (told.key, told.person_id, told.owner_id) == ("told:a:U2", "U2", None)


async def test_once_a_platform_recovers_nothing_waits_longer(store, queue, claim, workspace):
    await queue("a")
    (mine,) = await claim()
    await store.outbox.retry_later(mine, NOW + timedelta(minutes=5), "no_connection")
    await store.outbox.expedite(workspace.id, NOW + SECOND)
    assert keys(await claim(NOW + SECOND)) == ["a"]
