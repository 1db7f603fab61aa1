"""The call budget of a key, shared by all processes."""

import asyncio
import random


async def test_a_burst_is_allowed_at_once_then_calls_are_spaced_evenly(store):
    waits = [await store.rates.reserve("key", 1000.0, period=2.0, tolerance=6.0, max_wait=60.0) for _ in range(6)]
    assert waits == [0.0, 0.0, 0.0, 0.0, 2.0, 4.0]


async def test_without_tolerance_background_calls_get_no_burst(store):
    assert [await store.rates.reserve("key", 0.0, 2.0, 0.0, 60.0) for _ in range(3)] == [0.0, 2.0, 4.0]
    assert await store.rates.reserve("key", 0.0, 2.0, 10.0, 0.0) == 0.0


async def test_a_wait_beyond_the_deadline_is_refused_and_reserves_nothing(store):
    assert await store.rates.reserve("key", 0.0, 10.0, 0.0, 0.0) == 0.0
    assert await store.rates.reserve("key", 1.0, 10.0, 0.0, 5.0) == 9.0
    assert await store.rates.reserve("key", 1.0, 10.0, 0.0, 5.0) == 9.0
    assert await store.rates.reserve("key", 1.0, 10.0, 0.0, 9.0) == 9.0
    assert await store.rates.reserve("key", 1.0, 10.0, 0.0, 9.0) == 19.0


async def test_unused_budget_is_not_saved_up(store):
    await store.rates.reserve("key", 0.0, 1.0, 2.0, 60.0)
    assert [await store.rates.reserve("key", 9_999.0, 1.0, 2.0, 60.0) for _ in range(4)] == [0.0, 0.0, 0.0, 1.0]


async def test_each_key_has_its_own_budget(store):
    assert await store.rates.reserve("one", 0.0, 10.0, 0.0, 0.0) == 0.0
    assert await store.rates.reserve("two", 0.0, 10.0, 0.0, 0.0) == 0.0


async def test_a_hold_stops_everyone_and_is_not_shortened(store):
    await store.rates.hold("key", 130.0)
    await store.rates.hold("key", 110.0)
    assert await store.rates.reserve("key", 100.0, 1.0, 0.0, 60.0) == 30.0
    assert await store.rates.reserve("key", 100.0, 1.0, 0.0, 10.0) == 31.0
    assert await store.rates.reserve("key", 140.0, 1.0, 0.0, 10.0) == 0.0


async def test_no_window_ever_exceeds_the_limit(store):
    limit, burst, window = 60, 10, 60.0
    period, rng, now, starts = window / (limit - burst), random.Random(3), 1_700_000_000.0, []
    for _ in range(300):
        now += rng.choice([0.0, 0.0, 0.1, 0.5, 3.0, 20.0])
        max_wait = rng.choice([0.0, 5.0, 60.0])
        wait = await store.rates.reserve("key", now, period, period * (burst - 1), max_wait)
        if wait <= max_wait:
            starts.append(now + wait)
    assert len(starts) > 150
    starts.sort()
    assert all(sum(1 for each in starts if at <= each < at + window) <= limit for at in starts)


async def test_processes_that_share_a_database_share_the_budget(two_stores):
    slots = [each.rates for each in two_stores] * 20
    waits = await asyncio.gather(*(each.reserve("key", 0.0, period=1.0, tolerance=0.0, max_wait=1e9) for each in slots))
    assert sorted(waits) == [float(n) for n in range(40)]


async def test_a_clock_set_back_an_hour_delays_nobody(store):
    await store.rates.hold("key", 3_600.0 + 60)
    assert await store.rates.reserve("key", 0.0, 1.0, 0.0, 8.0) == 0
    assert await store.rates.reserve("key", 0.0, 1.0, 0.0, 8.0) == 1
