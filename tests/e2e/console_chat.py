"""The whole program at a console: each person has a pipe to it, and reads its output."""

import asyncio
import io
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapters.console.app import ConsoleOptions, answer_lines
from adapters.console.post import ConsolePoster
from adapters.sandbox.serve import Sandbox
from bot.app import Bot
from tests.e2e.chats import ANN, BEN, BOB, scheduled
from tests.standins.charts import shared_charts
from tests.standins.environment import HandClock, nap, settings_of
from tests.standins.timeouts import sandbox_timeouts

EVERYONE = "Everyone sees: "


class Output(io.StringIO):
    """The output, reply by reply: each reply and each line of the poster is one write."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def write(self, text: str, /) -> int:
        self.written.append(text)
        return len(text)


@dataclass(slots=True)
class ConsolePage:
    """A reply."""

    text: str

    @property
    def labels(self) -> list[str]:
        return re.findall(r"^\d+\. (.*)$", self.text, re.MULTILINE)


@dataclass(slots=True)
class ConsoleChat:
    """A console for each of three people."""

    sandbox: Sandbox
    clock: HandClock
    database_url: str
    folder: Path
    settings: dict[str, object]
    outputs: dict[str, Output] = field(default_factory=lambda: {who: Output() for who in (ANN, BOB, BEN)})
    board: Output = field(default_factory=Output)
    pipes: dict[str, int] = field(default_factory=dict)
    life: AsyncExitStack = field(default_factory=AsyncExitStack)
    bot: Bot | None = None

    async def say(self, who: str, command: str, /, **given: str) -> ConsolePage:
        return await self._typed(who, " ".join((f"/{command}", *given.values())))

    async def press(self, page: ConsolePage, label: str, who: str) -> ConsolePage:
        numbered = [each for each in page.labels if each.startswith(label)]
        assert numbered, f"no choice {label!r} among {page.labels}"
        number = re.search(rf"^(\d+)\. {re.escape(numbered[0])}$", page.text, re.MULTILINE)
        assert number
        return await self._typed(who, number[1])

    def public(self) -> list[str]:
        public = [page for output in self.outputs.values() for page in output.written if EVERYONE in page]
        return [page.partition(EVERYONE)[2].strip() for page in public] + self.board.written[1::2]

    def files(self) -> list[bytes]:
        return [each.read_bytes() for each in self.folder.glob("*.csv")]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not condition():  # noqa: ASYNC110 - what is written, and what the API heard, wakes nobody
                await asyncio.sleep(0.01)

    async def restart(self) -> None:
        await self.life.aclose()
        settings = settings_of(self.sandbox, self.database_url, **self.settings)
        self.bot = await self.life.enter_async_context(
            Bot(settings, clock=self.clock, timeouts=sandbox_timeouts(self.sandbox), sleep=nap, charts=shared_charts())
        )
        for who in self.outputs:
            await self.life.enter_async_context(self._sitting(who))

    def scheduling(self) -> AbstractAsyncContextManager[None]:
        assert self.bot is not None
        return scheduled(self.bot, "console", ConsolePoster(self.board, self.folder), self.clock)

    @asynccontextmanager
    async def _sitting(self, who: str) -> AsyncIterator[None]:
        """Keep a console open for one person until their pipe closes."""
        options = ConsoleOptions(user=who, admin=who is not BEN, posts=True, picture_dir=self.folder)
        assert self.bot is not None
        reading, self.pipes[who] = os.pipe()
        with os.fdopen(reading) as source:
            talk = asyncio.create_task(answer_lines(self.bot, options, source, self.outputs[who]))
            try:
                yield
            finally:
                os.close(self.pipes[who])
                await talk

    async def _typed(self, who: str, line: str) -> ConsolePage:
        output = self.outputs[who]
        before = len(output.written)
        os.write(self.pipes[who], f"{line}\n".encode())
        await self.until(lambda: len(output.written) > before)
        return ConsolePage(output.written[before])


@asynccontextmanager
async def console_chat(
    sandbox: Sandbox, clock: HandClock, database_url: str, folder: Path, **settings: object
) -> AsyncIterator[ConsoleChat]:
    """The program, and three people at their consoles."""
    chat = ConsoleChat(sandbox, clock, database_url, folder, settings)
    async with chat.life:
        await chat.restart()
        yield chat
