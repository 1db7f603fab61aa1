"""Wallets: one row an API key, known by a fingerprint alone, with what was last heard of its money and its list."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.clock import LONGEST_WAY
from bot.domain.money import Usage
from bot.store.database import Database, insert_into
from bot.store.tables import wallets


@dataclass(frozen=True, slots=True)
class Sweep:
    """When every list of the wallet's videos was last read, and whether the lists held all of them."""

    at: datetime
    complete: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """The newest list of the wallet's running videos that any process finished.

    Lists are numbered in the order in which they were begun, so one with a higher number than another moment's was
    asked for after that moment, whatever the processes' clocks show. `at` is when the API was asked.
    `hidden_platforms` are those of which the API may have left running videos out.
    """

    number: int
    at: datetime
    hidden_platforms: frozenset[str]


class Wallets:
    """The `wallets` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ensure_wallet(self, fingerprint: str, now: datetime, *, is_test: bool | None = None) -> int:
        """The id of the wallet with this fingerprint, made when new. `is_test`: its key charges nothing."""
        query = select(wallets.c.id, wallets.c.is_test).where(wallets.c.fingerprint == fingerprint)
        async with self._database.reading() as connection:
            known = (await connection.execute(query)).one_or_none()
        if known is not None and is_test in {None, known.is_test}:
            return int(known.id)
        async with self._database.writing() as connection:
            new = insert_into(wallets, connection).values(fingerprint=fingerprint, complete=False, poll_at=now)
            await connection.execute(new.on_conflict_do_nothing())
            if is_test is not None:
                said = update(wallets).where(wallets.c.fingerprint == fingerprint)
                await connection.execute(said.values(is_test=is_test))
            return int((await connection.execute(query)).one().id)

    async def is_test(self, wallet_id: int) -> bool:
        """Whether the wallet's key charges nothing."""
        async with self._database.reading() as connection:
            return bool(await connection.scalar(select(wallets.c.is_test).where(wallets.c.id == wallet_id)))

    async def save_usage(self, wallet_id: int, usage: Usage, at: datetime) -> None:
        """Keep what the API said of the money, asked `at` a moment. One that a newer one overtook changes nothing."""
        known_at = wallets.c.usage_at
        newer = known_at.is_(None) | (known_at <= at) | (known_at > at + LONGEST_WAY)  # as `is_overtaken`
        statement = update(wallets).where(wallets.c.id == wallet_id, newer)
        async with self._database.writing() as connection:
            await connection.execute(
                statement.values(
                    balance=usage.balance,
                    uncharged=usage.uncharged,
                    total_charged=usage.total_charged,
                    cost_per_snapshot=usage.cost_per_snapshot,
                    total_snapshots=usage.total_snapshots,
                    usage_at=at,
                )
            )

    async def usage(self, wallet_id: int) -> tuple[Usage, datetime] | None:
        """The last known state of the money and when the API said it; None when it never did."""
        columns = (
            wallets.c.balance,
            wallets.c.uncharged,
            wallets.c.total_charged,
            wallets.c.cost_per_snapshot,
            wallets.c.total_snapshots,
            wallets.c.usage_at,
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(select(*columns).where(wallets.c.id == wallet_id))).one()
        return None if row.usage_at is None else (Usage(*row[:-1]), row.usage_at)

    async def mark_swept(self, wallet_id: int, at: datetime, *, complete: bool) -> None:
        """Note that every list was read; `complete` when none of them was full, so that no video can be missing."""
        statement = update(wallets).where(wallets.c.id == wallet_id).values(swept_at=at, complete=complete)
        async with self._database.writing() as connection:
            await connection.execute(statement)

    async def swept(self, wallet_id: int) -> Sweep | None:
        """The last sweep, or None before the first."""
        query = select(wallets.c.swept_at, wallets.c.complete).where(wallets.c.id == wallet_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one()
        return None if row.swept_at is None else Sweep(row.swept_at, row.complete)

    async def lists_begun(self, wallet_id: int) -> int:
        """The number of the latest list of running videos that any process began; 0 before the first."""
        async with self._database.reading() as connection:
            begun = await connection.scalar(select(wallets.c.lists_begun).where(wallets.c.id == wallet_id))
        return int(begun or 0)

    async def begin_list(self, wallet_id: int) -> int:
        """Begin a list of running videos; returns its number."""
        number = await self._begin_list(wallet_id)
        return int(number or 0)

    async def claim_list(self, wallet_id: int, after: int, now: datetime, lease: timedelta) -> int | None:
        """As `begin_list`, for one process at a time; None while another one holds the lease.

        None too if a list with a higher number than `after` was finished.

        The lease ends by `finish_list`, by `release_list`, or by itself. One that lasts longer than any does was taken
        before the clock was set back.
        """
        until = wallets.c.listing_until
        is_free = until.is_(None) | (until <= now) | (until > now + lease)
        return await self._begin_list(wallet_id, wallets.c.listed <= after, is_free, listing_until=now + lease)

    async def _begin_list(self, wallet_id: int, *where: ColumnElement[bool], **values: object) -> int | None:
        begun = update(wallets).where(wallets.c.id == wallet_id, *where)
        begun = begun.values(lists_begun=wallets.c.lists_begun + 1, **values)
        async with self._database.writing() as connection:
            number: int | None = await connection.scalar(begun.returning(wallets.c.lists_begun))
        return number

    async def finish_list(self, wallet_id: int, number: int, at: datetime, hidden_platforms: AbstractSet[str]) -> None:
        """Note that the list of this number is in the mirror, asked for `at` a moment. A newer one stays noted."""
        this = update(wallets).where(wallets.c.id == wallet_id, wallets.c.listed < number)
        values = {"listed": number, "listed_at": at, "hidden_platforms": ",".join(sorted(hidden_platforms))}
        async with self._database.writing() as connection:
            await connection.execute(this.values(values | {"listing_until": None}))

    async def release_list(self, wallet_id: int) -> None:
        """Let the next process list at once, after one that could not."""
        async with self._database.writing() as connection:
            await connection.execute(update(wallets).where(wallets.c.id == wallet_id).values(listing_until=None))

    async def listed(self, wallet_id: int) -> Listed | None:
        """The newest finished list of running videos; None before the first."""
        columns = (wallets.c.listed, wallets.c.listed_at, wallets.c.hidden_platforms)
        async with self._database.reading() as connection:
            row = (await connection.execute(select(*columns).where(wallets.c.id == wallet_id))).one()
        if row.listed_at is None:
            return None
        return Listed(row.listed, row.listed_at, frozenset(row.hidden_platforms.split(",")) - {""})


async def lock_wallet(connection: AsyncConnection, wallet_id: int) -> None:
    """Make other writers of this wallet wait until the transaction ends. SQLite's write lock does so already."""
    # Not the full lock: that would also hold up everyone who inserts a row that refers to the wallet.
    lock = select(wallets.c.id).where(wallets.c.id == wallet_id).with_for_update(key_share=True)
    await connection.execute(lock)
