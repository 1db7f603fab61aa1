"""Polling: one page per video and hour of snapshots, however many processes and people there are."""

import asyncio
from collections import Counter
from datetime import timedelta

from bot.store.videos import Filters
from tests.polling.environment import HERE
from tests.standins.environment import PAGE, USAGE


async def tracked(env, count, minutes):
    """An open process, and the ids of so many videos started some minutes apart."""
    process = await env.open()
    await process.wallet()
    ids = []
    for number in range(count):
        ids.append(env.track(number))
        env.clock.advance(minutes=minutes)
    return process, ids


async def test_each_video_is_read_once_an_hour_soon_after_its_own_minute(env):
    process, ids = await tracked(env, 3, minutes=17)
    await env.live(hours=1)
    before = {video: reads(env)[video] for video in ids}
    for _ in range(2):
        await env.live(hours=1)
        for video in ids:
            stored = await stored_of(process, video)
            lag = stored.read_at - stored.last_snapshot_at
            assert timedelta(seconds=90) <= lag <= timedelta(minutes=3), "read soon after the snapshot, every hour"
    assert {video: reads(env)[video] - before[video] for video in ids} == dict.fromkeys(ids, 2)


async def test_two_processes_and_many_people_cause_no_more_calls(env_on_each):
    env = env_on_each
    one, two = await env.open(), await env.open()
    video = env.track()
    wallets = [await one.wallet(), await two.wallet()]
    await env.live(minutes=62)
    asked = env.calls(PAGE)
    for _ in range(2):
        stored = await stored_of(one, video)
        await asyncio.gather(
            one.poller.poll_due(), two.poller.poll_due(), *(wallet.mirror.page(stored) for wallet in wallets * 5)
        )
        await env.live(hours=1)
    assert env.calls(PAGE) == asked + 2


async def test_an_ended_video_is_read_at_once_and_then_no_more(env):
    process = await env.open()
    wallet = await process.wallet()
    video = env.track()
    await env.live(hours=3, minutes=20)
    asked = env.calls(PAGE)
    await wallet.stopping.stop(await stored_of(process, video))
    await env.live(minutes=2)
    assert env.calls(PAGE) == asked + 1
    await env.live(hours=2)
    assert env.calls(PAGE) <= asked + 2
    assert (await stored_of(process, video)).due_at is None


async def test_unread_finished_videos_are_read_once_after_running_ones_newest_first(env):
    finished = []
    for number in range(12):
        finished.append(env.track(number, days=1))
        env.clock.advance(minutes=1)
    env.clock.advance(days=3)
    running = [env.track(number) for number in range(12, 15)]
    env.clock.advance(hours=2)
    process = await env.open()
    wallet = await process.wallet()
    await env.live(hours=2)
    asked = [call.path.rpartition("/")[2] for call in env.sandbox.calls(PAGE)]
    assert set(asked[:3]) == set(running)
    assert [video for video in asked if video in finished] == finished[::-1]
    assert {each.video_id for each in await events(process)} <= {*running}
    assert not any(each.due_at for each in (await process.store.videos.several(wallet.id, finished)).values())


async def test_a_long_past_delays_no_digest_and_is_counted_until_read(free_plan):
    env = free_plan
    for number in range(90):
        env.track(number, days=1)
        env.clock.advance(seconds=1)
    env.clock.advance(days=3)
    env.track(90)
    env.clock.advance(hours=2)
    process = await env.open()
    account = await process.accounts.get(HERE)
    await env.live(minutes=1)
    counts = [await process.store.videos.unread_history(account.workspace)]
    assert not await account.wallet.watch.is_catching_up(env.clock.now)
    await env.live(minutes=9)
    counts.append(await process.store.videos.unread_history(account.workspace))
    assert 90 > counts[0] > counts[1] == 0
    assert await process.store.videos.unread_history(account.workspace, Filters("youtube")) == 0


async def test_after_days_of_absence_everything_is_caught_up_the_oldest_first(env):
    process, ids = await tracked(env, 5, minutes=7)
    await env.live(hours=2)
    asked = len(env.sandbox.calls(PAGE))
    due = {video: (await stored_of(process, video)).due_at for video in ids}
    env.clock.advance(days=2)
    await env.live(minutes=2)
    read = [call.path.rpartition("/")[2] for call in env.sandbox.calls(PAGE)[asked:]]
    assert read == sorted(ids, key=due.__getitem__)
    for video in ids:
        assert (await stored_of(process, video)).snapshot_count >= 48


async def test_each_change_is_one_event(env_on_each):
    env = env_on_each
    one, two = await env.open(), await env.open()
    await one.wallet()
    await two.wallet()
    video = env.track()
    await env.live(minutes=155)
    env.sandbox.world.account(env.sandbox.key).stop(env.sandbox.world.find(env.sandbox.key, video), env.clock())
    await env.live(minutes=70)
    happened = Counter(event.kind for event in await events(one))
    assert happened == {"snapshot.created": 2, "tracking.completed": 1}


async def test_when_the_clock_is_set_back_a_day_reading_goes_on(env):
    process, _ = await tracked(env, 1, minutes=0)
    env.clock.advance(days=2)
    await env.live(hours=3)
    env.clock.advance(days=-1)
    await process.store.clock_repair.run(env.clock())
    asked = env.calls(PAGE), env.calls(USAGE)
    await env.live(minutes=70)
    assert env.calls(PAGE) >= asked[0] + 1
    assert asked[1] < env.calls(USAGE) <= asked[1] + 9


def reads(env):
    return Counter(call.path.rpartition("/")[2] for call in env.sandbox.calls(PAGE))


async def stored_of(process, video):
    wallet = await process.wallet()
    rows = [each for each in await process.store.videos.running(wallet.id) if each.video.id == video]
    if rows:
        return rows[0]
    workspace = (await process.store.workspaces.using(wallet.id))[0]
    return await process.store.videos.find(workspace, video)


async def events(process):
    wallet = await process.wallet()
    return [each.event for each in await process.store.events.of(wallet.id, 1_000)]
