"""Row 8: decoding one page of `GET /videos/{id}` with 720 snapshots into domain objects."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import httpx

from adapters.sandbox.serve import Sandbox
from bench.floors.decode import decode
from bench.measure import Row, pair
from bot.contentstats.wire import read_page
from bot.domain.clock import utc_now

DAYS = 30
SNAPSHOTS = DAYS * 24
ROUNDS, BLOCK = 30, 20
GOAL = 1.0


def rows() -> Iterator[Row]:
    """One row: `read_page` compared with `json.loads` on the same bytes."""
    yield asyncio.run(_row())


async def _row() -> Row:
    body = await _page()
    found = len(read_page(body).snapshots)
    if found != SNAPSHOTS:
        raise RuntimeError(f"the page has {found} snapshots")

    async def ours() -> None:
        read_page(body)

    async def floor() -> None:
        decode(body)

    measured = await pair(ours, floor, ROUNDS, BLOCK)
    return measured.row(8, f"decode {SNAPSHOTS} snapshots, {len(body) // 1000} KB; floor is json.loads", GOAL)


async def _page() -> bytes:
    """The response body from the sandbox."""
    now = utc_now()
    began = now - timedelta(days=DAYS)
    async with Sandbox(lambda: now, balance=Decimal(100)) as sandbox:
        tracking = sandbox.world.track(sandbox.key, "https://www.tiktok.com/@steady/video/7301", DAYS, began)
        async with httpx.AsyncClient(headers={"X-API-Key": sandbox.key}) as client:
            return (await client.get(f"{sandbox.url}/videos/{tracking.id}")).content
