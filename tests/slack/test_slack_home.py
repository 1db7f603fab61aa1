"""The Home tab: wallet, running videos and settings, published when it is opened and when something has changed."""

import pytest

from tests.slack.stage import ANN, BEN, stage_of, told
from tests.standins.faults import Fault, FaultKind
from tests.standins.scene import LINK
from tests.standins.slack.world import BOT_SCOPES


@pytest.fixture
def app(slack, transport):
    """An app whose manifest has previews of links."""
    scopes = [*BOT_SCOPES, "links:read", "links:write"]
    return slack.add_app(is_socket_mode=transport == "socket", scopes=scopes, unfurl_domains=["tiktok.com"])


async def _home(stage, user=ANN):
    """The tab, once somebody has opened it."""
    published = len(stage.slack.calls_of("views.publish"))
    assert (await stage.slack.open_home(user)).failure == ""
    await stage.slack.until(lambda: len(stage.slack.calls_of("views.publish")) > published)
    return stage.slack.home(user)


async def test_opening_the_tab_shows_wallet_videos_and_settings(stage):
    stage.track(LINK)
    home = await _home(stage)
    assert "$100.00 available" in told(home)
    assert "1 running video" in told(home)
    assert "Who may spend" in told(home)


async def test_another_tab_of_the_app_publishes_nothing(stage, team):
    event = {"type": "app_home_opened", "user": ANN, "channel": "D1", "tab": "messages", "event_ts": "1.1"}
    assert (await stage.slack.send_event(event, team)).failure == ""
    await stage.close()
    assert stage.slack.home(ANN) is None


async def test_the_tab_is_published_anew_after_spending_and_after_stopping(stage):
    home = await _home(stage)
    assert "No videos are running" in told(home)
    card = await stage.card(f"/track {LINK} 7")
    await stage.press(card, "Track 7")
    await stage.slack.until(lambda: "1 running video" in told(home))
    question = await stage.type(f"/stop {LINK}")
    await stage.press(question, "Stop tracking")
    await stage.slack.until(lambda: "No videos are running" in told(home))


async def test_a_button_on_the_tab_is_answered_by_direct_message(stage):
    home = await _home(stage)
    answer = await stage.seen(stage.press(home, "Wallet"))
    assert answer in stage.slack.direct_messages(ANN)
    assert "available" in answer.text


async def test_track_on_the_tab_opens_the_form_and_what_it_starts_shows_on_the_tab(stage):
    home = await _home(stage)
    form = await stage.modal(stage.press(home, "Track a video"))
    card = await stage.seen(stage.slack.send_view_submission(form, {"link": LINK, "days": "7"}))
    await stage.changed(card, stage.press(card, "Track 7"))
    await stage.slack.until(lambda: "1 running video" in told(home))
    assert "Tracking started" in told(card)


async def test_a_manager_switches_previews_on_the_tab_and_sees_that_there(stage):
    home = await _home(stage)
    await stage.seen(stage.press(home, "Show numbers beside links"))
    await stage.slack.until(lambda: "Hide numbers beside links" in stage.labels(home))


async def test_a_member_is_offered_no_settings(stage):
    home = await _home(stage, BEN)
    assert [label for label in stage.labels(home) if "beside links" in label] == []


async def test_without_a_key_the_tab_says_what_to_do(slack, app, token, sandbox, clock, sqlite_url):
    async with stage_of(slack, app, token, sandbox, clock, sqlite_url, contentstats_api_key=None) as stage:
        assert "/connect" in told(await _home(stage))


async def test_a_tab_that_slack_does_not_take_costs_no_answer(stage):
    stage.slack.faults.start(Fault(FaultKind.STATUS), "views.publish")
    card = await stage.card(f"/track {LINK} 7")
    await stage.line(stage.press(card, "Track 7"))
    assert "Tracking started" in told(card)


async def test_where_the_tab_takes_no_table_its_rows_are_lines(stage):
    stage.track(LINK)
    stage.slack.faults.add("views.publish", Fault(FaultKind.ERROR, "invalid_arguments"))
    await _home(stage)
    await stage.slack.until(lambda: stage.slack.home(ANN) is not None)
    home = stage.slack.home(ANN)
    assert "1 running video" in told(home)
    assert "table" not in {block["type"] for block in home.body["blocks"]}


async def test_a_digest_and_alerts_that_are_set_show_at_once(stage):
    await _home(stage)
    await stage.type("/digest on 09:00 UTC")
    await stage.slack.until(lambda: "daily at 09:00 (UTC)" in told(stage.slack.home(ANN)))
    await stage.type("/digest off")
    await stage.slack.until(lambda: "daily at 09:00" not in told(stage.slack.home(ANN)))
    await stage.type("/alerts spike on")
    await stage.slack.until(lambda: "in 1 channel" in told(stage.slack.home(ANN)))
