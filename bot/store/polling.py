"""When each wallet is to be polled next, how that went last, and what is left: columns of the `wallets` table.

`poll_at` is the one moment that decides: whatever makes something due earlier brings it forward in the same
transaction, except while a wallet rests after a failure.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.tables import MAY_HAVE_NEWS, videos, wallets, workspaces

LONGEST_REST = timedelta(hours=1)
"""No wallet is left alone for longer. What says so was written before the clock was set back."""


@dataclass(frozen=True, slots=True)
class Polled:
    """How polling a wallet stands: `at` is when it last went well, `problem` why it has failed since, `failures` times.

    `next_at` is when it is polled next.
    """

    at: datetime | None
    next_at: datetime | None
    failures: int
    problem: str


class Polling:
    """The columns of the `wallets` table that the poller goes by."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime) -> tuple[int, ...]:
        """The wallets in use that are to be polled, the longest overdue first."""
        is_used = exists().where(workspaces.c.wallet_id == wallets.c.id)
        found: list[int] = []
        async with self._database.reading() as connection:
            for is_due in (wallets.c.poll_at <= now, wallets.c.poll_at > now + 2 * LONGEST_REST):
                query = select(wallets.c.id).where(is_due, wallets.c.fingerprint != "", is_used)
                found.extend(await connection.scalars(query.order_by(wallets.c.poll_at)))
        return tuple(found)

    async def state(self, wallet_id: int) -> Polled:
        """How polling the wallet stands."""
        columns = (wallets.c.polled_at, wallets.c.poll_at, wallets.c.poll_failures, wallets.c.poll_problem)
        async with self._database.reading() as connection:
            return Polled(*(await connection.execute(select(*columns).where(wallets.c.id == wallet_id))).one())

    async def is_behind(self, wallet_id: int, moment: datetime, now: datetime) -> bool:
        """Whether pages are still to be read that were due by a moment, or are due by now and were never read.

        Videos that were over when the bot first saw them don't count: nothing that is new is on their pages.
        """
        never_read = (videos.c.due_at <= now) & videos.c.read_at.is_(None)
        behind = select(videos.c.video_id).where(
            videos.c.wallet_id == wallet_id, (videos.c.due_at <= moment) | never_read, MAY_HAVE_NEWS
        )
        async with self._database.reading() as connection:
            return await connection.scalar(behind.limit(1)) is not None

    async def went_well(self, wallet_id: int, now: datetime, next_at: datetime) -> None:
        """Note that the wallet was polled, and when it is next."""
        await self._write(wallet_id, polled_at=now, poll_at=next_at, poll_failures=0, poll_problem="")

    async def failed(self, wallet_id: int, next_at: datetime, failures: int, problem: str) -> None:
        """Note that the wallet could not be polled, how often by now, and let it rest until a moment."""
        await self._write(wallet_id, poll_at=next_at, poll_failures=failures, poll_problem=problem)

    async def _write(self, wallet_id: int, **values: object) -> None:
        async with self._database.writing() as connection:
            await connection.execute(update(wallets).where(wallets.c.id == wallet_id).values(values))


async def poll_by(connection: AsyncConnection, wallet_id: int, moment: datetime) -> None:
    """Have, within the caller's transaction, the wallet polled by a moment, if it would be later."""
    later = (wallets.c.poll_at > moment) & (wallets.c.poll_failures == 0)
    await connection.execute(update(wallets).where(wallets.c.id == wallet_id, later).values(poll_at=moment))
