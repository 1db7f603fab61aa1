"""The bot's periodic jobs and their intervals, with the daily maintenance."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from bot.alerts.engine import AlertEngine
from bot.charts.charts import Charts
from bot.delivery.deliver import Deliverer
from bot.delivery.poster import ChannelPoster
from bot.digests.planner import LATE_AFTER, MAX_WAIT, DigestPlanner
from bot.domain.clock import Clock
from bot.metrics import Metrics
from bot.scheduler import PeriodicJob, Scheduler
from bot.store import Store
from bot.wallet.accounts import Accounts
from bot.wallet.approvals import ApprovalMaintenance
from bot.wallet.poller import Poller

LOOK_EVERY = timedelta(seconds=5)
DELIVER_EVERY = timedelta(seconds=1)
EXPIRE_EVERY = timedelta(minutes=1)
MAINTAIN_EVERY = timedelta(days=1)


def create_scheduler(
    store: Store,
    accounts: Accounts,
    charts: Charts,
    posters: Mapping[str, ChannelPoster],
    clock: Clock,
    metrics: Metrics,
    speed: float,
) -> Scheduler:
    """Create the scheduler with every periodic job."""
    poller, deliverer = Poller(accounts, store, clock, metrics), Deliverer(store, posters, clock, metrics.posts)
    digests = DigestPlanner(store, accounts, charts, clock, MAX_WAIT, LATE_AFTER * speed)
    jobs = (
        PeriodicJob("clock", LOOK_EVERY, ClockWatch(store, clock).run),
        PeriodicJob("poll", LOOK_EVERY, poller.poll_due, poller.stop),
        PeriodicJob("alerts", LOOK_EVERY, AlertEngine(store, charts, clock).react_due),
        PeriodicJob("digest", LOOK_EVERY, digests.plan_due),
        PeriodicJob("approvals", EXPIRE_EVERY, ApprovalMaintenance(store, clock, speed).run),
        PeriodicJob("deliver", DELIVER_EVERY, deliverer.deliver_due, deliverer.stop),
        PeriodicJob("maintenance", MAINTAIN_EVERY, partial(maintain, store, clock)),
    )
    return Scheduler(jobs, speed, metrics)


async def maintain(store: Store, clock: Clock) -> int:
    """Delete expired rows; returns how many messages were deleted. Safe to repeat, and in any number of processes."""
    now = clock()
    await store.inbox.forget_old(now)
    await store.memories.forget_old(now)
    await store.forgetting.old_spend(now)
    forgotten = await store.outbox_status.forget_old(now)
    await store.events.forget_old(now)
    await store.forgetting.settled_workspaces(now)
    await store.forgetting.unused_mirrors()
    return forgotten


class ClockWatch:
    """Repairs stored times at the start, since the clock may have been set back before, and after each step back."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._latest: datetime | None = None

    async def run(self) -> int:
        """Repair if the clock shows an earlier time than in the last run. Returns 1 if it did, else 0."""
        now = self._clock()
        if self._latest is not None and now >= self._latest:
            self._latest = now
            return 0
        await self._store.clock_repair.run(now)
        await self._store.digests.recompute(now)
        self._latest = now
        return 1
