"""What comes back from Discord, and what the poster makes of it: over real sockets, one fault each."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import discord as library
import pytest
from discord.http import Route

from adapters.discord import exchange
from adapters.discord.limits import BAN, Limits
from adapters.discord.post import DiscordPoster
from adapters.discord.refusals import OF_ONE_MESSAGE, OURS, PERMANENT, RATE_LIMITED, UNKNOWN_MESSAGE
from bot.delivery.poster import Later, Posted, Rejected, Unclear
from bot.domain.errors import DatabaseUnavailable
from bot.reply.model import Reply
from tests.standins.discord_server.faults import Fault, FaultKind
from tests.standins.discord_server.permissions import Permission

HELLO = Reply("Hello, channel.")
POST = "POST /channels/{channel}/messages"


def calls(discord):
    return len(discord.calls_of(POST))


# Permanent


@pytest.mark.parametrize("code", sorted(set(PERMANENT) - {UNKNOWN_MESSAGE}))
async def test_a_permanent_error_is_told_with_what_to_do_and_not_tried_again(discord, poster, here, code):
    discord.faults.add(POST, Fault(FaultKind.ERROR, code))
    expected = Rejected(str(code), PERMANENT[code], is_message=code in OF_ONE_MESSAGE)
    assert await poster.post(here, HELLO, "a") == expected
    assert calls(discord) == 1


@pytest.mark.parametrize("code", sorted(OURS))
async def test_a_fault_of_ours_is_rejected_and_logged_as_an_error(discord, poster, here, caplog, code):
    discord.faults.add(POST, Fault(FaultKind.ERROR, code))
    delivery = await poster.post(here, HELLO, "a")
    assert isinstance(delivery, Rejected)
    assert str(code) in delivery.sentence
    assert delivery.is_message
    assert [record.reason for record in caplog.records if record.levelno == logging.ERROR] == [str(code)]
    assert calls(discord) == 1


async def test_a_thread_that_is_gone_says_nothing_of_its_channel(poster, here):
    delivery = await poster.post(replace(here, thread_id="1"), HELLO, "a")
    assert (delivery.reason, delivery.is_message) == ("10003", True)
    assert (await poster.post(replace(here, channel_id="1"), HELLO, "b")).is_message is False


async def test_real_channels_refuse_as_discord_does(discord, poster, channel, here, guild):
    channel.overwrites[guild.id] = (0, int(Permission.VIEW_CHANNEL))
    assert (await poster.post(here, HELLO, "a")).reason == "50001"
    channel.overwrites[guild.id] = (0, int(Permission.SEND_MESSAGES))
    assert (await poster.post(here, HELLO, "b")).reason == "50013"
    assert (await poster.edit(here, "1", HELLO)).reason == "10008"
    discord.delete_channel(channel)
    assert (await poster.post(here, HELLO, "c")).reason == "10003"


# Later


@pytest.mark.parametrize("code", [30046, 40004, 20012])
async def test_what_passes_and_what_nobody_knows_may_be_tried_later(discord, poster, here, code):
    discord.faults.add(POST, Fault(FaultKind.ERROR, code))
    assert await poster.post(here, HELLO, "a") == Later(timedelta(minutes=1), str(code))
    assert calls(discord) == 1


@pytest.mark.parametrize("kind", [FaultKind.RATE_LIMITED, FaultKind.RATE_LIMITED_TOGETHER])
async def test_a_429_says_when_and_stops_that_channel_until_then(discord, poster, here, guild, clock, kind):
    other = replace(here, channel_id=discord.add_channel(guild, "other").id)
    discord.faults.add(POST, Fault(kind, seconds=30))
    assert await poster.post(here, HELLO, "a") == Later(timedelta(seconds=30), RATE_LIMITED)
    clock.now += 10
    assert await poster.post(here, HELLO, "a") == Later(timedelta(seconds=20), RATE_LIMITED)
    assert isinstance(await poster.post(other, HELLO, "b"), Posted)
    clock.now += 20
    assert isinstance(await poster.post(here, HELLO, "a"), Posted)
    assert calls(discord) == 3


async def test_a_429_for_the_whole_bot_holds_everybody_until_then(discord, poster, here, guild, naps):
    other = replace(here, channel_id=discord.add_channel(guild, "other").id)
    discord.faults.add(POST, Fault(FaultKind.RATE_LIMITED_GLOBALLY, seconds=5))
    assert await poster.post(here, HELLO, "a") == Later(timedelta(seconds=5), RATE_LIMITED)
    assert isinstance(await poster.post(other, HELLO, "b"), Posted)
    assert sum(naps) == pytest.approx(5)


async def test_a_long_wait_for_the_whole_bot_holds_up_nothing_and_ends(discord, poster, here, client):
    discord.faults.add(POST, Fault(FaultKind.RATE_LIMITED_GLOBALLY, seconds=1_000))
    assert await poster.post(here, HELLO, "a") == Later(timedelta(seconds=1_000), RATE_LIMITED)
    assert isinstance(await poster.post(here, HELLO, "a"), Later)
    assert calls(discord) == 1
    async with asyncio.timeout(5):
        await client.fetch_channel(int(here.channel_id))  # discord.py itself was not put to sleep


async def test_a_token_that_is_refused_is_the_operator_s_matter_and_no_channel_s(
    discord, client, poster, here, clock, caplog
):
    discord.reset_token()
    assert await poster.post(here, HELLO, "a") == Later(timedelta(minutes=1), "401")
    assert [record.levelname for record in caplog.records if "DISCORD_TOKEN" in record.message] == ["ERROR"]
    assert isinstance(await poster.post(here, HELLO, "b"), Later)
    assert calls(discord) == 1
    client.http.token = discord.app.token
    clock.now += 60
    assert isinstance(await poster.post(here, HELLO, "a"), Posted)
    assert discord.app.token not in caplog.text


async def test_a_ban_by_cloudflare_is_minutes_of_silence(discord, poster, here):
    discord.faults.add(POST, Fault(FaultKind.BANNED))
    delivery = await poster.post(here, HELLO, "a")
    assert delivery == Later(timedelta(hours=1), RATE_LIMITED)
    assert isinstance(await poster.post(here, HELLO, "b"), Later)
    assert calls(discord) == 1
    assert delivery.after >= timedelta(seconds=BAN)


async def test_a_bucket_that_takes_too_long_is_not_waited_for(discord, client, here, monkeypatch):
    monkeypatch.setattr(exchange, "IN_LINE", 0.2)
    async with DiscordPoster(client.http, Limits()) as poster:
        discord.rates.routes[POST] = discord.rates.other.__class__(1, 3_600)
        assert isinstance(await poster.post(here, HELLO, "a"), Posted)
        assert isinstance(await poster.post(here, HELLO, "b"), Later)
    assert calls(discord) == 1


async def test_a_connection_that_nobody_takes_has_sent_nothing(poster, here, monkeypatch):
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1/api/v10")
    assert await poster.post(here, HELLO, "a") == Later(timedelta(minutes=1), "no_connection")


async def test_a_client_that_is_closed_has_sent_nothing(client, poster, here):
    await client.close()
    assert isinstance(await poster.post(here, HELLO, "a"), Later)


async def test_a_database_that_is_away_holds_the_post_back(client, discord, here):
    class Away:
        async def reserve(self, *_):
            raise DatabaseUnavailable("The database is away.")

    async with DiscordPoster(client.http, Limits(Away())) as poster:
        assert await poster.post(here, HELLO, "a") == Later(timedelta(minutes=1), "no_database")
    assert calls(discord) == 0


# Unclear


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(FaultKind.RESET), "ServerDisconnectedError"),
        (Fault(FaultKind.STATUS, 500), "status_500"),
        (Fault(FaultKind.STATUS, 503), "status_503"),
        (Fault(FaultKind.ERROR, 130000), "status_503"),
        (Fault(FaultKind.GARBAGE), "no_id"),
    ],
)
async def test_what_may_have_been_done_is_told_and_not_repeated(discord, poster, channel, here, fault, reason):
    discord.faults.add(POST, fault)
    assert await poster.post(here, HELLO, "a") == Unclear(reason)
    assert calls(discord) == 1
    assert isinstance(await poster.post(here, HELLO, "a"), Posted)
    assert len(channel.messages) == 1


async def test_an_answer_that_is_lost_is_unclear_and_the_same_key_finds_the_message(discord, poster, channel, here):
    discord.faults.add(POST, Fault(FaultKind.RESET_AFTER))
    assert isinstance(await poster.post(here, HELLO, "a"), Unclear)
    assert calls(discord) == len(channel.messages) == 1
    assert await poster.post(here, HELLO, "a") == Posted(channel.messages[0].id)
    assert len(channel.messages) == 1


async def test_an_answer_that_takes_too_long_is_unclear(discord, poster, here, monkeypatch):
    monkeypatch.setattr(exchange, "WITHIN", 0.2)
    discord.faults.add(POST, Fault(FaultKind.HANG))
    assert await poster.post(here, HELLO, "a") == Unclear("TimeoutError")


async def test_who_stops_waiting_leaves_nothing_running_and_the_next_one_can_post(discord, client, here):
    async with DiscordPoster(client.http, Limits()) as poster:
        discord.faults.add(POST, Fault(FaultKind.HANG))
        posting = asyncio.ensure_future(poster.post(here, HELLO, "a"))
        await discord.until(lambda: calls(discord))
        posting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await posting
        assert isinstance(await poster.post(here, HELLO, "b"), Posted)
    ours = [task for task in asyncio.all_tasks() if "Exchange" in repr(task.get_coro())]
    assert ours == []


async def test_an_own_client_that_gives_up_early_is_understood(discord, here):
    async with library.Client(intents=library.Intents(guilds=True), max_ratelimit_timeout=30) as client:
        await client.login(discord.app.token)
        discord.rates.routes[POST] = discord.rates.other.__class__(1, 3_600)
        async with DiscordPoster(client.http, Limits()) as poster:
            assert isinstance(await poster.post(here, HELLO, "a"), Posted)
            late = await poster.post(here, HELLO, "b")
    assert (type(late), late.reason) == (Later, RATE_LIMITED)
    assert late.after > timedelta(minutes=50)
