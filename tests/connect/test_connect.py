"""/connect and /disconnect, and workspaces with their own keys."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.domain.caller import Permission, Role, WorkspaceRef
from bot.domain.errors import NotConfigured
from bot.reply.as_json import to_json
from bot.reply.call import Call
from bot.reply.model import Tone
from bot.reply.plain import plain_text
from bot.store.database import Database
from tests.standins.environment import ANA, EVE, LINK, PAGE, YOUTUBE, environment_of, rows, sandbox_of

KEYS = {"cs_test_operator": "Operator", "cs_test_acme_secret": "Acme", "cs_live_rival_secret": "Rival"}
ACME, RIVAL = "cs_test_acme_secret", "cs_live_rival_secret"
SECRET = {"secret_keys": SecretStr("0123456789abcdef" * 2)}
STRANGER = replace(EVE, workspace=WorkspaceRef("console", "stranger", "Stranger", is_operators=False))


@pytest.fixture
async def sandbox(clock):
    async with sandbox_of(clock, keys=KEYS) as sandbox:
        yield sandbox


@pytest.fixture
async def env(sandbox, clock, sqlite_url):
    async with environment_of(sandbox, clock, sqlite_url, **SECRET) as opened:
        yield opened


@pytest.fixture
async def env_on_each(sandbox, clock, database_url):
    async with environment_of(sandbox, clock, database_url, **SECRET) as opened:
        yield opened


async def connect(env, caller, key):
    return await env.bot.run("connect", {"key": key}, caller)


async def whole_database(url):
    database = Database(url)
    async with database.reading() as connection:
        rows = (await connection.execute(text("select * from credentials"))).all()
    await database.close()
    return str(rows)


async def test_a_linked_key_is_called_live_or_test_and_never_shown(env, caplog):
    caplog.set_level("DEBUG")
    reply = await connect(env, ANA, f" {ACME} ")
    assert reply.tone is Tone.SUCCESS
    assert "test key" in reply.summary
    assert "live key" in (await connect(env, EVE, f"“`{RIVAL}\u200b`”,")).summary
    for key in (ACME, RIVAL):
        assert key not in plain_text(reply) + to_json(reply) + caplog.text
        assert key not in await whole_database(env.database_url)


@pytest.mark.parametrize("line", ["/alerts", "/alerts spike on", "/allowance", "/allowance everyone 5"])
async def test_settings_say_that_a_key_comes_first(env, line):
    asked = plain_text(await env.say(line, replace(STRANGER, permissions=ANA.permissions, role=ANA.role)))
    assert "No API key is linked yet. An admin links one with /connect first" in asked
    await connect(env, ANA, ACME)
    assert "No API key" not in plain_text(await env.say(line, ANA))


async def test_workspaces_that_link_the_same_key_share_its_reads_but_not_their_videos(env_on_each):
    env = env_on_each
    await connect(env, ANA, ACME)
    await connect(env, EVE, ACME)
    await env.start(LINK)
    assert (await env.say(f"/stats {LINK}", EVE)).tone is Tone.PROBLEM
    outside = env.sandbox.world.track(ACME, YOUTUBE, 7)
    env.clock.advance(hours=3)
    for caller in (ANA, EVE):
        assert (await env.say(f"/stats {YOUTUBE}", caller)).tone is Tone.INFO
    assert [call.path.rpartition("/")[2] for call in env.sandbox.calls(PAGE)] == [outside.id]


async def test_an_invalid_key_changes_nothing(env):
    reply = await connect(env, ANA, "cs_live_unknown_secret")
    assert reply.tone is Tone.PROBLEM
    assert "Copy the whole key from contentstats.io again." in reply.summary
    assert "unknown_secret" not in plain_text(reply)
    assert (await env.start(LINK)).tone is Tone.SUCCESS
    assert len(env.sandbox.world.account("cs_test_operator").trackings) == 1


async def test_a_key_typed_into_the_command_is_refused_and_not_repeated(env):
    reply = await env.say(f"/connect {ACME}")
    assert reply.tone is Tone.PROBLEM
    assert "private form" in reply.summary
    assert ACME not in plain_text(reply)


async def test_without_secret_keys_nothing_is_stored_and_the_missing_setting_is_named(sandbox, clock, sqlite_url):
    async with environment_of(sandbox, clock, sqlite_url) as env:
        reply = await connect(env, ANA, ACME)
        assert reply.tone is Tone.PROBLEM
        assert "SECRET_KEYS" in reply.summary
        assert await whole_database(sqlite_url) == "[]"


@pytest.mark.parametrize("keys", [None, SecretStr("f" * 32)], ids=["unset", "other"])
async def test_without_the_previous_encryption_keys_nothing_starts(sandbox, clock, sqlite_url, keys):
    async with environment_of(sandbox, clock, sqlite_url, secret_keys=SecretStr("0123456789abcdef" * 2)) as env:
        await env.run(Call("connect", {"key": ACME}))
    with pytest.raises(NotConfigured, match=r"keys that were used before.*If they are lost"):
        async with environment_of(sandbox, clock, sqlite_url, secret_keys=keys):
            pass


async def test_a_foreign_workspace_never_spends_the_operators_money(env):
    reply = await env.say(f"/track {LINK} 7", STRANGER)
    assert reply.tone is Tone.PROBLEM
    assert "/connect" in reply.summary
    assert "Link one with /connect" in (await env.say("/status", STRANGER)).summary
    on = await env.say("/digest on 9:00 UTC", STRANGER)
    assert "digests begin once an admin links one with /connect." in plain_text(on)
    await connect(env, STRANGER, RIVAL)
    assert (await env.start(LINK, caller=STRANGER)).tone is Tone.SUCCESS
    assert not env.sandbox.world.account("cs_test_operator").trackings


async def test_disconnecting_asks_first_and_deletes_only_that_workspaces_data(env_on_each):
    env = env_on_each
    await connect(env, ANA, ACME)
    await connect(env, EVE, RIVAL)
    await env.start(LINK)
    await env.start(LINK, caller=EVE)
    question = await env.say("/disconnect")
    assert "1 video would still be tracked" in question.summary
    assert len(await env.audit()) == 1
    assert (await env.press(question, "Disconnect")).tone is Tone.SUCCESS
    (entry,) = await env.audit(without=())
    assert (entry.person, entry.outcome) == (ANA.person, "API key and everything stored deleted")
    assert len(await env.audit(EVE)) == 1
    assert len(rows(await env.say("/videos", EVE), "Videos")) == 1
    assert "No videos are tracked" in (await env.say("/videos")).summary


async def test_another_process_uses_a_new_key_within_half_a_minute(env_on_each):
    env = env_on_each
    async with environment_of(env.sandbox, env.clock, env.database_url, **SECRET) as other:
        await other.say("/videos")
        await connect(env, ANA, ACME)
        env.clock.advance(seconds=timedelta(seconds=31).total_seconds())
        await other.start(LINK)
    assert len(env.sandbox.world.account(ACME).trackings) == 1


async def test_link_previews_are_shown_only_if_a_manager_turned_them_on(env):
    await env.start(LINK)
    env.clock.advance(hours=2)
    await env.say(f"/stats {LINK}")
    assert (await env.bot.run("preview", {"link": LINK}, ANA)).tone is Tone.PROBLEM
    member = replace(ANA, role=Role.MEMBER, permissions=frozenset({Permission.LOOK}))
    assert (await env.bot.run("previews", {"on": "yes"}, member)).tone is Tone.PROBLEM
    page = await env.bot.run("home", {}, ANA)
    assert (await env.press(page, "Show link previews")).tone is Tone.SUCCESS
    shown = await env.bot.run("preview", {"link": LINK}, member)
    assert "views" in shown.summary
    assert (await env.bot.run("preview", {"link": LINK}, EVE)).tone is Tone.PROBLEM
    assert (await env.press(await env.bot.run("home", {}, ANA), "Hide link previews")).tone is Tone.SUCCESS
    assert (await env.bot.run("preview", {"link": LINK}, ANA)).tone is Tone.PROBLEM
