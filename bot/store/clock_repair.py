"""Clock repair: fixes stored times after the clock was set back, so that nothing waits for them."""

from datetime import datetime, timedelta

from sqlalchemy import case, or_, update

from bot.domain.alerts import SNOOZE
from bot.domain.poll_times import FARTHEST
from bot.domain.quiet import LONGEST_MUTE
from bot.store.database import Aggregate
from bot.store.outbox import OutboxState
from bot.store.outbox_claims import LEASE
from bot.store.schedule_tables import alert_settings, alert_states, digests, is_open, leases, outbox
from bot.store.tables import videos, wallets
from bot.store.wallets import LONGEST_BACKOFF

CLOCKS_AGREE = timedelta(minutes=1)
"""Tolerated difference between the clocks of two machines."""
LONGEST_LEASE = timedelta(minutes=5)
OLD = timedelta(hours=2)
"""Age assigned to readings dated in the future. Their real age is unknown, so they are repeated."""

_DUE = (
    (leases.c.until, LONGEST_LEASE),
    (digests.c.lease_until, LONGEST_LEASE),
    (wallets.c.listing_until, LONGEST_LEASE),
    (wallets.c.poll_at, 2 * LONGEST_BACKOFF),
    (videos.c.reading_until, LONGEST_LEASE),
    (videos.c.due_at, 2 * FARTHEST),
    (alert_states.c.snoozed_until, SNOOZE),
    (alert_states.c.due_at, LONGEST_MUTE),
    (alert_settings.c.muted_until, LONGEST_MUTE),
)
"""Times that something waits for, and the furthest that each is ever set ahead."""


class ClockRepair(Aggregate):
    """Moves stored future times back. Safe to repeat, and in any number of processes.

    `Digests.recompute` does the same for digests, whose times follow from their schedules.
    """

    async def run(self, now: datetime) -> None:
        """Fix times written while the clock was ahead: nothing waits for one, and nothing looks newer than the present.

        Messages that are being sent keep a lease of the usual length.
        """
        ahead = now + CLOCKS_AGREE
        async with self._database.writing() as connection:
            for at, due in ((wallets.c.polled_at, wallets.c.poll_at), (videos.c.read_at, videos.c.due_at)):
                again = case((due.is_not(None), now))
                await connection.execute(update(at.table).where(at > ahead).values({at: now - OLD, due: again}))
            for at in (wallets.c.usage_at, wallets.c.swept_at, wallets.c.listed_at, videos.c.seen_at):
                await connection.execute(update(at.table).where(at > ahead).values({at: now - OLD}))
            for until, most in _DUE:
                await connection.execute(update(until.table).where(until > now + most).values({until: now}))
            was_ahead = or_(outbox.c.last_try_at > ahead, outbox.c.created_at > ahead)
            may_go = case((outbox.c.state == OutboxState.SENDING, now + LEASE), else_=now)
            back = update(outbox).where(is_open(), outbox.c.next_at > may_go, was_ahead)
            await connection.execute(back.values(next_at=may_go))
