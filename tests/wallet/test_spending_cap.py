"""The monthly cap of a workspace holds whatever else happens, to the cent and under any number of presses at once."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from bot.reply.model import Tone
from bot.reply.plain import plain_spans
from tests.standins.scene import BEN, EVE, LINK, TRACK, YOUTUBE, rows, scene_of


def links(count: int) -> list[str]:
    return [f"https://www.tiktok.com/@steady/video/{number}" for number in range(1, count + 1)]


async def test_the_cap_holds_when_many_press_at_once(sandbox, clock, database_url):
    async with scene_of(sandbox, clock, database_url, monthly_cap_usd=Decimal("1.08")) as scene:
        cards = [await scene.say(f"/track {link} 1", caller) for link in links(6) for caller in (BEN,)]
        replies = await asyncio.gather(*(scene.press(card, "Track 1 day", BEN) for card in cards))
        assert (scene.posts(), scene.trackings()) == (3, 3)
        refused = [reply for reply in replies if reply.tone is Tone.PROBLEM]
        assert len(refused) == 3
        for reply in refused:
            assert "cap of $1.08 a month leaves $0.00" in reply.summary
            assert "MONTHLY_CAP_USD" in reply.summary
            assert reply.public_line == ()


async def test_the_cap_holds_across_two_bots(sandbox, clock, database_url):
    async with (
        scene_of(sandbox, clock, database_url, monthly_cap_usd=Decimal("0.72")) as one,
        scene_of(sandbox, clock, database_url, monthly_cap_usd=Decimal("0.72")) as two,
    ):
        cards = [(scene, await scene.say(f"/track {link} 1")) for link in links(3) for scene in (one, two)]
        await asyncio.gather(*(scene.press(card, "Track 1 day") for scene, card in cards))
        assert (one.posts(), one.trackings()) == (2, 2)


async def test_the_cap_is_reached_exactly_and_not_passed_by_a_cent(sandbox, clock, sqlite_url):
    async with scene_of(sandbox, clock, sqlite_url, monthly_cap_usd=Decimal("2.52")) as scene:
        assert (await scene.start(LINK, 7)).tone is Tone.SUCCESS
        refused = await scene.start(YOUTUBE, 1)
        assert "leaves $0.00" in refused.summary
        assert scene.posts() == 1


async def test_a_batch_starts_what_the_cap_has_room_for_and_says_why_not_the_rest(sandbox, clock, sqlite_url):
    async with scene_of(sandbox, clock, sqlite_url, monthly_cap_usd=Decimal("0.80")) as scene:
        card = await scene.say(f"/track {' '.join(links(4))} 1")
        reply = await scene.press(card, "Track 1 day")
        assert "2 of 4 videos started" in reply.summary
        assert all("cap of $0.80 a month leaves $0.08" in row[2] for row in rows(reply)[2:])
        assert "2 videos" in plain_spans(reply.public_line)


async def test_what_is_unclear_counts_and_what_failed_does_not(sandbox, clock, sqlite_url):
    async with scene_of(sandbox, clock, sqlite_url, monthly_cap_usd=Decimal("0.40")) as scene:
        sandbox.faults.add("400", TRACK)
        await scene.start(links(1)[0], 1)
        sandbox.faults.add("reset", TRACK)
        assert (await scene.start(links(2)[1], 1)).title == "Not clear yet"
        assert "leaves $0.04" in (await scene.start(links(3)[2], 1)).summary


async def test_a_new_month_has_a_new_cap(sandbox, clock, sqlite_url):
    clock.now = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
    async with scene_of(sandbox, clock, sqlite_url, monthly_cap_usd=Decimal("0.36")) as scene:
        await scene.start(LINK, 1)
        assert (await scene.start(YOUTUBE, 1)).tone is Tone.PROBLEM
        clock.advance(minutes=1)
        assert (await scene.start(YOUTUBE, 1)).tone is Tone.SUCCESS


async def test_each_workspace_has_its_own_cap(sandbox, clock, sqlite_url):
    async with scene_of(sandbox, clock, sqlite_url, monthly_cap_usd=Decimal("0.36")) as scene:
        assert (await scene.start(LINK, 1)).tone is Tone.SUCCESS
        assert (await scene.start(YOUTUBE, 1, EVE)).tone is Tone.SUCCESS
        assert (await scene.start(links(1)[0], 1, EVE)).tone is Tone.PROBLEM


async def test_a_cap_of_nothing_stops_everything(sandbox, clock, sqlite_url):
    async with scene_of(sandbox, clock, sqlite_url, monthly_cap_usd=Decimal(0)) as scene:
        assert "cap of $0.00 a month leaves $0.00" in (await scene.start()).summary
        assert scene.posts() == 0
