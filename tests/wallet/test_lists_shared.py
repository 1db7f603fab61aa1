"""One list of the account serves everyone in every process, and each POST has a list newer than its press."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from adapters.chat.conversation import CONCURRENT_REPLIES
from bot.messages.problems import waiting_for_limit
from bot.reply.model import Reply, Tone
from bot.reply.plain import plain_text
from bot.wallet.listing import LIST_LEASE
from tests.polling.environment import SleepingClock
from tests.standins.environment import ANA, BEN, LINK, LIST, TRACK, USAGE, YOUTUBE, button, environment_of, sandbox_of

PEOPLE = 200
FREE_PLAN = {"requests_per_minute": 60}


def link(number: int) -> str:
    return f"https://www.tiktok.com/@steady/video/73{number:017}"


def refused(replies: list[Reply]) -> list[str]:
    """The replies that are no card."""
    return [reply.summary for reply in replies if reply.title != "Track this video?"]


async def everyone(*asking: Awaitable[Reply]) -> list[Reply]:
    """Everyone's replies, with as many at a time as one chat handles."""
    turns = asyncio.Semaphore(CONCURRENT_REPLIES)

    async def one(each: Awaitable[Reply]) -> Reply:
        async with turns:
            return await each

    return await asyncio.gather(*map(one, asking))


@pytest.fixture
async def free(clock):
    """A sandbox that allows a key sixty calls per minute."""
    async with sandbox_of(clock, **FREE_PLAN) as running:
        yield running


async def test_two_hundred_people_get_their_cards_on_the_free_plan(free, clock, sqlite_url):
    async with environment_of(free, clock, sqlite_url, asyncio.sleep) as env:
        cards = []
        for wave in range(4):
            asking = (env.say(f"/track {link(number)}") for number in range(wave, PEOPLE, 4))
            cards += await everyone(*asking)
            clock.advance(seconds=15)
        assert refused(cards) == []
        assert (env.posts(LIST), env.posts(USAGE), len(free.requests)) == (1, 1, 2)


async def test_two_processes_share_the_list(free, clock, postgres_url):
    async with (
        environment_of(free, clock, postgres_url, asyncio.sleep) as one,
        environment_of(free, clock, postgres_url, asyncio.sleep) as two,
    ):
        asking = ((one, two)[number % 2].say(f"/track {link(number)}") for number in range(PEOPLE // 4))
        assert refused(await everyone(*asking)) == []
        assert one.posts(LIST) == 1
        assert one.posts(USAGE) <= 2


async def test_presses_at_once_share_lists_that_are_newer_than_each(env):
    cards = [await env.say(f"/track {link(number)} 1") for number in range(5)]
    listed = env.posts(LIST)
    replies = await asyncio.gather(*(env.press(card, "Track 1 day") for card in cards))
    assert {reply.tone for reply in replies} == {Tone.SUCCESS}
    assert env.trackings() == env.posts() == 5
    assert env.posts(LIST) - listed <= 3


async def test_people_who_look_up_one_unclear_start_share_lists(env):
    env.sandbox.faults.add("reset", TRACK)
    unclear = await env.start()
    listed = env.posts(LIST)
    replies = await everyone(*(env.press(unclear, "Check again") for _ in range(20)))
    assert {reply.title for reply in replies} == {"Not clear yet"}
    assert env.posts(LIST) - listed <= 3


async def test_a_video_started_elsewhere_after_the_card_is_not_started_again(env_on_each):
    env = env_on_each
    cards = [await env.say(f"/track {each} 7", person) for each in (LINK, YOUTUBE) for person in (ANA, BEN)]
    env.track(LINK, YOUTUBE)
    people = (ANA, BEN, ANA, BEN)
    pressed = await asyncio.gather(
        *(env.press(card, "Track 7", person) for card, person in zip(cards, people, strict=True))
    )
    assert all("already being tracked, so nothing was spent" in reply.summary for reply in pressed)
    assert env.posts() == 0


async def test_a_list_that_began_before_the_press_does_not_count_for_it(env):
    """A list for an earlier press is in progress when the video starts elsewhere."""
    cards = [await env.say(f"/track {each} 7") for each in (YOUTUBE, LINK)]
    env.sandbox.faults.add("slow", LIST, seconds=0.3, times=1)
    asked = env.posts(LIST)
    early = asyncio.create_task(env.press(cards[0], "Track 7"))
    while env.posts(LIST) == asked:  # noqa: ASYNC110 - the sandbox only counts
        await asyncio.sleep(0.001)
    env.track(LINK)
    late = asyncio.create_task(env.press(cards[1], "Track 7"))
    assert (await early).tone is Tone.SUCCESS
    assert "already being tracked, so nothing was spent" in (await late).summary
    assert (env.posts(LIST), env.posts()) == (asked + 2, 1)


async def test_a_process_that_died_during_its_list_delays_others_only_briefly(env):
    async with env.store() as (store, wallet_id):
        assert await store.wallets.claim_list(wallet_id, 0, env.clock(), LIST_LEASE) == 1
    assert (await env.say(f"/track {LINK}")).title == "Track this video?"


async def test_an_offer_may_use_a_list_of_the_last_minute(env):
    await env.say(f"/track {LINK}")
    env.sandbox.faults.add("500", LIST, times=None)
    env.clock.advance(seconds=59)
    card = await env.say(f"/track {YOUTUBE} 7")
    assert card.title == "Track this video?"
    refused = await env.press(card, "Track 7")
    assert refused.tone is Tone.PROBLEM
    assert env.posts(TRACK) == 0
    env.clock.advance(seconds=1)
    assert "ContentStats" in plain_text(await env.say(f"/track {YOUTUBE}"))


async def test_on_an_exhausted_key_two_hundred_people_queue_and_nobody_is_refused(sqlite_url):
    clock = SleepingClock()
    async with (
        sandbox_of(clock, wall=clock.seconds, **FREE_PLAN) as spent,
        environment_of(spent, clock, sqlite_url, clock.sleep, clock.seconds) as env,
    ):
        for _ in range(60):
            spent.rate_limit.spend(spent.key)
        began = clock()
        cards = await everyone(*(env.say(f"/track {link(number)}") for number in range(PEOPLE)))
        assert refused(cards) == []
        assert clock() - began < timedelta(minutes=3)
        assert (env.posts(LIST), env.posts(USAGE)) == (2, 1)  # one of them was refused and tried again


async def test_a_stalled_queue_ends_with_a_refusal(sqlite_url):
    clock = SleepingClock()
    async with (
        sandbox_of(clock, wall=clock.seconds) as sandbox,
        environment_of(sandbox, clock, sqlite_url, clock.sleep, clock.seconds) as env,
    ):
        sandbox.faults.add("429", LIST, headers={"Retry-After": "70"}, times=None)
        refused = await env.say(f"/track {LINK}")
        assert refused.tone is Tone.PROBLEM
        assert "ContentStats isn't accepting more calls right now" in refused.summary
        assert env.posts(LIST) == 3


@pytest.mark.parametrize("wait", ["a refused list", "presses before it"])
async def test_people_in_the_queue_are_notified_once(env, monkeypatch, wait):
    monkeypatch.setattr("bot.wallet.wallet.NOTICE_AFTER", 0.05)
    words: list[Reply] = []

    async def meanwhile(word: Reply) -> None:
        words.append(word)

    cards = [await env.say(f"/track {link(number)} 1") for number in range(5)]
    quick = await env.bot.run("usage", {}, ANA, meanwhile)
    assert (quick.title, words) == ("Wallet", [])
    if wait == "a refused list":
        env.sandbox.faults.add("429", LIST, headers={"Retry-After": "2"})
        env.sandbox.faults.add("slow", LIST, seconds=0.5)
        replies = [await env.bot.run("track.start", button(cards[0], "Track 1 day").arguments, ANA, meanwhile)]
        (word,) = words
        assert word.summary in {waiting_for_limit(seconds).summary for seconds in (1, 2)}
    else:
        env.sandbox.faults.add("slow", TRACK, seconds=0.2, times=None)
        calls = [button(card, "Track 1 day").arguments for card in cards]
        replies = await asyncio.gather(*(env.bot.run("track.start", each, ANA, meanwhile) for each in calls))
        assert {word.summary for word in words} == {waiting_for_limit(0).summary}
        assert len(words) <= len(calls)
    assert {reply.title for reply in replies} == {"Tracking started"}
