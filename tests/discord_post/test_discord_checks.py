"""The doctor's checks of Discord."""

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from adapters.discord.commands import payload
from adapters.discord.doctor import FEW_SESSIONS, discord_checks
from adapters.discord.guilds import claim_code
from adapters.discord.rest import Rest
from bot.domain.caller import Person, WorkspaceRef
from bot.settings import Settings
from bot.store import Store
from bot.store.audit import Action, Entry
from tests.standins.discord_server.people import ChannelKind
from tests.standins.discord_server.permissions import Permission
from tests.standins.discord_server.server import running
from tests.standins.faults import Fault, FaultKind

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
NAMES = ("Discord token", "Discord application", "Discord commands", "Discord gateway", "Discord servers")
KEY = "Discord servers' key"


@pytest.fixture
async def discord():
    async with running() as discord:
        yield discord


@pytest.fixture
def guild(discord):
    guild = discord.add_guild("Acme", discord.add_user("ann"))
    discord.install(guild)
    return guild


@pytest.fixture
def channel(discord, guild):
    return discord.add_channel(guild, "general")


@pytest.fixture
def check(discord, sqlite_url):
    """The doctor's findings, by name."""

    async def look(**chosen):
        given = {"discord_token": SecretStr(discord.app.token), "discord_api_url": discord.api_url}
        settings = Settings(_env_file=None, **({"database_url": sqlite_url} | given | chosen))
        return {each.name: each for each in await discord_checks(settings)}

    return look


@pytest.fixture
async def registered(discord):
    """The commands as the bot registers them."""
    async with Rest(discord.app.token, discord.api_url) as rest:
        return await rest.bulk_upsert_global_commands(discord.app.id, payload())


@pytest.fixture
def use(guild, sqlite_url):
    """A person runs a command in a channel."""

    async def use(channel):
        async with Store.opened(sqlite_url) as store:
            wallet = await store.wallets.ensure_wallet("fingerprint", NOW)
            workspace = await store.workspaces.ensure_workspace(WorkspaceRef("discord", guild.id, "Acme"), wallet)
            entry = Entry(NOW, Person("1", "ann"), channel.id, Action.STOP, "stopped", "https://x.com/a/1")
            await store.audit.write(workspace.id, entry)

    return use


@pytest.fixture
async def used(channel, use):
    """The channel, after a command in it."""
    await use(channel)
    return channel


async def test_a_correctly_configured_bot_has_no_problem(check, registered, used):
    found = await check()
    assert {name: each.ok for name, each in found.items()} == dict.fromkeys((*NAMES, KEY, "Discord channels"), True)
    assert found["Discord token"].detail == "contentstats"
    assert f"all {len(registered)} are registered" in found["Discord commands"].detail
    assert used.id in found["Discord channels"].detail


async def test_each_guild_of_a_public_application_has_a_claim_code_until_claimed(check, discord, guild, sqlite_url):
    code = claim_code(discord.app.token, guild.id)
    assert code in (await check())[KEY].detail
    async with Store.opened(sqlite_url) as store:
        await store.chat_installs.joined("discord", [guild.id], is_public=True)
        await store.chat_installs.claim("discord", guild.id)
    assert "every server is claimed" in (await check())[KEY].detail
    assert KEY not in await check(discord_servers=guild.id)
    discord.app.is_public = False
    assert KEY not in await check()


async def test_without_discord_settings_nothing_is_checked(check, discord):
    assert await check(discord_token=None) == {}
    assert discord.calls == []


async def test_a_new_bot_is_shown_the_next_steps(check, discord):
    found = await check()
    assert all(each.ok for each in found.values())
    assert "contentstats-bot run" in found["Discord commands"].detail
    assert "contentstats-bot manifest discord" in found["Discord servers"].detail
    assert "none was used yet" in found["Discord channels"].detail
    assert {call.route.partition(" ")[0] for call in discord.calls} == {"GET"}


async def test_a_token_refused_by_discord_is_reported_with_a_fix(check, discord):
    (found,) = (await check(discord_token=SecretStr("MTIz.abc.def"))).values()
    assert not found.ok
    assert "Reset Token" in found.detail
    assert "MTIz" not in found.detail
    assert len(discord.calls) == 1


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.GARBAGE, FaultKind.RESET])
async def test_an_unreachable_discord_is_reported_with_its_address(check, discord, kind):
    discord.faults.start(Fault(kind))
    (found,) = (await check()).values()
    assert not found.ok
    assert discord.api_url in found.detail


async def test_a_later_failure_keeps_earlier_findings(check, discord):
    discord.faults.add("GET /gateway/bot", Fault(FaultKind.STATUS))
    found = await check()
    assert (found["Discord token"].ok, found["Discord"].ok) == (True, False)


@pytest.mark.usefixtures("registered")
async def test_commands_that_differ_are_named(check, discord):
    commands = discord.commands
    discord.commands = [{**commands[0], "description": "Another."}, *commands[2:], {**commands[1], "name": "old"}]
    found = (await check())["Discord commands"]
    assert not found.ok
    assert f"missing: {commands[1]['name']}; not the bot's: old; changed: {commands[0]['name']}." in found.detail


async def test_an_endpoint_that_takes_the_commands_away_is_reported(check, discord, monkeypatch):
    shown = {**discord.app.as_json(), "interactions_endpoint_url": "https://elsewhere.example"}
    monkeypatch.setattr(type(discord.app), "as_json", lambda _: shown)
    found = (await check())["Discord application"]
    assert not found.ok
    assert "https://elsewhere.example" in found.detail


async def test_a_nearly_exhausted_daily_connection_limit_is_reported(check, discord):
    discord.identifies = [NOW] * (1_001 - FEW_SESSIONS)
    found = (await check())["Discord gateway"]
    assert not found.ok
    assert f"{FEW_SESSIONS - 1} of 1000" in found.detail


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        (Permission.VIEW_CHANNEL, "The bot isn't allowed to post there"),
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.EMBED_LINKS | Permission.ATTACH_FILES, "Embed Links, Attach Files"),
    ],
)
async def test_a_channel_closed_to_the_bot_is_reported_with_the_missing_permission(check, used, guild, denied, named):
    used.overwrites[guild.id] = (0, int(denied))
    found = (await check())["Discord channels"]
    assert not found.ok
    assert named in found.detail


async def test_a_role_or_own_permission_reopens_a_channel(check, used, guild, discord):
    role = next(iter(guild.members[discord.app.user.id]))
    used.overwrites[guild.id] = (0, int(Permission.SEND_MESSAGES))
    used.overwrites[role] = (int(Permission.SEND_MESSAGES), 0)
    assert (await check())["Discord channels"].ok
    used.overwrites[discord.app.user.id] = (0, int(Permission.SEND_MESSAGES))
    assert not (await check())["Discord channels"].ok


async def test_a_thread_needs_its_channels_permissions_and_one_more(check, used, use, guild, discord):
    thread = discord.add_channel(guild, "answers", ChannelKind.PUBLIC_THREAD, used)
    await use(thread)
    assert (await check())["Discord channels"].ok
    used.overwrites[guild.id] = (0, int(Permission.SEND_MESSAGES_IN_THREADS))
    assert "#answers in Acme: give the bot Send Messages In Threads" in (await check())["Discord channels"].detail


async def test_a_deleted_channel_is_reported(check, used, discord):
    discord.delete_channel(used)
    assert f"{used.id}: The channel or thread was deleted." in (await check())["Discord channels"].detail


async def test_an_unreachable_database_has_its_own_check(check):
    found = await check(database_url="sqlite:////nowhere/at/all.db")
    assert "Discord channels" not in found
