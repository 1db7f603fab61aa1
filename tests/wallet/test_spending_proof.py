"""What settles an unclear start, and all that only looks as if it did."""

from decimal import Decimal

import pytest
from pydantic import SecretStr

from bot.reply.model import Tone
from tests.standins.scene import ANA, EVE, LINK, LIST, TRACK, YOUTUBE, sandbox_of, scene_of


async def test_a_start_seen_on_a_machine_whose_clock_runs_behind_is_still_found(scene, misbehave):
    misbehave("hang")
    reply = await scene.start()
    scene.sandbox.world.track(scene.sandbox.key, LINK, 7)
    scene.clock.advance(hours=-1)
    await scene.say(
        "/track https://www.tiktok.com/@another/video/7301234567890120001", EVE
    )  # lists the account before it offers
    scene.clock.advance(hours=2)
    assert (await scene.press(reply, "Check again")).tone is Tone.SUCCESS


async def test_an_older_finished_tracking_is_not_taken_for_the_start(scene, misbehave):
    await scene.start(days=1)
    scene.clock.advance(days=2)
    misbehave("hang")
    reply = await scene.start()
    assert reply.title == "Not clear yet"
    scene.clock.advance(hours=1, minutes=2)
    for _ in range(3):
        settled = await scene.press(reply, "Check again")
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
    found = await scene.press(reply, "Check again")
    assert found.title == "Tracking started"


@pytest.mark.parametrize("fault", ["500", "hang", "garbage", "401", "429", "truncated"])
async def test_when_the_list_fails_the_start_stays_unclear_however_long(scene, misbehave, fault):
    misbehave("reset")
    card = await scene.say(f"/track {LINK} 7")
    reply = await scene.press(card, "Track 7")
    scene.clock.advance(days=2)
    scene.sandbox.faults.add(fault, LIST, times=None, seconds=30)
    looked = await scene.press(reply, "Check again")
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
    scene.clock.advance(hours=2)
    for _ in range(5):
        assert (await scene.press(reply, "Check again")).title == "Not clear yet"
    scene.clock.advance(days=2)
    assert scene.posts() == 1


async def test_another_account_proves_nothing_of_an_unclear_start(clock, sqlite_url):
    keys = {"cs_test_one": "One", "cs_test_two": "Two"}
    locked = {"secret_keys": SecretStr("0123456789abcdef" * 2)}
    async with sandbox_of(clock, keys=keys) as sandbox, scene_of(sandbox, clock, sqlite_url, **locked) as scene:
        sandbox.faults.add("reset", TRACK)
        unclear = await scene.start()
        await scene.bot.run("connect", {"key": "cs_test_two"}, ANA)
        for _ in range(4):
            scene.clock.advance(hours=2)
            assert (await scene.press(unclear, "Check again")).title == "Not clear yet"


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
            scene.clock.advance(hours=2)
            scene.sandbox.faults.add("status", LIST, status=200, body=body)
            assert (await scene.press(unclear, "Check again")).title == "Not clear yet"


async def test_an_answer_about_another_video_is_unclear(scene):
    answer = {"id": "v1", "video_link": YOUTUBE, "platform": "youtube", "status": "monitoring"}
    scene.sandbox.faults.add("status", TRACK, status=201, body=answer)
    assert (await scene.start()).title == "Not clear yet"


async def test_a_longer_tracking_that_somebody_else_started_is_not_taken_for_ours(scene, misbehave):
    misbehave("reset")
    unclear = await scene.start(days=3)
    scene.sandbox.world.track(scene.sandbox.key, LINK, 30)
    assert (await scene.press(unclear, "Check again")).title == "Not clear yet"
    assert all(entry.cost is None for entry in await scene.audit())
