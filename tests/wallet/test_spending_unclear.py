"""When nobody knows whether money was spent: never sent twice, settled by looking, and said so all the while."""

from decimal import Decimal

import pytest
from pydantic import SecretStr

from bot.reply.model import Tone
from bot.reply.plain import plain_spans, plain_text
from tests.standins.scene import ANA, BEN, EVE, LINK, LIST, TRACK, YOUTUBE, labels, rows, sandbox_of, scene_of

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
REFUSED = {
    "400": "refuses this request",
    "401": "does not accept the API key",
    "402": "The balance is too low",
    "403": "denies this API key access",
    "404": "does not know that video",
    "409": "refuses this (409)",
    "429": "takes no more calls for the moment",
}


@pytest.fixture
def misbehave(scene):
    """Let the next call to track go wrong in a way that a person could not tell from any other."""

    def add(fault, **options):
        scene.sandbox.faults.add(fault, TRACK, seconds=30, **options)

    return add


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
    scene.clock.advance(minutes=9, seconds=59)
    for _ in range(4):
        assert (await scene.press(reply, "Look again")).title == "Not clear yet"
    scene.clock.advance(seconds=1)
    for _ in range(2):
        assert (await scene.say(f"/track {LINK} 7")).title == "Not clear yet"
        for _ in range(3):
            assert (await scene.press(reply, "Look again")).title == "Not clear yet"  # three clicks are one look
        scene.clock.advance(minutes=1)
    assert scene.posts() == 1
    settled = await scene.press(reply, "Look again")
    assert "Not started: it does not appear in the account" in settled.summary
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
        settled = await scene.press(unclear, "Look again")
    assert settled.title == "Not started"
    assert (scene.posts(), scene.trackings()) == (2, 1)


async def test_while_a_start_is_unclear_nobody_can_send_it_again(scene, misbehave):
    misbehave("reset")
    early = await scene.say(f"/track {LINK} 7", BEN)
    card = await scene.say(f"/track {LINK} 7")
    await scene.press(card, "Track 7")
    assert "just being started by another request" in (await scene.press(early, "Track 7", BEN)).summary
    assert (await scene.say(f"/track {LINK} 3", BEN)).title == "Not clear yet"
    assert "used already" in (await scene.press(card, "Track 7")).summary
    assert scene.posts() == 1


async def test_while_a_start_is_unclear_another_workspace_learns_nothing_of_it(scene, misbehave):
    misbehave("reset")
    await scene.start()
    reply = await scene.say(f"/track {LINK} 7", EVE)
    assert "just being started with the same API key, from another workspace. Nothing was spent" in reply.summary
    assert "Ana" not in plain_text(reply)
    assert labels(reply) == []
    assert scene.posts() == 1


async def test_a_start_that_shows_up_late_is_found_and_is_news_once(scene, misbehave):
    misbehave("hang")
    reply = await scene.start()
    scene.clock.advance(minutes=3)
    late = scene.sandbox.world.track(scene.sandbox.key, LINK, 7)
    found = await scene.press(reply, "Look again", BEN)
    assert found.tone is Tone.SUCCESS
    assert plain_spans(found.public_line).startswith("Ana started tracking ")
    again = await scene.press(reply, "Look again", BEN)
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
    told = await scene.press(reply, "Look again")
    assert "Tracking started for 7 days" in told.summary
    assert told.public_line == ()
    assert "Everything works" in (await scene.say("/status")).summary


async def test_a_start_seen_on_a_machine_whose_clock_runs_behind_is_still_found(scene, misbehave):
    misbehave("hang")
    reply = await scene.start()
    scene.sandbox.world.track(scene.sandbox.key, LINK, 7)
    scene.clock.advance(hours=-1)
    await scene.say("/track https://www.tiktok.com/@another/video/1", EVE)  # lists the account before it offers
    scene.clock.advance(hours=2)
    assert (await scene.press(reply, "Look again")).tone is Tone.SUCCESS


async def test_an_older_finished_tracking_is_not_taken_for_the_start(scene, misbehave):
    await scene.start(days=1)
    scene.clock.advance(days=2)
    misbehave("hang")
    reply = await scene.start()
    assert reply.title == "Not clear yet"
    scene.clock.advance(minutes=12)
    for _ in range(3):
        settled = await scene.press(reply, "Look again")
    assert settled.title == "Not started"


async def test_a_start_that_ended_before_anybody_looked_is_found_all_the_same(scene, misbehave):
    await scene.start(days=1)
    scene.clock.advance(days=2)
    misbehave("effect-then-reset")
    scene.sandbox.faults.add("500", LIST, times=None)
    card_needs_the_list = await scene.say(f"/track {LINK} 1")
    assert card_needs_the_list.tone is Tone.PROBLEM
    scene.sandbox.faults.clear()
    card = await scene.say(f"/track {LINK} 1")
    misbehave("hang")
    reply = await scene.press(card, "Track 1 day")
    scene.clock.advance(seconds=1)
    scene.sandbox.world.track(scene.sandbox.key, LINK, 1)
    scene.clock.advance(days=3)
    found = await scene.press(reply, "Look again")
    assert found.title == "Tracking started"


@pytest.mark.parametrize("fault", ["500", "hang", "garbage", "401", "429", "truncated"])
async def test_when_the_list_fails_the_start_stays_unclear_however_long(scene, misbehave, fault):
    misbehave("reset")
    card = await scene.say(f"/track {LINK} 7")
    reply = await scene.press(card, "Track 7")
    scene.clock.advance(days=2)
    scene.sandbox.faults.add(fault, LIST, times=None, seconds=30)
    looked = await scene.press(reply, "Look again")
    assert looked.title == "Not clear yet"
    assert "ContentStats" in looked.summary
    assert (await scene.say("/status")).tone is Tone.WARNING
    assert scene.posts() == 1


async def test_a_list_that_may_hide_videos_proves_nothing(scene, misbehave):
    misbehave("reset")
    reply = await scene.start()
    scene.sandbox.world.add_credit(scene.sandbox.key, Decimal(1000))
    for number in range(100):
        scene.sandbox.world.track(scene.sandbox.key, f"https://www.tiktok.com/@other/video/{9000 + number}", 1)
    scene.clock.advance(minutes=11)
    for _ in range(5):
        assert (await scene.press(reply, "Look again")).title == "Not clear yet"
    scene.clock.advance(days=2)
    assert scene.posts() == 1


@pytest.mark.parametrize(("status", "words"), REFUSED.items())
async def test_a_refusal_is_told_spends_nothing_and_leaves_the_link_free(scene, misbehave, status, words):
    misbehave(status, headers={"Retry-After": "1"})
    reply = await scene.start()
    assert reply.tone is Tone.PROBLEM
    assert reply.title == "Not started"
    assert words in reply.summary
    assert reply.public_line == ()
    assert (scene.posts(), scene.trackings()) == (1, 0)
    (entry,) = await scene.audit()
    assert entry.cost is None
    assert words in entry.outcome
    card = await scene.say(f"/track {LINK} 7")
    assert card.title == "Track this TikTok video?"


async def test_a_used_button_of_a_refused_start_says_why_and_sends_nothing(scene, misbehave):
    misbehave("400")
    card = await scene.say(f"/track {LINK} 7")
    await scene.press(card, "Track 7")
    again = await scene.press(card, "Track 7")
    assert "used already" in again.summary
    assert ".." not in again.summary
    assert scene.posts() == 1


async def test_a_start_that_cannot_leave_is_no_start(sandbox, clock, sqlite_url):
    async with scene_of(sandbox, clock, sqlite_url) as scene:
        card = await scene.say(f"/track {LINK} 7")
        await sandbox.__aexit__(None, None, None)
        reply = await scene.press(card, "Track 7")
        assert reply.tone is Tone.PROBLEM
        assert "cannot be reached" in reply.summary


async def test_402_names_the_exact_shortfall_and_offers_credit(scene):
    scene.sandbox.world.add_credit(scene.sandbox.key, Decimal("-97.60"))
    card = await scene.say(f"/track {LINK}")
    assert "Not possible: $0.12 short." in plain_text(card)
    assert [label for label in labels(card) if label.startswith("Track")] == [
        "Track 1 day · $0.36",
        "Track 3 days · $1.08",
    ]
    scene.clock.advance(seconds=30)
    card = await scene.say(f"/track {LINK} 3")
    scene.sandbox.world.add_credit(scene.sandbox.key, Decimal("-2.00"))
    reply = await scene.press(card, "Track 3")
    assert "this needs $1.08, $0.40 is there and $0.68 is missing" in reply.summary
    assert "Add credit" in plain_text(reply)
    assert reply.public_line == ()


async def test_a_batch_stops_at_the_first_402_and_says_what_became_of_each(scene):
    links = " ".join(f"https://www.tiktok.com/@steady/video/{number}" for number in range(1, 5))
    card = await scene.say(f"/track {links} 1")
    scene.sandbox.faults.add("headers", TRACK)
    short = {"error": "Insufficient balance", "balance": 0.08, "estimated_cost": 0.36, "required": 0.36}
    scene.sandbox.faults.add("402", TRACK, body=short)
    reply = await scene.press(card, "Track 1 day")
    assert reply.tone is Tone.WARNING
    assert "1 of 4 videos started, up to $0.36 in all" in reply.summary
    assert plain_spans(reply.public_line) == (
        "Ana started tracking https://www.tiktok.com/@steady/video/1 for 1 day, up to $0.36."
    )
    assert [row[2].split(":")[0] for row in rows(reply)] == ["started, up to $0.36", *["not started"] * 3]
    assert "$0.36, $0.08 is there and $0.28 is missing" in rows(reply)[1][2]
    assert "was not sent" in rows(reply)[2][2]
    assert (scene.posts(), scene.trackings()) == (2, 1)


async def test_what_a_batch_left_unclear_is_shown_beside_what_started(scene):
    card = await scene.say(f"/track {YOUTUBE} {LINK} 1")
    scene.sandbox.faults.add("reset", TRACK)
    reply = await scene.press(card, "Track 1 day")
    assert [row[2] for row in rows(reply)] == ["not clear yet", "started, up to $0.36"]
    assert "Look again" in labels(reply)
    assert "never sent twice" in plain_text(reply)
    assert scene.posts() == 2


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
        assert (await scene.say("/status")).summary == "Everything works."
        assert scene.posts() == scene.trackings() == 2
        assert sum(entry.cost or 0 for entry in await scene.audit()) == Decimal("0.72")


async def test_a_press_that_reaches_a_process_with_another_key_spends_nothing(clock, sqlite_url):
    keys = {"cs_test_one": "One", "cs_test_two": "Two"}
    locked = {"secret_keys": SecretStr("0123456789abcdef" * 2)}
    async with (
        sandbox_of(clock, keys=keys) as sandbox,
        scene_of(sandbox, clock, sqlite_url, **locked) as here,
        scene_of(sandbox, clock, sqlite_url, **locked) as there,
    ):
        await there.say("/usage")
        await here.bot.run("connect", {"key": "cs_test_two"}, ANA)
        card = await here.say(f"/track {LINK} 7")
        refused = await there.press(card, "Track 7")
        assert "expired" in refused.summary
        assert here.posts() == 0
        assert (await here.press(await here.say(f"/track {LINK} 7"), "Track 7")).tone is Tone.SUCCESS
        assert len(sandbox.world.account("cs_test_two").trackings) == 1


async def test_another_account_proves_nothing_of_an_unclear_start(clock, sqlite_url):
    keys = {"cs_test_one": "One", "cs_test_two": "Two"}
    locked = {"secret_keys": SecretStr("0123456789abcdef" * 2)}
    async with sandbox_of(clock, keys=keys) as sandbox, scene_of(sandbox, clock, sqlite_url, **locked) as scene:
        sandbox.faults.add("reset", TRACK)
        unclear = await scene.start()
        await scene.bot.run("connect", {"key": "cs_test_two"}, ANA)
        for _ in range(4):
            scene.clock.advance(minutes=11)
            assert (await scene.press(unclear, "Look again")).title == "Not clear yet"


async def test_a_list_without_a_video_that_runs_or_with_a_link_that_cannot_be_read_proves_nothing(scene, misbehave):
    await scene.start("https://www.tiktok.com/@steady/video/7300000000000000001")
    misbehave("reset")
    unclear = await scene.start()
    (known,) = scene.sandbox.world.account(scene.sandbox.key).trackings
    row = {
        "id": known,
        "video_link": "https://www.tiktok.com/@steady/video/7300000000000000001",
        "status": "monitoring",
    }
    strange = {"id": "strange", "video_link": "https://tiktok.example/x", "platform": "tiktok", "status": "monitoring"}
    for listed in ([], [row, strange], [row, {"video_link": LINK}], [row] * 50):
        body = {"videos": listed, "total": len(listed), "limit": 50}
        for _ in range(4):
            scene.clock.advance(minutes=11)
            scene.sandbox.faults.add("status", LIST, status=200, body=body)
            assert (await scene.press(unclear, "Look again")).title == "Not clear yet"


async def test_a_price_that_rose_since_the_card_is_not_paid(scene):
    card = await scene.say(f"/track {LINK} 7")
    scene.clock.advance(minutes=5)
    usage = {"balance_usd": 50, "uncharged_usage_usd": 0, "cost_per_snapshot": 0.15}
    scene.sandbox.faults.add("status", "GET /usage", status=200, body=usage)
    refused = await scene.press(card, "Track 7")
    assert "price of a snapshot has risen" in refused.summary
    assert scene.posts() == 0


async def test_what_the_api_says_that_it_costs_is_told_and_counted(scene):
    answer = {"id": "v1", "video_link": LINK, "platform": "tiktok", "status": "monitoring", "estimated_cost": 25.2}
    scene.sandbox.faults.add("status", TRACK, status=201, body=answer)
    reply = await scene.start()
    assert "$25.20" in reply.summary
    assert [entry.cost for entry in await scene.audit()] == [Decimal("25.2")]


async def test_an_answer_about_another_video_is_unclear(scene):
    answer = {"id": "v1", "video_link": YOUTUBE, "platform": "youtube", "status": "monitoring"}
    scene.sandbox.faults.add("status", TRACK, status=201, body=answer)
    assert (await scene.start()).title == "Not clear yet"


async def test_a_longer_tracking_that_somebody_else_started_is_not_taken_for_ours(scene, misbehave):
    misbehave("reset")
    unclear = await scene.start(days=3)
    scene.sandbox.world.track(scene.sandbox.key, LINK, 30)
    assert (await scene.press(unclear, "Look again")).title == "Not clear yet"
    assert all(entry.cost is None for entry in await scene.audit())


async def test_nothing_is_disconnected_while_a_start_is_unclear(scene, misbehave):
    misbehave("reset")
    await scene.start()
    for command in ("disconnect", "disconnect.confirm"):
        assert "not settled yet" in (await scene.bot.run(command, {}, ANA)).summary
    assert (await scene.say(f"/track {LINK} 7")).title == "Not clear yet"


async def test_disconnecting_does_not_give_the_month_back(sandbox, clock, database_url):
    async with scene_of(sandbox, clock, database_url, monthly_cap_usd=Decimal(3)) as scene:
        await scene.start()
        await scene.bot.run("disconnect.confirm", {}, ANA)
        assert "cap of $3.00" in (await scene.start(YOUTUBE)).summary
        assert scene.posts() == 1
