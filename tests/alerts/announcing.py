"""One process that announces over and over until it is told to stop; killed anywhere, another takes over."""

import asyncio
import sys
from datetime import datetime, timedelta

from bot.charts.charts import Charts
from bot.domain.clock import FastClock
from bot.jobs.announce import Announcer
from bot.store import Store


async def announce(url, start, speed):
    clock = FastClock(datetime.fromisoformat(start), float(speed))
    async with Store.opened(url) as store, Charts() as charts:
        announcer = Announcer(store, charts, clock)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            await announcer.announce_due()
            await asyncio.sleep(timedelta(milliseconds=5).total_seconds())


if __name__ == "__main__":
    asyncio.run(announce(*sys.argv[1:]))
