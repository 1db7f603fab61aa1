"""The Home tab: wallet, running videos and settings, published when opened and after changes."""

import pytest

from tests.slack.bot_app import ANN, BEN, bot_app_of, shown_text
from tests.standins.environment import LINK
from tests.standins.faults import Fault, FaultKind
from tests.standins.slack.world import BOT_SCOPES


@pytest.fixture
def app(slack, transport):
    """An app with link previews."""
    scopes = [*BOT_SCOPES, "links:read", "links:write"]
    return slack.add_app(is_socket_mode=transport == "socket", scopes=scopes, unfurl_domains=["tiktok.com"])


async def _home(bot_app, user=ANN):
    """The Home tab after a person opens it."""
    published = len(bot_app.slack.calls_of("views.publish"))
    assert (await bot_app.slack.open_home(user)).failure == ""
    await bot_app.slack.until(lambda: len(bot_app.slack.calls_of("views.publish")) > published)
    return bot_app.slack.home(user)


async def test_opening_the_tab_shows_wallet_videos_and_settings(bot_app):
    bot_app.track(LINK)
    home = await _home(bot_app)
    assert "$100.00 available" in shown_text(home)
    assert "1 running video" in shown_text(home)
    assert "Who may spend" in shown_text(home)


async def test_another_tab_of_the_app_publishes_nothing(bot_app, team):
    event = {"type": "app_home_opened", "user": ANN, "channel": "D1", "tab": "messages", "event_ts": "1.1"}
    assert (await bot_app.slack.send_event(event, team)).failure == ""
    await bot_app.close()
    assert bot_app.slack.home(ANN) is None


async def test_the_tab_is_published_again_after_spending_and_stopping(bot_app):
    home = await _home(bot_app)
    assert "Nothing is running" in shown_text(home)
    card = await bot_app.card(f"/track {LINK} 7")
    await bot_app.press(card, "Track 7")
    await bot_app.slack.until(lambda: "1 running video" in shown_text(home))
    question = await bot_app.type(f"/stop {LINK}")
    await bot_app.press(question, "Stop tracking")
    await bot_app.slack.until(lambda: "Nothing is running" in shown_text(home))


async def test_a_button_on_the_tab_is_answered_by_direct_message(bot_app):
    home = await _home(bot_app)
    answer = await bot_app.seen(bot_app.press(home, "Wallet"))
    assert answer in bot_app.slack.direct_messages(ANN)
    assert "available" in answer.text


async def test_only_managers_can_change_settings_on_the_tab(bot_app):
    assert "Show link previews" in bot_app.labels(await _home(bot_app))
    assert "Show link previews" not in bot_app.labels(await _home(bot_app, BEN))


async def test_without_a_key_the_tab_shows_the_next_step(slack, app, token, sandbox, clock, sqlite_url):
    async with bot_app_of(slack, app, token, sandbox, clock, sqlite_url, contentstats_api_key=None) as bot_app:
        assert "/connect" in shown_text(await _home(bot_app))


async def test_a_refused_tab_does_not_affect_replies(bot_app):
    bot_app.slack.faults.start(Fault(FaultKind.STATUS), "views.publish")
    card = await bot_app.card(f"/track {LINK} 7")
    await bot_app.line(bot_app.press(card, "Track 7"))
    assert "Tracking started" in shown_text(card)


async def test_if_the_tab_refuses_tables_their_rows_become_lines(bot_app):
    bot_app.track(LINK)
    bot_app.slack.faults.add("views.publish", Fault(FaultKind.ERROR, "invalid_arguments"))
    await _home(bot_app)
    await bot_app.slack.until(lambda: bot_app.slack.home(ANN) is not None)
    home = bot_app.slack.home(ANN)
    assert "1 running video" in shown_text(home)
    assert "table" not in {block["type"] for block in home.body["blocks"]}


async def test_new_digest_and_alert_settings_are_shown_at_once(bot_app):
    await _home(bot_app)
    await bot_app.type("/digest on 09:00 UTC")
    await bot_app.slack.until(lambda: "daily at 09:00 (UTC)" in shown_text(bot_app.slack.home(ANN)))
    await bot_app.type("/digest off")
    await bot_app.slack.until(lambda: "daily at 09:00" not in shown_text(bot_app.slack.home(ANN)))
    await bot_app.type("/alerts spike on")
    await bot_app.slack.until(lambda: "in 1 channel" in shown_text(bot_app.slack.home(ANN)))
