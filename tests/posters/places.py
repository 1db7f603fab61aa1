"""A place to post into on each platform, set up, with what is seen there: all that the posters' contract needs."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from unicodedata import category

import discord
from discord.http import Route

from adapters.console.post import ConsolePoster
from adapters.discord.limits import Limits as DiscordLimits
from adapters.discord.post import DiscordPoster
from adapters.slack.calls import Calls, new_client, new_session
from adapters.slack.limits import Limits as SlackLimits
from adapters.slack.pictures import Pictures
from adapters.slack.post import SlackPoster
from adapters.slack.teams import OneTeam
from bot.delivery.poster import ChannelPoster, ChannelRef
from tests.discord_render.reading import read as read_components
from tests.slack_post.conftest import Clock, forget_nothing
from tests.slack_render.reading import read as read_blocks
from tests.standins.discord_server import faults as discord_faults
from tests.standins.discord_server import people
from tests.standins.discord_server.server import Discord
from tests.standins.discord_server.server import running as running_discord
from tests.standins.slack import faults as slack_faults
from tests.standins.slack.server import Slack
from tests.standins.slack.server import running as running_slack
from tests.standins.slack.world import BOT_SCOPES


class Place(Protocol):
    """A channel of one platform and the poster for it."""

    poster: ChannelPoster

    @property
    def here(self) -> ChannelRef:
        """The channel."""

    @property
    def person_id(self) -> str:
        """Somebody who can be written to."""

    def said(self) -> list[str]:
        """What each message in the channel and its threads says now, in the order in which they came."""

    def said_to_person(self) -> list[str]:
        """The same of what one person alone reads."""

    def thread(self, message_id: str) -> ChannelRef:
        """The thread that hangs on a message."""

    def in_thread(self) -> list[str]:
        """What was said in threads."""

    def pictures(self) -> list[tuple[bytes, str]]:
        """The pictures that are shown, each with what a screen reader says of it."""

    def notified(self) -> set[str]:
        """Whom a message has notified."""


class Remote(Place, Protocol):
    """A place at the other end of a wire."""

    def close(self) -> None:
        """Let the channel be gone."""

    def limit(self, seconds: float) -> None:
        """Answer the next post with 429."""

    def cut(self) -> None:
        """Let the next post take place, and its answer be lost."""

    def tries(self) -> int:
        """How often it was asked to post."""


class _Nap:
    """Passes time on a clock, and no real time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, seconds: float) -> None:
        self._clock.forward(seconds=seconds)
        await asyncio.sleep(0)


@dataclass
class OnSlack:
    """Slack."""

    slack: Slack
    poster: ChannelPoster
    person_id: str = "U1"

    @property
    def here(self) -> ChannelRef:
        return ChannelRef("slack", "T1", "C1")

    def said(self) -> list[str]:
        return [read_blocks(message.blocks) for message in self.slack.channel("C1").messages]

    def said_to_person(self) -> list[str]:
        return [read_blocks(message.blocks) for message in self.slack.direct_messages(self.person_id)]

    def thread(self, message_id: str) -> ChannelRef:
        return replace(self.here, thread_id=message_id)

    def in_thread(self) -> list[str]:
        return [read_blocks(each.blocks) for each in self.slack.channel("C1").messages if each.thread_ts]

    def pictures(self) -> list[tuple[bytes, str]]:
        blocks = [block for message in self.slack.channel("C1").messages for block in message.blocks]
        images = [block for block in blocks if block["type"] == "image"]
        return [(self.slack.files[each["slack_file"]["id"]].content, each["alt_text"]) for each in images]

    def notified(self) -> set[str]:
        texts = [message.text for message in self.slack.channel("C1").messages]
        raw = str([message.blocks for message in self.slack.channel("C1").messages])
        return {
            mark for mark in ("<!channel>", "<!here", "<@U1>", "<!subteam") for text in (*texts, raw) if mark in text
        }

    def close(self) -> None:
        self.slack.channel("C1").is_archived = True

    def limit(self, seconds: float) -> None:
        self.slack.faults.add(_SLACK_POST, slack_faults.Fault(slack_faults.FaultKind.RATE_LIMITED, seconds=seconds))

    def cut(self) -> None:
        self.slack.faults.add(_SLACK_POST, slack_faults.Fault(slack_faults.FaultKind.RESET_AFTER))

    def tries(self) -> int:
        return len(self.slack.calls_of(_SLACK_POST))


@dataclass
class OnDiscord:
    """Discord."""

    discord: Discord
    channel: people.Channel
    person: people.User
    poster: ChannelPoster

    @property
    def here(self) -> ChannelRef:
        return ChannelRef("discord", self.channel.guild.id, self.channel.id)

    @property
    def person_id(self) -> str:
        return self.person.id

    def said(self) -> list[str]:
        return [read_components(message.shown_components()) for message in self.channel.messages] + self.in_thread()

    def said_to_person(self) -> list[str]:
        return [read_components(message.shown_components()) for message in self.discord.direct_messages(self.person)]

    def thread(self, message_id: str) -> ChannelRef:
        kind = people.ChannelKind.PUBLIC_THREAD
        thread = self.discord.add_channel(self.channel.guild, f"on {message_id}", kind, self.channel)
        return replace(self.here, thread_id=thread.id)

    def in_thread(self) -> list[str]:
        threads = [each for each in self.channel.guild.channels.values() if each.parent is self.channel]
        return [read_components(message.shown_components()) for each in threads for message in each.messages]

    def pictures(self) -> list[tuple[bytes, str]]:
        return [(file.content, file.description) for each in self.channel.messages for file in each.attachments]

    def notified(self) -> set[str]:
        return {each for message in self.channel.messages for each in message.notified}

    def close(self) -> None:
        self.discord.delete_channel(self.channel)

    def limit(self, seconds: float) -> None:
        kind = discord_faults.FaultKind.RATE_LIMITED
        self.discord.faults.add(_DISCORD_POST, discord_faults.Fault(kind, seconds=seconds))

    def cut(self) -> None:
        self.discord.faults.add(_DISCORD_POST, discord_faults.Fault(discord_faults.FaultKind.RESET_AFTER))

    def tries(self) -> int:
        return len(self.discord.calls_of(_DISCORD_POST))


@dataclass
class OnConsole:
    """A terminal."""

    out: io.StringIO
    directory: Path
    poster: ChannelPoster
    person_id: str = "ann"

    @property
    def here(self) -> ChannelRef:
        return ChannelRef("console", "local", "general")

    def said(self) -> list[str]:
        """The last that was said under each heading."""
        return list(self._by_heading("#general").values())

    def said_to_person(self) -> list[str]:
        return list(self._by_heading("#ann").values())

    def thread(self, message_id: str) -> ChannelRef:
        return replace(self.here, thread_id=message_id)

    def in_thread(self) -> list[str]:
        return list(self._by_heading("#general, thread").values())

    def pictures(self) -> list[tuple[bytes, str]]:
        return [(path.read_bytes(), self.out.getvalue()) for path in self.directory.iterdir()]

    def notified(self) -> set[str]:
        """Whatever could move the cursor or colour a word."""
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
        return {heading: said for heading, said in found.items() if heading.startswith(beginning)}


_SLACK_POST = "chat.postMessage"
_DISCORD_POST = "POST /channels/{channel}/messages"


@asynccontextmanager
async def on_slack(_: Path) -> AsyncIterator[OnSlack]:
    """A local Slack."""
    clock = Clock()
    nap = _Nap(clock)
    async with running_slack(clock) as slack, new_session() as session:
        slack.rates.now = lambda: clock().timestamp()
        team = slack.add_team("T1", "Acme")
        token = slack.install(slack.add_app(scopes=BOT_SCOPES), team)
        slack.add_user("U1", team, "ann")
        slack.add_channel("C1", team, [token.bot_user])
        calls = Calls(session, nap)
        teams = OneTeam(calls, new_client(session, slack.api_url, token.value), forget_nothing)
        limits = SlackLimits(lambda: clock().timestamp(), nap)
        yield OnSlack(slack, SlackPoster(teams, calls, Pictures(calls), limits, nap))


@asynccontextmanager
async def on_discord(_: Path) -> AsyncIterator[OnDiscord]:
    """A local Discord, for which the library's address is turned there."""
    real, clock = Route.BASE, Clock()
    nap = _Nap(clock)
    async with running_discord() as local, discord.Client(intents=discord.Intents(guilds=True)) as client:
        local.rates.in_all, local.rates.routes = None, dict.fromkeys(local.rates.routes)
        ann = local.add_user("ann")
        guild = local.add_guild("Acme", ann)
        local.install(guild)
        limits = DiscordLimits(now=lambda: clock().timestamp(), sleep=nap)
        Route.BASE = local.api_url
        try:
            await client.login(local.app.token)
            async with DiscordPoster(client.http, limits, nap) as poster:
                yield OnDiscord(local, local.add_channel(guild, "general"), ann, poster)
        finally:
            Route.BASE = real


@asynccontextmanager
async def on_console(directory: Path) -> AsyncIterator[OnConsole]:
    """A terminal that is a string."""
    out = io.StringIO()
    yield OnConsole(out, directory, ConsolePoster(out, directory))


PLACES = {"slack": on_slack, "discord": on_discord, "console": on_console}
