"""Gateway failures: no action of a person is lost or done twice."""

import asyncio

import pytest

from tests.discord_app.bot_app import EDIT, bot_app_of, lines, program_of, serving, shown_text
from tests.standins.environment import LINK, USAGE
from tests.standins.faults import Fault, FaultKind

pytestmark = pytest.mark.usefixtures("server")


def ways():
    return {
        "reconnect": lambda connection: connection.reconnect(),
        "invalid, to be resumed": lambda connection: connection.invalidate(is_resumable=True),
        "closed": lambda connection: connection.close(4000),
        "broken": lambda connection: connection.abort(),
    }


async def resumed(discord, connection):
    """Wait until the session has resumed on another connection."""
    session = connection.session
    await discord.until(lambda: session.resumes and session.is_connected)


@pytest.mark.parametrize("way", ways())
async def test_a_command_sent_during_a_reconnect_is_answered_afterwards(bot_app, discord, server, way):
    (connection,) = discord.connections()
    bot_app.sandbox.faults.add("slow", USAGE, seconds=0.2)
    before = await bot_app.send("usage", server.ben)
    ways()[way](connection)
    discord.answer_seconds = 20
    during = asyncio.create_task(bot_app.send("help"))
    await resumed(discord, connection)
    after = await bot_app.send("status", server.ben)
    interaction = [before, await during, after]
    await discord.until(lambda: not any(each.is_thinking for each in interaction))
    assert [each.failure for each in interaction] == ["", "", ""]
    assert len(discord.identifies) == 1


async def test_a_lost_session_is_replaced(bot_app, discord, server):
    (connection,) = discord.connections()
    connection.invalidate()
    await discord.until(lambda: len(discord.identifies) == 2 and discord.connections())
    assert "available" in shown_text(await bot_app.type("usage", server.ben))


async def test_two_processes_with_the_same_event_act_once(discord, server, sandbox, clock, sqlite_url):
    async with (
        bot_app_of(discord, sandbox, clock, sqlite_url) as one,
        program_of(discord, sandbox, clock, sqlite_url) as two,
        serving(two),
    ):
        await discord.until(lambda: len(discord.connections()) == 2)
        card = await one.card(LINK, days=7)
        await one.line(one.press(card, "Track 7"))
        await one.type("campaign", action="new", campaign="launch")
        await two.close()
        await one.close()
        assert "already exists" not in str([each.body for each in discord.calls_of(EDIT)])
        assert (one.posts(), one.trackings(), len(lines(server.general))) == (1, 1, 1)


@pytest.mark.parametrize(
    ("route", "fault"),
    [
        ("GET /users/@me", Fault(FaultKind.GARBAGE)),
        ("GET /gateway/bot", Fault(FaultKind.STATUS, 503)),
        ("gateway", Fault(FaultKind.RESET)),
    ],
    ids=str,
)
async def test_an_outage_of_discord_at_the_start_is_waited_out(discord, sandbox, clock, sqlite_url, route, fault):
    discord.faults.add(route, fault, times=2)
    async with program_of(discord, sandbox, clock, sqlite_url, max_wait=2.0) as bot_app, serving(bot_app):
        await discord.until(lambda: discord.connections() and discord.commands)
        assert "available" in shown_text(await bot_app.type("usage"))


async def test_if_resuming_hangs_a_new_connection_is_made(discord, sandbox, clock, sqlite_url):
    async with program_of(discord, sandbox, clock, sqlite_url, max_wait=3.0) as bot_app, serving(bot_app):
        await discord.until(lambda: bot_app.program.is_up and discord.commands)
        discord.faults.start(Fault(FaultKind.RESET), "resume")
        discord.connections()[0].reconnect()
        await discord.until(lambda: len(discord.identifies) == 2)
        await discord.until(discord.connections)
        assert "available" in shown_text(await bot_app.type("usage"))


async def test_readiness_depends_on_the_gateway_connection(discord, sandbox, clock, sqlite_url):
    async with program_of(discord, sandbox, clock, sqlite_url) as bot_app:
        assert not await bot_app.program.is_ready()
        async with serving(bot_app):
            await discord.until(discord.connections)
            await discord.until(lambda: bot_app.program.is_up)
            assert await bot_app.program.is_ready()


async def test_shards_divide_the_guilds_among_processes(discord, server, sandbox, clock, sqlite_url):
    shard = (int(server.guild.id) >> 22) % 2
    sets = [{"shards": ((number,), 2)} for number in range(2)]
    async with (
        program_of(discord, sandbox, clock, sqlite_url, **sets[0]) as one,
        program_of(discord, sandbox, clock, sqlite_url, **sets[1]) as two,
    ):
        async with serving(one), serving(two):
            await discord.until(lambda: len(discord.connections()) == 2 and discord.commands)
            assert sorted(each.session.shard for each in discord.connections()) == [(0, 2), (1, 2)]
            assert "available" in shown_text(await one.type("usage"))
        assert shard in (0, 1)


async def test_the_recommended_number_of_shards_is_used(discord, sandbox, clock, sqlite_url):
    discord.shards = 3
    async with program_of(discord, sandbox, clock, sqlite_url) as bot_app, serving(bot_app):
        await discord.until(lambda: len(discord.connections()) == 3 and discord.commands)
        assert "available" in shown_text(await bot_app.type("usage"))
