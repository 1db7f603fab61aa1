"""What a chat is to a person: they type, read, press, and see what the channel sees. No scenario knows which it is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from adapters.sandbox.serve import Sandbox
from bot.app import Bot
from bot.delivery.poster import ChannelPoster
from tests.standins.environment import LINK, TRACK, HandClock

ANN, BOB, BEN = "ann", "bob", "ben"
"""Ann and Bob manage the workspace, Ben is a member."""
OPERATOR, NORTH, SOUTH = "cs_test_operator", "cs_test_north", "cs_test_south"
KEYS = {OPERATOR: "Operator", NORTH: "North", SOUTH: "South"}
SECRET = "0123456789abcdef" * 2
"""Under which the keys that workspaces link are locked."""
SPEED = 100
"""How fast the time runs while the program does something by itself; else it stands still."""


class Page(Protocol):
    """One answer, as it is now."""

    @property
    def text(self) -> str:
        """Every word of it."""
        ...

    @property
    def labels(self) -> list[str]:
        """What can be pressed."""
        ...


class Surface(Protocol):
    """A chat, or a console, with the whole program behind it."""

    sandbox: Sandbox
    clock: HandClock

    async def say(self, who: str, command: str, /, **given: str) -> Page:
        """What one person gets to read for a command."""
        ...

    async def press(self, page: Page, label: str, who: str) -> Page:
        """What one person gets to read for a press of the button whose label begins so."""
        ...

    def public(self) -> list[str]:
        """What everybody in the channel has been told, message by message."""
        ...

    def files(self) -> list[bytes]:
        """The CSV files that somebody was given."""
        ...

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        ...

    async def restart(self) -> None:
        """End the program, which ends what is under way first, and start it again."""
        ...

    def scheduling(self) -> AbstractAsyncContextManager[None]:
        """What the program does by itself, until the end of the block."""
        ...


class Chat(Surface, Protocol):
    """A chat whose pages stay, for everybody to see where they are shared, and which others stand beside."""

    def share(self, page: Page) -> None:
        """Let everybody see it, as if it had been meant for all."""
        ...

    async def say_in_thread(self, who: str, command: str) -> Page:
        """What one person gets to read in a thread of the channel."""
        ...

    def thread(self) -> list[str]:
        """What everybody in the thread has been told."""
        ...

    def shut_out(self) -> None:
        """Let the bot post in the channel no more."""
        ...

    async def neighbour(self) -> "Chat":
        """Another workspace in the same program, with people of its own. It has nothing yet."""
        ...

    async def link(self, key: str) -> Page:
        """What Ann gets to read for filling an API key in to the private form of /connect."""
        ...


@asynccontextmanager
async def scheduled(bot: Bot, chat: str, poster: ChannelPoster, clock: HandClock) -> AsyncIterator[None]:
    """The scheduler, with time that runs, until the end of the block."""

    async def run_time() -> None:
        while True:
            await asyncio.sleep(0.1)
            clock.advance(seconds=0.1 * SPEED)

    tasks = [asyncio.create_task(each) for each in (bot.scheduler({chat: poster}, SPEED).run(), run_time())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def spent(chat: Surface, key: str = OPERATOR) -> tuple[int, int]:
    """How often the API was asked to track something, and how many trackings there are under one key."""
    return len(chat.sandbox.calls(TRACK)), len(chat.sandbox.world.account(key).trackings)


async def card_for(chat: Surface, who: str = ANN, link: str = LINK) -> Page:
    card = await chat.say(who, "track", link=link, days="7")
    assert "That leaves $" in card.text, card.text
    return card
