"""A channel per platform with its poster, over real sockets, on a clock that only sleeping moves."""

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from unicodedata import category

import aiohttp

from adapters.console.post import ConsolePoster
from adapters.discord import rest
from adapters.discord.limits import Limits as DiscordLimits
from adapters.discord.post import DiscordPoster
from adapters.discord.rest import Rest
from adapters.slack.api import Calls, new_client, new_session
from adapters.slack.api import Limits as SlackLimits
from adapters.slack.pictures import Pictures
from adapters.slack.post import SlackPoster
from adapters.slack.workspaces import MultiWorkspace, SingleWorkspace, Workspaces
from bot.delivery.poster import ChannelPoster, ChannelRef
from bot.domain.caller import WorkspaceRef
from bot.domain.errors import DatabaseUnavailable
from tests.discord_render.rendered import read as read_components
from tests.slack_render.rendered import read as read_blocks
from tests.standins.discord_server import people
from tests.standins.discord_server.server import Discord
from tests.standins.discord_server.server import running as running_discord
from tests.standins.faults import Fault, FaultKind
from tests.standins.slack.server import Slack
from tests.standins.slack.server import running as running_slack
from tests.standins.slack.world import BOT_SCOPES

TEAMS = {"T1": "C1", "T2": "C2"}


class Clock:
    """The clock of a server, its rate limits and the poster."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.naps: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def timestamp(self) -> float:
        return self.now.timestamp()

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.forward(seconds=seconds)
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Shown:
    """A message in a channel or thread; `mark` is the id by which the platform or a person could recognise it."""

    id: str
    text: str
    mark: str
    edits: int = 0


class Away:
    """A database that is down."""

    async def known(self, *_: Any) -> Any:
        raise DatabaseUnavailable("away")

    reserve = known


async def forget_nothing(_: WorkspaceRef) -> None:
    """No workspace is removed."""


class Remote:
    """A channel behind a network, whose server fails on demand."""

    server: Slack | Discord
    routes: ClassVar[Mapping[str, str]]

    def fail(self, kind: str, value: str | int = 500, *, seconds: float = 1, on: str = "post", times: int = 1) -> None:
        """Make the next calls fail."""
        self.server.faults.add(self.routes[on], Fault(FaultKind(kind), value, seconds), times)

    def calls(self, of: str = "post") -> int:
        return len(self.server.calls_of(self.routes[of]))

    async def until_called(self) -> None:
        await self.server.until(self.calls)


@dataclass
class SlackChannel(Remote):
    """C1 of Acme (T1); the bot is also in Rival (T2), but not in Acme's private G1."""

    slack: Slack
    session: aiohttp.ClientSession
    clock: Clock
    person_id: str = "U1"
    poster: SlackPoster = field(init=False)

    here: ClassVar = ChannelRef("slack", "T1", "C1")
    elsewhere: ClassVar = ChannelRef("slack", "T2", "C2")
    routes: ClassVar = {"post": "chat.postMessage", "edit": "chat.update", "direct": "conversations.open"}

    def __post_init__(self) -> None:
        self.server = self.slack
        self.limits = SlackLimits(self.clock.timestamp, self.clock.sleep)
        self.poster = self.poster_for(self.teams_over(self.session))

    def teams_over(self, session: aiohttp.ClientSession, api_url: str = "") -> Workspaces:
        url = api_url or self.slack.api_url
        return MultiWorkspace(
            *(
                SingleWorkspace(
                    Calls(session), new_client(session, url, token.value), forget_nothing, {"team_id": token.team.id}
                )
                for token in self.slack.tokens.values()
                if token.kind == "bot" and token.team
            )
        )

    def poster_for(self, teams: Any, limits: SlackLimits | None = None) -> SlackPoster:
        calls = Calls(self.session, self.clock.sleep)
        return SlackPoster(teams, calls, Pictures(calls), limits or self.limits, self.clock.sleep)

    def shown(self) -> list[Shown]:
        return [
            Shown(each.ts, read_blocks(each.blocks), each.sent.get("client_msg_id", ""), each.edits)
            for each in self.slack.channel("C1").messages
        ]

    def shown_to_person(self) -> list[str]:
        return [read_blocks(message.blocks) for message in self.slack.direct_messages(self.person_id)]

    def thread(self, message_id: str) -> ChannelRef:
        return replace(self.here, thread_id=message_id)

    def in_thread(self) -> list[str]:
        return [read_blocks(each.blocks) for each in self.slack.channel("C1").messages if each.thread_ts]

    def replies_to(self, message_id: str) -> int:
        """How many messages the channel sees under this one."""
        sent = [each.sent for each in self.slack.channel("C1").messages if each.thread_ts == message_id]
        return sum(bool(each.get("reply_broadcast")) for each in sent)

    def forbid_replies(self) -> None:
        self.fail("error", "cannot_reply_to_message")

    def pictures(self) -> list[tuple[bytes, str]]:
        blocks = [block for message in self.slack.channel("C1").messages for block in message.blocks]
        images = [block for block in blocks if block["type"] == "image"]
        return [(self.slack.files[each["slack_file"]["id"]].content or b"", each["alt_text"]) for each in images]

    def notified(self) -> set[str]:
        sent = str([(message.text, message.blocks) for message in self.slack.channel("C1").messages])
        return {mark for mark in ("<!channel>", "<!here", "<@U1>", "<!subteam") if mark in sent}

    def delete(self) -> None:
        self.slack.channel("C1").is_archived = True

    @asynccontextmanager
    async def impatient(self) -> AsyncIterator[ChannelPoster]:
        """A poster that waits 0.2 s for a response."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.2)) as session:
            yield self.poster_for(self.teams_over(session, self.slack.api_url))

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[ChannelPoster]:
        """A poster whose server does not listen."""
        yield self.poster_for(self.teams_over(self.session, "http://127.0.0.1:1/api/"))

    @asynccontextmanager
    async def without_database(self) -> AsyncIterator[ChannelPoster]:
        yield self.poster_for(Away())


@dataclass
class DiscordChannel(Remote):
    """A channel of the guild Acme where everyone may post; the bot has its own role."""

    discord: Discord
    rest: Rest
    clock: Clock

    routes: ClassVar = {
        "post": "POST /channels/{channel}/messages",
        "edit": "PATCH /channels/{channel}/messages/{message}",
        "direct": "POST /users/@me/channels",
    }

    def __post_init__(self) -> None:
        self.server = self.discord
        limits = DiscordLimits(now=self.clock.timestamp, sleep=self.clock.sleep)
        self.poster = DiscordPoster(self.rest, limits, self.clock.sleep)
        self.ann = self.discord.add_user("ann")
        self.guild = self.discord.add_guild("Acme", self.ann)
        self.discord.install(self.guild)
        self.channel = self.discord.add_channel(self.guild, "general")
        other = self.discord.add_channel(self.guild, "other")
        self.person_id = self.ann.id
        self.here = ChannelRef("discord", self.guild.id, self.channel.id)
        self.elsewhere = replace(self.here, channel_id=other.id)

    def shown(self) -> list[Shown]:
        threads = [each for each in self.guild.channels.values() if each.parent is self.channel]
        return [
            Shown(each.id, read_components(each.shown_components()), each.nonce, each.edits)
            for channel in (self.channel, *threads)
            for each in channel.messages
        ]

    def shown_to_person(self) -> list[str]:
        return [read_components(message.shown_components()) for message in self.discord.direct_messages(self.ann)]

    def thread(self, message_id: str) -> ChannelRef:
        kind = people.ChannelKind.PUBLIC_THREAD
        thread = self.discord.add_channel(self.guild, f"on {message_id}", kind, self.channel)
        return replace(self.here, thread_id=thread.id)

    def in_thread(self) -> list[str]:
        return [each.text for each in self.shown()[len(self.channel.messages) :]]

    def replies_to(self, message_id: str) -> int:
        """How many messages are replies to this one."""
        references = [each.sent.get("message_reference") or {} for each in self.channel.messages]
        return sum(each.get("message_id") == message_id for each in references)

    def forbid_replies(self) -> None:
        self.fail("error", 160002)

    def pictures(self) -> list[tuple[bytes, str]]:
        return [(file.content, file.description or "") for each in self.channel.messages for file in each.attachments]

    def notified(self) -> set[str]:
        return {each for message in self.channel.messages for each in message.notified}

    def delete(self) -> None:
        self.discord.delete_channel(self.channel)

    @asynccontextmanager
    async def impatient(self) -> AsyncIterator[ChannelPoster]:
        """A poster that waits 0.2 s for a response."""
        within, rest.RESPONSE_TIMEOUT = rest.RESPONSE_TIMEOUT, 0.2
        try:
            yield self.poster
        finally:
            rest.RESPONSE_TIMEOUT = within

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[ChannelPoster]:
        """A poster whose server does not listen."""
        self.rest.api_url = "http://127.0.0.1:1/api/v10"
        yield self.poster

    @asynccontextmanager
    async def without_database(self) -> AsyncIterator[ChannelPoster]:
        yield DiscordPoster(self.rest, DiscordLimits(Away()))


@dataclass
class ConsoleChannel:
    """A terminal that writes to a string."""

    out: io.StringIO
    directory: Path
    poster: ChannelPoster
    person_id: str = "ann"
    here: ClassVar = ChannelRef("console", "local", "general")

    def shown(self) -> list[Shown]:
        """The last text under each heading."""
        return [Shown(heading, text, heading) for heading, text in self._by_heading("#general").items()]

    def shown_to_person(self) -> list[str]:
        return list(self._by_heading("#ann").values())

    def thread(self, message_id: str) -> ChannelRef:
        return replace(self.here, thread_id=message_id)

    def in_thread(self) -> list[str]:
        return list(self._by_heading("#general, thread").values())

    def pictures(self) -> list[tuple[bytes, str]]:
        return [(path.read_bytes(), self.out.getvalue()) for path in self.directory.iterdir()]

    def notified(self) -> set[str]:
        """Any control character, which could move the cursor or colour text."""
        return {each for each in self.out.getvalue() if category(each) == "Cc" and each != "\n"}

    def _by_heading(self, beginning: str) -> dict[str, str]:
        found: dict[str, str] = {}
        heading = ""
        for line in self.out.getvalue().splitlines():
            if line.startswith("#") and line.endswith(":"):
                heading = line.removesuffix(":").removesuffix(", updated")
                found[heading] = ""
            else:
                found[heading] += f"{line}\n"
        return {heading: text for heading, text in found.items() if heading.startswith(beginning)}


@asynccontextmanager
async def on_slack(_: Path | None = None) -> AsyncIterator[SlackChannel]:
    clock = Clock()
    async with running_slack(clock) as slack, new_session() as session:
        slack.rates.now = clock.timestamp
        app = slack.add_app(scopes=BOT_SCOPES)
        for (team_id, channel_id), name in zip(TEAMS.items(), ("Acme", "Rival"), strict=True):
            team = slack.add_team(team_id, name)
            slack.add_channel(channel_id, team, [slack.install(app, team).bot_user])
        slack.add_channel("G1", slack.teams["T1"], kind="private")
        slack.add_user("U1", slack.teams["T1"], "ann")
        yield SlackChannel(slack, session, clock)


@asynccontextmanager
async def on_discord(_: Path | None = None) -> AsyncIterator[DiscordChannel]:
    """Without rate limits unless a test sets them, and without a gateway."""
    clock = Clock()
    async with running_discord() as local, Rest(local.app.token, local.api_url) as rest:
        local.rates.in_all, local.rates.routes = None, dict.fromkeys(local.rates.routes)
        yield DiscordChannel(local, rest, clock)


@asynccontextmanager
async def on_console(directory: Path) -> AsyncIterator[ConsoleChannel]:
    out = io.StringIO()
    yield ConsoleChannel(out, directory, ConsolePoster(out, directory))


CHANNELS = {"slack": on_slack, "discord": on_discord, "console": on_console}
