"""The demo: the sandbox, the bot, the console and the page in one process, on a fast clock and without settings.

At a terminal, it is interactive there and in a browser; elsewhere it plays a tour of all commands. The scheduler posts
digests and alerts too. The database is temporary.
"""

import asyncio
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pydantic import SecretStr

from adapters.console.app import ConsoleOptions, converse, play
from adapters.console.post import ConsolePoster
from adapters.sandbox.serve import CAMPAIGN_LINKS, Sandbox
from bot.app import Bot
from bot.delivery.poster import ChannelPoster
from bot.domain.clock import Clock, FastClock, utc_now
from bot.reply.call import Call
from bot.reply.model import Tone
from bot.settings import Settings

if TYPE_CHECKING:
    from adapters.page.conversation import PageChat

SPEED = 720
"""An hour takes five seconds, so that a tracked video visibly grows."""
PAUSE = 11
"""Seconds until a newly tracked video has two snapshots."""
DIGEST_IN = timedelta(hours=1)
"""Time until the first digest, on the demo's clock."""
LINK = "https://www.tiktok.com/@viral.piano/video/7301234567890123456"
CAMPAIGN = "launch"
NEW_CAMPAIGN = f"/campaign new {CAMPAIGN} {' '.join(CAMPAIGN_LINKS)}"
"""The command that creates the demo's campaign."""
GREETING = f"""\
This is contentstats-bot with play money: its own ContentStats, eight videos
with a past, and a clock on which an hour takes five seconds. Pictures and files
go to {{charts}}/. The bot also posts here by itself: a daily digest, and an alert
when the wallet runs low and is filled again. The campaign {CAMPAIGN} has videos of
three creators. Try /campaign {CAMPAIGN}, /leaderboard creators, or track a video:
  /track {LINK} 3
"""
ABOUT = (
    "This is contentstats-bot with play money, drawn from what it sends to Slack and Discord. It has eight videos with "
    f"a past, four of them in the campaign {CAMPAIGN}, and a clock on which an hour takes five seconds. A digest and "
    "an alert arrive by themselves. Type a command, paste a video link, or try one of these."
)
EXAMPLES = (
    f"/campaign {CAMPAIGN}",
    "/leaderboard creators",
    "/videos",
    "/stats kitchen sink",
    "/usage",
    f"/track {LINK} 3",
    "/help",
)
GROWING = f"(Two hours pass. Here that takes {PAUSE} seconds.)\n"
ALERT = "/alerts balance 9"
"""Turns on balance alerts with a threshold that the demo's balance is below from the start."""
SPENT, FILLED = Decimal(7), Decimal(20)
SPENDING = f"(Someone else spends ${SPENT} from the same wallet.)\n"
FILLING = f"(Somebody puts ${FILLED} on it.)\n"
ALERT_SECONDS = 4
"""Seconds until the bot has read the balance and posted or updated its alert."""
FAREWELL = "That was every command once. Run the demo in a terminal to type your own."


async def demo(charts: Path, *, page_only: bool = False) -> int:
    """Run the demo interactively, or play the tour if there is no terminal; returns the exit code.

    Pictures are saved in `charts`. With `page_only`, only the page is served, until the process is stopped.
    """
    clock = FastClock(utc_now(), SPEED)
    with tempfile.TemporaryDirectory(prefix="contentstats-bot-") as folder:
        async with Sandbox(clock, requests_per_minute=600, seed_demo=True) as sandbox:
            # Not `Settings.load`, so that this machine's own settings don't affect the demo.
            settings = Settings.model_construct(
                contentstats_api_key=SecretStr(sandbox.key),
                contentstats_base_url=sandbox.url,
                database_url=f"sqlite:///{folder}/demo.sqlite3",
                secret_keys=SecretStr(secrets.token_urlsafe(32)),
            )
            async with Bot(settings, clock=clock, speed=SPEED) as bot:
                options = ConsoleOptions(admin=True, posts=True, picture_dir=charts)
                if page_only or (sys.stdin.isatty() and sys.stdout.isatty()):
                    return await _interactive(bot, options, sandbox, clock, page_only=page_only)
                print(GREETING.format(charts=charts))
                async with _in_background(_run_scheduler(bot, ConsolePoster(sys.stdout, charts))):
                    return await _tour(bot, options, sandbox, clock)


async def _interactive(bot: Bot, options: ConsoleOptions, sandbox: Sandbox, clock: Clock, *, page_only: bool) -> int:
    """Serve the page and, unless `page_only`, a prompt at the terminal."""
    from adapters.page.timeline import PagePoster  # noqa: PLC0415 - the tour needs neither page nor prompt

    for line in ("/videos all", NEW_CAMPAIGN, _digest(clock), ALERT):
        command, words = line.removeprefix("/").split(maxsplit=1)
        await bot.run(command, words, options.caller)
    async with _page(bot, options, clock) as (page, address):
        if page_only:
            print(f"The demo is at {address}\nCtrl-C ends it.", flush=True)
            async with _in_background(_change_balance(sandbox, page, sys.stdout)):
                await _run_scheduler(bot, PagePoster(page.timeline, clock))
            return 0
        from adapters.console.prompt import stdout_above_prompt  # noqa: PLC0415

        print(GREETING.format(charts=options.picture_dir))
        print(f"The same in a browser, as Slack and Discord show it:\n  {address}\n", flush=True)
        with stdout_above_prompt() as out:
            poster = PagePoster(page.timeline, clock, ConsolePoster(out, options.picture_dir))
            async with _in_background(_run_scheduler(bot, poster), _change_balance(sandbox, page, out)):
                return await converse(bot, options)


@asynccontextmanager
async def _page(bot: Bot, options: ConsoleOptions, clock: Clock) -> AsyncIterator[tuple["PageChat", str]]:
    """Serve the page on the loopback interface; yields it and its URL."""
    from adapters.page.app import page_app  # noqa: PLC0415 - as above
    from adapters.page.conversation import PageChat  # noqa: PLC0415
    from adapters.page.document import Frame  # noqa: PLC0415
    from adapters.page.timeline import Timeline  # noqa: PLC0415
    from adapters.web import WebServer  # noqa: PLC0415

    page, token = PageChat(bot, options.caller, Timeline(), clock), secrets.token_urlsafe(24)
    frame = Frame("Demo", options.caller.channel_id, ABOUT, EXAMPLES)
    async with WebServer(page_app(page, frame, token), "127.0.0.1", 0) as server:
        try:
            yield page, f"http://127.0.0.1:{server.port}/?token={token}"
        finally:
            await page.aclose()


async def _run_scheduler(bot: Bot, poster: ChannelPoster) -> None:
    """Run the bot's scheduler on the fast clock."""
    await bot.scheduler({"console": poster}, SPEED).run()


async def _change_balance(sandbox: Sandbox, page: "PageChat", out: TextIO) -> None:
    """Change the balance while the demo runs, and show a note about each change."""
    for reason, dollars in ((SPENDING, -SPENT), (FILLING, FILLED)):
        await asyncio.sleep(PAUSE)
        print(reason, file=out, flush=True)
        page.note(reason.strip("()\n"))
        sandbox.world.add_credit(sandbox.key, dollars)


@asynccontextmanager
async def _in_background(*coroutines: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run coroutines in the background until the end of the block."""
    running = [asyncio.create_task(each) for each in coroutines]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _digest(clock: Clock) -> str:
    return f"/digest on {clock() + DIGEST_IN:%H:%M} UTC"


async def _tour(bot: Bot, options: ConsoleOptions, sandbox: Sandbox, clock: Clock) -> int:
    """Play all listed commands and one mistake; returns 1 if any other reply is a problem."""
    look = ("/help", "/status", "/videos", "/stats kitchen sink", '/compare "kitchen sink" vs "one-pan pasta"')
    rates = f"/payout {CAMPAIGN} terms tiktok 1 youtube 2.50 per 1000"
    groups = (
        NEW_CAMPAIGN,
        f"/campaign {CAMPAIGN}",
        "/leaderboard creators",
        rates,
        f"/payout {CAMPAIGN}",
        "/allowance",
    )
    replies = await play(bot, (*look, *groups), options, sys.stdout)
    replies += await play(bot, (_digest(clock), ALERT), options, sys.stdout)
    replies += await play(bot, (f"/track {LINK} 3", "1"), options, sys.stdout)
    await play(bot, (f"/track {LINK} 31",), options, sys.stdout)
    print(GROWING, flush=True)
    await asyncio.sleep(PAUSE)
    for sentence, dollars in ((SPENDING, -SPENT), (FILLING, FILLED)):
        print(sentence, flush=True)
        sandbox.world.add_credit(sandbox.key, dollars)
        await asyncio.sleep(ALERT_SECONDS)
    grown = (f"/stats {LINK}", "/usage", f"/stop {LINK}", "1", "/export all")
    leave = (Call("connect", {"key": sandbox.key}), "/disconnect", "1")
    replies += await play(bot, (*grown, *leave), options, sys.stdout)
    print(FAREWELL)
    return int(any(reply.tone is Tone.PROBLEM for reply in replies))
