"""Charts in Slack: uploaded with what they show in words, shown in the card, and never dearer than its numbers."""

from datetime import timedelta

import pytest

from tests.slack.bot_app import ANN, GENERAL, RANDOM, SECRET, told
from tests.standins.environment import LINK
from tests.standins.faults import Fault, FaultKind

UPLOAD = ("files.getUploadURLExternal", "upload", "files.completeUploadExternal")


@pytest.fixture
async def video(bot_app):
    bot_app.track(LINK)
    bot_app.clock.advance(hours=6)
    return LINK


def _pictures(message):
    return [block for block in message.blocks if block["type"] == "image"]


async def _charted(bot_app, line, channel=GENERAL):
    """The card of a command, and what came after it: its chart, or the words for it."""
    before = {each.ts for each in bot_app.private(ANN)}

    def new():
        return [each for each in bot_app.private(ANN) if each.ts not in before and not each.files]

    assert (await bot_app.send(line, channel=channel)).failure == ""
    await bot_app.slack.until(lambda: len(new()) == 2)
    return new()


async def test_the_numbers_come_first_and_the_chart_below_them_with_its_finding_as_alt_text(bot_app, video):
    card, chart = await _charted(bot_app, f"/stats {video}")
    assert "views" in told(card)
    assert _pictures(card) == []
    (picture,) = chart.blocks
    file = bot_app.slack.files[picture["slack_file"]["id"]]
    assert file.content.startswith(b"\x89PNG")
    assert picture["alt_text"].startswith("Views grew from")
    assert file.alt_text == picture["alt_text"]
    assert file.channels == []
    assert (card.only_for, chart.only_for) == (ANN, ANN)
    _, again = await _charted(bot_app, f"/stats {video}")
    assert _pictures(again)
    assert len(bot_app.slack.calls_of("upload")) == 1


async def test_a_picture_that_slack_has_not_looked_at_yet_is_waited_for(bot_app, video):
    bot_app.slack.processing = timedelta(seconds=5)
    await bot_app.type(f"/stats {video}")
    await bot_app.slack.until(
        lambda: "invalid_blocks" in [call.error for call in bot_app.slack.calls_of("chat.postEphemeral")]
    )
    bot_app.clock.advance(seconds=6)
    await bot_app.slack.until(lambda: len(bot_app.private(ANN)) == 2)
    assert _pictures(bot_app.private(ANN)[1])


@pytest.mark.parametrize(
    ("method", "kind"), [*zip(UPLOAD, (FaultKind.STATUS, FaultKind.RESET, FaultKind.STATUS), strict=True)]
)
async def test_when_an_upload_fails_the_finding_comes_in_words(bot_app, video, method, kind):
    bot_app.slack.faults.start(Fault(kind), method)
    card, chart = await _charted(bot_app, f"/stats {video}")
    assert "views" in told(card)
    assert told(chart).startswith("Picture: Views grew")


async def test_a_picture_that_slack_never_shows_is_described_in_words_and_sent_again_the_next_time(bot_app, video):
    bot_app.slack.processing = timedelta(days=1)
    _, chart = await _charted(bot_app, f"/stats {video}")
    assert told(chart).startswith("Picture: Views grew")
    assert "/invite" not in told(chart)
    bot_app.slack.processing = timedelta(0)
    _, chart = await _charted(bot_app, f"/stats {video}")
    assert _pictures(chart)
    assert len(bot_app.slack.calls_of("upload")) == 2


async def test_if_the_bot_is_no_member_a_picture_is_shown_if_the_response_url_takes_it(bot_app, video):
    bot_app.slack.shows_files_in_response_urls = True
    _, chart = await _charted(bot_app, f"/stats {video}", RANDOM)
    (picture,) = _pictures(chart)
    assert picture["title"]["text"] == "If you can't see this chart, add this app to the channel with /invite."


@pytest.mark.parametrize("channel", [RANDOM, SECRET])
async def test_if_the_response_url_takes_no_picture_it_comes_by_direct_message(bot_app, video, channel):
    _, chart = await _charted(bot_app, f"/stats {video}", channel)
    assert (chart.via, chart.channel_id) == ("response_url", channel)
    assert "The chart is in your direct messages with this app." in told(chart)
    (shared,) = [file for file in bot_app.slack.files.values() if file.channels]
    assert (shared.name, shared.content[:4]) == ("street-food-in-osaka-you-have-to-try-views-5-hours.png", b"\x89PNG")


async def test_if_there_are_no_direct_messages_the_answer_asks_to_add_the_app(bot_app, video):
    bot_app.slack.faults.start(Fault(FaultKind.ERROR, "cannot_dm_bot"), "conversations.open")
    _, chart = await _charted(bot_app, f"/stats {video}", SECRET)
    assert "Add this app to the channel with /invite to see charts here." in told(chart)


@pytest.mark.parametrize("shows_files", [True, False])
async def test_newer_numbers_take_the_place_of_a_private_card_and_never_of_a_public_one(bot_app, video, shows_files):
    bot_app.slack.shows_files_in_response_urls = shows_files
    card, first = await _charted(bot_app, f"/stats {video}")
    bot_app.clock.advance(hours=2)
    await bot_app.changed(card, bot_app.press(card, "Refresh"))
    await bot_app.slack.until(lambda: card.edits == 2 if shows_files else len(bot_app.private(ANN)) == 3)
    assert len(_pictures(card)) == shows_files
    assert bot_app.private(ANN)[:2] == [card, first]
    card.only_for = None
    again = await bot_app.seen(bot_app.press(card, "Refresh"))
    assert (card.edits, again.only_for) == (1 + shows_files, ANN)
