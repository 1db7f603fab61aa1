"""The call budget of a key, shared by all processes."""

import asyncio
import random

import pytest


@pytest.mark.parametrize(
    ("calls", "waits"),
    {
        "a burst at once, then evenly": ([(1000.0, 2.0, 6.0, 60.0)] * 6, [0.0, 0.0, 0.0, 0.0, 2.0, 4.0]),
        "no burst without tolerance": ([*[(0.0, 2.0, 0.0, 60.0)] * 3, (0.0, 2.0, 10.0, 0.0)], [0.0, 2.0, 4.0, 0.0]),
        "a wait beyond the deadline reserves nothing": (
            [(0.0, 10.0, 0.0, 0.0), *[(1.0, 10.0, 0.0, 5.0)] * 2, *[(1.0, 10.0, 0.0, 9.0)] * 2],
            [0.0, 9.0, 9.0, 9.0, 19.0],
        ),
        "unused budget is not saved up": ([(0.0, 1.0, 2.0, 60.0), *[(9_999.0, 1.0, 2.0, 60.0)] * 4], [0.0] * 4 + [1.0]),
    }.values(),
)
async def test_calls_wait_as_long_as_the_budget_requires(store, calls, waits):
    """Calls at a time with a period, a tolerance and the longest wait, in seconds."""
    assert [await store.rates.reserve("key", *call) for call in calls] == waits
    assert await store.rates.reserve("other", *calls[0]) == waits[0], "each key has its own budget"


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
