"""What is delivered twice happens once; what the app is removed from is forgotten; strangers get nothing."""

import asyncio

import pytest

from adapters.slack.errors import SOON
from adapters.slack.workspaces import CHAT
from bot.delivery.poster import ChannelRef, Later
from bot.domain.caller import WorkspaceRef
from bot.domain.errors import TokenRefused
from bot.messages.problems import busy
from bot.reply.model import Reply
from bot.store import Store
from tests.slack.stage import ANN, BEN, GENERAL, stage_of
from tests.standins.faults import Fault, FaultKind
from tests.standins.scene import LINK


async def _is_stored(database_url):
    async with Store.opened(database_url) as store:
        return await store.workspaces.find(WorkspaceRef(CHAT, "T1", "")) is not None


async def test_the_same_command_delivered_twice_is_answered_once(stage):
    delivery = await stage.send("/usage")
    await stage.slack.until(lambda: stage.private(ANN))
    assert (await stage.slack.replay(delivery)).failure == ""
    await stage.close()
    assert len(stage.private(ANN)) == 1


async def test_the_same_press_delivered_five_times_spends_once_and_says_so_once(stage):
    card = await stage.card(f"/track {LINK} 7")
    delivery = await stage.press(card, "Track 7")
    for _ in range(4):
        assert (await stage.slack.replay(delivery)).failure == ""
    await stage.close()
    assert (stage.spent(), stage.trackings(), len(stage.lines())) == (1, 1, 1)
    assert card.edits == 1


async def test_a_redelivered_event_publishes_nothing_twice(stage):
    delivery = await stage.slack.open_home(ANN)
    await stage.slack.until(lambda: stage.slack.home(ANN))
    await stage.slack.redeliver(delivery)
    await stage.slack.redeliver(delivery)
    await stage.close()
    assert len(stage.slack.calls_of("views.publish")) == 1


async def test_what_was_heard_before_a_restart_is_not_heard_again(slack, app, token, sandbox, clock, sqlite_url):
    async with stage_of(slack, app, token, sandbox, clock, sqlite_url) as before:
        card = await before.card(f"/track {LINK} 7")
        delivery = await before.press(card, "Track 7")
        await before.close()
    async with stage_of(slack, app, token, sandbox, clock, sqlite_url) as after:
        delivery.request = None
        assert (await slack.replay(delivery)).failure == ""
        await after.close()
        assert (after.spent(), card.edits) == (1, 1)


@pytest.mark.parametrize(
    "order", [("tokens_revoked", "app_uninstalled"), ("app_uninstalled", "tokens_revoked")], ids=["revoked", "removed"]
)
async def test_removing_the_app_deletes_what_is_stored_in_whichever_order_it_is_told(stage, team, sqlite_url, order):
    card = await stage.card(f"/track {LINK} 7")
    await stage.line(stage.press(card, "Track 7"))
    assert await _is_stored(sqlite_url)
    deliveries = await stage.slack.uninstall(team, order=order)
    deliveries.append(await stage.slack.redeliver(deliveries[0]))
    assert [delivery.failure for delivery in deliveries] == ["", "", ""]
    await stage.close()
    assert not await _is_stored(sqlite_url)


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}]
)
async def test_what_is_told_of_a_removal_after_the_app_is_back_removes_nothing(stage, team, sqlite_url, event, caplog):
    caplog.set_level("INFO", "adapters.slack.workspaces")
    await stage.type("/usage")
    assert (await stage.slack.send_event(event, team)).failure == ""
    await stage.close()
    assert await _is_stored(sqlite_url)
    assert "still installed" in caplog.text


async def test_while_slack_does_not_say_whether_a_removed_app_is_back_nothing_is_deleted(stage, team, sqlite_url):
    await stage.type("/usage")
    stage.slack.faults.start(Fault(FaultKind.STATUS), "auth.test")
    await stage.slack.uninstall(team)
    await stage.close()
    assert await _is_stored(sqlite_url)


async def test_a_revoked_user_token_removes_nothing(stage, team, sqlite_url):
    await stage.type("/usage")
    event = {"type": "tokens_revoked", "tokens": {"oauth": [ANN], "bot": []}}
    await stage.slack.send_event(event, team)
    await stage.close()
    assert await _is_stored(sqlite_url)


async def test_an_event_that_means_nothing_here_is_acknowledged(stage, team):
    event = {"type": "team_rename", "name": "Acme & Sons"}
    assert (await stage.slack.send_event(event, team)).failure == ""


async def test_a_workspace_that_the_token_is_not_for_is_refused_in_a_sentence(stage, slack):
    rival = slack.add_team("T9", "Rival")
    slack.add_user("U9", rival, "eve", is_admin=True)
    slack.add_channel("C9", rival, ["U9"])
    answer = await stage.type(f"/track {LINK} 7", "U9", "C9")
    assert "not installed in your workspace" in answer.text
    assert stage.labels(answer) == []


async def test_previews_show_a_tracked_videos_numbers_once_a_manager_wants_them(
    slack, team, transport, sandbox, clock, sqlite_url
):
    scopes = ("commands", "chat:write", "users:read", "im:write", "links:read", "links:write")
    app = slack.add_app(is_socket_mode=transport == "socket", scopes=scopes, unfurl_domains=["tiktok.com"])
    token = slack.install(app, team)
    slack.channel(GENERAL).members.add(token.bot_user)
    async with stage_of(slack, app, token, sandbox, clock, sqlite_url) as stage:
        stage.track(LINK)
        stage.clock.advance(hours=2)
        await stage.type("/videos")
        quiet = slack.say(BEN, GENERAL, f"look {LINK}")
        assert (await slack.share_link(quiet, LINK)).failure == ""
        await slack.open_home(ANN)
        await slack.until(lambda: slack.home(ANN))
        assert quiet.unfurls == {}
        await stage.seen(stage.press(slack.home(ANN), "Show numbers beside links"))
        for is_written in (True, False):
            message = slack.say(BEN, GENERAL, f"look {LINK}")
            await slack.share_link(message, LINK, is_written=is_written)
            await slack.until(lambda message=message: message.unfurls)
            assert "views" in str(message.unfurls[LINK])


async def test_an_organisations_token_serves_every_workspace_of_it(slack, transport, sandbox, clock, sqlite_url):
    grid = slack.add_enterprise("E1", "Grid")
    north, south = (slack.add_team(name, name, grid) for name in ("T7", "T8"))
    slack.add_user("U7", north, "nora")
    slack.add_user("U8", south, "sam")
    slack.add_channel("C7", north, ["U7"])
    slack.add_channel("C8", south, ["U8"])
    app = slack.add_app(is_socket_mode=transport == "socket")
    token = slack.install(app, grid)
    async with stage_of(slack, app, token, sandbox, clock, sqlite_url) as stage:
        card = await stage.card(f"/track {LINK} 7", "U7", "C7")
        await stage.line(stage.press(card, "Track 7", "U7"), "C7")
        assert (
            "already being tracked from another workspace with the same API key"
            in (await stage.type(f"/track {LINK} 7", "U8", "C8")).text
        )


async def test_a_refused_token_is_named_in_a_sentence(slack, app, token, sandbox, clock, sqlite_url):
    token.is_revoked = True
    async with stage_of(slack, app, token, sandbox, clock, sqlite_url) as stage:
        with pytest.raises(TokenRefused, match="doesn't accept SLACK_BOT_TOKEN \\(token_revoked: ") as refused:
            await stage.program.identify()
        assert not await stage.program.is_ready()
        there = ChannelRef(CHAT, "T1", GENERAL)
        assert await stage.program.poster.post(there, Reply("Hello."), "a") == Later(SOON, "not_configured")
    assert token.value not in str(refused.value)


@pytest.mark.parametrize(
    "fault", [Fault(FaultKind.STATUS, 503), Fault(FaultKind.RESET), Fault(FaultKind.ERROR, "internal_error")]
)
async def test_a_slack_that_is_away_at_the_start_is_waited_for_and_not_blamed_on_the_token(
    slack, app, token, sandbox, clock, sqlite_url, fault, caplog
):
    slack.faults.start(fault, "auth.test")
    async with stage_of(slack, app, token, sandbox, clock, sqlite_url) as stage:
        asking = asyncio.create_task(stage.program.identify())
        assert not await stage.program.is_ready()
        assert "doesn't confirm SLACK_BOT_TOKEN" in (await stage.type("/usage")).text
        there = ChannelRef(CHAT, "T1", GENERAL)
        assert await stage.program.poster.post(there, Reply("Hello."), "a") == Later(SOON, "no_slack")
        slack.faults.stop()
        assert "available" in (await stage.type("/usage")).text
        await asking
        assert "Slack is unreachable" in caplog.text
        assert await stage.program.is_ready()


async def test_a_token_that_slack_refuses_once_it_is_back_is_told_in_a_sentence(
    slack, app, token, sandbox, clock, sqlite_url
):
    slack.faults.add("auth.test", Fault(FaultKind.STATUS, 503))
    async with stage_of(slack, app, token, sandbox, clock, sqlite_url) as stage:
        token.is_revoked = True
        with pytest.raises(TokenRefused, match="doesn't accept SLACK_BOT_TOKEN"):
            await stage.program.identify()


async def test_a_token_that_is_revoked_while_the_program_runs_ends_slack(stage, token):
    watching = asyncio.create_task(stage.program.watch_token())
    await stage.type("/help")
    assert stage.program.problem == ""
    token.is_revoked = True
    with pytest.raises(TokenRefused, match="token_revoked"):
        await asyncio.wait_for(watching, 10)
    assert "doesn't accept SLACK_BOT_TOKEN" in stage.program.problem


async def test_work_under_way_is_finished_before_the_program_ends(stage):
    stage.slack.faults.add("response_url", Fault(FaultKind.SLOW, seconds=0.2))
    await stage.send("/usage")
    await stage.close()
    assert "available" in stage.private(ANN)[0].text


async def test_a_command_that_comes_while_the_program_ends_is_refused_in_a_sentence(stage):
    delivery = await stage.send("/usage")
    await stage.close()
    answer = await stage.program.dispatch({**delivery.payload, "trigger_id": "another"})
    assert (answer.status, answer.body) == (200, busy().summary)
    assert len(stage.private(ANN)) == 1
