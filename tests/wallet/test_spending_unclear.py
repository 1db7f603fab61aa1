"""When nobody knows whether money was spent: never sent twice, settled by looking, and said so all the while."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.clock import month_of
from bot.reply.model import Tone
from bot.reply.plain import plain_spans, plain_text
from bot.store.tracking import Submitted
from tests.standins.scene import ANA, BEN, EVE, LINK, LIST, TRACK, YOUTUBE, button, labels, rows, scene_of

TOOK_EFFECT = [
    "effect-then-hang",
    "effect-then-reset",
    "effect-then-500",
    "effect-then-503",
    "effect-then-garbage",
    "effect-then-html",
    "effect-then-huge",
    "truncated",
]


NO_EFFECT = ["hang", "reset", "500", "garbage", "html"]


@pytest.mark.parametrize("fault", TOOK_EFFECT)
async def test_a_start_whose_answer_is_lost_is_found_by_looking_and_reported_as_started(scene, misbehave, fault):
    misbehave(fault)
    reply = await scene.start()
    assert reply.tone is Tone.SUCCESS
    assert "Tracking started for 7 days, up to $2.52" in reply.summary
    assert plain_spans(reply.public_line).startswith("Ana started tracking ")
    assert (scene.posts(), scene.trackings()) == (1, 1)
    tracked, unclear = await scene.audit()
    assert (tracked.cost, tracked.outcome, unclear.cost) == (Decimal("2.52"), "tracking", None)
    again = await scene.say(f"/track {LINK}")
    assert "already being tracked" in again.summary
    assert scene.posts() == 1


@pytest.mark.parametrize("fault", NO_EFFECT)
async def test_a_start_that_may_have_failed_is_never_sent_again_and_free_only_after_quiet_and_three_looks(
    scene, misbehave, fault
):
    misbehave(fault)
    reply = await scene.start()
    assert reply.tone is Tone.WARNING
    assert reply.title == "Not clear yet"
    assert reply.public_line == ()
    scene.clock.advance(minutes=59, seconds=59)
    for _ in range(4):
        assert (await scene.press(reply, "Check again")).title == "Not clear yet"
    scene.clock.advance(seconds=1)
    for _ in range(2):
        assert (await scene.say(f"/track {LINK} 7")).title == "Not clear yet"
        for _ in range(3):
            assert (await scene.press(reply, "Check again")).title == "Not clear yet"  # three clicks are one look
        scene.clock.advance(minutes=1)
    assert scene.posts() == 1
    settled = await scene.press(reply, "Check again")
    assert "Not started: it isn't in your account" in settled.summary
    assert "/track" in settled.summary
    assert scene.trackings() == 0
    assert (await scene.start()).tone is Tone.SUCCESS
    assert (scene.posts(), scene.trackings()) == (2, 1)


async def test_the_same_on_each_database(scene_on_each):
    scene = scene_on_each
    scene.sandbox.faults.add("effect-then-reset", TRACK)
    assert (await scene.start()).tone is Tone.SUCCESS
    scene.sandbox.faults.add("reset", TRACK)
    unclear = await scene.start(YOUTUBE)
    assert unclear.title == "Not clear yet"
    scene.clock.advance(minutes=12)
    for _ in range(3):
        settled = await scene.press(unclear, "Check again")
    assert settled.title == "Not started"
    assert (scene.posts(), scene.trackings()) == (2, 1)


async def test_while_a_start_is_unclear_a_second_one_takes_a_second_press_that_says_so(scene_on_each):
    scene = scene_on_each
    scene.sandbox.faults.add("reset", TRACK)
    early = await scene.say(f"/track {LINK} 7", BEN)
    late = await scene.say(f"/track {LINK} 7")
    card = await scene.say(f"/track {LINK} 7")
    unclear = await scene.press(card, "Track 7")
    warned = await scene.press(early, "Track 7", BEN)
    assert "an earlier start of this video (Mon 2 Mar, 10:30 UTC) is still unclear" in warned.summary
    assert "both are billed" in warned.summary
    assert (await scene.say(f"/track {LINK} 3", BEN)).title == "Not clear yet"
    assert "already used" in (await scene.press(card, "Track 7")).summary
    assert scene.posts() == 1
    scene.sandbox.faults.add("reset", TRACK)
    scene.clock.advance(minutes=2)
    second = await scene.press(warned, "Track it anyway · $2.52", BEN)
    assert (second.title, scene.posts()) == ("Not clear yet", 2)
    older = await scene.press(late, "Track 7")
    assert "10:32 UTC" in older.summary, "who was warned of the first start knows nothing of the second"
    offer = await scene.press(unclear, "Start another")
    assert "An earlier start (Mon 2 Mar, 10:32 UTC) is still unclear" in plain_text(offer)
    third = await scene.press(offer, "Track 3 days")
    assert (third.tone, scene.posts(), scene.trackings()) == (Tone.SUCCESS, 3, 1)
    scene.clock.advance(minutes=10)
    for _ in range(3):
        scene.clock.advance(minutes=1)
        settled = [await scene.press(reply, "Check again", caller) for reply, caller in ((unclear, ANA), (second, BEN))]
    assert [each.title for each in settled] == ["Not clear yet"] * 2, "nothing measured how soon a start appears"


async def test_while_a_start_is_unclear_another_workspace_learns_nothing_of_it(scene, misbehave):
    misbehave("reset")
    await scene.start()
    reply = await scene.say(f"/track {LINK} 7", EVE)
    assert "starting right now from another workspace with the same API key. Nothing was spent" in reply.summary
    assert "Ana" not in plain_text(reply)
    assert labels(reply) == []
    assert scene.posts() == 1


async def test_a_start_that_shows_up_late_is_found_and_is_news_once(scene, misbehave):
    misbehave("hang")
    reply = await scene.start()
    scene.clock.advance(minutes=3)
    late = scene.sandbox.world.track(scene.sandbox.key, LINK, 7)
    found = await scene.press(reply, "Check again", replace(BEN, channel_id=ANA.channel_id))
    assert found.tone is Tone.SUCCESS
    assert plain_spans(found.public_line).startswith("Ana started tracking ")
    assert (found.reports, len(found.announces)) == ((), 1), "Ana has not read it"
    again = await scene.press(reply, "Check again", BEN)
    assert again.public_line == ()
    (entry, _) = await scene.audit()
    assert (entry.video_id, entry.person) == (late.id, ANA.person)


async def test_whoever_lists_the_account_settles_what_is_unclear_in_it(scene, misbehave):
    misbehave("hang")
    reply = await scene.start()
    scene.sandbox.world.track(scene.sandbox.key, LINK, 7)
    scene.clock.advance(minutes=6)
    assert "1 video" in (await scene.say("/videos")).summary
    assert "already being tracked" in (await scene.say(f"/track {LINK}")).summary
    told = await scene.press(reply, "Check again")
    assert "Tracking started for 7 days" in told.summary
    assert told.public_line == ()
    assert "Unclear requests: 0" in plain_text(await scene.say("/status"))


async def test_commands_about_something_else_look_for_it_twice_a_minute_at_most(scene, misbehave):
    misbehave("reset")
    reply = await scene.start()
    await scene.say("/videos")
    lines = ("/videos", "/usage", "/status", "/export all")

    async def lists(*asked):
        before = len(scene.sandbox.calls(LIST))
        for line in asked:
            await scene.say(line)
        return len(scene.sandbox.calls(LIST)) - before

    assert await lists(*lines * 5) == 0
    assert await lists(f"/track {LINK}") == 1  # for the one that is asked about; what runs was listed just before
    assert (await scene.press(reply, "Check again")).title == "Not clear yet"
    scene.clock.advance(seconds=30)
    assert await lists(*lines * 5) == 1
    scene.clock.advance(minutes=9, seconds=30)
    assert await lists(*lines * 5) == 2  # the list itself was due, and the look
    assert (await scene.say(f"/track {LINK}")).title == "Not clear yet", "what was not looked for proves nothing"
    assert scene.posts() == 1


async def test_opening_looks_for_what_is_unclear_and_gives_up_at_the_first_failure(sandbox, clock, sqlite_url):
    async with scene_of(sandbox, clock, sqlite_url) as scene:
        card = await scene.say(f"/track {YOUTUBE} {LINK} 1")
        # The list works right before the start, and fails for every look after it.
        sandbox.faults.add("effect-then-reset", TRACK, times=2)
        sandbox.faults.add("headers", LIST, times=1)
        sandbox.faults.add("500", LIST, times=None)
        assert [row[2] for row in rows(await scene.press(card, "Track 1 day"))] == ["not clear yet"] * 2
    before = len(sandbox.calls(LIST))
    async with scene_of(sandbox, clock, sqlite_url):
        assert len(sandbox.calls(LIST)) - before == 3  # the tries of one look
    sandbox.faults.clear()
    async with scene_of(sandbox, clock, sqlite_url) as scene:
        assert "Unclear requests: 0" in plain_text(await scene.say("/status"))
        assert scene.posts() == scene.trackings() == 2
        assert sum(entry.cost or 0 for entry in await scene.audit()) == Decimal("0.72")


async def test_nothing_is_disconnected_while_a_start_is_unclear(scene, misbehave):
    misbehave("reset")
    await scene.start()
    for command in ("disconnect", "disconnect.confirm"):
        assert "not settled yet" in (await scene.bot.run(command, {}, ANA)).summary
    assert (await scene.say(f"/track {LINK} 7")).title == "Not clear yet"


async def test_two_starts_of_a_link_whose_processes_were_killed_are_each_recorded_once(scene_on_each):
    scene = scene_on_each
    cards = [await scene.say(f"/track {LINK} 7") for _ in range(2)]
    despite = 0
    async with scene.store() as (store, _):
        (workspace,) = await store.workspaces.of_chat("console")
        for card in cards:
            (request,) = await store.tracking.batch(workspace.id, button(card, "Track 7").arguments["batch"])
            now, cost = scene.clock(), Decimal("2.52")
            terms = (7, cost, now, month_of(now), 10 * cost)
            sent = await store.tracking.submit(request.id, ANA.person.id, *terms, despite=despite)
            assert isinstance(sent, Submitted)
            despite = request.id
            scene.clock.advance(minutes=3)
    for _ in cards:
        scene.sandbox.world.track(scene.sandbox.key, LINK, 7)
        scene.clock.advance(minutes=2)
        await scene.say("/videos")
    tracked = [entry.video_id for entry in await scene.audit()]
    assert sorted(tracked) == sorted(scene.sandbox.world.account(scene.sandbox.key).trackings)
