from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from adapters.page.app import page_app
from adapters.page.conversation import PageChat
from adapters.page.document import Frame
from adapters.page.timeline import Timeline
from adapters.web import WebServer
from tests.standins.environment import ANA

TOKEN = "a-token-of-this-test"
FRAME = Frame("Acme", "general", "Counts of videos.", ("/videos", "/usage"))


@dataclass(frozen=True, slots=True)
class Served:
    """A page on its own port."""

    chat: PageChat
    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"{self.origin}/?token={TOKEN}"


@asynccontextmanager
async def served(bot, clock, caller=ANA, port=0) -> AsyncIterator[Served]:
    """Serve a bot's page."""
    chat = PageChat(bot, caller, Timeline(), clock)
    async with WebServer(page_app(chat, FRAME, TOKEN), "127.0.0.1", port) as server:
        yield Served(chat, server.port)
        await chat.aclose()


@pytest.fixture
async def page(env) -> AsyncIterator[Served]:
    """The page of a bot with its sandbox."""
    async with served(env.bot, env.clock) as page:
        yield page


@pytest.fixture
async def client(page) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that has opened the page."""
    async with httpx.AsyncClient(base_url=page.origin, headers={"Origin": page.origin}, timeout=60) as client:
        await client.get(page.address)
        yield client
