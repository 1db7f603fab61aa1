"""One process that says when it is ready, and announces over and over until it is killed; another takes over."""

import asyncio
import sys
from datetime import datetime, timedelta

from bot.charts.charts import Charts
from bot.domain.clock import FastClock
from bot.jobs.announce import Announcer
from bot.store import Store


async def main(url, start, speed):
    clock = FastClock(datetime.fromisoformat(start), speed)
    async with Store.opened(url) as store, Charts() as charts:
        announcer = Announcer(store, charts, clock)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            await announcer.announce_due()
            await asyncio.sleep(timedelta(milliseconds=5).total_seconds())
