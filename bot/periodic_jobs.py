"""What runs by itself, and how often."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.alerts.engine import AlertEngine
from bot.charts.charts import Charts
from bot.delivery.deliver import Deliverer
from bot.delivery.poster import ChannelPoster, MeteredPoster
from bot.digests.planner import LATE_AFTER, MAX_WAIT, DigestPlanner
from bot.domain.clock import Clock
from bot.maintenance import ClockWatch, Maintenance
from bot.metrics import Metrics
from bot.scheduler import PeriodicJob, Scheduler
from bot.store import Store
from bot.wallet.accounts import Accounts
from bot.wallet.approvals import ApprovalUpkeep
from bot.wallet.poller import Poller

LOOK_EVERY = timedelta(seconds=5)
DELIVER_EVERY = timedelta(seconds=1)
EXPIRE_EVERY = timedelta(minutes=1)
MAINTAIN_EVERY = timedelta(days=1)


def scheduler_of(
    store: Store,
    accounts: Accounts,
    charts: Charts,
    posters: Mapping[str, ChannelPoster],
    clock: Clock,
    metrics: Metrics,
    speed: float,
) -> Scheduler:
    """The scheduler with every job of the bot."""
    counted = {chat: MeteredPoster(chat, poster, metrics.posts) for chat, poster in posters.items()}
    poller, deliverer = Poller(accounts, store, clock, metrics), Deliverer(store, counted, clock)
    digests = DigestPlanner(store, accounts, charts, clock, MAX_WAIT, LATE_AFTER * speed)
    jobs = (
        PeriodicJob("clock", LOOK_EVERY, ClockWatch(store, clock).run),
        PeriodicJob("poll", LOOK_EVERY, poller.poll_due, poller.stop),
        PeriodicJob("alerts", LOOK_EVERY, AlertEngine(store, charts, clock).react_due),
        PeriodicJob("digest", LOOK_EVERY, digests.plan_due),
        PeriodicJob("approvals", EXPIRE_EVERY, ApprovalUpkeep(store, clock, speed).run),
        PeriodicJob("deliver", DELIVER_EVERY, deliverer.deliver_due, deliverer.stop),
        PeriodicJob("maintenance", MAINTAIN_EVERY, Maintenance(store, clock).run),
    )
    return Scheduler([replace(job, do=metrics.counted(job.name, job.do)) for job in jobs], speed)
