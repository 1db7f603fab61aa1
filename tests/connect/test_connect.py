"""/connect and /disconnect, and workspaces with keys of their own."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.domain.caller import Permission, Role, WorkspaceRef
from bot.reply.as_json import to_json
from bot.reply.model import Tone
from bot.reply.plain import plain_text
from bot.store.database import Database
from tests.standins.scene import ANA, EVE, LINK, PAGE, YOUTUBE, HandClock, rows, sandbox_of, scene_of

KEYS = {"cs_test_operator": "Operator", "cs_test_acme_secret": "Acme", "cs_live_rival_secret": "Rival"}
ACME, RIVAL = "cs_test_acme_secret", "cs_live_rival_secret"
STRANGER = replace(EVE, workspace=WorkspaceRef("console", "stranger", "Stranger", is_operators=False))


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def scene(clock, database_url):
    async with sandbox_of(clock, keys=KEYS) as sandbox:
        keys = SecretStr("0123456789abcdef" * 2)
        async with scene_of(sandbox, clock, database_url, secret_keys=keys) as opened:
            yield opened


async def connect(scene, caller, key):
    return await scene.bot.run("connect", {"key": key}, caller)


async def whole_database(url):
    database = Database(url)
    async with database.reading() as connection:
        rows = (await connection.execute(text("select * from credentials"))).all()
    await database.close()
    return str(rows)


async def test_a_linked_key_is_told_live_or_test_and_is_nowhere_to_be_read(scene, caplog):
    caplog.set_level("DEBUG")
    reply = await connect(scene, ANA, f" {ACME} ")
    assert reply.tone is Tone.SUCCESS
    assert "test key" in reply.summary
    assert "live key" in (await connect(scene, EVE, RIVAL)).summary
    for key in (ACME, RIVAL):
        assert key not in plain_text(reply) + to_json(reply) + caplog.text
        assert key not in await whole_database(scene.database_url)


async def test_two_workspaces_with_two_keys_never_see_one_another(scene):
    await connect(scene, ANA, ACME)
    await connect(scene, EVE, RIVAL)
    assert (await scene.start(LINK)).tone is Tone.SUCCESS
    assert (await scene.start(LINK, caller=EVE)).tone is Tone.SUCCESS
    started = {key: len(scene.sandbox.world.account(key).trackings) for key in KEYS}
    assert started == {"cs_test_operator": 0, ACME: 1, RIVAL: 1}
    await scene.start(YOUTUBE)
    assert len(rows(await scene.say("/videos"), "Videos")) == 2
    assert len(rows(await scene.say("/videos", EVE), "Videos")) == 1
    assert (await scene.say(f"/stats {YOUTUBE}", EVE)).tone is Tone.PROBLEM


async def test_workspaces_that_link_the_same_key_share_its_reads_but_not_their_videos(scene):
    await connect(scene, ANA, ACME)
    await connect(scene, EVE, ACME)
    await scene.start(LINK)
    assert (await scene.say(f"/stats {LINK}", EVE)).tone is Tone.PROBLEM
    outside = scene.sandbox.world.track(ACME, YOUTUBE, 7)
    scene.clock.advance(hours=3)
    for caller in (ANA, EVE):
        assert (await scene.say(f"/stats {YOUTUBE}", caller)).tone is Tone.INFO
    assert [call.path.rpartition("/")[2] for call in scene.sandbox.calls(PAGE)] == [outside.id]


async def test_a_key_that_does_not_work_changes_nothing(scene):
    reply = await connect(scene, ANA, "cs_live_unknown_secret")
    assert reply.tone is Tone.PROBLEM
    assert "unknown_secret" not in plain_text(reply)
    assert (await scene.start(LINK)).tone is Tone.SUCCESS
    assert len(scene.sandbox.world.account("cs_test_operator").trackings) == 1


async def test_a_key_typed_into_the_command_is_refused_and_not_repeated(scene):
    reply = await scene.say(f"/connect {ACME}")
    assert reply.tone is Tone.PROBLEM
    assert "private form" in reply.summary
    assert ACME not in plain_text(reply)


@pytest.mark.parametrize("command", ["connect", "disconnect", "disconnect.confirm"])
async def test_only_those_who_manage_the_workspace_link_and_remove(scene, command):
    member = replace(ANA, role=Role.MEMBER, permissions=frozenset({Permission.LOOK, Permission.SPEND, Permission.STOP}))
    given = {"key": ACME} if command == "connect" else {}
    reply = await scene.bot.run(command, given, member)
    assert reply.tone is Tone.PROBLEM
    assert "Only admins" in reply.summary
    assert "credentials" not in await whole_database(scene.database_url)


async def test_without_secret_keys_nothing_is_kept_and_the_setting_is_named(clock, sqlite_url):
    async with sandbox_of(clock, keys=KEYS) as sandbox, scene_of(sandbox, clock, sqlite_url) as scene:
        reply = await connect(scene, ANA, ACME)
        assert reply.tone is Tone.PROBLEM
        assert "SECRET_KEYS" in reply.summary
        assert await whole_database(sqlite_url) == "[]"


async def test_a_workspace_of_strangers_never_spends_the_operators_money(scene):
    reply = await scene.say(f"/track {LINK} 7", STRANGER)
    assert reply.tone is Tone.PROBLEM
    assert "/connect" in reply.summary
    assert "Link one with /connect" in (await scene.say("/status", STRANGER)).summary
    await connect(scene, STRANGER, RIVAL)
    assert (await scene.start(LINK, caller=STRANGER)).tone is Tone.SUCCESS
    assert not scene.sandbox.world.account("cs_test_operator").trackings


async def test_disconnecting_asks_first_then_deletes_everything_of_that_workspace_alone(scene):
    await connect(scene, ANA, ACME)
    await connect(scene, EVE, RIVAL)
    await scene.start(LINK)
    await scene.start(LINK, caller=EVE)
    question = await scene.say("/disconnect")
    assert "1 video would still be tracked" in question.summary
    assert len(await scene.audit()) == 1
    assert (await scene.press(question, "Disconnect")).tone is Tone.SUCCESS
    assert await scene.audit() == ()
    assert len(await scene.audit(EVE)) == 1
    assert len(rows(await scene.say("/videos", EVE), "Videos")) == 1
    assert "No videos are tracked" in (await scene.say("/videos")).summary


async def test_another_process_notices_a_new_key_within_half_a_minute(scene):
    async with scene_of(
        scene.sandbox, scene.clock, scene.database_url, secret_keys=SecretStr("0123456789abcdef" * 2)
    ) as other:
        await other.say("/videos")
        await connect(scene, ANA, ACME)
        scene.clock.advance(seconds=timedelta(seconds=31).total_seconds())
        await other.start(LINK)
    assert len(scene.sandbox.world.account(ACME).trackings) == 1


async def test_the_home_page_shows_wallet_running_videos_and_settings(scene):
    await scene.start(LINK)
    scene.clock.advance(hours=2)
    await scene.say(f"/stats {LINK}")
    page = await scene.bot.run("home", {}, ANA)
    words = plain_text(page)
    assert "available" in page.summary
    assert "1 running video" in words
    assert "$100.00" in words


async def test_links_show_their_numbers_only_where_a_manager_switched_that_on(scene):
    await scene.start(LINK)
    scene.clock.advance(hours=2)
    await scene.say(f"/stats {LINK}")
    assert (await scene.bot.run("preview", {"link": LINK}, ANA)).tone is Tone.PROBLEM
    member = replace(ANA, role=Role.MEMBER, permissions=frozenset({Permission.LOOK}))
    assert (await scene.bot.run("previews", {"on": "yes"}, member)).tone is Tone.PROBLEM
    page = await scene.bot.run("home", {}, ANA)
    assert (await scene.press(page, "Show numbers")).tone is Tone.SUCCESS
    shown = await scene.bot.run("preview", {"link": LINK}, member)
    assert "views" in shown.summary
    assert (await scene.bot.run("preview", {"link": LINK}, EVE)).tone is Tone.PROBLEM
    assert (await scene.press(await scene.bot.run("home", {}, ANA), "Hide numbers")).tone is Tone.SUCCESS
    assert (await scene.bot.run("preview", {"link": LINK}, ANA)).tone is Tone.PROBLEM
