"""The whole program at a local Slack over HTTP, as people use it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

from adapters.sandbox.serve import Sandbox
from tests.e2e.chats import ANN, BEN, BOB, Form, Restartable, scheduled
from tests.slack.bot_app import BotApp, bot_app_of, install, shown_text
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
        return shown_text(self.message)

    @property
    def labels(self) -> list[str]:
        return self.bot_app.labels(self.message)


@dataclass(slots=True)
class SlackChat:
    """A workspace."""

    slack: Slack
    app: App
    token: Token
    sandbox: Sandbox
    clock: HandClock
    running: Restartable[BotApp]
    people: dict[str, str]
    channel: str
    delivery: Delivery | None = None

    @property
    def bot_app(self) -> BotApp:
        return self.running.program

    async def say(self, who: str, command: str, /, **given: str) -> SlackPage:
        return await self._read(self.people[who], None, lambda: self._send(who, command, given))

    async def press(self, page: SlackPage, label: str, who: str) -> SlackPage:
        person = self.people[who]
        return await self._read(person, page.message, lambda: self.bot_app.press(page.message, label, person))

    async def open(self, who: str, command: str, /, **given: str) -> Form:
        return await self._form(who, self._send(who, command, given))

    async def press_for_form(self, page: SlackPage, label: str, who: str) -> Form:
        return await self._form(who, self.bot_app.press(page.message, label, self.people[who]))

    async def track_message(self, who: str, text: str) -> SlackPage:
        person, message = self.people[who], self.slack.say(self.people[BEN], self.channel, text)
        shortcut = partial(self.slack.send_message_shortcut, "track_message", message, user=person)
        return await self._read(person, None, shortcut)

    def last_request(self) -> Delivery | None:
        return self.delivery

    async def deliver_again(self, request: Delivery) -> None:
        request.request = None  # so that its signature is fresh
        for _ in range(3):
            assert (await self.slack.replay(request)).failure == ""

    def posted(self, words: str) -> list[SlackPage]:
        shown = (SlackPage(self.bot_app, each) for each in self.slack.channel(self.channel).messages)
        return [each for each in shown if words in each.text]

    def direct_messages(self, who: str) -> list[SlackPage]:
        return [SlackPage(self.bot_app, each) for each in self.slack.direct_messages(self.people[who])]

    def public(self) -> list[str]:
        return [shown_text(each).strip() for each in self.slack.channel(self.channel).messages]

    def files(self) -> list[bytes]:
        shared = [file for user in self.people.values() for each in self.bot_app.private(user) for file in each.files]
        return [file.content or b"" for file in shared if file.name.endswith(".csv")]

    async def until(self, condition: Callable[[], object]) -> None:
        await self.slack.until(condition)

    async def restart(self) -> None:
        await self.running.restart()

    def scheduling(self) -> AbstractAsyncContextManager[None]:
        return scheduled(self.bot_app.bot, "slack", self.bot_app.program.poster, self.clock)

    def share(self, page: SlackPage) -> None:
        page.message.only_for = None

    async def say_in_thread(self, who: str, command: str) -> SlackPage:
        page = await self.say(who, command)
        page.message.thread_ts = self.slack.say(self.people[who], self.channel, "How is it going?").ts
        return page

    def thread(self) -> list[str]:
        return [shown_text(each) for each in self.slack.channel(self.channel).messages if each.thread_ts]

    def shut_out(self) -> None:
        channel = self.slack.channel(self.channel)
        channel.kind = "private"
        channel.members.discard(self.token.bot_user)

    async def neighbour(self) -> Self:
        other = replace(self, **_home(self.slack, "T7"))
        await install(self.bot_app, other.people[ANN])
        token = self.slack.bot_tokens(self.app, self.slack.users[other.people[ANN]].team)[0]
        self.slack.channel(other.channel).members.add(token.bot_user)
        return other

    async def _send(self, who: str, command: str, given: Mapping[str, str]) -> Delivery:
        return await self.bot_app.send(" ".join((f"/{command}", *given.values())), self.people[who], self.channel)

    async def _form(self, who: str, action: Awaitable[Delivery]) -> Form:
        view = await self.bot_app.modal(action, self.people[who])

        async def submit(**answers: str) -> SlackPage:
            sent = self.slack.send_view_submission(view, answers)
            return SlackPage(self.bot_app, await self.bot_app.seen(sent, self.people[who]))

        return Form(view.body["title"]["text"], str(view.body), submit)

    async def _read(self, person: str, message: Message | None, action: Callable[[], Awaitable[Delivery]]) -> SlackPage:
        """The reply to an action: a new message, or the changed one."""
        edits, before = message.edits if message else 0, {each.ts for each in self.bot_app.private(person)}

        def further() -> list[Message]:
            new = [each for each in self.bot_app.private(person) if each.ts not in before]
            # A file or picture may arrive late, next to the reply to another command.
            return [each for each in new if not (each.files or shown_text(each).startswith("Picture: "))]

        self.delivery = delivery = await action()
        assert not delivery.failure, delivery.failure
        await self.until(lambda: further() or (message and message.edits > edits))
        shown = next(iter(further()), message)
        assert shown is not None
        return SlackPage(self.bot_app, shown)


def _home(slack: Slack, team_id: str) -> dict[str, Any]:
    """A workspace's people and channel."""
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
    """The chat with the program, in the workspace of its token."""
    async with running(clock) as slack:
        home = _home(slack, "T1")
        app = slack.add_app()
        token = slack.install(app, slack.teams["T1"])
        slack.channel(home["channel"]).members.add(token.bot_user)
        opened = partial(bot_app_of, slack, app, token, sandbox, clock, database_url, is_installable=True, **settings)
        async with Restartable(opened) as bot:
            yield SlackChat(slack, app, token, sandbox, clock, bot, **home)
        assert not slack.failures
