"""The whole program at a local Slack over HTTP, as its people meet it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

from adapters.sandbox.serve import Sandbox
from tests.e2e.house import ANN, BEN, BOB, scheduled
from tests.slack.stage import Stage, install, stage_of, told
from tests.standins.scene import HandClock
from tests.standins.slack.apps import App, Token
from tests.standins.slack.content import Message
from tests.standins.slack.server import Slack, running


@dataclass(slots=True)
class SlackPage:
    """A message that one person sees."""

    stage: Stage
    message: Message

    @property
    def text(self) -> str:
        return told(self.message)

    @property
    def labels(self) -> list[str]:
        return self.stage.labels(self.message)


@dataclass(slots=True)
class Program:
    """The program that is running now; the next one is another."""

    app: App
    token: Token
    settings: dict[str, object]
    stage: Stage | None = None
    life: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self, slack: Slack, sandbox: Sandbox, clock: HandClock, database_url: str) -> None:
        await self.life.aclose()
        self.stage = await self.life.enter_async_context(
            stage_of(slack, self.app, self.token, sandbox, clock, database_url, is_installable=True, **self.settings)
        )


@dataclass(slots=True)
class SlackHouse:
    """One workspace."""

    slack: Slack
    sandbox: Sandbox
    clock: HandClock
    database_url: str
    program: Program
    people: dict[str, str]
    channel: str

    @property
    def stage(self) -> Stage:
        assert self.program.stage is not None
        return self.program.stage

    async def say(self, who, command, /, **given):
        line, person = " ".join((f"/{command}", *given.values())), self.people[who]
        return await self._read(person, None, lambda: self.stage.send(line, person, self.channel))

    async def press(self, page, label, who):
        person = self.people[who]
        return await self._read(person, page.message, lambda: self.stage.press(page.message, label, person))

    def public(self):
        return [told(each).strip() for each in self.slack.channel(self.channel).messages]

    def files(self):
        shared = [file for user in self.people.values() for each in self.stage.private(user) for file in each.files]
        return [file.content for file in shared]

    async def until(self, condition):
        await self.slack.until(condition)

    async def restart(self):
        await self.program.start(self.slack, self.sandbox, self.clock, self.database_url)

    def scheduling(self):
        return scheduled(self.stage.bot, "slack", self.stage.program.poster, self.clock)

    def share(self, page):
        page.message.only_for = None

    async def neighbour(self):
        other = replace(self, **_home(self.slack, "T7"))
        await install(self.stage, other.people[ANN])
        token = self.slack.bot_tokens(self.program.app, self.slack.users[other.people[ANN]].team)[0]
        self.slack.channel(other.channel).members.add(token.bot_user)
        return other

    async def link(self, key):
        ann = self.people[ANN]
        form = await self.stage.modal(self.stage.send("/connect", ann, self.channel), ann)
        return SlackPage(self.stage, await self.stage.seen(self.slack.send_view_submission(form, {"key": key}), ann))

    async def _read(self, person, message, gesture):
        """What there is to read after a gesture: a new message, or what is in the place of this one."""
        edits, before = message.edits if message else 0, {each.ts for each in self.stage.private(person)}

        def further():
            new = [each for each in self.stage.private(person) if each.ts not in before]
            return [each for each in new if not each.files]  # beside which the answer comes

        delivery = await gesture()
        assert not delivery.failure, delivery.failure
        await self.until(lambda: further() or (message and message.edits > edits))
        return SlackPage(self.stage, next(iter(further()), message))


def _home(slack: Slack, team_id: str) -> dict[str, object]:
    """A workspace's people and its channel."""
    team = slack.add_team(team_id, team_id)
    people = {who: f"U{who.upper()}{team_id}" for who in (ANN, BOB, BEN)}
    for who, user in people.items():
        slack.add_user(user, team, who, is_admin=who is not BEN)
    channel = f"C{team_id}"
    slack.add_channel(channel, team, list(people.values()), name="general")
    return {"people": people, "channel": channel}


@asynccontextmanager
async def slack_house(
    sandbox: Sandbox, clock: HandClock, database_url: str, **settings: object
) -> AsyncIterator[SlackHouse]:
    """The chat, the program in it, and the workspace of its token."""
    async with running(clock) as slack:
        home = _home(slack, "T1")
        app = slack.add_app()
        token = slack.install(app, slack.teams["T1"])
        slack.channel(home["channel"]).members.add(token.bot_user)
        program = Program(app, token, settings)
        async with program.life:
            house = SlackHouse(slack, sandbox, clock, database_url, program, **home)
            await house.restart()
            yield house
        assert not slack.failures
