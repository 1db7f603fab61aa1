"""A confirmed start in Slack happens once, whatever happens around the press, and is announced once."""

import pytest

from tests.slack.bot_app import ANN, GENERAL, RANDOM, SECRET, shown_text
from tests.standins.environment import INSTAGRAM, LINK, LIST, YOUTUBE, outbox_states
from tests.standins.faults import Fault, FaultKind
from tests.standins.slack.mrkdwn import mentions


async def test_the_outbox_reports_a_start_only_if_the_reply_or_the_line_did_not_arrive(bot_app, slack, sqlite_url):
    await bot_app.line(bot_app.press(await bot_app.card(f"/track {LINK} 7"), "Track 7"))
    first = await bot_app.card(f"/track {YOUTUBE} 7")
    slack.faults.start(Fault(FaultKind.STATUS, 500), "response_url", "chat.postEphemeral", "conversations.open")
    await bot_app.line(bot_app.press(first, "Track 7"))
    slack.faults.stop()
    second = await bot_app.card(f"/track {INSTAGRAM} 7")
    slack.faults.start(Fault(FaultKind.ERROR, "restricted_action"), "chat.postMessage")
    slack.faults.add("response_url", Fault(FaultKind.STATUS, 404))
    await bot_app.seen(bot_app.press(second, "Track 7"))
    await bot_app.close()
    states = await outbox_states(sqlite_url)
    assert [key for key, state in states.items() if state != "withdrawn"] == ["settled:2:asker", "settled:3"]


async def test_the_length_chosen_from_a_cards_menu_is_the_one_that_is_started(bot_app):
    card = await bot_app.card(f"/track {LINK} 7")
    await bot_app.changed(card, bot_app.press(card, "Another length", choice="14 days · $5.04"))
    assert "14 days · up to $5.04" in shown_text(card)
    line = await bot_app.line(bot_app.press(card, "Track 14 days"))
    assert line.text.endswith("for 14 days, up to $5.04.")
    assert bot_app.days_tracked() == [14]


async def test_a_setting_chosen_from_a_cards_menu_is_changed(bot_app):
    card = await bot_app.type("/alerts on")
    changed = await bot_app.changed(card, bot_app.press(card, "More", choice="Turn spikes on"))
    assert "Spikes: on." in shown_text(changed)


async def test_a_public_line_mentions_nobody_and_unfurls_nothing(bot_app):
    line = await bot_app.line(bot_app.press(await bot_app.card(f"/track {LINK} 7"), "Track 7"))
    assert mentions(line.sent) == set()
    assert (line.sent["unfurl_links"], line.sent["unfurl_media"]) in {(False, False), ("0", "0")}


@pytest.mark.parametrize("channel", [RANDOM, SECRET])
async def test_a_channel_without_the_bot_still_gets_the_public_line(bot_app, channel):
    card = await bot_app.card(f"/track {LINK} 7", channel=channel)
    line = await bot_app.line(bot_app.press(card, "Track 7"), channel)
    assert line.text.startswith("Ann started tracking")
    assert bot_app.lines(GENERAL) == []


async def test_in_direct_messages_nothing_is_announced(bot_app, slack, token):
    direct = slack.conversation(token, slack.users[ANN])
    card = await bot_app.card(f"/track {LINK} 7", channel=direct.id)
    await bot_app.changed(card, bot_app.press(card, "Track 7"))
    await bot_app.close()
    assert "Tracking started" in shown_text(card)
    assert [message for message in direct.messages if "Ann started" in message.text] == []


async def test_a_person_in_the_queue_is_notified_and_then_gets_the_card(bot_app, monkeypatch):
    monkeypatch.setattr("bot.wallet.wallet.NOTICE_AFTER", 0.1)
    bot_app.sandbox.faults.add("429", LIST, headers={"Retry-After": "2"})
    bot_app.sandbox.faults.add("slow", LIST, seconds=0.5)
    word = await bot_app.type(f"/track {LINK} 7")
    assert "You're in line: ContentStats isn't accepting more calls for about " in word.text
    await bot_app.slack.until(lambda: any("up to $2.52" in each.text for each in bot_app.private(ANN)))
