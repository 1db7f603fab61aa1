"""The whole program at a local Discord: real sockets, bot, sandbox and database; the clock is set by hand.

Tests act as people do at Discord, and check what people see there.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from adapters.discord.app import DiscordApp, DiscordOptions
from adapters.sandbox.serve import Sandbox
from bot.app import Bot
from tests.discord_render.rendered import read
from tests.standins.charts import shared_charts
from tests.standins.discord_server.components import nested
from tests.standins.discord_server.content import Message
from tests.standins.discord_server.interactions import Interaction, Modal
from tests.standins.discord_server.people import Channel, Guild, User
from tests.standins.discord_server.server import Discord
from tests.standins.environment import HandClock, Program, nap, settings_of
from tests.standins.timeouts import sandbox_timeouts

PUT = "PUT /applications/{app}/commands"
CALLBACK = "POST /interactions/{interaction}/{token}/callback"
EDIT = "PATCH /webhooks/{app}/{token}/messages/{message}"
FOLLOW_UP = "POST /webhooks/{app}/{token}"
POST = "POST /channels/{channel}/messages"


@dataclass(slots=True)
class Server:
    """A guild that ann manages and ben is a member of, with a channel for everyone."""

    guild: Guild
    ann: User
    ben: User
    general: Channel


@dataclass(kw_only=True, slots=True)
class BotApp(Program):
    """A running program."""

    discord: Discord
    program: DiscordApp
    ending: AsyncExitStack

    async def close(self) -> None:
        """Close the program in order; work in progress finishes first."""
        await self.ending.aclose()

    async def type(
        self, name: str, user: User | None = None, channel: Channel | None = None, /, **given: Any
    ) -> Message:
        """The reply to a command, of the first guild's owner in its first channel unless others are named."""
        return await self.answered(self.send(name, user, channel, **given))

    async def send(
        self, name: str, user: User | None = None, channel: Channel | None = None, /, **given: Any
    ) -> Interaction:
        """Send a command; awaits the initial response."""
        (channel,) = [channel] if channel else [*self._guild.channels.values()][:1]
        return await self.discord.send_command(name, given, user=user or self._guild.owner, channel=channel)

    async def press(
        self, message: Message, label: str, user: User | None = None, choice: str | None = None
    ) -> Interaction:
        """Press the button whose label starts with `label`, or choose from a menu; awaits the initial response."""
        label = self.label(message, label)
        return await self.discord.send_action(message, label, user=user or self._guild.owner, choice=choice)

    async def pressed(
        self, message: Message, label: str, user: User | None = None, choice: str | None = None
    ) -> Message:
        """The reply to a press: the changed card or a new message."""
        return await self.answered(self.press(message, label, user, choice))

    async def answered(self, action: Awaitable[Interaction]) -> Message:
        """The reply to an action, once it has arrived."""
        interaction = await action
        assert not interaction.failure, interaction.failure
        edits = self._edits(interaction)
        await self.discord.until(
            lambda: interaction.followups or self._edits(interaction) > edits or not interaction.is_thinking
        )
        if interaction.callback == 6:
            await self.discord.until(lambda: interaction.followups or self._edits(interaction) > 0)
        shown = interaction.followups[0] if interaction.followups and interaction.callback == 6 else interaction.message
        assert shown is not None
        return shown

    async def changed(self, message: Message, action: Awaitable[Interaction]) -> Message:
        """The message, once the action has replaced its content."""
        edits = message.edits
        interaction = await action
        assert not interaction.failure, interaction.failure
        await self.discord.until(lambda: message.edits > edits)
        return message

    async def refused(self, action: Awaitable[Interaction]) -> Message:
        """The private reply beside a card that stays unchanged."""
        interaction = await action
        assert not interaction.failure, interaction.failure
        await self.discord.until(lambda: interaction.followups)
        return interaction.followups[0]

    async def card(
        self, link: str, user: User | None = None, channel: Channel | None = None, /, **given: Any
    ) -> Message:
        """The consequence card of a /track."""
        card = await self.type("track", user, channel, link=link, **given)
        assert "That leaves $" in shown_text(card), shown_text(card)
        return card

    async def line(self, action: Any, channel: Channel | None = None) -> Message:
        """The action's next message that the whole channel sees."""
        channel = channel or next(iter(self._guild.channels.values()))
        before = len(channel.messages)
        interaction = await action
        assert not interaction.failure, interaction.failure
        await self.discord.until(lambda: len(channel.messages) > before)
        return channel.messages[before]

    async def modal(self, action: Any, user: User | None = None) -> Modal:
        """The form that the action opens."""
        interaction = await action
        assert not interaction.failure, interaction.failure
        return self.discord.modals(user or self._guild.owner)[-1]

    def label(self, message: Message, label: str) -> str:
        """The whole label of the button that starts with `label`."""
        found = [each for each in labels(message) if each.startswith(label)]
        assert found, f"no button {label!r} among {labels(message)}"
        return found[0]

    @property
    def _guild(self) -> Guild:
        return next(iter(self.discord.guilds.values()))

    @staticmethod
    def _edits(interaction: Interaction) -> int:
        return interaction.message.edits if interaction.message else 0


def shown_text(message: Message) -> str:
    """All text of a message."""
    return read(message.components)


def lines(channel: Channel) -> list[str]:
    """The text of each message that everyone in a channel sees."""
    return [shown_text(each).strip() for each in channel.messages]


def labels(message: Message) -> list[str]:
    """The labels of buttons and menus."""
    elements = [each for each in nested(message.components) if each["type"] in (2, 3)]
    return [str(each.get("label") or each.get("placeholder")) for each in elements]


def new_server(discord: Discord, name: str) -> Server:
    """A guild with the bot."""
    ann, ben = discord.add_user(f"ann {name}"), discord.add_user(f"ben {name}")
    guild = discord.add_guild(name, ann, [ben])
    discord.install(guild)
    return Server(guild, ann, ben, discord.add_channel(guild, "general"))


@asynccontextmanager
async def program_of(
    discord: Discord, sandbox: Sandbox, clock: HandClock, database_url: str, **chosen: Any
) -> AsyncIterator[BotApp]:
    """The unconnected program; `chosen` are settings, `shards` and `servers` are the app's, `max_wait` is its own."""
    named: dict[str, Any] = {name: chosen.pop(name) for name in ("shards", "servers", "token") if name in chosen}
    max_wait = chosen.pop("patience", 300.0)
    settings = settings_of(sandbox, database_url, **chosen)
    async with AsyncExitStack() as ending:
        bot = await ending.enter_async_context(
            Bot(settings, clock=clock, timeouts=sandbox_timeouts(sandbox), sleep=nap, charts=shared_charts())
        )
        options = DiscordOptions(**({"token": discord.app.token, "api_url": discord.api_url} | named))
        program = await ending.enter_async_context(DiscordApp(bot, options, clock, nap, max_wait))
        yield BotApp(sandbox=sandbox, clock=clock, bot=bot, discord=discord, program=program, ending=ending)


@asynccontextmanager
async def bot_app_of(
    discord: Discord, sandbox: Sandbox, clock: HandClock, database_url: str, **chosen: Any
) -> AsyncIterator[BotApp]:
    """The connected program with its commands registered; closed at the end."""
    async with program_of(discord, sandbox, clock, database_url, **chosen) as bot_app:
        await bot_app.ending.enter_async_context(serving(bot_app))
        await discord.until(discord.connections)
        await discord.until(lambda: discord.commands)
        yield bot_app


@asynccontextmanager
async def serving(bot_app: BotApp) -> AsyncIterator[asyncio.Task[None]]:
    """Run the program until the end of the block."""
    task = asyncio.create_task(bot_app.program.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
