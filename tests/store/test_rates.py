"""The call budget: one row a key, whichever process asks."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import Store
from bot.store.database import Database

MINUTE = 60.0


async def test_a_burst_goes_at_once_and_then_calls_come_evenly(store):
    waits = [await store.rates.reserve("key", 1000.0, period=2.0, tolerance=6.0, patience=60.0) for _ in range(6)]
    assert waits == [0.0, 0.0, 0.0, 0.0, 2.0, 4.0]
