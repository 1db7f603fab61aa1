"""A local Discord with a server, three people and two channels, and a bot of the library that is to talk to it."""

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
import yarl

from tests.standins.discord_server.people import Channel, Guild, User
from tests.standins.discord_server.permissions import Permission
from tests.standins.discord_server.server import Discord, running

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import discord as library
    from discord import app_commands
    from discord.gateway import DiscordWebSocket
    from discord.http import Route


class Clock:
    """A clock that goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


class Bot(library.AutoShardedClient):
    """A bot as a project would write it, with no commands yet; `heard` is what it was told, by name."""

    def __init__(self) -> None:
        super().__init__(
            intents=library.Intents(guilds=True),
            allowed_mentions=library.AllowedMentions.none(),
            guild_ready_timeout=0.05,
        )
        self.tree = app_commands.CommandTree(self)
        self.heard: list[tuple[str, int]] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once: the local Discord does not pace it."""

    async def on_guild_join(self, guild: library.Guild) -> None:
        self.heard.append(("join", guild.id))

    async def on_guild_remove(self, guild: library.Guild) -> None:
        self.heard.append(("remove", guild.id))

    async def on_guild_unavailable(self, guild: library.Guild) -> None:
        self.heard.append(("unavailable", guild.id))

    async def on_guild_available(self, guild: library.Guild) -> None:
        self.heard.append(("available", guild.id))

    async def on_guild_channel_delete(self, channel: library.abc.GuildChannel) -> None:
        self.heard.append(("delete", channel.id))

    async def on_shard_resumed(self, shard_id: int) -> None:
        self.heard.append(("resumed", shard_id))


@pytest.fixture
def clock() -> Clock:
    """The wall clock of the local Discord."""
    return Clock()


@pytest.fixture
async def discord(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Discord]:
    """A Discord to which the library is directed; its one server belongs to ann, and the bot is in it."""
    async with running(clock) as discord:
        monkeypatch.setattr(Route, "BASE", discord.api_url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(discord.gateway_url))
        yield discord


@pytest.fixture
def ann(discord: Discord) -> User:
    """The owner of the server."""
    return discord.add_user("ann", locale="de")


@pytest.fixture
def ben(discord: Discord) -> User:
    """A member who may not manage anything."""
    return discord.add_user("ben")


@pytest.fixture
def guild(discord: Discord, ann: User, ben: User) -> Guild:
    """The server."""
    guild = discord.add_guild("Acme", ann, [ben])
    discord.install(guild)
    return guild


@pytest.fixture
def channel(discord: Discord, guild: Guild) -> Channel:
    """A channel for all."""
    return discord.add_channel(guild, "general")


@pytest.fixture
def secret(discord: Discord, guild: Guild, channel: Channel) -> Channel:
    """A channel that nobody sees but the owner; it comes after the one for all."""
    assert channel.id in guild.channels
    secret = discord.add_channel(guild, "secret")
    secret.overwrites[guild.id] = (0, int(Permission.VIEW_CHANNEL))
    return secret


@asynccontextmanager
async def running_bot(bot: Bot, discord: Discord) -> AsyncIterator[Bot]:
    """The bot, connected with every shard until the end of the block."""
    async with bot:
        started = asyncio.create_task(bot.start(discord.app.token))
        await discord.until(lambda: started.done() or len(discord.connections()) == discord.shards)
        await bot.wait_until_ready()
        bot.heard.clear()
        yield bot
    await started


@pytest.fixture
def bot() -> Bot:
    """A bot that is not connected yet."""
    return Bot()


@pytest.fixture
async def connected(bot: Bot, discord: Discord, channel: Channel) -> AsyncIterator[Bot]:
    """The bot, connected, with the server and its channel there from the start."""
    assert channel.id in discord.channels
    async with running_bot(bot, discord):
        yield bot


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A session for calls that the library would not make."""
    async with aiohttp.ClientSession() as session:
        yield session
