"""The whole program at a local Slack over HTTP, as its people meet it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Self

from adapters.sandbox.serve import Sandbox
from tests.e2e.chats import ANN, BEN, BOB, scheduled
from tests.slack.bot_app import BotApp, bot_app_of, install, told
from tests.standins.environment import HandClock
from tests.standins.slack.apps import App, Token
from tests.standins.slack.content import Message
from tests.standins.slack.delivery import Delivery
from tests.standins.slack.server import Slack, running


@dataclass(slots=True)
class SlackPage:
    """A message that one person sees."""

    bot_app: BotApp
    message: Message

    @property
    def text(self) -> str:
        return told(self.message)

    @property
    def labels(self) -> list[str]:
        return self.bot_app.labels(self.message)


@dataclass(slots=True)
class Program:
    """The program that is running now; the next one is another."""

    app: App
    token: Token
    settings: dict[str, object]
    bot_app: BotApp | None = None
    life: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self, slack: Slack, sandbox: Sandbox, clock: HandClock, database_url: str) -> None:
        await self.life.aclose()
        self.bot_app = await self.life.enter_async_context(
            bot_app_of(slack, self.app, self.token, sandbox, clock, database_url, is_installable=True, **self.settings)
        )


@dataclass(slots=True)
class SlackChat:
    """One workspace."""

    slack: Slack
    sandbox: Sandbox
    clock: HandClock
    database_url: str
    program: Program
    people: dict[str, str]
    channel: str

    @property
    def bot_app(self) -> BotApp:
        assert self.program.bot_app is not None
        return self.program.bot_app

    async def say(self, who: str, command: str, /, **given: str) -> SlackPage:
        line, person = " ".join((f"/{command}", *given.values())), self.people[who]
        return await self._read(person, None, lambda: self.bot_app.send(line, person, self.channel))

    async def press(self, page: SlackPage, label: str, who: str) -> SlackPage:
        person = self.people[who]
        return await self._read(person, page.message, lambda: self.bot_app.press(page.message, label, person))

    def public(self) -> list[str]:
        return [told(each).strip() for each in self.slack.channel(self.channel).messages]

    def files(self) -> list[bytes]:
        shared = [file for user in self.people.values() for each in self.bot_app.private(user) for file in each.files]
        return [file.content or b"" for file in shared if file.name.endswith(".csv")]

    async def until(self, condition: Callable[[], object]) -> None:
        await self.slack.until(condition)

    async def restart(self) -> None:
        await self.program.start(self.slack, self.sandbox, self.clock, self.database_url)

    def scheduling(self) -> AbstractAsyncContextManager[None]:
        return scheduled(self.bot_app.bot, "slack", self.bot_app.program.poster, self.clock)

    def share(self, page: SlackPage) -> None:
        page.message.only_for = None

    async def say_in_thread(self, who: str, command: str) -> SlackPage:
        page = await self.say(who, command)
        page.message.thread_ts = self.slack.say(self.people[who], self.channel, "How is it going?").ts
        return page

    def thread(self) -> list[str]:
        return [told(each) for each in self.slack.channel(self.channel).messages if each.thread_ts]

    def shut_out(self) -> None:
        channel = self.slack.channel(self.channel)
        channel.kind = "private"
        channel.members.discard(self.program.token.bot_user)

    async def neighbour(self) -> Self:
        other = replace(self, **_home(self.slack, "T7"))
        await install(self.bot_app, other.people[ANN])
        token = self.slack.bot_tokens(self.program.app, self.slack.users[other.people[ANN]].team)[0]
        self.slack.channel(other.channel).members.add(token.bot_user)
        return other

    async def link(self, key: str) -> SlackPage:
        ann = self.people[ANN]
        form = await self.bot_app.modal(self.bot_app.send("/connect", ann, self.channel), ann)
        return SlackPage(
            self.bot_app, await self.bot_app.seen(self.slack.send_view_submission(form, {"key": key}), ann)
        )

    async def _read(self, person: str, message: Message | None, action: Callable[[], Awaitable[Delivery]]) -> SlackPage:
        """What there is to read after an action: a new message, or what replaced this one."""
        edits, before = message.edits if message else 0, {each.ts for each in self.bot_app.private(person)}

        def further() -> list[Message]:
            new = [each for each in self.bot_app.private(person) if each.ts not in before]
            # A file or a picture comes beside an answer, also late, beside that of another command.
            return [each for each in new if not (each.files or told(each).startswith("Picture: "))]

        delivery = await action()
        assert not delivery.failure, delivery.failure
        await self.until(lambda: further() or (message and message.edits > edits))
        shown = next(iter(further()), message)
        assert shown is not None
        return SlackPage(self.bot_app, shown)


def _home(slack: Slack, team_id: str) -> dict[str, Any]:
    """A workspace's people and its channel."""
    team = slack.add_team(team_id, team_id)
    people = {who: f"U{who.upper()}{team_id}" for who in (ANN, BOB, BEN)}
    for who, user in people.items():
        slack.add_user(user, team, who, is_admin=who is not BEN)
    channel = f"C{team_id}"
    slack.add_channel(channel, team, list(people.values()), name="general")
    return {"people": people, "channel": channel}


@asynccontextmanager
async def slack_chat(
    sandbox: Sandbox, clock: HandClock, database_url: str, **settings: object
) -> AsyncIterator[SlackChat]:
    """The chat, the program in it, and the workspace of its token."""
    async with running(clock) as slack:
        home = _home(slack, "T1")
        app = slack.add_app()
        token = slack.install(app, slack.teams["T1"])
        slack.channel(home["channel"]).members.add(token.bot_user)
        program = Program(app, token, settings)
        async with program.life:
            chat = SlackChat(slack, sandbox, clock, database_url, program, **home)
            await chat.restart()
            yield chat
        assert not slack.failures
