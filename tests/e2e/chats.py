"""A chat as a person uses it: type, read, press, and see the channel. Scenarios don't know which chat it is."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

from adapters.sandbox.serve import Sandbox
from bot.app import Bot
from bot.delivery.poster import ChannelPoster
from tests.standins.environment import LINK, TRACK, HandClock

T = TypeVar("T")
ANN, BOB, BEN = "ann", "bob", "ben"
"""Ann and Bob manage the workspace, Ben is a member."""
OPERATOR, NORTH, SOUTH = "cs_test_operator", "cs_test_north", "cs_test_south"
KEYS = {OPERATOR: "Operator", NORTH: "North", SOUTH: "South"}
SECRET = "0123456789abcdef" * 2
"""The encryption key for linked API keys."""
SPEED = 100
"""How fast the clock runs while the scheduler works; otherwise it stands still."""


class Page(Protocol):
    """A reply in its current state."""

    @property
    def text(self) -> str:
        """All its text."""
        ...

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons and menus."""
        ...


class Surface(Protocol):
    """A chat, console or page with the whole program behind it."""

    sandbox: Sandbox
    clock: HandClock

    async def say(self, who: str, command: str, /, **given: str) -> Page:
        """The reply to a person's command."""
        ...

    async def press(self, page: Page, label: str, who: str) -> Page:
        """The reply to pressing the button whose label starts with `label`."""
        ...

    def public(self) -> list[str]:
        """The text of each message that everyone in the channel sees."""
        ...

    def files(self) -> list[bytes]:
        """The CSV files that people received."""
        ...

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        ...

    async def restart(self) -> None:
        """Close the program, which finishes its work first, and start it again."""
        ...

    def scheduling(self) -> AbstractAsyncContextManager[None]:
        """Run the scheduler until the end of the block."""
        ...


@dataclass(frozen=True, slots=True)
class Form:
    """An open form. `body` is everything that the chat received of it."""

    title: str
    body: str
    submit: Callable[..., Awaitable[Page]]
    """Fill in fields by name and submit; returns the reply."""


class Chat(Surface, Protocol):
    """A chat with forms, with messages that stay and can be seen by others, and with several workspaces."""

    async def open(self, who: str, command: str, /, **given: str) -> Form:
        """The form that a command opens."""
        ...

    async def press_for_form(self, page: Page, label: str, who: str) -> Form:
        """The form that a button opens."""
        ...

    async def track_message(self, who: str, text: str) -> Page:
        """The reply to tracking somebody's message from its menu."""
        ...

    def last_request(self) -> object:
        """The latest command or press, to be delivered again."""
        ...

    async def deliver_again(self, request: object) -> None:
        """Deliver a request three more times, and wait until the program has received them."""
        ...

    def posted(self, words: str) -> list[Page]:
        """The channel's messages that contain some words."""
        ...

    def direct_messages(self, who: str) -> list[Page]:
        """The bot's direct messages with a person."""
        ...

    def share(self, page: Page) -> None:
        """Show it to everyone, as if it had been public from the start."""
        ...

    async def say_in_thread(self, who: str, command: str) -> Page:
        """The reply to a command in a thread of the channel."""
        ...

    def thread(self) -> list[str]:
        """The text of each message that everyone in the thread sees."""
        ...

    def shut_out(self) -> None:
        """Take away the bot's permission to post in the channel."""
        ...

    async def neighbour(self) -> "Chat":
        """Another workspace in the same program, with its own people and no data."""
        ...


class Restartable(Generic[T]):
    """A program that can be closed and opened again."""

    program: T

    def __init__(self, opened: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        self._opened = opened
        self._life = AsyncExitStack()

    async def restart(self) -> None:
        await self._life.aclose()
        self.program = await self._life.enter_async_context(self._opened())

    async def __aenter__(self) -> Self:
        await self.restart()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._life.aclose()


@asynccontextmanager
async def scheduled(bot: Bot, chat: str, poster: ChannelPoster, clock: HandClock) -> AsyncIterator[None]:
    """Run the scheduler and the clock until the end of the block."""

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
    """How often the API was asked to track a video, and how many trackings one key has."""
    return len(chat.sandbox.calls(TRACK)), len(chat.sandbox.world.account(key).trackings)


async def card_for(chat: Surface, who: str = ANN, link: str = LINK) -> Page:
    card = await chat.say(who, "track", link=link, days="7")
    assert "That leaves $" in card.text, card.text
    return card
