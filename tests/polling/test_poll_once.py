"""Reading by itself: one page a video and snapshot hour, however many processes and people there are."""

import asyncio
from collections import Counter
from datetime import timedelta

from tests.polling.stage import HERE
from tests.standins.scene import LIST, PAGE, USAGE


async def test_each_video_is_read_once_an_hour_soon_after_its_own_minute(stage):
    post = await stage.open()
    await post.wallet()
    ids = []
    for number in range(3):
        ids.append(stage.track(number))
        stage.clock.advance(minutes=17)
    await stage.live(hours=1)
    before = {video: reads(stage)[video] for video in ids}
    for _ in range(4):
        await stage.live(hours=1)
        for video in ids:
            stored = await stored_of(post, video)
            lag = stored.read_at - stored.last_snapshot_at
            assert timedelta(seconds=90) <= lag <= timedelta(minutes=3), "read soon after the snapshot, every hour"
    assert {video: reads(stage)[video] - before[video] for video in ids} == dict.fromkeys(ids, 4)


async def test_an_hour_costs_what_it_must(stage):
    post = await stage.open()
    await post.wallet()
    stage.track()
    await stage.live(hours=6)
    assert 5 <= stage.calls(PAGE) <= 6
    assert stage.calls(USAGE) <= 6 * 6
    assert stage.calls(LIST) <= 6 * 6


async def test_two_processes_and_many_askers_cost_no_more(stage_on_each):
    stage = stage_on_each
    one, two = await stage.open(), await stage.open()
    video = stage.track()
    wallets = [await one.wallet(), await two.wallet()]
    await stage.live(minutes=62)
    asked = stage.calls(PAGE)
    for _ in range(4):
        stored = await stored_of(one, video)
        await asyncio.gather(
            one.poller.poll_due(), two.poller.poll_due(), *(wallet.mirror.page(stored) for wallet in wallets * 5)
        )
        await stage.live(hours=1)
    assert stage.calls(PAGE) == asked + 4


async def test_what_has_ended_is_read_at_once_and_then_left_alone(stage):
    post = await stage.open()
    wallet = await post.wallet()
    video = stage.track()
    await stage.live(hours=3, minutes=20)
    asked = stage.calls(PAGE)
    await wallet.stopping.stop(await stored_of(post, video))
    await stage.live(minutes=2)
    assert stage.calls(PAGE) == asked + 1
    await stage.live(hours=4)
    assert stage.calls(PAGE) <= asked + 2
    assert (await stored_of(post, video)).due_at is None


async def test_finished_videos_that_were_never_read_are_read_once_after_running_ones_the_oldest_last(stage):
    finished = []
    for number in range(40):
        finished.append(stage.track(number, days=1))
        stage.clock.advance(minutes=1)
    stage.clock.advance(days=3)
    running = [stage.track(number) for number in range(40, 43)]
    stage.clock.advance(hours=2)
    post = await stage.open()
    wallet = await post.wallet()
    await stage.live(hours=5)
    asked = [call.path.rpartition("/")[2] for call in stage.sandbox.calls(PAGE)]
    assert set(asked[:3]) == set(running)
    assert [video for video in asked if video in finished] == finished[::-1]
    assert {each.video_id for each in await events(post)} <= {*running}
    assert not any(each.due_at for each in (await post.store.videos.several(wallet.id, finished)).values())


async def test_a_long_past_holds_up_no_digest_and_is_counted_until_it_is_read(slow_stage):
    stage = slow_stage
    for number in range(90):
        stage.track(number, days=1)
        stage.clock.advance(seconds=1)
    stage.clock.advance(days=3)
    stage.track(90)
    stage.clock.advance(hours=2)
    post = await stage.open()
    account = await post.accounts.of(HERE)
    await stage.live(minutes=1)
    counts = [await post.store.videos.unread_history(account.workspace)]
    assert not await account.wallet.watch.is_catching_up(stage.clock.now)
    await stage.live(minutes=9)
    counts.append(await post.store.videos.unread_history(account.workspace))
    assert 90 > counts[0] > counts[1] == 0
    assert await post.store.videos.unread_history(account.workspace, "youtube") == 0


async def test_after_days_of_absence_everything_is_caught_up_the_oldest_first(stage):
    post = await stage.open()
    await post.wallet()
    ids = []
    for number in range(5):
        ids.append(stage.track(number))
        stage.clock.advance(minutes=7)
    await stage.live(hours=2)
    asked = len(stage.sandbox.calls(PAGE))
    due = {video: (await stored_of(post, video)).due_at for video in ids}
    stage.clock.advance(days=2)
    await stage.live(minutes=2)
    read = [call.path.rpartition("/")[2] for call in stage.sandbox.calls(PAGE)[asked:]]
    assert read == sorted(ids, key=due.__getitem__)
    for video in ids:
        assert (await stored_of(post, video)).snapshot_count >= 48


async def test_everything_that_happened_is_told_once(stage_on_each):
    stage = stage_on_each
    one, two = await stage.open(), await stage.open()
    await one.wallet()
    await two.wallet()
    video = stage.track()
    await stage.live(minutes=215)
    stage.sandbox.world.account(stage.sandbox.key).stop(
        stage.sandbox.world.find(stage.sandbox.key, video), stage.clock()
    )
    await stage.live(minutes=70)
    happened = Counter(event.kind for event in await events(one))
    assert happened == {"snapshot.created": 3, "tracking.completed": 1}


async def test_when_the_clock_is_set_back_a_day_reading_goes_on(stage):
    post = await stage.open()
    await post.wallet()
    stage.track()
    stage.clock.advance(days=2)
    await stage.live(hours=3)
    stage.clock.advance(days=-1)
    asked = stage.calls(PAGE), stage.calls(USAGE)
    await stage.live(minutes=70)
    assert stage.calls(PAGE) >= asked[0] + 1
    assert asked[1] < stage.calls(USAGE) <= asked[1] + 9


def reads(stage):
    return Counter(call.path.rpartition("/")[2] for call in stage.sandbox.calls(PAGE))


async def stored_of(post, video):
    wallet = await post.wallet()
    rows = [each for each in await post.store.videos.running(wallet.id) if each.video.id == video]
    if rows:
        return rows[0]
    workspace = (await post.store.workspaces.using(wallet.id))[0]
    return await post.store.videos.find(workspace, video)


async def events(post):
    wallet = await post.wallet()
    return [each.event for each in await post.store.events.of(wallet.id, 1_000)]
