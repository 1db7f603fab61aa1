"""From the outbox to the channels: the effect of every result of a poster."""

import asyncio
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from bot.delivery.deliver import AT_ONCE, Deliverer
from bot.delivery.poster import Later, Rejected, Unclear
from bot.domain.clock import moment_text
from bot.periodic_jobs import ClockWatch
from bot.reply.model import Reply
from bot.reply.plain import plain_text
from bot.store.outbox import OutboxState
from bot.store.schedule_tables import outbox
from tests.jobs.conftest import ON_EACH
from tests.jobs.memory_chat import LOST, MemoryChat

ARCHIVED = Rejected("is_archived", "The channel is archived. Unarchive it.")
BUSY = Later(timedelta(seconds=30), "ratelimited")


@pytest.fixture
def row(database):
    async def of(key):
        async with database.reading() as connection:
            return (await connection.execute(select(outbox).where(outbox.c.key == key))).one()

    return of


@pytest.fixture
def run(deliverer, clock):
    """Deliver every five seconds for a while."""

    async def for_a_while(**span):
        until = clock() + timedelta(**span)
        done = await deliverer.deliver_due()
        while clock() < until:
            clock.advance(seconds=5)
            done += await deliverer.deliver_due()
        return done

    return for_a_while


@ON_EACH
async def test_due_messages_are_posted_once_and_in_order(deliverer, chat, queue, row):
    await queue("a", "b", "c")
    await queue("other", channel_id="C2")
    await queue("alone", channel_id="", person_id="U1")
    assert await deliverer.deliver_due() == 5
    assert await deliverer.deliver_due() == 0
    assert (chat.keys("C1"), chat.keys("C2"), chat.keys("@U1")) == (["a", "b", "c"], ["other"], ["alone"])
    assert ((await row("b")).state, (await row("b")).message_id) == (OutboxState.SENT, "C1/2")


async def test_many_channels_are_served_at_once_within_a_limit_per_workspace(deliverer, chat, queue):
    chat.takes = 0.01
    for number in range(30):
        await queue(f"k{number}", channel_id=f"C{number}")
    assert await deliverer.deliver_due() == 30
    assert chat.most_running == AT_ONCE
    assert sorted(chat.calls) == sorted(f"k{number}" for number in range(30))


async def test_later_waits_at_least_the_requested_time(deliverer, chat, clock, queue, row):
    chat.script.append(BUSY)
    await queue("a")
    await deliverer.deliver_due()
    assert (await row("a")).error == "ratelimited"
    clock.advance(seconds=29)
    assert await deliverer.deliver_due() == 0
    clock.advance(seconds=1)
    await deliverer.deliver_due()
    assert chat.keys() == ["a"]


async def test_if_the_platform_recognises_keys_a_lost_response_doubles_nothing(store, clock, queue, row):
    chat = MemoryChat(dedup_window=timedelta(seconds=120))
    chat.script.extend([LOST] * 9)
    deliverer = Deliverer(store, {"memory": chat}, clock)
    await queue("a")
    tries = []
    for _ in range(200):
        if await deliverer.deliver_due():
            tries.append(clock())
        clock.advance(seconds=5)
    assert (await row("a")).state == OutboxState.SENT
    assert chat.keys() == ["a"]
    assert max(b - a for a, b in pairwise(tries)) < chat.dedup_window


async def test_if_the_platform_forgets_keys_a_message_is_posted_twice_rather_than_lost(run, chat, queue, row):
    chat.script.append(LOST)
    await queue("a", "b")
    await run(minutes=1)
    assert chat.keys() == ["a", "a", "b"]
    assert (await row("a")).attempts == 2


async def test_a_deleted_channel_is_reported_to_its_owner_and_delays_nothing(deliverer, chat, queue, row):
    chat.refused["C1"] = ARCHIVED
    await queue("a", owner_id="U1")
    await queue("b", channel_id="C2")
    await deliverer.deliver_due()
    dead = await row("a")
    assert (dead.state, dead.error) == (OutboxState.DEAD, ARCHIVED.sentence)
    assert chat.keys("C2") == ["b"]


async def test_a_refused_message_is_reported_to_its_owner(deliverer, chat, queue):
    chat.script.append(Rejected("invalid_blocks", "The message is not taken.", is_message=True))
    await queue("a", "b", owner_id="U1", reply=Reply("Up.", title="Daily digest"))
    await deliverer.deliver_due()
    assert chat.keys() == ["b"]
    (note,) = chat.channels["@U1"]
    assert "The message is not taken." in plain_text(note.reply)
    assert "Daily digest" in plain_text(note.reply)


async def test_an_unreachable_person_is_tried_a_few_times_and_delays_nobody(deliverer, chat, clock, queue, row):
    chat.strangers |= {f"U{number}" for number in range(9)}
    for number in range(9):
        await queue(f"u{number}", channel_id="", person_id=f"U{number}")
    await deliverer.deliver_due()
    assert (await row("u1")).error == "no_direct_channel"
    await queue("a", "b")
    await deliverer.deliver_due()
    assert chat.keys() == ["a", "b"]
    for _ in range(9):
        clock.advance(minutes=70)
        await deliverer.deliver_due()
    given_up = await row("u1")
    assert (given_up.state, given_up.attempts) == (OutboxState.DEAD, 8)
    assert chat.calls == ["a", "b"]


async def test_a_message_that_breaks_the_poster_delays_nobody(deliverer, chat, queue, row, caplog):
    for number in range(4):
        await queue(f"bad{number}", channel_id=f"D{number}")
        chat.breaks.add(f"D{number}")
    await deliverer.deliver_due()
    await queue("a", "b")
    await deliverer.deliver_due()
    assert chat.keys() == ["a", "b"]
    assert ((await row("bad1")).state, (await row("bad1")).error) == (OutboxState.UNCLEAR, "fault")
    assert "posting a message failed" in caplog.text


async def test_a_late_message_is_marked(deliverer, chat, clock, queue):
    await queue("a")
    written = clock()
    clock.advance(minutes=16)
    await queue("b")
    await deliverer.deliver_due()
    first, second = chat.channels["C1"]
    assert "Posted late" in plain_text(first.reply)
    assert plain_text(first.reply).endswith(f"Figures are as of {moment_text(written)}.")
    assert "late" not in plain_text(second.reply)


async def test_an_edit_changes_the_message_and_is_repeated_after_a_lost_response(run, chat, queue):
    await queue("opened")
    await queue("worse", edits="opened")
    chat.script.extend([None, LOST])
    await run(minutes=1)
    (note,) = chat.channels["C1"]
    assert (note.key, note.reply.summary, note.edits) == ("opened", "This is worse.", 2)


@ON_EACH
async def test_a_reply_is_posted_once_its_message_exists(run, chat, queue):
    await queue("opened")
    await queue("urgent", replies_to="opened")
    chat.script.append(BUSY)
    await run(minutes=1)
    assert [(note.key, note.replies_to) for note in chat.channels["C1"]] == [("opened", None), ("urgent", "C1/1")]


async def test_an_edit_of_a_deleted_message_is_posted_as_a_new_one(deliverer, chat, queue):
    await queue("opened")
    await queue("worse", "better", edits="opened")
    chat.script.extend([None, Rejected("message_not_found", "It is gone.", is_message=True)])
    await deliverer.deliver_due()
    assert chat.keys() == ["opened", "worse"]
    assert chat.channels["C1"][1].reply.summary == "This is better."


@pytest.mark.parametrize("is_outdated", [True, False], ids=["outdated", "failed for a day"])
async def test_an_outdated_message_or_one_that_fails_for_a_day_is_given_up_and_reported(
    deliverer, chat, clock, queue, row, is_outdated
):
    await queue("a", expires_at=clock() + timedelta(hours=12) if is_outdated else None, owner_id="U1")
    if not is_outdated:
        chat.down = Unclear("status_500")
        await deliverer.deliver_due()
        chat.down = None
    clock.advance(hours=12 if is_outdated else 24)
    await deliverer.deliver_due()
    dead = await row("a")
    assert (chat.keys(), dead.state) == ([], OutboxState.DEAD)
    assert "expired" in dead.error or not is_outdated
    assert chat.keys("@U1") == ["told:a:U1"]


async def test_the_sharer_of_a_card_is_notified_if_the_channel_refuses_it(deliverer, chat, queue):
    chat.script.extend([ARCHIVED, ARCHIVED])
    await queue("share:1:C1", "digest:1", owner_id="U1")
    await deliverer.deliver_due()
    assert chat.keys("@U1") == ["told:share:1:C1:U1"]


async def test_an_unreadable_message_delays_nobody(deliverer, database, chat, queue, row):
    await queue("bad", "good")
    async with database.writing() as connection:
        await connection.execute(update(outbox).where(outbox.c.key == "bad").values(payload="{}"))
    await deliverer.deliver_due()
    assert ((await row("bad")).state, chat.keys()) == (OutboxState.DEAD, ["good"])


async def test_after_stop_running_posts_end_and_nothing_more_is_claimed(deliverer, chat, queue):
    chat.takes = 0.2
    await queue("a", "b")
    work = asyncio.create_task(deliverer.deliver_due())
    await chat.busy.wait()
    deliverer.stop()
    assert await work == 1
    assert chat.keys() == ["a"]


@ON_EACH
async def test_a_cancelled_deliverer_leaves_its_messages_to_the_next_one(deliverer, store, chat, clock, queue, row):
    chat.takes = 60
    await queue("a")
    work = asyncio.create_task(deliverer.deliver_due())
    await chat.busy.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert work.cancelled()
    chat.takes = 0
    clock.advance(seconds=45)
    counts = Counter()
    assert await Deliverer(store, {"memory": chat}, clock, counts).deliver_due() == 1
    assert counts == {("memory", "posted"): 1}
    assert ((await row("a")).attempts, chat.keys()) == (2, ["a"])


@ON_EACH
async def test_clock_changes_lose_and_double_nothing(run, chat, clock, queue, store):
    watch = ClockWatch(store, clock)
    await watch.run()
    await queue("a")
    clock.advance(hours=-1)
    await watch.run()
    await run(seconds=5)
    chat.script.append(BUSY)
    await queue("b")
    await run(seconds=1)
    clock.advance(hours=-2)
    await watch.run()
    await run(seconds=5)
    clock.advance(hours=5)
    await queue("c")
    await run(seconds=5)
    assert chat.keys() == ["a", "b", "c"]
