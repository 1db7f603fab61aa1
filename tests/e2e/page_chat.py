"""The whole program behind the page: each of three people has one in Slack's style, and reads its HTML."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from html import unescape

from adapters.console.app import ConsoleOptions
from adapters.page import document
from adapters.page.conversation import OpenForm, PageChat
from adapters.page.timeline import Message, PagePoster, Timeline
from adapters.sandbox.serve import Sandbox
from bot.app import Bot
from bot.reply.spool import opened
from tests.e2e.chats import ANN, BEN, BOB, scheduled
from tests.standins.charts import shared_charts
from tests.standins.environment import HandClock, nap, settings_of
from tests.standins.timeouts import sandbox_timeouts

DRESS = "slack"


@dataclass(slots=True)
class Shown:
    """A message on a person's page."""

    id: str
    html: str

    @property
    def text(self) -> str:
        answer = re.sub(r'<p class="typed">.*?</p>', "", self.html)
        lines = re.sub(r"<[^>]+>", "", re.sub(r"<br>|</(?:p|h3|td|th|li|button)>", "\n", answer))
        return unescape(lines).replace("\u00a0", " ")

    @property
    def labels(self) -> list[str]:
        return list(self.controls)

    @property
    def controls(self) -> dict[str, dict[str, str]]:
        """The data that each button and option sends, by its label."""
        found = re.findall(r"<button[^>]*data-press([^>]*)>([^<]*)", self.html)
        return {unescape(label): dict(re.findall(r'data-(\w+)="([^"]*)"', unescape(sent))) for sent, label in found}


@dataclass(slots=True)
class PageSurface:
    """A page for each of three people."""

    sandbox: Sandbox
    clock: HandClock
    database_url: str
    settings: dict[str, object]
    pages: dict[str, PageChat] = field(default_factory=dict)
    past: list[Message] = field(default_factory=list)
    board: Timeline = field(default_factory=Timeline)
    poster: PagePoster = field(init=False)
    life: AsyncExitStack = field(default_factory=AsyncExitStack)
    bot: Bot | None = None

    def __post_init__(self) -> None:
        self.poster = PagePoster(self.board, self.clock)

    async def say(self, who: str, command: str, /, **given: str) -> Shown:
        before = self.pages[who].timeline.messages
        form = await self.pages[who].type(DRESS, " ".join((f"/{command}", *given.values())))
        return await self._answer(who, form, given, before)

    async def press(self, page: Shown, label: str, who: str) -> Shown:
        sent = next((sent for name, sent in page.controls.items() if name.startswith(label)), None)
        assert sent, f"no control {label!r} among {page.labels}"
        before = self.pages[who].timeline.messages
        form = await self.pages[who].press(DRESS, page.id, sent)
        return await self._answer(who, form, {}, before, page.id)

    def public(self) -> list[str]:
        shown = [*self.past, *(each for page in self.pages.values() for each in page.timeline.messages)]
        lines = [each for each in shown if each.line]
        return [Shown(each.id, document.message(DRESS, each)).text for each in (*lines, *self.board.messages)]

    def files(self) -> list[bytes]:
        shown = [each for page in self.pages.values() for each in page.timeline.messages]
        return [opened(file.content).read() for each in shown if each.reply for file in each.reply.files]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not condition():  # noqa: ASYNC110 - what is shown, and what the API heard, wakes nobody
                await asyncio.sleep(0.01)

    async def restart(self) -> None:
        self.past += [each for page in self.pages.values() for each in page.timeline.messages]
        await self.life.aclose()
        settings = settings_of(self.sandbox, self.database_url, **self.settings)
        timeouts = sandbox_timeouts(self.sandbox)
        charts = shared_charts()
        bot = Bot(settings, clock=self.clock, timeouts=timeouts, sleep=nap, charts=charts)
        self.bot = await self.life.enter_async_context(bot)
        for who in (ANN, BOB, BEN):
            caller = ConsoleOptions(user=who, admin=who is not BEN, posts=True).caller
            self.pages[who] = PageChat(self.bot, caller, Timeline(), self.clock)
            self.life.push_async_callback(self.pages[who].aclose)

    def scheduling(self) -> AbstractAsyncContextManager[None]:
        assert self.bot is not None
        return scheduled(self.bot, "console", self.poster, self.clock)

    async def _answer(
        self, who: str, form: OpenForm | None, given: dict[str, str], before: tuple[Message, ...], pressed: str = ""
    ) -> Shown:
        """The reply, new or in place of the pressed one; an opened form is submitted with the given values."""
        page = self.pages[who]
        if form is not None:
            assert await page.submit(form.id, {name: [value] for name, value in given.items()}) == {}

        others = {each.id for each in before} - {pressed}  # whose pictures may arrive late

        def answers() -> list[Message]:
            changed = (each for each in page.timeline.messages if each.reply and each not in before)
            return [each for each in changed if each.id not in others]

        await self.until(answers)
        shown = answers()[-1]
        return Shown(shown.id, document.message(DRESS, shown))


@asynccontextmanager
async def page_chat(
    sandbox: Sandbox, clock: HandClock, database_url: str, **settings: object
) -> AsyncIterator[PageSurface]:
    """The program, and three people at its page."""
    surface = PageSurface(sandbox, clock, database_url, settings)
    async with surface.life:
        await surface.restart()
        yield surface
