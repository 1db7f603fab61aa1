"""The demo: the sandbox, the bot, the console and the page in one process on one fast clock, with nothing to configure.

At a terminal it is a conversation there and in a browser, elsewhere a tour that types every command; either way the bot
also posts by itself. It writes to a temporary database.
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
"""An hour takes five seconds, so that a tracked video grows while one looks."""
PAUSE = 11
"""Seconds until a video that was just started has two snapshots."""
DIGEST_IN = timedelta(hours=1)
"""The first digest comes within so long, and a minute of that clock."""
LINK = "https://www.tiktok.com/@viral.piano/video/7301234567890123456"
CAMPAIGN = "launch"
FILL = f"/campaign new {CAMPAIGN} {' '.join(CAMPAIGN_LINKS)}"
"""What makes the demo's campaign."""
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
TRIES = (
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
"""Below which the wallet of the demo has less from the start on."""
SPENT, FILLED = Decimal(7), Decimal(20)
SPENDING = f"(Someone else spends ${SPENT} from the same wallet.)\n"
FILLING = f"(Somebody puts ${FILLED} on it.)\n"
HEARD = 4
"""Seconds within which the bot reads the wallet and says what it thinks of it."""
FAREWELL = "That was every command once. Run the demo in a terminal to type your own."


async def demo(charts: Path, *, page_only: bool = False) -> int:
    """Talk, or play the tour if there is no terminal; pictures go to `charts`. Gives the exit code.

    With `page_only`, talk in the browser alone until the process is stopped.
    """
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
            async with Bot(settings, clock=clock, speed=SPEED) as bot:
                options = ConsoleOptions(admin=True, posts=True, picture_dir=charts)
                if page_only or (sys.stdin.isatty() and sys.stdout.isatty()):
                    return await _talk(bot, options, sandbox, clock, page_only=page_only)
                print(GREETING.format(charts=charts))
                async with _beside(_speak(bot, ConsolePoster(sys.stdout, charts))):
                    return await _tour(bot, options, sandbox, clock)


async def _talk(bot: Bot, options: ConsoleOptions, sandbox: Sandbox, clock: Clock, *, page_only: bool) -> int:
    """Talk on the page, and beside it at the terminal's prompt."""
    from adapters.page.post import PagePoster  # noqa: PLC0415 - a tour needs neither page nor prompt

    for line in ("/videos all", FILL, _digest(clock), ALERT):
        command, words = line.removeprefix("/").split(maxsplit=1)
        await bot.run(command, words, options.caller)
    async with _page(bot, options, clock) as (page, address):
        if page_only:
            print(f"The demo is at {address}\nCtrl-C ends it.", flush=True)
            async with _beside(_spend(sandbox, page, sys.stdout)):
                await _speak(bot, PagePoster(page.timeline, clock))
            return 0
        from adapters.console.prompt import beside_the_prompt  # noqa: PLC0415

        print(GREETING.format(charts=options.picture_dir))
        print(f"The same in a browser, as Slack and Discord show it:\n  {address}\n", flush=True)
        with beside_the_prompt() as out:
            poster = PagePoster(page.timeline, clock, ConsolePoster(out, options.picture_dir))
            async with _beside(_speak(bot, poster), _spend(sandbox, page, out)):
                return await converse(bot, options)


@asynccontextmanager
async def _page(bot: Bot, options: ConsoleOptions, clock: Clock) -> AsyncIterator[tuple["PageChat", str]]:
    """The page, served on this machine alone, and its address."""
    from adapters.page.app import page_app  # noqa: PLC0415 - as above
    from adapters.page.conversation import PageChat  # noqa: PLC0415
    from adapters.page.document import Frame  # noqa: PLC0415
    from adapters.page.timeline import Timeline  # noqa: PLC0415
    from adapters.web.server import WebServer  # noqa: PLC0415

    page, token = PageChat(bot, options.caller, Timeline(), clock), secrets.token_urlsafe(24)
    frame = Frame("Demo", options.caller.channel_id, ABOUT, TRIES)
    async with WebServer(page_app(page, frame, token), "127.0.0.1", 0) as server:
        try:
            yield page, f"http://127.0.0.1:{server.port}/?token={token}"
        finally:
            await page.aclose()


async def _speak(bot: Bot, poster: ChannelPoster) -> None:
    """What the bot does by itself, on its fast clock."""
    await bot.scheduler({"console": poster}, SPEED).run()


async def _spend(sandbox: Sandbox, page: "PageChat", out: TextIO) -> None:
    """Change the wallet while somebody talks, and show that it changed."""
    for reason, dollars in ((SPENDING, -SPENT), (FILLING, FILLED)):
        await asyncio.sleep(PAUSE)
        print(reason, file=out, flush=True)
        page.note(reason.strip("()\n"))
        sandbox.world.add_credit(sandbox.key, dollars)


@asynccontextmanager
async def _beside(*works: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Let these run until the end of the block."""
    running = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _digest(clock: Clock) -> str:
    return f"/digest on {clock() + DIGEST_IN:%H:%M} UTC"


async def _tour(bot: Bot, options: ConsoleOptions, sandbox: Sandbox, clock: Clock) -> int:
    """Run every listed command and one mistake; 1 if anything else went wrong."""
    look = ("/help", "/status", "/videos", "/stats kitchen sink", '/compare "kitchen sink" vs "one-pan pasta"')
    rates = f"/payout {CAMPAIGN} terms tiktok 1 youtube 2.50 per 1000"
    groups = (FILL, f"/campaign {CAMPAIGN}", "/leaderboard creators", rates, f"/payout {CAMPAIGN}", "/allowance")
    replies = await play(bot, (*look, *groups), options, sys.stdout)
    replies += await play(bot, (_digest(clock), ALERT), options, sys.stdout)
    replies += await play(bot, (f"/track {LINK} 3", "1"), options, sys.stdout)
    await play(bot, (f"/track {LINK} 31",), options, sys.stdout)
    print(GROWING, flush=True)
    await asyncio.sleep(PAUSE)
    for told, dollars in ((SPENDING, -SPENT), (FILLING, FILLED)):
        print(told, flush=True)
        sandbox.world.add_credit(sandbox.key, dollars)
        await asyncio.sleep(HEARD)
    grown = (f"/stats {LINK}", "/usage", f"/stop {LINK}", "1", "/export all")
    leave = (Call("connect", {"key": sandbox.key}), "/disconnect", "1")
    replies += await play(bot, (*grown, *leave), options, sys.stdout)
    print(FAREWELL)
    return int(any(reply.tone is Tone.PROBLEM for reply in replies))
