"""Takes the README's pictures of the page: `make docs`. They show what both chats receive, in their styles."""

import asyncio
import io
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from adapters.demo import CAMPAIGN, FILLED, NEW_CAMPAIGN, SPENT
from adapters.page.document import CHATS
from adapters.page.timeline import PagePoster, Timeline
from adapters.sandbox.serve import STARTING_BALANCE
from bot.delivery.poster import ChannelRef
from bot.reply.model import Reply
from tests.e2e.chats import scheduled
from tests.page.conftest import served
from tests.standins.browser import browser, executable
from tests.standins.environment import Environment, HandClock, environment_of, sandbox_of
from tests.standins.folders import quick_folder, temporary

if TYPE_CHECKING:
    from playwright.async_api import Page

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
NEW = "https://www.tiktok.com/@viral.piano/video/7301234567890123456"
LINES = {
    "track": f"/track {NEW} 7",
    "stats": "/stats street food",
    "campaign": f"/campaign {CAMPAIGN}",
    "leaderboard": "/leaderboard tiktok 7 days",
}
"""What is typed for each picture."""
POSTS = {"digest": "Daily digest", "alert": "Under 24 hours of credit"}
"""The bot's automatic posts, by title."""
WITH_CHART = {"stats", "campaign", "leaderboard", "digest"}
HERE = ChannelRef("console", "acme", "C-general")
WIDTH, HEIGHT = 640, 1_600
SCALE = 2
"""Pixels of a picture per pixel of the page."""
COLOURS = 128


async def take() -> None:
    """Write each picture for each chat: typed commands first, then posts once money has run low."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    clock = HandClock()
    with temporary(quick_folder()) as folder:
        url = f"sqlite:///{folder / 'bot.db'}"
        sandbox = sandbox_of(clock, seed_demo=True, balance=STARTING_BALANCE + FILLED)
        async with sandbox, environment_of(sandbox, clock, url) as env, browser() as opened:
            for line in ("/videos", NEW_CAMPAIGN):
                await env.say(line)
            for chat in CHATS:
                await _take(await opened.new_page(device_scale_factor=SCALE), env, chat, {})
            posts = await _posts(env)
            for chat in CHATS:
                await _take(await opened.new_page(device_scale_factor=SCALE), env, chat, posts)


async def _take(tab: "Page", env: Environment, chat: str, posts: Mapping[str, Reply]) -> None:
    """The pictures of the posts, or of the typed commands if there are none yet."""
    await tab.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    await tab.emulate_media(color_scheme="dark" if chat == "discord" else "light")
    async with served(env.bot, env.clock) as page:
        await tab.goto(page.address)
        await tab.goto(f"{page.origin}/?chat={chat}")
        poster, newest = PagePoster(page.chat.timeline, env.clock), tab.locator("#messages > li").last
        for name in POSTS if posts else LINES:
            if posts:
                await poster.post(HERE, posts[POSTS[name]], name)
            else:
                await page.chat.type(chat, LINES[name])
            await newest.locator("button.control").first.wait_for()
            if name in WITH_CHART:
                await newest.locator("img").wait_for()
                await tab.wait_for_function("[...document.images].every(each => each.complete)")
            picture = Image.open(io.BytesIO(await newest.screenshot()))
            small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            small.save(FOLDER / f"{chat}-{name}.png", optimize=True)


async def _posts(env: Environment) -> Mapping[str, Reply]:
    """The bot's automatic posts within a few minutes, by title: the digest, and an alert once money was spent."""
    for line in ("/digest on 10:32 UTC", "/alerts balance 9"):
        await env.say(line)
    timeline = Timeline()
    posts: dict[str, Reply] = {}
    async with asyncio.timeout(60), scheduled(env.bot, "console", PagePoster(timeline, env.clock), env.clock):
        for title in POSTS.values():
            while title not in posts:
                await asyncio.sleep(0.1)
                posts |= {message.reply.title: message.reply for message in timeline.messages if message.reply}
            env.sandbox.world.add_credit(env.sandbox.key, -FILLED - SPENT)
    return posts


if __name__ == "__main__":
    if executable() is not None:
        asyncio.run(take())
    else:
        sys.stdout.write("No browser, so docs/pictures stays as it is. Add one with: apt-get install chromium\n")
