"""When the API is slow, silent, refuses or lies: no pile of calls, nothing lost, and all caught up afterwards."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store.polling import LONGEST_REST
from tests.polling.stage import ANA, HERE, THERE, stage_of
from tests.standins.scene import PAGE, USAGE

KEYS = {"cs_test_operator": "Operator", "cs_test_rival": "Rival"}


STRANGER = replace(THERE, is_operators=False)


@pytest.fixture
async def watched(stage):
    """A stage with a process and a video that has been read for two hours."""
    post = await stage.open()
    await post.wallet()
    stage.track()
    await stage.live(hours=2, minutes=5)
    return stage, post


@pytest.mark.parametrize("fault", ["500", "reset"])
async def test_hours_without_the_api_cost_few_calls_and_are_caught_up_with_what_was_known_kept(watched, fault):
    stage, post = watched
    wallet = await post.wallet()
    before = len(await post.store.videos.snapshots(wallet.id, await only(post)))
    asked = len(stage.sandbox.requests)
    stage.sandbox.faults.add(fault, times=None)
    await stage.live(hours=6)
    assert len(stage.sandbox.requests) - asked <= 130
    state = await post.store.polling.state(wallet.id)
    assert state.failures > 10
    assert state.problem.startswith("ContentStats")
    assert len(await post.store.videos.snapshots(wallet.id, await only(post))) == before
    stage.sandbox.faults.clear()
    await stage.live(minutes=6)
    assert len(await post.store.videos.snapshots(wallet.id, await only(post))) == before + 6
    assert (await post.store.polling.state(wallet.id)).failures == 0


async def test_a_key_that_is_refused_rests_for_up_to_an_hour_and_then_comes_back(watched):
    stage, post = watched
    wallet = await post.wallet()
    asked = len(stage.sandbox.requests)
    stage.sandbox.faults.add("401", times=None)
    await stage.live(hours=12)
    assert len(stage.sandbox.requests) - asked <= 40
    state = await post.store.polling.state(wallet.id)
    assert "does not accept the API key" in state.problem
    assert stage.clock() < state.next_at <= stage.clock() + LONGEST_REST
    stage.sandbox.faults.clear()
    await stage.live(hours=1, minutes=2)
    assert (await post.store.polling.state(wallet.id)).problem == ""


@pytest.mark.parametrize("lie", ["past", "tomorrow", "missing"])
async def test_a_storm_of_429s_is_met_with_fewer_calls_whatever_its_headers_say(watched, lie):
    stage, post = watched
    wallet = await post.wallet()
    asked = len(stage.sandbox.requests)
    stage.sandbox.faults.add("429", times=None, lie=lie)
    await stage.live(hours=3)
    assert len(stage.sandbox.requests) - asked <= 80
    stage.sandbox.faults.clear()
    await stage.live(minutes=8)
    assert (await post.store.polling.state(wallet.id)).failures == 0


async def test_a_page_that_cannot_be_read_makes_way_for_the_others(watched):
    stage, post = watched
    wallet = await post.wallet()
    broken = await only(post)
    others = [stage.track(number) for number in range(1, 4)]
    await stage.live(minutes=30)
    del stage.sandbox.world.account(stage.sandbox.key).trackings[broken]
    await stage.live(hours=3)
    for video in others:
        assert len(await post.store.videos.snapshots(wallet.id, video)) >= 2
    assert 1 <= stage.metrics.api_calls["404"] <= 4, "asked again every hour"


async def test_a_person_comes_before_a_backlog_of_two_hundred_pages(clock, sqlite_url):
    async with stage_of(clock, sqlite_url, requests_per_minute=60) as stage:
        post = await stage.open()
        wallet = await post.wallet()
        for number in range(99):
            stage.track(number)
        clock.advance(hours=3)
        await stage.live(minutes=1)
        backlog = await post.store.videos.backlog(wallet.id, clock())
        assert backlog > 40
        before = clock()
        for _ in range(5):
            await wallet.mirror.read_usage()
        assert clock() == before, "the burst is theirs"
        assert stage.metrics.api_calls["429"] == 0
        await stage.live(minutes=15)
        assert await post.store.videos.backlog(wallet.id, clock()) == 0


async def test_workspaces_that_share_a_key_are_polled_once_and_a_foreign_one_never_with_ours(clock, database_url):
    async with stage_of(clock, database_url, keys=KEYS) as stage:
        one, two = await stage.open(), await stage.open()
        await one.wallet(HERE)
        assert await one.wallet(STRANGER) is None
        stage.track()
        await stage.live(hours=2)
        assert stage.calls(PAGE) == 1
        await two.accounts.link(STRANGER, "cs_test_rival", ANA)
        stage.track(key="cs_test_rival", number=1)
        await stage.live(hours=2)
        read = {(call.key, call.path) for call in stage.sandbox.calls(PAGE)}
        assert sorted(key for key, _ in read) == sorted(KEYS), "each video by its own key alone"
        rival = await two.wallet(STRANGER)
        own = await two.wallet(HERE)
        assert rival.id != own.id


async def test_a_key_that_cannot_be_opened_is_skipped_and_logged_and_the_others_go_on(clock, sqlite_url, caplog):
    async with stage_of(clock, sqlite_url, keys=KEYS) as stage:
        post = await stage.open()
        await post.wallet(HERE)
        await post.accounts.link(STRANGER, "cs_test_rival", ANA)
        stage.posts.clear()
        other = await stage.open(secret_keys=("another key of thirty-two letters",))
        caplog.set_level(logging.WARNING)
        usages = stage.calls(USAGE)
        await stage.live(minutes=30)
        assert stage.calls(USAGE) - usages >= 3
        assert "decrypting a workspace's key failed" in caplog.text
        workspace = await other.store.workspaces.find(STRANGER)
        assert (await other.store.polling.state(workspace.wallet_id)).failures >= 1


async def test_the_numbers_tell_lag_and_backlog(watched):
    stage, post = watched
    wallet = await post.wallet()
    stage.clock.advance(hours=2)
    await post.poller.poll_due()
    assert timedelta(minutes=30) < timedelta(seconds=stage.metrics.lag[wallet.id]) < timedelta(hours=2)
    assert stage.metrics.backlog[wallet.id] == 0
    assert stage.metrics.api_calls["200"] > 3


async def only(post):
    wallet = await post.wallet()
    return (await post.store.videos.running(wallet.id))[0].video.id
