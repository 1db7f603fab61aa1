"""Several real processes on one database, each with its own connections."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from bot.domain.tracking import RequestState
from bot.domain.videos import HOUR
from bot.store.database import Database
from bot.store.spend_guard import Submitted
from bot.store.tables import rates, snapshot_days, snapshots, video_counts, videos
from tests.store.samples import NOW, PRICE, keyed, proposed, reading, submitted, video

ROOT = Path(__file__).parents[2]


async def test_of_simultaneous_presses_for_one_link_exactly_one_is_sent(
    database_url, store, workspace, neighbour, wallet_id
):
    keys = [f"tiktok:{n}" for n in range(10)]
    entrants = [
        await proposed(store, place, *keys, batch=f"b{n}") for n in range(2) for place in (workspace, neighbour)
    ]
    told = await race(database_url, 1_000, [*entrants[0], *entrants[1]], [*entrants[2], *entrants[3], *entrants[0]])
    by_key = {key: Counter() for key in keys}
    for batch in entrants:
        for request in batch:
            by_key[request.key].update(told[request.id])
    expected = Counter(Submitted=1, InFlight=3, NotProposed=1), Counter(Submitted=1, InFlight=4)
    assert all(counts in expected for counts in by_key.values()), by_key
    unsettled = await store.tracking.unsettled(wallet_id, NOW.replace(year=2027))
    assert Counter(each.key for each in unsettled) == Counter(keys)


async def test_two_processes_together_never_spend_more_than_the_cap(database_url, store, workspace):
    one = await proposed(store, workspace, *(f"a{n}" for n in range(10)), batch="one")
    two = await proposed(store, workspace, *(f"b{n}" for n in range(10)), batch="two")
    told = await race(database_url, "1.80", one, two)
    assert Counter(answer for answers in told.values() for answer in answers) == Counter(Submitted=5, LimitReached=15)
    after = [*await store.tracking.batch(workspace.id, "one"), *await store.tracking.batch(workspace.id, "two")]
    assert Counter(each.state for each in after) == Counter({RequestState.SUBMITTED: 5, RequestState.PROPOSED: 15})


async def test_a_start_found_while_its_response_is_lost_is_recorded_without_deadlock(store, workspace, wallet_id):
    for turn in range(10):
        await store.polling.record_success(wallet_id, NOW, NOW + HOUR)
        (request,) = await proposed(store, workspace, f"tiktok:v{turn}", batch=f"b{turn}")
        assert isinstance(await submitted(store, request, PRICE), Submitted)
        await asyncio.gather(
            store.tracking.mark_unknown(request.id, "the answer was lost", NOW),
            store.tracking.mark_tracking(request.id, video(f"v{turn}"), NOW, is_listed=True),
        )
        (settled,) = await store.tracking.batch(workspace.id, f"b{turn}")
        assert (settled.state, settled.video_id) == (RequestState.TRACKING, f"v{turn}")


async def test_lists_and_reads_from_two_connections_lose_no_count_and_never_deadlock(two_stores, database, wallet_id):
    rows = [video(f"v{n}", status="monitoring" if n % 2 else "completed") for n in range(30)]
    one, two = (each.videos for each in two_stores)
    async with asyncio.timeout(60), asyncio.TaskGroup() as work:
        for n in range(10):
            work.create_task(one.remember(wallet_id, keyed(*rows), NOW))
            work.create_task(two.remember(wallet_id, keyed(*reversed(rows)), NOW))
            page = reading(rows[n], *range(5))
            for each in (one, two):
                work.create_task(
                    each.remember_reading(wallet_id, page, f"tiktok:v{n}", main_count=n, change_24h=0, now=NOW)
                )
    async with database.reading() as connection:
        tally = await connection.execute(select(video_counts.c.status, video_counts.c.videos))
        real = await connection.execute(select(videos.c.status, func.count()).group_by(videos.c.status))
        assert dict(tally.all()) == dict(real.all()) == {"monitoring": 15, "completed": 15}
        days = await connection.scalar(select(func.sum(snapshot_days.c.snapshots)))
        assert days == await connection.scalar(select(func.count()).select_from(snapshots)) == 50


async def test_a_read_and_write_in_one_sqlite_transaction_is_atomic(sqlite_url):
    databases = [Database(sqlite_url) for _ in range(2)]
    async with databases[0].writing() as connection:
        await connection.execute(rates.insert().values(key="n", tat=0))

    async def add_one(database):
        for _ in range(25):
            async with database.writing() as connection:
                before = await connection.scalar(select(rates.c.tat))
                await connection.execute(rates.update().values(tat=before + 1))

    await asyncio.gather(*(add_one(database) for database in databases for _ in range(2)))
    async with databases[0].reading() as connection:
        assert await connection.scalar(select(rates.c.tat)) == 100
    for database in databases:
        await database.close()


async def race(url, cap, *entrants):
    """Start a process per list of requests that submits them at once; returns all results by request id."""
    runners = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.store.racing", url, str(cap)),
            *(str(each.id) for each in requests),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        for requests in entrants
    ]
    for runner in runners:
        assert await runner.stdout.readline() == b"ready\n"
    told = {}
    for output, _ in await asyncio.gather(*(runner.communicate(b"go\n") for runner in runners)):
        for request_id, answer in json.loads(output).items():
            told.setdefault(int(request_id), []).append(answer)
    return told
