"""A slow, silent, refusing or lying API: calls don't pile up, nothing is lost, everything is caught up afterwards."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store.wallets import LONGEST_BACKOFF
from tests.polling.environment import ANA, HERE, THERE, environment_of
from tests.standins.environment import PAGE, USAGE

KEYS = {"cs_test_operator": "Operator", "cs_test_rival": "Rival"}


STRANGER = replace(THERE, is_operators=False)


@pytest.fixture
async def watched(env):
    """An environment with a process, its wallet, and a video that was read for two hours."""
    process = await env.open()
    wallet = await process.wallet()
    env.track()
    await env.live(hours=2, minutes=5)
    return env, process, wallet


async def state_of(process, wallet):
    """The state of a wallet's polling."""
    return await process.store.polling.state(wallet.id)


async def test_an_outage_of_hours_takes_few_calls_and_is_caught_up(watched):
    env, process, wallet = watched
    video = await only(process)

    async def taken():
        return len(await process.store.videos.snapshots(wallet.id, video))

    before, asked = await taken(), len(env.sandbox.requests)
    env.sandbox.faults.add("reset", times=None)
    await env.live(hours=6)
    assert len(env.sandbox.requests) - asked <= 130
    state = await state_of(process, wallet)
    assert state.failures > 10
    assert state.problem.startswith("ContentStats")
    assert await taken() == before
    env.sandbox.faults.clear()
    await env.live(minutes=6)
    assert await taken() == before + 6
    assert (await state_of(process, wallet)).failures == 0


async def test_a_refused_key_pauses_for_up_to_an_hour_and_then_recovers(watched):
    env, process, wallet = watched
    asked = len(env.sandbox.requests)
    env.sandbox.faults.add("401", times=None)
    await env.live(hours=6)
    assert len(env.sandbox.requests) - asked <= 15
    state = await state_of(process, wallet)
    assert "doesn't accept the API key" in state.problem
    assert env.clock() < state.next_at <= env.clock() + LONGEST_BACKOFF
    env.sandbox.faults.clear()
    await env.live(hours=1, minutes=2)
    assert (await state_of(process, wallet)).problem == ""


async def test_a_paused_wallet_is_polled_again_once_a_command_succeeds(watched):
    env, process, wallet = watched
    env.sandbox.faults.add("401", times=None)
    await env.live(hours=2)
    env.sandbox.faults.clear()
    assert "doesn't accept the API key" in (await state_of(process, wallet)).problem
    assert (await wallet.probe()).value is not None
    assert (await state_of(process, wallet)).problem == ""
    read_at = (await state_of(process, wallet)).at
    await env.live(minutes=1)
    assert (await state_of(process, wallet)).at > read_at


@pytest.mark.parametrize("lie", ["past", "tomorrow", "missing"])
async def test_a_storm_of_429s_reduces_calls_whatever_the_headers(watched, lie):
    env, process, wallet = watched
    asked = len(env.sandbox.requests)
    env.sandbox.faults.add("429", times=None, lie=lie)
    await env.live(hours=1)
    assert len(env.sandbox.requests) - asked <= 25
    env.sandbox.faults.clear()
    await env.live(minutes=8)
    assert (await state_of(process, wallet)).failures == 0


async def test_an_unreadable_page_does_not_block_the_others(watched):
    env, process, wallet = watched
    broken = await only(process)
    others = [env.track(number) for number in range(1, 4)]
    await env.live(minutes=30)
    del env.sandbox.world.account(env.sandbox.key).trackings[broken]
    await env.live(hours=3)
    for video in others:
        assert len(await process.store.videos.snapshots(wallet.id, video)) >= 2
    assert 1 <= env.metrics.api_calls["404"] <= 4, "asked again every hour"


async def test_commands_take_precedence_over_a_backlog_of_two_hundred_pages(clock, sqlite_url):
    async with environment_of(clock, sqlite_url, requests_per_minute=60) as env:
        process = await env.open()
        wallet = await process.wallet()
        for number in range(99):
            env.track(number)
        clock.advance(hours=3)
        await env.live(minutes=1)
        backlog = await process.store.videos.backlog(wallet.id, clock())
        assert backlog > 40
        before = clock()
        for _ in range(5):
            await wallet.mirror.read_usage()
        assert clock() == before, "the burst is theirs"
        assert env.metrics.api_calls["429"] == 0
        await env.live(minutes=15)
        assert await process.store.videos.backlog(wallet.id, clock()) == 0


async def test_workspaces_with_one_key_are_polled_once_and_others_by_their_own_key(clock, database_url):
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


async def test_a_key_that_cannot_be_decrypted_is_skipped_and_logged(clock, sqlite_url, caplog):
    async with environment_of(clock, sqlite_url, keys=KEYS) as env:
        process = await env.open()
        await process.wallet(HERE)
        await process.accounts.link(STRANGER, "cs_test_rival", ANA)
        env.processes.clear()
        other = await env.open(secret_keys=("another key of thirty-two letters",))
        caplog.set_level(logging.WARNING)
        usages = env.calls(USAGE)
        await env.live(minutes=30)
        assert env.calls(USAGE) - usages >= 3
        assert "decrypting a workspace's key failed" in caplog.text
        workspace = await other.store.workspaces.find(STRANGER)
        assert (await other.store.polling.state(workspace.wallet_id)).failures >= 1


async def test_the_metrics_show_lag_and_backlog(watched):
    env, process, wallet = watched
    env.clock.advance(hours=2)
    await process.poller.poll_due()
    assert timedelta(minutes=30) < timedelta(seconds=env.metrics.lag[wallet.id]) < timedelta(hours=2)
    assert env.metrics.backlog[wallet.id] == 0
    assert env.metrics.api_calls["200"] > 3


async def only(process):
    wallet = await process.wallet()
    return (await process.store.videos.running(wallet.id))[0].video.id
