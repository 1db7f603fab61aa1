"""Outbox status: a workspace's waiting messages, the last one sent, and dead letters, which can be retried."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, func, select, update

from bot.domain.status import DeadLetter, Queue
from bot.store.database import Aggregate
from bot.store.outbox import OutboxState
from bot.store.schedule_tables import blobs, is_open, outbox

LATE = timedelta(minutes=1)
SHOWN_DEAD = 3
MOST_COUNTED = 10_000
"""Maximum number of messages counted for Prometheus."""
RETRIED_WITHIN = timedelta(days=7)
"""How long a dead letter can be retried."""
WAITED_FOR = timedelta(days=30)
"""Age at which a message that was never tried is given up: no process posts in its chat any more."""
PICTURES_KEPT = timedelta(days=10)
BODIES_KEPT = timedelta(days=90)
KEYS_KEPT = timedelta(days=400)
"""Longer than any event could be reported again under the same key."""


class OutboxStatus(Aggregate):
    """The `outbox` table, for status and maintenance."""

    async def queue(self, workspace_id: int, now: datetime) -> Queue:
        """The workspace's queue. Dead letters that can't be retried any more are left out."""
        mine = outbox.c.workspace_id == workspace_id
        is_due = (outbox.c.next_at <= now) | (outbox.c.attempts > 0)  # the others may still be withdrawn
        waiting = select(func.count(), func.min(outbox.c.created_at)).where(is_open(), mine, is_due)
        last = select(func.max(outbox.c.ended_at)).where(mine, outbox.c.state == OutboxState.SENT)
        dead = and_(mine, outbox.c.state == OutboxState.DEAD, outbox.c.ended_at > now - RETRIED_WITHIN)
        dead_ones = select(outbox.c.channel_id, outbox.c.error, outbox.c.ended_at).where(dead)
        async with self._database.reading() as connection:
            count, oldest_at = (await connection.execute(waiting)).one()
            last_sent_at = await connection.scalar(last)
            found = (await connection.execute(dead_ones.order_by(outbox.c.ended_at.desc(), outbox.c.id.desc()))).all()
        few = tuple(DeadLetter(*row) for row in found[:SHOWN_DEAD])
        return Queue(count, oldest_at, last_sent_at, len(found), few)

    async def load(self, now: datetime) -> tuple[int, int, int, int]:
        """How many messages of all workspaces are waiting, due, a minute late, and were given up recently.

        Counts at most `MOST_COUNTED` of each, so that the cost doesn't depend on the queue's length.
        """
        first = select(outbox.c.next_at).where(is_open()).order_by(outbox.c.next_at).limit(MOST_COUNTED).subquery()
        due, late = first.c.next_at <= now, first.c.next_at <= now - LATE
        opened = select(func.count(), func.count().filter(due), func.count().filter(late)).select_from(first)
        given_up = outbox.c.state == OutboxState.DEAD, outbox.c.ended_at > now - RETRIED_WITHIN
        dead = select(func.count()).select_from(select(outbox.c.id).where(*given_up).limit(MOST_COUNTED).subquery())
        async with self._database.reading() as connection:
            waiting, due_ones, late_ones = (await connection.execute(opened)).one()
            return waiting, due_ones, late_ones, int(await connection.scalar(dead) or 0)

    async def retry(self, workspace_id: int, now: datetime) -> int:
        """Retry a workspace's dead letters; returns how many there are."""
        which = (
            outbox.c.workspace_id == workspace_id,
            outbox.c.state == OutboxState.DEAD,
            outbox.c.ended_at > now - RETRIED_WITHIN,
        )
        values = {
            "state": OutboxState.PENDING,
            "attempts": 0,
            "next_at": now,
            "first_try_at": None,
            "last_try_at": None,
            "expires_at": None,
            "ended_at": None,
            "error": "",
        }
        async with self._database.writing() as connection:
            return (await connection.execute(update(outbox).where(*which).values(values))).rowcount

    async def forget_old(self, now: datetime) -> int:
        """Delete old bodies, keys and pictures; returns how many messages were deleted.

        A message that wasn't tried for a month is given up, as it would keep every picture since then.
        """
        waiting = outbox.alias()
        is_waited_for = exists().where(is_open(waiting), waiting.c.created_at <= blobs.c.used_at)
        never_tried = update(outbox).where(is_open(), outbox.c.next_at < now - WAITED_FOR)
        abandoned = {
            "state": OutboxState.DEAD,
            "error": "nothing was posted in this chat for a month.",
            "ended_at": now,
        }
        old_ones = delete(outbox).where(outbox.c.ended_at < now - KEYS_KEPT)
        bodies = update(outbox).where(outbox.c.ended_at < now - BODIES_KEPT, outbox.c.payload != "").values(payload="")
        unused = delete(blobs).where(blobs.c.used_at < now - PICTURES_KEPT, ~is_waited_for)
        async with self._database.writing() as connection:
            await connection.execute(never_tried.values(abandoned))
            forgotten = (await connection.execute(old_ones)).rowcount
            await connection.execute(bodies)
            await connection.execute(unused)
        return forgotten
