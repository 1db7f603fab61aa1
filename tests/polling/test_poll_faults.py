"""When the API is slow, silent, refuses or lies: no pile of calls, nothing lost, and all caught up afterwards."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store.wallets import LONGEST_REST
from tests.polling.environment import ANA, HERE, THERE, environment_of
from tests.standins.environment import PAGE, USAGE

KEYS = {"cs_test_operator": "Operator", "cs_test_rival": "Rival"}


STRANGER = replace(THERE, is_operators=False)


@pytest.fixture
async def watched(env):
    """An environment with a process and a video that has been read for two hours."""
    post = await env.open()
    await post.wallet()
    env.track()
    await env.live(hours=2, minutes=5)
    return env, post


async def test_hours_without_the_api_cost_few_calls_and_are_caught_up_with_what_was_known_kept(watched):
    env, post = watched
    wallet = await post.wallet()
    before = len(await post.store.videos.snapshots(wallet.id, await only(post)))
    asked = len(env.sandbox.requests)
    env.sandbox.faults.add("reset", times=None)
    await env.live(hours=6)
    assert len(env.sandbox.requests) - asked <= 130
    state = await post.store.polling.state(wallet.id)
    assert state.failures > 10
    assert state.problem.startswith("ContentStats")
    assert len(await post.store.videos.snapshots(wallet.id, await only(post))) == before
    env.sandbox.faults.clear()
    await env.live(minutes=6)
    assert len(await post.store.videos.snapshots(wallet.id, await only(post))) == before + 6
    assert (await post.store.polling.state(wallet.id)).failures == 0


async def test_a_key_that_is_refused_rests_for_up_to_an_hour_and_then_comes_back(watched):
    env, post = watched
    wallet = await post.wallet()
    asked = len(env.sandbox.requests)
    env.sandbox.faults.add("401", times=None)
    await env.live(hours=6)
    assert len(env.sandbox.requests) - asked <= 15
    state = await post.store.polling.state(wallet.id)
    assert "doesn't accept the API key" in state.problem
    assert env.clock() < state.next_at <= env.clock() + LONGEST_REST
    env.sandbox.faults.clear()
    await env.live(hours=1, minutes=2)
    assert (await post.store.polling.state(wallet.id)).problem == ""


async def test_a_wallet_that_rests_is_polled_again_as_soon_as_a_person_is_answered(watched):
    env, post = watched
    wallet = await post.wallet()
    env.sandbox.faults.add("401", times=None)
    await env.live(hours=2)
    env.sandbox.faults.clear()
    assert "doesn't accept the API key" in (await post.store.polling.state(wallet.id)).problem
    assert (await wallet.probe()).value is not None
    assert (await post.store.polling.state(wallet.id)).problem == ""
    read_at = (await post.store.polling.state(wallet.id)).at
    await env.live(minutes=1)
    assert (await post.store.polling.state(wallet.id)).at > read_at


@pytest.mark.parametrize("lie", ["past", "tomorrow", "missing"])
async def test_a_storm_of_429s_is_met_with_fewer_calls_whatever_its_headers_say(watched, lie):
    env, post = watched
    wallet = await post.wallet()
    asked = len(env.sandbox.requests)
    env.sandbox.faults.add("429", times=None, lie=lie)
    await env.live(hours=1)
    assert len(env.sandbox.requests) - asked <= 25
    env.sandbox.faults.clear()
    await env.live(minutes=8)
    assert (await post.store.polling.state(wallet.id)).failures == 0


async def test_a_page_that_cannot_be_read_makes_way_for_the_others(watched):
    env, post = watched
    wallet = await post.wallet()
    broken = await only(post)
    others = [env.track(number) for number in range(1, 4)]
    await env.live(minutes=30)
    del env.sandbox.world.account(env.sandbox.key).trackings[broken]
    await env.live(hours=3)
    for video in others:
        assert len(await post.store.videos.snapshots(wallet.id, video)) >= 2
    assert 1 <= env.metrics.api_calls["404"] <= 4, "asked again every hour"


async def test_a_person_comes_before_a_backlog_of_two_hundred_pages(clock, sqlite_url):
    async with environment_of(clock, sqlite_url, requests_per_minute=60) as env:
        post = await env.open()
        wallet = await post.wallet()
        for number in range(99):
            env.track(number)
        clock.advance(hours=3)
        await env.live(minutes=1)
        backlog = await post.store.videos.backlog(wallet.id, clock())
        assert backlog > 40
        before = clock()
        for _ in range(5):
            await wallet.mirror.read_usage()
        assert clock() == before, "the burst is theirs"
        assert env.metrics.api_calls["429"] == 0
        await env.live(minutes=15)
        assert await post.store.videos.backlog(wallet.id, clock()) == 0


async def test_workspaces_that_share_a_key_are_polled_once_and_a_foreign_one_never_with_ours(clock, database_url):
    async with environment_of(clock, database_url, keys=KEYS) as env:
        one, two = await env.open(), await env.open()
        await one.wallet(HERE)
        assert await one.wallet(STRANGER) is None
        env.track()
        await env.live(hours=1, minutes=10)
        assert env.calls(PAGE) == 1
        await two.accounts.link(STRANGER, "cs_test_rival", ANA)
        env.track(key="cs_test_rival", number=1)
        await env.live(hours=1, minutes=10)
        read = {(call.key, call.path) for call in env.sandbox.calls(PAGE)}
        assert sorted(key for key, _ in read) == sorted(KEYS), "each video by its own key alone"
        rival = await two.wallet(STRANGER)
        own = await two.wallet(HERE)
        assert rival.id != own.id


async def test_a_key_that_cannot_be_opened_is_skipped_and_logged_and_the_others_go_on(clock, sqlite_url, caplog):
    async with environment_of(clock, sqlite_url, keys=KEYS) as env:
        post = await env.open()
        await post.wallet(HERE)
        await post.accounts.link(STRANGER, "cs_test_rival", ANA)
        env.posts.clear()
        other = await env.open(secret_keys=("another key of thirty-two letters",))
        caplog.set_level(logging.WARNING)
        usages = env.calls(USAGE)
        await env.live(minutes=30)
        assert env.calls(USAGE) - usages >= 3
        assert "decrypting a workspace's key failed" in caplog.text
        workspace = await other.store.workspaces.find(STRANGER)
        assert (await other.store.polling.state(workspace.wallet_id)).failures >= 1


async def test_the_numbers_tell_lag_and_backlog(watched):
    env, post = watched
    wallet = await post.wallet()
    env.clock.advance(hours=2)
    await post.poller.poll_due()
    assert timedelta(minutes=30) < timedelta(seconds=env.metrics.lag[wallet.id]) < timedelta(hours=2)
    assert env.metrics.backlog[wallet.id] == 0
    assert env.metrics.api_calls["200"] > 3


async def only(post):
    wallet = await post.wallet()
    return (await post.store.videos.running(wallet.id))[0].video.id
