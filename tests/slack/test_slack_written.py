"""Messages to the app, in its Messages tab or as a mention, are answered in private like a typed line."""

import pytest

from tests.slack.bot_app import ANN, GENERAL, on_each_transport, shown_text
from tests.standins.environment import LINK, YOUTUBE


async def written(bot_app, text, channel="", **facts):
    return await bot_app.seen(bot_app.slack.write(ANN, text, channel, **facts))


@pytest.mark.parametrize("channel", ["", GENERAL], ids=["direct", "mention"])
async def test_a_line_in_plain_words_is_answered_in_private(bot_app, channel):
    bot_app.track(LINK)
    assert "$100.00 available" in shown_text(await written(bot_app, "how much money is left?", channel))
    assert "Which video?" in shown_text(await written(bot_app, "stats", channel))
    assert "What I can do" in shown_text(await written(bot_app, "", channel))
    assert "I don't know what “xyzzy plugh” means." in shown_text(await written(bot_app, "xyzzy plugh", channel))
    assert bot_app.lines() == []


async def test_a_written_link_gets_its_price_and_its_button_starts_it_once(bot_app):
    thread = bot_app.slack.say(ANN, GENERAL, "Seen this?").ts
    card = await written(bot_app, f"look at this <{LINK}|tiktok.com> for a week", GENERAL, thread_ts=thread)
    assert "Track this video?" in shown_text(card)
    assert (card.channel_id, card.thread_ts) == (GENERAL, thread)
    await bot_app.line(bot_app.press(card, "Track 7"))
    assert (bot_app.posts(), bot_app.trackings()) == (1, 1)


async def test_only_a_slash_command_starts_without_a_press(bot_app):
    await bot_app.type("/allowance everyone confirm above 5")
    assert "Track this video?" in shown_text(await written(bot_app, f"/track {LINK} 7"))
    assert "Track this video?" in shown_text(await bot_app.type(f"/contentstats {LINK} 7"))
    assert bot_app.posts() == 0
    assert "Tracking started" in shown_text(await bot_app.type(f"/contentstats track {YOUTUBE} 7"))
    assert bot_app.posts() == 1


@pytest.mark.parametrize(
    "facts", [{"bot_id": "B1"}, {"subtype": "message_changed"}, {"subtype": "bot_message"}, {"channel_type": "channel"}]
)
async def test_messages_not_written_by_a_person_get_no_reply(bot_app, facts):
    assert (await bot_app.slack.write(ANN, "usage", **facts)).failure == ""
    await bot_app.close()
    assert bot_app.private(ANN) == []


@on_each_transport
async def test_a_redelivered_message_is_answered_once(bot_app):
    delivery = await bot_app.slack.write(ANN, "usage")
    await bot_app.slack.redeliver(delivery)
    await bot_app.close()
    assert len(bot_app.private(ANN)) == 1
