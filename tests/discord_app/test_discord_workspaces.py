"""Guilds: whose key each uses, what each sees, and what is kept after the bot was removed."""

import asyncio
from functools import partial

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from adapters.discord.guilds import Guilds, claim_code
from bot.contentstats.client import key_fingerprint
from bot.domain.caller import WorkspaceRef
from bot.store import Store
from bot.store.database import Database
from tests.discord_app.bot_app import bot_app_of, new_server, program_of, serving, shown_text
from tests.standins.environment import LINK, sandbox_of
from tests.standins.faults import Fault, FaultKind

pytestmark = pytest.mark.usefixtures("server")

KEYS = SecretStr("0123456789abcdef" * 2)
ACME, RIVAL = "cs_test_acme_secret", "cs_live_rival_secret"


@pytest.fixture
async def sandbox(clock):
    async with sandbox_of(clock, keys={"cs_test_operator": "Operator", ACME: "Acme", RIVAL: "Rival"}) as sandbox:
        yield sandbox


@pytest.fixture
def opened(discord, sandbox, clock, sqlite_url):
    """The connected program, with the settings of a test."""
    return partial(bot_app_of, discord, sandbox, clock, sqlite_url)


async def usage(bot_app, server):
    """The reply to a server's /usage."""
    return shown_text(await bot_app.type("usage", server.ann, server.general))


async def entered(bot_app, server, key):
    """The reply to a key or claim code entered in the form of /connect."""
    form = await bot_app.modal(bot_app.send("connect", server.ann, server.general), server.ann)
    return shown_text(await bot_app.answered(bot_app.discord.send_modal(form, {"key": key})))


async def is_stored(database_url, server):
    async with Store.opened(database_url, (KEYS.get_secret_value(),)) as store:
        return await store.workspaces.find(WorkspaceRef("discord", server.guild.id, "")) is not None


async def left_at(database_url):
    database = Database(database_url)
    async with database.reading() as connection:
        rows = (await connection.execute(text("select external_id, left_at from presences"))).all()
    await database.close()
    return {id_: at is not None for id_, at in rows}


async def test_guilds_added_while_the_application_is_private_use_the_operators_key(discord, server, opened):
    async with opened() as bot_app:
        assert "available" in await usage(bot_app, server)
        discord.app.is_public = True
        stranger = new_server(discord, "Stranger")
        assert "/connect" in await usage(bot_app, stranger)
        discord.app.is_public = False
        later = new_server(discord, "Later")
        assert "available" in await usage(bot_app, later)
        assert "/connect" in await usage(bot_app, stranger)
        discord.faults.start(Fault(FaultKind.STATUS, 503), "GET /oauth2/applications/@me")
        assert "Discord isn't responding" in await usage(bot_app, new_server(discord, "Unknown"))


async def test_guilds_of_a_public_application_use_their_own_keys_even_with_a_new_database(discord, server, opened):
    discord.app.is_public = True
    async with opened(secret_keys=KEYS) as bot_app:
        later = new_server(discord, "Later")
        for each in (server, later):
            refusal = shown_text(await bot_app.type("track", each.ann, each.general, link=LINK))
            assert "link one with /connect" in refusal
            assert each.guild.id in refusal
        assert "✅" in await entered(bot_app, later, RIVAL)
        assert "available" in await usage(bot_app, later)
        assert bot_app.posts() == 0


async def test_an_admin_claims_a_guild_with_its_code_for_every_process(discord, server, sqlite_url, opened):
    discord.app.is_public = True
    other = new_server(discord, "Other")
    code, theirs = (claim_code(discord.app.token, each.guild.id) for each in (server, other))
    async with (
        opened() as bot_app,
        Store.opened(sqlite_url) as store,
    ):
        assert "isn't this server's claim code" in await entered(bot_app, server, theirs)
        assert "isn't this server's claim code" in await entered(bot_app, server, f"{code}x")
        assert "/connect" in await usage(bot_app, server)
        assert "✅" in await entered(bot_app, server, f" {code.upper()} ")
        assert "available" in await usage(bot_app, server)
        linked = shown_text(await bot_app.type("allowance", action="log"))
        assert "linked to the API key of the bot's operator" in linked
        await store.chat_installs.claim("discord", other.guild.id)  # as another process would
        assert "available" in await usage(bot_app, other)
    async with opened() as bot_app:
        assert "available" in await usage(bot_app, server)


async def test_a_member_cannot_claim_a_guild(discord, server, opened):
    discord.app.is_public = True
    async with opened() as bot_app:
        form = await bot_app.modal(bot_app.send("connect"))
        form.user = server.ben
        answer = await bot_app.answered(
            bot_app.discord.send_modal(form, {"key": claim_code(discord.app.token, server.guild.id)})
        )
        assert "Only admins" in shown_text(answer)
        assert "/connect" in await usage(bot_app, server)


async def test_a_guild_removed_from_the_list_loses_the_key_at_the_next_start(
    discord, server, sandbox, clock, sqlite_url, opened
):
    discord.app.is_public = True
    async with opened(servers=(server.guild.id,)) as bot_app:
        assert "available" in await usage(bot_app, server)
        await bot_app.close()
    async with opened(servers=("1",)) as bot_app:
        await discord.until(lambda: bot_app.program.is_up)
        await bot_app.close()
    async with Store.opened(sqlite_url) as store:
        stored = await store.workspaces.find(WorkspaceRef("discord", server.guild.id, ""))
        assert not stored.is_operators
        wallet = await store.wallets.ensure_wallet(key_fingerprint(sandbox.url, sandbox.key), clock())
        assert stored.wallet_id != wallet


async def test_only_listed_guilds_use_the_operators_key(discord, server, opened):
    discord.app.is_public = True
    listed = new_server(discord, "Listed")
    async with opened(servers=(listed.guild.id,)) as bot_app:
        assert "available" in await usage(bot_app, listed)
        assert "/connect" in await usage(bot_app, server)


async def test_a_guild_that_adds_the_bot_again_finds_its_data(discord, server, clock, sqlite_url, opened):
    async with opened(secret_keys=KEYS) as bot_app:
        assert "✅" in await entered(bot_app, server, ACME)
        discord.remove(server.guild)
        clock.advance(days=29)
        await bot_app.close()
    assert await left_at(sqlite_url) == {server.guild.id: True}
    async with opened(secret_keys=KEYS) as bot_app:
        discord.install(server.guild)
        assert "Test key" in await usage(bot_app, server)
        await bot_app.close()
    assert await left_at(sqlite_url) == {server.guild.id: False}


async def test_a_guild_that_removed_the_bot_is_forgotten_after_thirty_days(
    discord, server, clock, sqlite_url, caplog, opened
):
    other = new_server(discord, "Other")
    async with opened(secret_keys=KEYS) as bot_app:
        assert "✅" in await entered(bot_app, server, ACME)
        await bot_app.type("usage", other.ann, other.general)
        discord.remove(server.guild)
        await bot_app.close()
    clock.advance(days=31)
    caplog.set_level("INFO", "adapters.discord")
    async with opened(secret_keys=KEYS):
        await discord.until(lambda: "deleted data of departed guilds" in caplog.text)
    assert not await is_stored(sqlite_url, server)
    assert await is_stored(sqlite_url, other)


async def test_guild_changes_while_offline_are_noticed_on_connecting(discord, server, sqlite_url, opened):
    other = new_server(discord, "Other")
    async with opened() as bot_app:
        await discord.until(lambda: bot_app.program.is_up)
        await bot_app.close()
    assert await left_at(sqlite_url) == {server.guild.id: False, other.guild.id: False}
    discord.remove(server.guild)
    async with opened() as bot_app:
        await discord.until(lambda: bot_app.program.is_up)
        await bot_app.close()
    assert await left_at(sqlite_url) == {server.guild.id: True, other.guild.id: False}


async def test_an_outage_of_a_guild_is_not_a_removal(discord, server, sqlite_url, opened):
    async with opened() as bot_app:
        discord.fail(server.guild)
        discord.recover(server.guild)
        assert "available" in await usage(bot_app, server)
        await bot_app.close()
    assert await left_at(sqlite_url) == {server.guild.id: False}


async def test_commands_are_registered_once_and_again_after_changes(discord, sandbox, clock, sqlite_url, opened):
    put = "PUT /applications/{app}/commands"
    for _ in range(3):
        async with opened() as bot_app:
            await bot_app.close()
    assert len(discord.calls_of(put)) == 1
    async with Store.opened(sqlite_url) as store:
        await store.command_sync.save("discord", discord.app.id, "those of last year")
    async with program_of(discord, sandbox, clock, sqlite_url) as bot_app, serving(bot_app):
        await discord.until(lambda: len(discord.calls_of(put)) == 2)
    assert len(discord.creations) == len(discord.commands)


@pytest.mark.parametrize("fault", [Fault(FaultKind.ERROR, 30034), Fault(FaultKind.STATUS, 503), Fault(FaultKind.RESET)])
async def test_a_failed_registration_of_commands_is_retried(discord, server, sandbox, clock, sqlite_url, fault):
    discord.faults.add("PUT /applications/{app}/commands", fault, times=2)
    async with program_of(discord, sandbox, clock, sqlite_url) as bot_app, serving(bot_app):
        await discord.until(lambda: discord.commands and discord.connections())
        assert "available" in await usage(bot_app, server)


async def test_a_guild_that_adds_the_bot_while_connecting_is_noted_afterwards(store, clock):
    answer = asyncio.Event()

    async def is_public():
        await answer.wait()
        return False

    async def recognize(_chat, _operators):
        pass

    guilds = Guilds(store.chat_installs, clock, (), "token", is_public, recognize)
    connecting = asyncio.create_task(guilds.connected(["1"], lambda _: True))
    joining = asyncio.create_task(guilds.joined("2"))
    await asyncio.sleep(0)
    answer.set()
    await joining
    assert await connecting == []
    assert set(await store.chat_installs.known("discord")) == {"1", "2"}
