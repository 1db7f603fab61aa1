"""The demo: the sandbox, the bot and the console in one process on one fast clock, with nothing to configure.

At a terminal it is a conversation, elsewhere a tour that types every command. It writes to a temporary database.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from pydantic import SecretStr

from adapters.console.app import ConsoleOptions, converse, play
from adapters.sandbox.serve import Sandbox
from bot.app import OFFER_LASTS, Bot
from bot.domain.clock import FastClock, utc_now
from bot.settings import Settings

SPEED = 720
"""An hour takes five seconds, so that a tracked video grows while one looks."""
GREETING = """\
This is contentstats-bot on play money: a ContentStats server of its own, eight videos with a past, and a clock on
which an hour takes five seconds. Try /videos, /usage, or track something new:
  /track https://www.tiktok.com/@viral/video/7301234567890123456 7
"""
FIRST_SNAPSHOT = 11
"""Seconds until a video that was just started has two snapshots to compare."""


async def demo(charts: Path) -> int:
    """Talk, or play the tour where there is no terminal; pictures go to `charts`. Gives the exit code."""
    clock = FastClock(utc_now(), SPEED)
    with tempfile.TemporaryDirectory(prefix="contentstats-bot-") as folder:
        async with Sandbox(clock, requests_per_minute=600, seed_demo=True) as sandbox:
            settings = Settings(
                contentstats_api_key=SecretStr(sandbox.key),
                contentstats_base_url=sandbox.url,
                database_url=f"sqlite:///{folder}/demo.sqlite3",
            )
            async with Bot(settings, clock=clock, offer_lasts=OFFER_LASTS * SPEED) as bot:
                print(GREETING)
                options = ConsoleOptions(user="you", admin=True, picture_dir=charts)
                if sys.stdin.isatty() and sys.stdout.isatty():
                    return await converse(bot, options)
                return await _tour(bot, options)


async def _tour(bot: Bot, options: ConsoleOptions) -> int:
    """Every command once, with what it really answers."""
    first = ("/help", "/status", "/videos", "/track https://www.tiktok.com/@viral/video/7301234567890123456 7", "1")
    failed = await play(bot, first, options)
    await asyncio.sleep(FIRST_SNAPSHOT)
    then = ("/stats 7301234567890123456", "/usage", "/export all")
    return await play(bot, then, options) or failed
