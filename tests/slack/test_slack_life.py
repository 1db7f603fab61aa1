"""A removed app is forgotten, unknown workspaces get nothing, and tokens are checked."""

import asyncio

import pytest
from sqlalchemy import text

from adapters.chat.pacing import REFUSALS
from adapters.slack.errors import SOON
from adapters.slack.workspaces import CHAT
from bot.delivery.poster import ChannelRef, Later
from bot.domain.caller import WorkspaceRef
from bot.domain.errors import TokenRefused
from bot.reply.model import Reply
from bot.store import Store
from bot.store.database import Database
from tests.slack.bot_app import ANN, BEN, GENERAL, bot_app_of, on_each_transport
from tests.standins.environment import LINK
from tests.standins.faults import Fault, FaultKind


async def _is_stored(database_url):
    async with Store.opened(database_url) as store:
        return await store.workspaces.find(WorkspaceRef(CHAT, "T1", "")) is not None


async def test_a_typed_start_needs_a_press_if_it_may_have_been_handled_before(bot_app, sqlite_url):
    await bot_app.type("/allowance everyone confirm above 5")
    database = Database(sqlite_url)
    await database.write(text("DROP TABLE inbox"))
    await database.close()
    await bot_app.card(f"/track {LINK} 7")
    assert bot_app.posts() == 0


@on_each_transport
@pytest.mark.parametrize(
    "order", [("tokens_revoked", "app_uninstalled"), ("app_uninstalled", "tokens_revoked")], ids=["revoked", "removed"]
)
async def test_removing_the_app_deletes_its_data_in_either_order_of_events(bot_app, team, sqlite_url, order):
    card = await bot_app.card(f"/track {LINK} 7")
    await bot_app.line(bot_app.press(card, "Track 7"))
    assert await _is_stored(sqlite_url)
    deliveries = await bot_app.slack.uninstall(team, order=order)
    deliveries.append(await bot_app.slack.redeliver(deliveries[0]))
    assert [delivery.failure for delivery in deliveries] == ["", "", ""]
    await bot_app.close()
    assert not await _is_stored(sqlite_url)


@pytest.mark.parametrize(
    ("event", "logged"),
    [
        ({"type": "app_uninstalled"}, "still installed"),
        ({"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}, "still installed"),
        ({"type": "tokens_revoked", "tokens": {"oauth": [ANN], "bot": []}}, ""),
    ],
    ids=["removed before a reinstall", "revoked before a reinstall", "a person's token"],
)
async def test_no_event_deletes_the_data_of_an_installed_app(bot_app, team, sqlite_url, event, logged, caplog):
    caplog.set_level("INFO", "adapters.slack.workspaces")
    await bot_app.type("/usage")
    assert (await bot_app.slack.send_event(event, team)).failure == ""
    await bot_app.close()
    assert await _is_stored(sqlite_url)
    assert logged in caplog.text


async def test_nothing_is_deleted_while_a_reinstall_cannot_be_ruled_out(bot_app, team, sqlite_url):
    await bot_app.type("/usage")
    bot_app.slack.faults.start(Fault(FaultKind.STATUS), "auth.test")
    await bot_app.slack.uninstall(team)
    await bot_app.close()
    assert await _is_stored(sqlite_url)


@on_each_transport
async def test_an_unknown_event_is_acknowledged(bot_app, team):
    event = {"type": "team_rename", "name": "Acme & Sons"}
    assert (await bot_app.slack.send_event(event, team)).failure == ""


@on_each_transport
async def test_a_workspace_without_a_token_gets_an_explanation(bot_app, slack):
    rival = slack.add_team("T9", "Rival")
    slack.add_user("U9", rival, "eve", is_admin=True)
    slack.add_channel("C9", rival, ["U9"])
    answer = await bot_app.type(f"/track {LINK} 7", "U9", "C9")
    assert "isn't installed in your workspace" in answer.text
    assert bot_app.labels(answer) == []


@on_each_transport
async def test_previews_show_a_tracked_videos_numbers_once_turned_on(
    slack, team, transport, sandbox, clock, sqlite_url
):
    scopes = ("commands", "chat:write", "users:read", "im:write", "links:read", "links:write")
    app = slack.add_app(is_socket_mode=transport == "socket", scopes=scopes, unfurl_domains=["tiktok.com"])
    token = slack.install(app, team)
    slack.channel(GENERAL).members.add(token.bot_user)
    async with bot_app_of(slack, app, token, sandbox, clock, sqlite_url) as bot_app:
        bot_app.track(LINK)
        bot_app.clock.advance(hours=2)
        await bot_app.type("/videos")
        quiet = slack.say(BEN, GENERAL, f"look {LINK}")
        assert (await slack.share_link(quiet, LINK)).failure == ""
        await slack.open_home(ANN)
        await slack.until(lambda: slack.home(ANN))
        assert quiet.unfurls == {}
        await bot_app.seen(bot_app.press(slack.home(ANN), "Show link previews"))
        for is_written in (True, False):
            message = slack.say(BEN, GENERAL, f"look {LINK}")
            await slack.share_link(message, LINK, is_written=is_written)
            await slack.until(lambda message=message: message.unfurls)
            assert "views" in str(message.unfurls[LINK])


@on_each_transport
async def test_an_organisations_token_serves_every_workspace_of_it(slack, transport, sandbox, clock, sqlite_url):
    grid = slack.add_enterprise("E1", "Grid")
    north, south = (slack.add_team(name, name, grid) for name in ("T7", "T8"))
    slack.add_user("U7", north, "nora")
    slack.add_user("U8", south, "sam")
    slack.add_channel("C7", north, ["U7"])
    slack.add_channel("C8", south, ["U8"])
    app = slack.add_app(is_socket_mode=transport == "socket")
    token = slack.install(app, grid)
    async with bot_app_of(slack, app, token, sandbox, clock, sqlite_url) as bot_app:
        card = await bot_app.card(f"/track {LINK} 7", "U7", "C7")
        await bot_app.line(bot_app.press(card, "Track 7", "U7"), "C7")
        answer = await bot_app.type(f"/track {LINK} 7", "U8", "C8")
        assert "Another workspace with the same API key tracks this video" in answer.text


async def test_a_refused_token_is_reported(slack, app, token, sandbox, clock, sqlite_url):
    token.is_revoked = True
    async with bot_app_of(slack, app, token, sandbox, clock, sqlite_url) as bot_app:
        with pytest.raises(TokenRefused, match="doesn't accept SLACK_BOT_TOKEN \\(token_revoked: ") as refused:
            await bot_app.program.identify()
        assert not await bot_app.program.is_ready()
        there = ChannelRef(CHAT, "T1", GENERAL)
        assert await bot_app.program.poster.post(there, Reply("Hello."), "a") == Later(SOON, "not_configured")
    assert token.value not in str(refused.value)


@pytest.mark.parametrize(
    "fault", [Fault(FaultKind.STATUS, 503), Fault(FaultKind.RESET), Fault(FaultKind.ERROR, "internal_error")]
)
async def test_an_outage_at_the_start_is_waited_out_and_not_blamed_on_the_token(
    slack, app, token, sandbox, clock, sqlite_url, fault, caplog
):
    slack.faults.start(fault, "auth.test")
    async with bot_app_of(slack, app, token, sandbox, clock, sqlite_url) as bot_app:
        asking = asyncio.create_task(bot_app.program.identify())
        assert not await bot_app.program.is_ready()
        assert "doesn't confirm SLACK_BOT_TOKEN" in (await bot_app.type("/usage")).text
        there = ChannelRef(CHAT, "T1", GENERAL)
        assert await bot_app.program.poster.post(there, Reply("Hello."), "a") == Later(SOON, "no_slack")
        slack.faults.stop()
        assert "available" in (await bot_app.type("/usage")).text
        await asking
        assert "Slack is unreachable" in caplog.text
        assert await bot_app.program.is_ready()


async def test_a_token_refused_after_an_outage_is_reported(slack, app, token, sandbox, clock, sqlite_url):
    slack.faults.add("auth.test", Fault(FaultKind.STATUS, 503))
    async with bot_app_of(slack, app, token, sandbox, clock, sqlite_url) as bot_app:
        token.is_revoked = True
        with pytest.raises(TokenRefused, match="doesn't accept SLACK_BOT_TOKEN"):
            await bot_app.program.identify()


async def test_a_briefly_refused_token_ends_nothing(slack, app, token, sandbox, clock, sqlite_url):
    slack.faults.add("auth.test", Fault(FaultKind.ERROR, "invalid_auth"), REFUSALS)  # the first as the program opens
    async with bot_app_of(slack, app, token, sandbox, clock, sqlite_url) as bot_app:
        await bot_app.program.identify()
        assert bot_app.program.problem == ""


async def test_a_token_revoked_at_run_time_ends_slack(bot_app, token):
    watching = asyncio.create_task(bot_app.program.watch_token())
    await bot_app.type("/help")
    assert bot_app.program.problem == ""
    token.is_revoked = True
    with pytest.raises(TokenRefused, match="token_revoked"):
        await asyncio.wait_for(watching, 10)
    assert "doesn't accept SLACK_BOT_TOKEN" in bot_app.program.problem
