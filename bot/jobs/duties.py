"""What runs by itself, and how often."""

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.clock import Clock
from bot.jobs.deliver import Deliverer
from bot.jobs.scheduler import Duty, Scheduler
from bot.jobs.tidy import Tidying
from bot.ports import ChannelPoster
from bot.store import Store

DELIVER_EVERY = timedelta(seconds=1)
TIDY_EVERY = timedelta(days=1)


def scheduler_of(store: Store, posters: Mapping[str, ChannelPoster], clock: Clock, speed: float) -> Scheduler:
    """The scheduler with every duty of the bot."""
    deliverer = Deliverer(store, posters, clock)
    duties = (
        Duty("deliver", DELIVER_EVERY, deliverer.deliver_due, deliverer.stop),
        Duty("tidy", TIDY_EVERY, Tidying(store, clock).tidy),
    )
    return Scheduler(duties, speed)
