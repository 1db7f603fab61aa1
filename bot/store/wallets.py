"""Wallets: one row per API key, known only by a fingerprint, with its latest usage, lists and polling state.

`poll_at` alone decides when a wallet is polled: whatever makes something due earlier moves it forward in the same
transaction, unless the wallet is backing off after a failure.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Update, bindparam, case, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.money import Usage
from bot.store.database import Aggregate, insert_into
from bot.store.stored_video import StoredVideo, from_row
from bot.store.tables import IS_IN_FLIGHT, MAY_HAVE_NEWS, track_requests, videos, wallets, workspaces
from bot.store.types import read, values

LONGEST_BACKOFF = timedelta(hours=1)
"""Longest time between two polls of a wallet, backoff included."""

_WORKS = {"poll_failures": 0, "poll_problem": ""}
_USAGE = [wallets.c[field.name] for field in fields(Usage)]
_MONEY: Select[Any] = select(*_USAGE, wallets.c.usage_at).where(wallets.c.id == bindparam("wallet"))
_OPEN_START = exists().where(track_requests.c.wallet_id == bindparam("wallet"), IS_IN_FLIGHT).label("has_open_start")
_WALLET: Select[Any] = select(
    *_USAGE, wallets.c.usage_at, wallets.c.swept_at, wallets.c.complete, wallets.c.is_test, _OPEN_START
).where(wallets.c.id == bindparam("wallet"))
_RUNNING = select(videos).where(videos.c.wallet_id == bindparam("wallet"), videos.c.is_running)


@dataclass(frozen=True, slots=True)
class Sweep:
    """When the wallet's videos were last listed in full, and whether the lists held all of them."""

    at: datetime
    complete: bool


@dataclass(frozen=True, slots=True)
class StoredWallet:
    """A wallet as it is known, with the running videos of all its workspaces.

    `usage` and `usage_at` are None until the API states the money, `sweep` is None before the first. `is_test`: its key
    charges nothing. `has_open_start`: the outcome of a start isn't known yet.
    """

    usage: Usage | None
    usage_at: datetime | None
    sweep: Sweep | None
    is_test: bool
    has_open_start: bool
    running: tuple[StoredVideo, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """The newest list of the wallet's running videos that any process finished.

    Lists are numbered in the order in which they were begun, so a list with a higher number than the latest at some
    time was requested after that time, whatever the processes' clocks show. `at` is when the request was sent.
    `hidden_platforms` are those of which the API may have omitted running videos.
    """

    number: int
    at: datetime
    hidden_platforms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Polled:
    """Polling state of a wallet: last success `at`, and `problem` since then, after `failures` failures in a row.

    `next_at` is the next poll.
    """

    at: datetime | None
    next_at: datetime | None
    failures: int
    problem: str


class Wallets(Aggregate):
    """The `wallets` table."""

    async def ensure_wallet(self, fingerprint: str, now: datetime, *, is_test: bool | None = None) -> int:
        """The id of the wallet with this fingerprint, created if necessary. `is_test`: its key charges nothing."""
        query = select(wallets.c.id, wallets.c.is_test).where(wallets.c.fingerprint == fingerprint)
        known = await self._database.row(query)
        if known is not None and is_test in {None, known.is_test}:
            return int(known.id)
        async with self._database.writing() as connection:
            new = insert_into(wallets, connection).values(fingerprint=fingerprint, complete=False, poll_at=now)
            await connection.execute(new.on_conflict_do_nothing())
            if is_test is not None:
                stated = update(wallets).where(wallets.c.fingerprint == fingerprint)
                await connection.execute(stated.values(is_test=is_test))
            return int((await connection.execute(query)).one().id)

    async def save_usage(self, wallet_id: int, usage: Usage, at: datetime) -> None:
        """Store the usage that the API reported for a request sent `at` a time, unless a newer one is stored.

        The API responds, so a wallet that is backing off is polled again now.
        """
        known_at = wallets.c.usage_at
        newer = known_at.is_(None) | (known_at <= at)
        awake = {"poll_at": case((wallets.c.poll_failures > 0, at), else_=wallets.c.poll_at), **_WORKS}
        await self._database.write(_this(wallet_id).where(newer).values(usage_at=at, **awake, **values(usage)))

    async def usage(self, wallet_id: int) -> tuple[Usage, datetime] | None:
        """The last known usage and its time; None if there is none."""
        row = await self._database.row(_MONEY, {"wallet": wallet_id})
        return None if row is None or row.usage_at is None else (read(Usage, row), row.usage_at)

    async def stored(self, wallet_id: int) -> StoredWallet:
        """Everything that a balance card shows of a wallet, read over one connection."""
        this = {"wallet": wallet_id}

        def fetch(connection: Connection) -> StoredWallet:
            row = connection.execute(_WALLET, this).one()
            running = connection.execute(_RUNNING, this).all()
            return StoredWallet(
                usage=None if row.usage_at is None else read(Usage, row),
                usage_at=row.usage_at,
                sweep=None if row.swept_at is None else Sweep(row.swept_at, row.complete),
                is_test=row.is_test,
                has_open_start=row.has_open_start,
                running=tuple(map(from_row, running)),
            )

        return await self._database.read(fetch)

    async def mark_swept(self, wallet_id: int, at: datetime, *, complete: bool) -> None:
        """Record a full listing; `complete` if no list was full, so that no video can be missing."""
        await self._database.write(_this(wallet_id).values(swept_at=at, complete=complete))

    async def swept(self, wallet_id: int) -> Sweep | None:
        """The last full listing; None before the first."""
        query = select(wallets.c.swept_at, wallets.c.complete).where(wallets.c.id == wallet_id)
        row = await self._database.row(query)
        return None if row is None or row.swept_at is None else Sweep(*row)

    async def lists_begun(self, wallet_id: int) -> int:
        """The number of the latest list of running videos that any process began; 0 before the first."""
        return await self._database.scalar(select(wallets.c.lists_begun).where(wallets.c.id == wallet_id)) or 0

    async def begin_list(self, wallet_id: int) -> int:
        """Begin a list of running videos; returns its number."""
        return await self._begin_list(wallet_id) or 0

    async def claim_list(self, wallet_id: int, after: int, now: datetime, lease: timedelta) -> int | None:
        """Like `begin_list`, for one process at a time; None while another one holds the lease.

        Also None if a list with a higher number than `after` is finished. The lease ends with `finish_list`,
        `release_list`, or by itself.
        """
        until = wallets.c.listing_until
        is_free = until.is_(None) | (until <= now)
        return await self._begin_list(wallet_id, wallets.c.listed <= after, is_free, listing_until=now + lease)

    async def _begin_list(self, wallet_id: int, *where: ColumnElement[bool], **lease: object) -> int | None:
        begun = _this(wallet_id).where(*where).values(lists_begun=wallets.c.lists_begun + 1, **lease)
        async with self._database.writing() as connection:
            number: int | None = await connection.scalar(begun.returning(wallets.c.lists_begun))
        return number

    async def finish_list(self, wallet_id: int, number: int, at: datetime, hidden_platforms: AbstractSet[str]) -> None:
        """Record that the list with this number, requested `at` a time, is in the mirror.

        A newer one stays recorded.
        """
        hidden = ",".join(sorted(hidden_platforms))
        finished = _this(wallet_id).where(wallets.c.listed < number)
        await self._database.write(
            finished.values(listed=number, listed_at=at, hidden_platforms=hidden, listing_until=None)
        )

    async def release_list(self, wallet_id: int) -> None:
        """Let the next process list at once, after a failure."""
        await self._database.write(_this(wallet_id).values(listing_until=None))

    async def listed(self, wallet_id: int) -> Listed | None:
        """The newest finished list of running videos; None before the first."""
        columns = (wallets.c.listed, wallets.c.listed_at, wallets.c.hidden_platforms)
        row = await self._database.row(select(*columns).where(wallets.c.id == wallet_id))
        if row is None or row.listed_at is None:
            return None
        return Listed(row.listed, row.listed_at, frozenset(row.hidden_platforms.split(",")) - {""})


class Polling(Aggregate):
    """The polling columns of the `wallets` table."""

    async def due(self, now: datetime) -> tuple[int, ...]:
        """The used wallets that are due, the longest overdue first."""
        is_used = exists().where(workspaces.c.wallet_id == wallets.c.id)
        query = select(wallets.c.id).where(wallets.c.poll_at <= now, wallets.c.fingerprint != "", is_used)
        return tuple(row.id for row in await self._database.rows(query.order_by(wallets.c.poll_at)))

    async def state(self, wallet_id: int) -> Polled:
        """The polling state of a wallet."""
        columns = (wallets.c.polled_at, wallets.c.poll_at, wallets.c.poll_failures, wallets.c.poll_problem)
        (row,) = await self._database.rows(select(*columns).where(wallets.c.id == wallet_id))
        return Polled(*row)

    async def is_behind(self, wallet_id: int, moment: datetime, now: datetime) -> bool:
        """Whether pages that were due by `moment`, or are due now and were never read, are still unread.

        Videos that had ended when the bot first saw them don't count: their pages have nothing new.
        """
        never_read = (videos.c.due_at <= now) & videos.c.read_at.is_(None)
        behind = select(videos.c.video_id).where(
            videos.c.wallet_id == wallet_id, (videos.c.due_at <= moment) | never_read, MAY_HAVE_NEWS
        )
        return await self._database.scalar(behind.limit(1)) is not None

    async def record_success(self, wallet_id: int, now: datetime, next_at: datetime) -> None:
        """Record a successful poll, and when the next one is."""
        well = _this(wallet_id).values(polled_at=now, poll_at=next_at, **_WORKS)
        await self._database.write(well)

    async def failed(self, wallet_id: int, next_at: datetime, failures: int, problem: str) -> None:
        """Record a failed poll, and when the wallet is tried again."""
        failed = _this(wallet_id).values(poll_at=next_at, poll_failures=failures, poll_problem=problem)
        await self._database.write(failed)


async def poll_by(connection: AsyncConnection, wallet_id: int, moment: datetime) -> None:
    """Move the wallet's next poll forward to a time, if it is later. Within the caller's transaction."""
    later = (wallets.c.poll_at > moment) & (wallets.c.poll_failures == 0)
    await connection.execute(_this(wallet_id).where(later).values(poll_at=moment))


async def lock_wallet(connection: AsyncConnection, wallet_id: int) -> None:
    """Block other writers of this wallet until the transaction ends. On SQLite the write lock already does."""
    # Not the full lock, which would also block inserts of rows that refer to the wallet.
    lock = select(wallets.c.id).where(wallets.c.id == wallet_id).with_for_update(key_share=True)
    await connection.execute(lock)


def _this(wallet_id: int) -> Update:
    return update(wallets).where(wallets.c.id == wallet_id)
