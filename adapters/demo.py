"""The demo: the sandbox, the bot and the console in one process on one fast clock, with nothing to configure.

At a terminal it is a conversation, elsewhere a tour that types every command. It writes to a temporary database.
"""

import asyncio
import secrets
import sys
import tempfile
from pathlib import Path

from pydantic import SecretStr

from adapters.console.app import ConsoleOptions, converse, play
from adapters.sandbox.serve import Sandbox
from bot.app import OFFER_LASTS, Bot
from bot.domain.clock import FastClock, utc_now
from bot.reply.call import Call
from bot.reply.model import Tone
from bot.settings import Settings

SPEED = 720
"""An hour takes five seconds, so that a tracked video grows while one looks."""
PAUSE = 11
"""Seconds until a video that was just started has two snapshots."""
LINK = "https://www.tiktok.com/@viral/video/7301234567890123456"
GREETING = f"""\
This is contentstats-bot with play money: a ContentStats of its own, eight videos
with a past, and a clock on which an hour takes five seconds. Pictures and files
go to {{charts}}/. Try /videos, /usage, or track something new:
  /track {LINK} 3
"""
GROWING = f"(Two hours pass, which takes {PAUSE} seconds here.)\n"
FAREWELL = "That was every command once. At a terminal, the demo is a prompt of your own."


async def demo(charts: Path) -> int:
    """Talk, or play the tour where there is no terminal; pictures go to `charts`. Gives the exit code."""
    clock = FastClock(utc_now(), SPEED)
    with tempfile.TemporaryDirectory(prefix="contentstats-bot-") as folder:
        async with Sandbox(clock, requests_per_minute=600, seed_demo=True) as sandbox:
            # Not by `load`: the demo is the same whatever this machine's own bot is set to.
            settings = Settings.model_construct(
                contentstats_api_key=SecretStr(sandbox.key),
                contentstats_base_url=sandbox.url,
                database_url=f"sqlite:///{folder}/demo.sqlite3",
                secret_keys=SecretStr(secrets.token_urlsafe(32)),
            )
            async with Bot(settings, clock=clock, offer_lasts=OFFER_LASTS * SPEED) as bot:
                print(GREETING.format(charts=charts))
                options = ConsoleOptions(admin=True, picture_dir=charts)
                if sys.stdin.isatty() and sys.stdout.isatty():
                    return await converse(bot, options)
                return await _tour(bot, options, sandbox.key)


async def _tour(bot: Bot, options: ConsoleOptions, key: str) -> int:
    """Every listed command with what it really answers, and one mistake; 1 where anything else went wrong."""
    look = ("/help", "/status", "/videos", "/stats kitchen sink", '/compare "kitchen sink" vs "one-pan pasta"')
    replies = await play(bot, (*look, f"/track {LINK} 3", "1"), options, sys.stdout)
    await play(bot, (f"/track {LINK} 31",), options, sys.stdout)
    print(GROWING, flush=True)
    await asyncio.sleep(PAUSE)
    grown = (f"/stats {LINK}", "/usage", f"/stop {LINK}", "1", "/export all")
    leave = (Call("connect", {"key": key}), "/disconnect", "1")
    replies += await play(bot, (*grown, *leave), options, sys.stdout)
    print(FAREWELL)
    return int(any(reply.tone is Tone.PROBLEM for reply in replies))
