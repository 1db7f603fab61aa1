"""A local Discord with a server and a channel, and the poster of the bot that is in it."""

import asyncio
from collections.abc import AsyncIterator

import discord as library
import pytest
from discord.http import Route

from adapters.discord.limits import Limits, Sleep
from adapters.discord.post import DiscordPoster
from bot.delivery.poster import ChannelRef
from tests.standins.discord_server.people import Channel, Guild, User
from tests.standins.discord_server.server import Discord, running


class Clock:
    """The seconds of the poster's limits; they go on only where somebody sleeps by them."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock."""
    return Clock()


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Discord]:
    """A Discord to which the library is directed, with no limits but those that a test sets."""
    async with running() as discord:
        discord.rates.in_all = None
        discord.rates.routes = dict.fromkeys(discord.rates.routes)
        monkeypatch.setattr(Route, "BASE", discord.api_url)
        yield discord


@pytest.fixture
def ann(discord: Discord) -> User:
    """The owner of the server."""
    return discord.add_user("ann")


@pytest.fixture
def guild(discord: Discord, ann: User) -> Guild:
    """The server; everybody may post there, the bot by a role of its own."""
    guild = discord.add_guild("Acme", ann)
    discord.install(guild)
    return guild


@pytest.fixture
def channel(discord: Discord, guild: Guild) -> Channel:
    """A channel for all."""
    return discord.add_channel(guild, "general")


@pytest.fixture
def here(channel: Channel, guild: Guild) -> ChannelRef:
    """The channel as the core names it."""
    return ChannelRef("discord", guild.id, channel.id)


@pytest.fixture
async def client(discord: Discord) -> AsyncIterator[library.Client]:
    """A bot that is logged in and has no gateway."""
    async with library.Client(intents=library.Intents(guilds=True)) as client:
        await client.login(discord.app.token)
        yield client


@pytest.fixture
def naps() -> list[float]:
    """How long was slept."""
    return []


@pytest.fixture
def sleep(naps: list[float], clock: Clock) -> Sleep:
    """Passes no real time."""

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        clock.now += seconds
        await asyncio.sleep(0)

    return nap


@pytest.fixture
async def poster(client: library.Client, clock: Clock, sleep: Sleep) -> AsyncIterator[DiscordPoster]:
    """The poster."""
    async with DiscordPoster(client.http, Limits(now=clock, sleep=sleep), sleep) as poster:
        yield poster
