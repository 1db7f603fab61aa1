"""A month of everything that can happen to videos: each figure that the bot shows agrees with the sandbox's bill."""

import csv
import gc
import io
import re
import resource
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import ROUND_UP, Decimal
from pathlib import Path

from bot.alerts.engine import AlertEngine
from bot.digests.planner import MAX_WAIT, DigestPlanner
from bot.metrics import Metrics
from bot.reply.call import Call
from bot.reply.plain import plain_text
from bot.reply.spool import opened
from bot.store.database import Database
from bot.wallet.poller import Poller
from tests.alerts.outbox import outbox_of
from tests.standins.environment import ANA, BEN, HandClock, environment_of, rows, sandbox_of

PRICE = Decimal("0.015")
BEGIN = datetime(2026, 3, 1, 5, 59, tzinfo=UTC)
TICKS = ("01:20", "05:57", "06:00", "14:45")
"""When the bot's jobs run each day."""
STARTS = {
    0: [("tiktok.com/@steady/video/7301234567890123401", 30), ("youtube.com/watch?v=corrected01", 3)],
    1: [("tiktok.com/@gaps/video/7301234567890123402", 14), ("instagram.com/p/steadyPost1/", 7)],
    3: [("tiktok.com/@deleted/video/7301234567890123403", 7), ("tiktok.com/@error/video/7301234567890123404", 7)],
    9: [("x.com/flat/status/1988637243979237148", 5), ("youtube.com/watch?v=hidden_cats", 7)],
    15: [("tiktok.com/@steady/video/7301234567890123405", 7)],
    20: [("tiktok.com/@steady/video/7301234567890123405", 2)],
}
STOPPED = {18: "7301234567890123405"}


class Hidden:
    """The growth of a video whose views are hidden every other hour, and whose likes stay at three in the end."""

    def __init__(self, growth):
        self._growth = growth

    def __getattr__(self, name):
        return getattr(self._growth, name)

    def counts(self, hour):
        counts = dict(self._growth.counts(hour))
        if hour % 2:
            counts["views"] = None
        if hour > 80:
            counts["likes"] = 3
        return counts


class Month:
    """The bot's jobs on the env's own parts, and what they posted."""

    def __init__(self, env, charts, database):
        bot, self.env, self.database, self.read = env.bot, env, database, 0
        self.poller = Poller(bot.accounts, bot.store, env.clock, Metrics())
        self.digests = DigestPlanner(bot.store, bot.accounts, charts, env.clock, MAX_WAIT)
        self.announcer = AlertEngine(bot.store, charts, env.clock)
        self.spent, self.reports = [], []

    async def tick(self, moment):
        """Run every job that is due by then."""
        self.env.clock.now = moment
        for _ in range(2):
            await self.poller.poll_due()
            await self.digests.plan_due()
            await self.announcer.react_due()
            self.env.clock.advance(seconds=20)
        found, self.read = await outbox_of(self.database, self.read)
        for each in found:
            if each.reply.title == "Daily digest":
                (spent,) = re.findall(r"\$([\d.]+\d) spent", plain_text(each.reply))
                self.spent.append(Decimal(spent))
            elif each.channel_id == BEN.channel_id and each.key.startswith("done:"):
                self.reports += re.findall(r"([\d,]+) of [\d,]+ snapshots? · \$([\d.]+\d)", plain_text(each.reply))


async def test_a_months_digests_add_up_to_the_bill_and_every_other_figure_agrees(sqlite_url, charts):
    clock = HandClock()
    clock.now = BEGIN
    database = Database(sqlite_url)
    async with sandbox_of(clock) as sandbox, environment_of(sandbox, clock, sqlite_url) as env:
        month = Month(env, charts, database)
        await env.say("/digest on 06:00 UTC")
        await env.say("/alerts on", BEN)
        memory = []
        for day in range(33):
            if day < 31:
                await _begin(env, day)
            if day in {
                5,
                12,
                25,
            }:  # pages can't be read for a day, or the API is down for hours or a day
                sandbox.faults.add("503", on="GET /videos/{id}" if day == 5 else "*", times=None)
            for tick in TICKS:
                if day in {3, 8, 22} and tick == "05:57":  # two pages are read only after the digest
                    sandbox.faults.add("503", on="GET /videos/{id}", times=2)
                hour, minute = map(int, tick.split(":"))
                moment = BEGIN.replace(hour=hour, minute=minute) + timedelta(days=day)
                if moment > BEGIN:
                    await month.tick(moment)
                if day in {6, 13, 25} and tick == "14:45":
                    sandbox.faults.clear()
            if day in {5, 32}:
                memory.append(_resident())
        account = sandbox.world.account(sandbox.key)
        bill = account.total_charged + account.uncharged
        assert not account.active
        assert bill == account.total_snapshots * PRICE
        assert len(month.spent) == 33
        assert sum(month.spent) == bill

        usage = await env.run(Call("usage.details"))
        assert f"{account.total_snapshots:,} snapshots" in plain_text(usage)
        shown = {day: Decimal(spent.removeprefix("$")) for day, spent in rows(usage, "Spend by day (UTC)")}
        taken = Counter(
            f"{each.started_at + timedelta(hours=hour):%a %-d %b}" for each in _all(account) for hour in each.hours
        )
        assert shown == {day: _shown(taken[day]) for day in shown}
        assert len(shown) > 5

        (file,) = (await env.say("/export all")).files
        table = csv.DictReader(io.StringIO(_text(file)))
        assert Counter(row["video_id"] for row in table) == {
            each.id: len(each.hours) for each in _all(account) if each.hours
        }

        reported = Counter((Decimal(cost), int(count)) for count, cost in month.reports)
        completed = [each for each in _all(account) if each.status == "completed"]
        assert reported == Counter((_shown(len(each.hours)), len(each.hours)) for each in completed)
        for each in _all(account):
            said = (await env.details(f"/stats {each.id}")).summary
            taken_of_link = sum(len(other.hours) for other in _all(account) if other.link == each.link)
            assert re.search(rf"\b{taken_of_link} of \d+ snapshots", said), said
    await database.close()
    assert memory[1] - memory[0] < 40_000_000


async def _begin(env, day):
    """Start and stop this day's videos, a minute before the digest."""
    env.clock.now = max(env.clock.now, BEGIN + timedelta(days=day))
    for link, days in STARTS.get(day, ()):
        reply = await env.start(f"https://www.{link}", days)
        assert reply.title == "Tracking started", plain_text(reply)
        if "hidden" in link:
            film = env.sandbox.world.find(
                env.sandbox.key, list(env.sandbox.world.account(env.sandbox.key).trackings)[-1]
            ).video
            object.__setattr__(film, "growth", Hidden(film.growth))
    if day in STOPPED:
        card = await env.say(f"/stop {STOPPED[day]}", ANA)
        assert (await env.press(card, "Stop tracking")).title == "Stopped"


def _shown(snapshots):
    """What snapshots cost, in whole cents."""
    return (snapshots * PRICE).quantize(Decimal("0.01"), ROUND_UP)


def _all(account):
    return tuple(account.trackings.values())


def _text(file):
    return opened(file.content).read().decode("utf-8-sig")


def _resident():
    """Bytes of memory of this process."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
