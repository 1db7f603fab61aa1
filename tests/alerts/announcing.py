"""A process that reacts to events again and again until it is killed, and prints when it is ready; another takes over.

It can kill itself at a step of its writes: right before or right after a commit.
"""

import asyncio
import os
import signal
import sys
from datetime import datetime, timedelta

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from bot.alerts.engine import AlertEngine
from bot.charts.charts import Charts
from bot.domain.clock import FastClock
from bot.store import Store


async def main(url: str, start: str, speed: float, dies_at: int = 0) -> None:
    clock = FastClock(datetime.fromisoformat(start), speed)
    async with Store.opened(url) as store, Charts() as charts:
        engine = AlertEngine(store, charts, clock)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        if dies_at:
            _die_at(dies_at)
        while True:
            await engine.react_due()
            await asyncio.sleep(timedelta(milliseconds=5).total_seconds())


def _die_at(step: int) -> None:
    passed, is_committing = 0, False

    def pass_step() -> None:
        nonlocal passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(_connection: object) -> None:
        nonlocal is_committing
        is_committing = True
        pass_step()

    def after(_connection: object, _record: object) -> None:
        nonlocal is_committing
        if is_committing:
            is_committing = False
            pass_step()

    event.listen(Engine, "commit", before)
    event.listen(Pool, "checkin", after)
