"""Reading: as seldom as freshness allows, for any number of people, and the last numbers always stay."""

import asyncio
from decimal import Decimal

import pytest

from adapters.sandbox.world import COMPLETED
from bot.domain.videos import HOUR
from bot.reply.call import Call
from bot.reply.plain import plain_text
from bot.wallet.mirror import READ_LEASE
from tests.standins.environment import LINK, LIST, PAGE, USAGE, YOUTUBE, environment_of, rows, steady


async def test_two_hundred_simultaneous_people_cause_one_read(env, grown):
    replies = await asyncio.gather(*(env.say(f"/stats {grown}") for _ in range(200)))
    assert env.posts(PAGE) == 1
    assert len({plain_text(reply) for reply in replies}) == 1
    assert " last hour." in replies[0].summary


async def test_a_page_is_read_again_only_after_an_hour(env, grown):
    await env.say(f"/export {grown}")
    env.clock.advance(hours=1)
    same = await env.say(f"/export {grown}")
    assert env.posts(PAGE) == 1
    assert "48 snapshots of 1 video" in same.summary
    assert "As of Wed 4 Mar, 10:30 UTC" in plain_text(same)
    env.clock.advance(seconds=1)
    fresh = await env.say(f"/export {grown}")
    assert env.posts(PAGE) == 2
    assert "49 snapshots of 1 video" in fresh.summary


async def test_every_command_shares_the_one_read_of_the_hour(env, grown):
    other = env.track(YOUTUBE)[0].id
    for line in ("/videos", f"/stats {grown}", f"/compare {grown} {other}", f"/export {grown}", "/videos"):
        await env.say(line)
    assert env.posts(PAGE) == 2  # one for each of the two videos


async def test_a_dead_reader_is_replaced_once_its_lease_expires(env, grown):
    await env.say("/videos completed")
    now = env.clock()
    async with env.store() as (store, wallet_id):
        assert await store.videos.claim_read(wallet_id, grown, now, now - HOUR, READ_LEASE)
    waiting = await env.say(f"/export {grown}")
    assert "There's no snapshot to export yet" in waiting.summary
    assert env.posts(PAGE) == 0
    env.clock.now += READ_LEASE
    assert "48 snapshots of 1 video" in (await env.say(f"/export {grown}")).summary


async def test_a_cancelled_request_does_not_cancel_the_shared_read(env, grown):
    await env.say("/videos completed")
    env.sandbox.faults.add("slow", PAGE, seconds=0.2)
    impatient, patient = (asyncio.create_task(env.say(f"/export {grown}")) for _ in range(2))
    while not env.posts(PAGE):  # noqa: ASYNC110 - the sandbox only counts
        await asyncio.sleep(0.01)
    impatient.cancel()
    assert "48 snapshots of 1 video" in (await patient).summary
    assert env.posts(PAGE) == 1


async def test_a_running_read_ends_with_the_bot(sandbox, clock, sqlite_url):
    video = sandbox.world.track(sandbox.key, LINK, 7).id
    async with environment_of(sandbox, clock, sqlite_url) as env:
        await env.say("/videos completed")
        sandbox.faults.add("hang", PAGE, seconds=60)
        asker = asyncio.create_task(env.say(f"/export {video}"))
        while not env.posts(PAGE):  # noqa: ASYNC110 - the sandbox only counts
            await asyncio.sleep(0.01)
    with pytest.raises(asyncio.CancelledError):
        await asker


async def test_a_finished_video_is_read_until_its_page_is_complete_and_never_again(env):
    video = env.track(LINK, days=1)[0].id
    env.clock.advance(hours=23)
    await env.say(f"/export {video}")
    env.clock.advance(hours=4)
    over = await env.say(f"/export {video}")
    assert "24 snapshots of 1 video" in over.summary
    for _ in range(3):
        env.clock.advance(hours=5)
        await env.say(f"/export {video}")
    assert env.posts(PAGE) == 2


@pytest.mark.usefixtures("grown")
async def test_the_wallet_is_read_every_minute_and_the_list_every_five(env):
    for _ in range(5):
        await asyncio.gather(env.say("/usage"), env.say("/usage"), env.say("/videos"))
        env.clock.advance(seconds=59)
    assert (env.posts(USAGE), env.posts(LIST)) == (3, 1)
    env.clock.advance(seconds=5)
    await env.say("/videos")
    assert env.posts(LIST) == 2


def many_videos(env, count: int) -> None:
    """An account with a long past: videos of every platform, most of them finished."""
    sandbox = env.sandbox
    sandbox.world.add_credit(sandbox.key, Decimal(100_000))
    forms = (
        "https://www.tiktok.com/@steady/video/{}",
        "https://www.youtube.com/watch?v=steady{:05}",
        "https://www.instagram.com/p/steady{}/",
        "https://twitter.com/steady/status/{}",
    )
    for number in range(count):
        tracking = sandbox.world.track(sandbox.key, forms[number % 4].format(number), 1 + number % 3)
        if number % 3:
            tracking.status = COMPLETED


def _numbers(reply):
    return (row[0].split(". ")[0] for row in rows(reply))


async def test_an_account_of_450_videos_is_listed_in_parts_and_paged_by_the_store(env):
    many_videos(env, 450)
    first = await env.say("/videos tiktok completed")
    assert "75 completed TikTok videos, page 1 of 8" in first.summary
    everything = await env.say("/videos")
    assert "450 videos, page 1 of 45" in everything.summary
    assert env.posts(LIST) <= 14
    seen = set(_numbers(everything))
    page = everything
    for _ in range(3):
        page = await env.press(page, "Next")
        seen |= set(_numbers(page))
    last = await env.run(Call("videos", {"page": "45"}))
    seen |= set(_numbers(last))
    assert seen == {str(number) for number in (*range(1, 41), *range(441, 451))}
    assert env.posts(LIST) <= 14


async def test_a_list_that_is_full_in_every_part_is_counted_as_at_least(env):
    env.track(*steady(110), days=1)
    reply = await env.say("/videos tiktok")
    assert reply.summary.startswith("At least 100 TikTok videos")
    assert "lists at most 100 videos per platform and status" in plain_text(reply)
    assert "more videos than ContentStats lists" in plain_text(await env.run(Call("status.details")))


async def test_a_stored_video_stays_if_lists_no_longer_contain_it(env):
    many_videos(env, 90)
    await env.say("/videos completed")
    env.clock.advance(minutes=6)
    many_videos(env, 40)
    reply = await env.say("/videos")
    assert "130 videos" in reply.summary


async def test_a_list_from_before_a_stop_does_not_restore_the_video(env):
    await env.start()
    env.clock.advance(minutes=6)
    question = await env.say(f"/stop {LINK}")
    asked = env.posts(LIST)
    env.sandbox.faults.add("trickle", LIST, seconds=0.2)
    late = asyncio.create_task(env.say("/usage"))
    while env.posts(LIST) == asked:  # noqa: ASYNC110 - the sandbox only counts
        await asyncio.sleep(0.001)
    env.clock.advance(seconds=1)
    await env.press(question, "Stop tracking")
    await late
    assert "Nothing is running." in (await env.say("/usage")).summary
    assert rows(await env.say("/videos"))[0][3] == "TikTok · completed"
