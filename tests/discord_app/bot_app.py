"""The whole program at a local Discord: real sockets, the real bot, its sandbox, its database. Time is moved by hand.

People act at Discord, and what they see there is what is looked at.
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
from tests.standins.environment import TRACK, HandClock, nap, settings_of
from tests.standins.timeouts import sandbox_timeouts

PUT = "PUT /applications/{app}/commands"
CALLBACK = "POST /interactions/{interaction}/{token}/callback"
EDIT = "PATCH /webhooks/{app}/{token}/messages/{message}"
FOLLOW_UP = "POST /webhooks/{app}/{token}"
POST = "POST /channels/{channel}/messages"


@dataclass(slots=True)
class Server:
    """One server: ann manages it, ben is a member, and there is a channel for all."""

    guild: Guild
    ann: User
    ben: User
    general: Channel


@dataclass(slots=True)
class BotApp:
    """One running program."""

    discord: Discord
    sandbox: Sandbox
    clock: HandClock
    bot: Bot
    program: DiscordApp
    ending: AsyncExitStack

    async def close(self) -> None:
        """End the program in order: what runs is done by then, so that nothing more can come of it."""
        await self.ending.aclose()

    async def type(self, name: str, user: User, channel: Channel, /, **given: Any) -> Message:
        """What somebody gets to see for a command, once it is there."""
        return await self.answered(self.discord.send_command(name, given, user=user, channel=channel))

    async def press(self, message: Message, label: str, user: User, choice: str | None = None) -> Interaction:
        """A press of the button whose label begins so, or a choice from a menu; its first answer has come."""
        return await self.discord.send_action(message, self.label(message, label), user=user, choice=choice)

    async def pressed(self, message: Message, label: str, user: User, choice: str | None = None) -> Message:
        """What somebody gets to see for a press, in the place of the card or as a new message."""
        return await self.answered(self.press(message, label, user, choice))

    async def answered(self, action: Awaitable[Interaction]) -> Message:
        """What there is to see for a action, once the answer is there."""
        asked = await action
        assert not asked.failure, asked.failure
        edits = self._edits(asked)
        await self.discord.until(lambda: asked.followups or self._edits(asked) > edits or not asked.is_thinking)
        if asked.callback == 6:
            await self.discord.until(lambda: asked.followups or self._edits(asked) > 0)
        shown = asked.followups[0] if asked.followups and asked.callback == 6 else asked.message
        assert shown is not None
        return shown

    async def changed(self, message: Message, action: Awaitable[Interaction]) -> Message:
        """The message, once a action has put something else in its place."""
        edits = message.edits
        asked = await action
        assert not asked.failure, asked.failure
        await self.discord.until(lambda: message.edits > edits)
        return message

    async def refused(self, action: Awaitable[Interaction]) -> Message:
        """What a person alone reads beside a card that stays as it is."""
        asked = await action
        assert not asked.failure, asked.failure
        await self.discord.until(lambda: asked.followups)
        return asked.followups[0]

    async def card(self, user: User, channel: Channel, link: str, **given: Any) -> Message:
        """The consequence card of a /track."""
        card = await self.type("track", user, channel, link=link, **given)
        assert "That leaves $" in told(card), told(card)
        return card

    async def line(self, action: Any, channel: Channel) -> Message:
        """The next message that a whole channel sees."""
        before = len(channel.messages)
        asked = await action
        assert not asked.failure, asked.failure
        await self.discord.until(lambda: len(channel.messages) > before)
        return channel.messages[before]

    async def modal(self, action: Any, user: User) -> Modal:
        """The form that opens for this person."""
        asked = await action
        assert not asked.failure, asked.failure
        return self.discord.modals(user)[-1]

    def label(self, message: Message, label: str) -> str:
        """The whole label of the button whose label begins so."""
        found = [each for each in labels(message) if each.startswith(label)]
        assert found, f"no button {label!r} among {labels(message)}"
        return found[0]

    def spent(self) -> int:
        """How often the API was asked to track something."""
        return len(self.sandbox.calls(TRACK))

    def track(self, *links: str, days: int = 7) -> None:
        """Have these videos running, started elsewhere."""
        for link in links:
            self.sandbox.world.track(self.sandbox.key, link, days)

    def trackings(self) -> int:
        """How many trackings there are, and so how many are billed."""
        return len(self.sandbox.world.account(self.sandbox.key).trackings)

    @staticmethod
    def _edits(asked: Interaction) -> int:
        return asked.message.edits if asked.message else 0


def told(message: Message) -> str:
    """Every word that a message shows."""
    return read(message.components)


def lines(channel: Channel) -> list[str]:
    """What everybody in a channel sees."""
    return [told(each).strip() for each in channel.messages]


def labels(message: Message) -> list[str]:
    """What can be pressed or opened."""
    elements = [each for each in nested(message.components) if each["type"] in (2, 3)]
    return [str(each.get("label") or each.get("placeholder")) for each in elements]


def new_server(discord: Discord, name: str) -> Server:
    """A server with the bot in it."""
    ann, ben = discord.add_user(f"ann {name}"), discord.add_user(f"ben {name}")
    guild = discord.add_guild(name, ann, [ben])
    discord.install(guild)
    return Server(guild, ann, ben, discord.add_channel(guild, "general"))


@asynccontextmanager
async def program_of(
    discord: Discord, sandbox: Sandbox, clock: HandClock, database_url: str, **chosen: Any
) -> AsyncIterator[BotApp]:
    """The program, not connected yet; `chosen` are settings, `shards` and `servers` the app's, `max_wait` its own."""
    named: dict[str, Any] = {name: chosen.pop(name) for name in ("shards", "servers", "token") if name in chosen}
    max_wait = chosen.pop("patience", 300.0)
    settings = settings_of(sandbox, database_url, **chosen)
    async with AsyncExitStack() as ending:
        bot = await ending.enter_async_context(
            Bot(settings, clock=clock, timeouts=sandbox_timeouts(sandbox), sleep=nap, charts=shared_charts())
        )
        options = DiscordOptions(**({"token": discord.app.token, "api_url": discord.api_url} | named))
        program = await ending.enter_async_context(DiscordApp(bot, options, clock, nap, max_wait))
        yield BotApp(discord, sandbox, clock, bot, program, ending)


@asynccontextmanager
async def bot_app_of(
    discord: Discord, sandbox: Sandbox, clock: HandClock, database_url: str, **chosen: Any
) -> AsyncIterator[BotApp]:
    """The program, connected and with its commands known. At the end all work is done."""
    async with program_of(discord, sandbox, clock, database_url, **chosen) as bot_app:
        await bot_app.ending.enter_async_context(serving(bot_app))
        await discord.until(discord.connections)
        await discord.until(lambda: discord.commands)
        yield bot_app


@asynccontextmanager
async def serving(bot_app: BotApp) -> AsyncIterator[asyncio.Task[None]]:
    """The program's run, until the end of the block."""
    task = asyncio.create_task(bot_app.program.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
