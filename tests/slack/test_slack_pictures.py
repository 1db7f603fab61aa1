"""Charts in Slack: uploaded with what they show in words, shown in the card, and never dearer than its numbers."""

from datetime import timedelta

import pytest

from tests.slack.bot_app import ANN, GENERAL, RANDOM, SECRET, told
from tests.standins.environment import LINK
from tests.standins.faults import Fault, FaultKind

UPLOAD = ("files.getUploadURLExternal", "upload", "files.completeUploadExternal")


@pytest.fixture
def transport():
    return "http"


@pytest.fixture
async def video(bot_app):
    bot_app.track(LINK)
    bot_app.clock.advance(hours=6)
    return LINK


def _pictures(message):
    return [block for block in message.blocks if block["type"] == "image"]


async def test_a_chart_stands_in_the_card_with_its_finding_as_alt_text(bot_app, video):
    answer = await bot_app.type(f"/stats {video}")
    (picture,) = _pictures(answer)
    file = bot_app.slack.files[picture["slack_file"]["id"]]
    assert file.content.startswith(b"\x89PNG")
    assert picture["alt_text"].startswith("Views grew from")
    assert file.alt_text == picture["alt_text"]
    assert file.channels == []
    assert answer.only_for == ANN


async def test_the_same_chart_is_sent_to_slack_once(bot_app, video):
    await bot_app.type(f"/stats {video}")
    again = await bot_app.type(f"/stats {video}")
    assert _pictures(again)
    assert len(bot_app.slack.calls_of("upload")) == 1


async def test_a_picture_that_slack_has_not_looked_at_yet_is_waited_for(bot_app, video):
    bot_app.slack.processing = timedelta(seconds=5)
    delivery = await bot_app.send(f"/stats {video}")
    assert delivery.failure == ""
    await bot_app.slack.until(
        lambda: "invalid_blocks" in [call.error for call in bot_app.slack.calls_of("chat.postEphemeral")]
    )
    bot_app.clock.advance(seconds=6)
    await bot_app.slack.until(lambda: bot_app.private(ANN))
    assert _pictures(bot_app.private(ANN)[0])


@pytest.mark.parametrize("method", UPLOAD)
@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.RESET])
async def test_when_an_upload_fails_the_numbers_and_the_finding_come_without_it(bot_app, video, method, kind):
    bot_app.slack.faults.start(Fault(kind), method)
    answer = await bot_app.type(f"/stats {video}")
    assert _pictures(answer) == []
    assert "Picture:" in told(answer)
    assert "views" in told(answer)


async def test_a_picture_that_slack_never_shows_is_told_in_words_and_sent_anew_the_next_time(bot_app, video):
    bot_app.slack.processing = timedelta(days=1)
    answer = await bot_app.type(f"/stats {video}")
    assert _pictures(answer) == []
    assert "Picture:" in told(answer)
    assert "/invite" not in told(answer)
    bot_app.slack.processing = timedelta(0)
    assert _pictures(await bot_app.type(f"/stats {video}"))
    assert len(bot_app.slack.calls_of("upload")) == 2


async def test_where_the_bot_is_no_member_a_picture_is_shown_if_the_response_url_takes_it(bot_app, video):
    bot_app.slack.shows_files_in_response_urls = True
    (picture,) = _pictures(await bot_app.type(f"/stats {video}", channel=RANDOM))
    assert picture["title"]["text"] == "If you can't see this chart, add this app to the channel with /invite."


@pytest.mark.parametrize("channel", [RANDOM, SECRET])
async def test_where_the_response_url_takes_no_picture_it_comes_by_direct_message(bot_app, video, channel):
    await bot_app.send(f"/stats {video}", channel=channel)
    await bot_app.slack.until(lambda: [each for each in bot_app.private(ANN) if each.via == "response_url"])
    (answer,) = [each for each in bot_app.private(ANN) if each.via == "response_url"]
    assert answer.channel_id == channel
    assert "Picture:" in told(answer)
    assert "The chart is in your direct messages with this app." in told(answer)
    (shared,) = [file for file in bot_app.slack.files.values() if file.channels]
    assert (shared.name, shared.content[:4]) == ("growth.png", b"\x89PNG")


async def test_if_there_are_no_direct_messages_the_answer_asks_to_add_the_app(bot_app, video):
    bot_app.slack.faults.start(Fault(FaultKind.ERROR, "cannot_dm_bot"), "conversations.open")
    answer = await bot_app.type(f"/stats {video}", channel=SECRET)
    assert "Add this app to the channel with /invite to see charts here." in told(answer)


async def test_buttons_below_a_chart_work(bot_app, video):
    answer = await bot_app.type(f"/stats {video}", channel=GENERAL)
    refreshed = await bot_app.seen(bot_app.press(answer, "Refresh"))
    assert "views" in told(refreshed)
