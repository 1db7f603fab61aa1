"""The monthly cap of a workspace always holds, to the cent and under any number of simultaneous presses."""

import asyncio
from decimal import Decimal

from bot.reply.model import Reply, Tone
from bot.reply.plain import plain_spans, plain_text
from tests.standins.environment import BEN, LINK, TRACK, YOUTUBE, environment_of, labels, rows, steady


async def test_the_cap_holds_for_many_simultaneous_presses(sandbox, clock, database_url):
    async with environment_of(sandbox, clock, database_url, monthly_cap_usd=Decimal("1.08")) as env:
        cards = [await env.say(f"/track {link} 1", BEN) for link in steady(5)]
        replies = await asyncio.gather(*(env.press(card, "Track 1 day", BEN) for card in cards))
        assert (env.posts(), env.trackings()) == (3, 3)
        refused = [reply for reply in replies if reply.tone is Tone.PROBLEM]
        assert len(refused) == 2
        for reply in refused:
            assert "Only $0.00 of the $1.08 monthly cap is left" in reply.summary
            assert "MONTHLY_CAP_USD" in reply.summary
            assert reply.public_line == ()


async def test_a_batch_starts_as_many_as_the_cap_allows_and_explains_the_rest(sandbox, clock, sqlite_url):
    async with environment_of(sandbox, clock, sqlite_url, monthly_cap_usd=Decimal("1.52")) as env:
        card = await env.say(f"/track {' '.join(steady(4))} 1")
        await env.start(YOUTUBE, 2)
        reply = await env.press(card, "Track 1 day")
        assert "2 of 4 videos started" in reply.summary
        assert all("only $0.08 of the $1.52 monthly cap is left" in row[1] for row in rows(reply)[2:])
        assert "2 videos" in plain_spans(reply.public_line)


async def test_unclear_starts_count_towards_the_cap_but_failed_ones_do_not(sandbox, clock, sqlite_url):
    async with environment_of(sandbox, clock, sqlite_url, monthly_cap_usd=Decimal("0.40")) as env:
        sandbox.faults.add("400", TRACK)
        await env.start(steady(1)[0], 1)
        early = await env.say(f"/track {steady(3)[2]} 1")
        sandbox.faults.add("reset", TRACK)
        assert (await env.start(steady(2)[1], 1)).title == "Not clear yet"
        assert "Only $0.04 of the" in (await env.press(early, "Track 1 day")).summary
        assert "of $0.04 left of the monthly cap" in plain_text(await env.say(f"/track {steady(3)[2]}"))


async def test_the_card_shows_what_is_left_and_offers_nothing_beyond_it(sandbox, clock, sqlite_url):
    async with environment_of(sandbox, clock, sqlite_url, monthly_cap_usd=Decimal(5)) as env:
        await env.start(LINK, 7)
        card = await env.say(f"/track {YOUTUBE}")
        assert "3 days · up to $1.08, of $2.48 left of the monthly cap." in card.summary
        assert labels(card) == ["Track 3 days · $1.08", "Cancel", "1 day · $0.36"]
        assert "7, 14 and 30 days: over the monthly cap" in plain_text(card)
        several = await env.say(f"/track {' '.join(steady(4))}")
        assert offered_days(several) == ["Track 1 day · $1.44"]
        longer = await env.say(f"/track {YOUTUBE} 8")
        assert offered_days(longer) == []
        assert "That's $0.40 too much. Ask an admin to raise MONTHLY_CAP_USD" in longer.summary
        assert "Add credit" not in plain_text(longer)
        assert "$2.48 left of the $5.00 monthly cap" in (await env.say("/usage")).summary
        assert "$2.48 left of the $5.00 monthly cap" in plain_text(await env.bot.run("home", {}, BEN))


async def test_a_cap_of_zero_stops_everything(sandbox, clock, sqlite_url):
    async with environment_of(sandbox, clock, sqlite_url, monthly_cap_usd=Decimal(0)) as env:
        card = await env.say(f"/track {LINK}")
        assert offered_days(card) == []
        assert "$0.00 left of the monthly cap" in card.summary


def offered_days(card: Reply) -> list[str]:
    return [label for label in labels(card) if label.startswith("Track")]
