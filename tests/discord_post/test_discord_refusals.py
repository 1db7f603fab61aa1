"""Errors that only Discord has; the posters' contract covers those of every platform."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.discord.errors import RATE_LIMITED
from adapters.discord.limits import CLOUDFLARE_BAN
from bot.delivery.poster import Later, Posted
from bot.reply.model import Reply
from tests.standins.discord_server.permissions import Permission
from tests.standins.faults import Fault, FaultKind

HELLO = Reply("Hello, channel.")
POST = "POST /channels/{channel}/messages"


def calls(discord):
    return len(discord.calls_of(POST))


async def test_a_deleted_thread_does_not_affect_its_channel(poster, here):
    delivery = await poster.post(replace(here, thread_id="1"), HELLO, "a")
    assert (delivery.reason, delivery.is_message) == ("10003", True)
    assert (await poster.post(replace(here, channel_id="1"), HELLO, "b")).is_message is False


async def test_closed_channels_are_refused_with_discords_errors(discord, poster, channel, here, guild):
    channel.overwrites[guild.id] = (0, int(Permission.VIEW_CHANNEL))
    assert (await poster.post(here, HELLO, "a")).reason == "50001"
    channel.overwrites[guild.id] = (0, int(Permission.SEND_MESSAGES))
    assert (await poster.post(here, HELLO, "b")).reason == "50013"
    assert (await poster.edit(here, "1", HELLO)).reason == "10008"
    discord.delete_channel(channel)
    assert (await poster.post(here, HELLO, "c")).reason == "10003"


async def test_a_global_429_pauses_all_posts(on, discord, poster, here):
    discord.faults.add(POST, Fault(FaultKind.RATE_LIMITED_GLOBALLY, seconds=5))
    assert await poster.post(here, HELLO, "a") == Later(timedelta(seconds=5), RATE_LIMITED)
    assert isinstance(await poster.post(on.elsewhere, HELLO, "b"), Posted)
    assert sum(on.clock.naps) == pytest.approx(5)


async def test_a_long_global_wait_blocks_nothing_and_ends(discord, poster, here, rest):
    discord.faults.add(POST, Fault(FaultKind.RATE_LIMITED_GLOBALLY, seconds=1_000))
    assert await poster.post(here, HELLO, "a") == Later(timedelta(seconds=1_000), RATE_LIMITED)
    assert isinstance(await poster.post(here, HELLO, "a"), Later)
    assert calls(discord) == 1
    async with asyncio.timeout(5):
        await rest.get_channel(int(here.channel_id))  # calls by others than the poster continue


async def test_a_refused_token_is_reported_to_the_operator_and_not_to_channels(on, discord, rest, poster, here, caplog):
    discord.reset_token()
    assert await poster.post(here, HELLO, "a") == Later(timedelta(minutes=1), "401")
    assert [record.levelname for record in caplog.records if "DISCORD_TOKEN" in record.message] == ["ERROR"]
    assert isinstance(await poster.post(here, HELLO, "b"), Later)
    assert calls(discord) == 1
    rest.token = discord.app.token
    on.clock.forward(seconds=60)
    assert isinstance(await poster.post(here, HELLO, "a"), Posted)
    assert discord.app.token not in caplog.text


async def test_a_ban_by_cloudflare_pauses_calls_for_minutes(discord, poster, here):
    discord.faults.add(POST, Fault(FaultKind.BANNED))
    delivery = await poster.post(here, HELLO, "a")
    assert delivery == Later(timedelta(hours=1), RATE_LIMITED)
    assert isinstance(await poster.post(here, HELLO, "b"), Later)
    assert calls(discord) == 1
    assert delivery.after >= timedelta(seconds=CLOUDFLARE_BAN)


async def test_a_client_that_is_closed_has_sent_nothing(rest, poster, here):
    async with rest:
        pass
    assert isinstance(await poster.post(here, HELLO, "a"), Later)
