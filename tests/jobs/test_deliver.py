"""From the outbox into the channels: what becomes of every answer that a platform can give."""

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
from tests.jobs.wall import LOST, Wall

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
async def test_what_is_due_is_posted_once_and_in_order(deliverer, wall, say, row):
    await say("a", "b", "c")
    await say("other", channel_id="C2")
    await say("alone", channel_id="", person_id="U1")
    assert await deliverer.deliver_due() == 5
    assert await deliverer.deliver_due() == 0
    assert (wall.keys("C1"), wall.keys("C2"), wall.keys("@U1")) == (["a", "b", "c"], ["other"], ["alone"])
    assert ((await row("b")).state, (await row("b")).message_id) == (OutboxState.SENT, "C1/2")


async def test_many_channels_are_served_at_once_but_a_workspace_by_so_many_at_most(deliverer, wall, say):
    wall.takes = 0.01
    for number in range(30):
        await say(f"k{number}", channel_id=f"C{number}")
    assert await deliverer.deliver_due() == 30
    assert wall.most_under_way == AT_ONCE
    assert sorted(wall.calls) == sorted(f"k{number}" for number in range(30))


async def test_later_is_not_before_the_time_that_was_asked_for(deliverer, wall, clock, say, row):
    wall.script.append(BUSY)
    await say("a")
    await deliverer.deliver_due()
    assert (await row("a")).error == "ratelimited"
    clock.advance(seconds=29)
    assert await deliverer.deliver_due() == 0
    clock.advance(seconds=1)
    await deliverer.deliver_due()
    assert wall.keys() == ["a"]


async def test_if_the_platform_knows_its_key_again_a_lost_answer_doubles_nothing(store, clock, say, row):
    wall = Wall(recognises_for=timedelta(seconds=120))
    wall.script.extend([LOST] * 9)
    deliverer = Deliverer(store, {"wall": wall}, clock)
    await say("a")
    tries = []
    for _ in range(200):
        if await deliverer.deliver_due():
            tries.append(clock())
        clock.advance(seconds=5)
    assert (await row("a")).state == OutboxState.SENT
    assert wall.keys() == ["a"]
    assert max(b - a for a, b in pairwise(tries)) < wall.recognises_for


async def test_if_it_does_not_a_message_is_rather_posted_twice_than_lost(run, wall, say, row):
    wall.script.append(LOST)
    await say("a", "b")
    await run(minutes=1)
    assert wall.keys() == ["a", "a", "b"]
    assert (await row("a")).attempts == 2


async def test_a_channel_that_is_gone_is_reported_to_its_owner_and_holds_up_nothing(deliverer, wall, say, row):
    wall.refused["C1"] = ARCHIVED
    await say("a", owner_id="U1")
    await say("b", channel_id="C2")
    await deliverer.deliver_due()
    assert ((await row("a")).state, (await row("a")).error) == (OutboxState.DEAD, ARCHIVED.sentence)
    assert wall.keys("C2") == ["b"]


async def test_a_message_that_is_refused_for_itself_is_reported_to_its_owner(deliverer, wall, say):
    wall.script.append(Rejected("invalid_blocks", "The message is not taken.", is_message=True))
    await say("a", "b", owner_id="U1", reply=Reply("Up.", title="Daily digest"))
    await deliverer.deliver_due()
    assert wall.keys() == ["b"]
    (note,) = wall.channels["@U1"]
    assert "The message is not taken." in plain_text(note.reply)
    assert "Daily digest" in plain_text(note.reply)


async def test_a_person_who_cannot_be_notified_is_tried_a_few_times_and_slows_nobody_down(
    deliverer, wall, clock, say, row
):
    wall.strangers |= {f"U{number}" for number in range(9)}
    for number in range(9):
        await say(f"u{number}", channel_id="", person_id=f"U{number}")
    await deliverer.deliver_due()
    assert (await row("u1")).error == "no_direct_channel"
    await say("a", "b")
    await deliverer.deliver_due()
    assert wall.keys() == ["a", "b"]
    for _ in range(9):
        clock.advance(minutes=70)
        await deliverer.deliver_due()
    given_up = await row("u1")
    assert (given_up.state, given_up.attempts) == (OutboxState.DEAD, 8)
    assert wall.calls == ["a", "b"]


async def test_a_message_that_breaks_the_poster_slows_nobody_down(deliverer, wall, say, row, caplog):
    for number in range(4):
        await say(f"bad{number}", channel_id=f"D{number}")
        wall.breaks.add(f"D{number}")
    await deliverer.deliver_due()
    await say("a", "b")
    await deliverer.deliver_due()
    assert wall.keys() == ["a", "b"]
    assert ((await row("bad1")).state, (await row("bad1")).error) == (OutboxState.UNCLEAR, "fault")
    assert "posting a message failed" in caplog.text


async def test_what_waited_long_says_so(deliverer, wall, clock, say):
    await say("a")
    written = clock()
    clock.advance(minutes=16)
    await say("b")
    await deliverer.deliver_due()
    first, second = wall.channels["C1"]
    assert "Posted late" in plain_text(first.reply)
    assert plain_text(first.reply).endswith(f"Figures are as of {moment_text(written)}.")
    assert "late" not in plain_text(second.reply)


async def test_an_edit_changes_the_message_and_is_repeated_where_its_answer_was_lost(run, wall, say):
    await say("opened")
    await say("worse", edits="opened")
    wall.script.extend([None, LOST])
    await run(minutes=1)
    (note,) = wall.channels["C1"]
    assert (note.key, note.reply.summary, note.edits) == ("opened", "This is worse.", 2)


@ON_EACH
async def test_a_reply_is_posted_under_its_message_once_that_is_there(run, wall, say):
    await say("opened")
    await say("urgent", replies_to="opened")
    wall.script.append(BUSY)
    await run(minutes=1)
    assert [(note.key, note.replies_to) for note in wall.channels["C1"]] == [("opened", None), ("urgent", "C1/1")]


async def test_an_edit_of_a_message_that_is_gone_is_posted_anew(deliverer, wall, say):
    await say("opened")
    await say("worse", "better", edits="opened")
    wall.script.extend([None, Rejected("message_not_found", "It is gone.", is_message=True)])
    await deliverer.deliver_due()
    assert wall.keys() == ["opened", "worse"]
    assert wall.channels["C1"][1].reply.summary == "This is better."


async def test_what_came_too_late_is_not_posted_any_more(deliverer, wall, clock, say, row):
    await say("a", expires_at=clock() + timedelta(hours=12), owner_id="U1")
    clock.advance(hours=12)
    await deliverer.deliver_due()
    assert (wall.keys(), (await row("a")).state) == ([], OutboxState.DEAD)
    assert "expired" in (await row("a")).error
    assert wall.keys("@U1") == ["told:a:U1"]


async def test_a_message_that_fails_for_a_day_is_given_up_and_reported(deliverer, wall, clock, say, row):
    wall.down = Unclear("status_500")
    await say("a", owner_id="U1")
    await deliverer.deliver_due()
    wall.down = None
    clock.advance(hours=24)
    await deliverer.deliver_due()
    assert (wall.keys(), (await row("a")).state) == ([], OutboxState.DEAD)
    assert wall.keys("@U1") == ["told:a:U1"]


async def test_a_person_who_shared_a_card_is_notified_that_the_channel_does_not_take_it(deliverer, wall, say):
    wall.script.extend([ARCHIVED, ARCHIVED])
    await say("share:1:C1", "digest:1", owner_id="U1")
    await deliverer.deliver_due()
    assert wall.keys("@U1") == ["told:share:1:C1:U1"]


async def test_what_cannot_be_read_holds_up_nobody(deliverer, database, wall, say, row):
    await say("bad", "good")
    async with database.writing() as connection:
        await connection.execute(update(outbox).where(outbox.c.key == "bad").values(payload="{}"))
    await deliverer.deliver_due()
    assert ((await row("bad")).state, wall.keys()) == (OutboxState.DEAD, ["good"])


async def test_after_stop_what_is_under_way_ends_and_nothing_more_is_claimed(deliverer, wall, say):
    wall.takes = 0.2
    await say("a", "b")
    work = asyncio.create_task(deliverer.deliver_due())
    await wall.busy.wait()
    deliverer.stop()
    assert await work == 1
    assert wall.keys() == ["a"]


@ON_EACH
async def test_a_deliverer_that_is_ended_by_force_leaves_its_messages_to_the_next_one(
    deliverer, store, wall, clock, say, row
):
    wall.takes = 60
    await say("a")
    work = asyncio.create_task(deliverer.deliver_due())
    await wall.busy.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert work.cancelled()
    wall.takes = 0
    clock.advance(seconds=45)
    counts = Counter()
    assert await Deliverer(store, {"wall": wall}, clock, counts).deliver_due() == 1
    assert counts == {("wall", "posted"): 1}
    assert ((await row("a")).attempts, wall.keys()) == (2, ["a"])


@ON_EACH
async def test_the_clock_may_step_back_and_forth_and_everything_is_posted_once(run, wall, clock, say, store):
    watch = ClockWatch(store, clock)
    await watch.run()
    await say("a")
    clock.advance(hours=-1)
    await watch.run()
    await run(seconds=5)
    wall.script.append(BUSY)
    await say("b")
    await run(seconds=1)
    clock.advance(hours=-2)
    await watch.run()
    await run(seconds=5)
    clock.advance(hours=5)
    await say("c")
    await run(seconds=5)
    assert wall.keys() == ["a", "b", "c"]
