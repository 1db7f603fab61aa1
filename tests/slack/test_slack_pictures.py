"""Charts in Slack: uploaded with alt text, shown in the card, and never at the cost of its numbers."""

from datetime import timedelta

import pytest

from tests.slack.bot_app import ANN, GENERAL, RANDOM, SECRET, shown_text
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
    """A command's card, and what follows it: its chart or its description."""
    before = {each.ts for each in bot_app.private(ANN)}

    def new():
        return [each for each in bot_app.private(ANN) if each.ts not in before and not each.files]

    assert (await bot_app.send(line, channel=channel)).failure == ""
    await bot_app.slack.until(lambda: len(new()) == 2)
    return new()


async def test_numbers_come_first_then_the_chart_with_its_finding_as_alt_text(bot_app, video):
    card, chart = await _charted(bot_app, f"/stats {video}")
    assert "views" in shown_text(card)
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


async def test_an_unprocessed_picture_is_waited_for(bot_app, video):
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
async def test_if_an_upload_fails_the_finding_is_sent_as_text(bot_app, video, method, kind):
    bot_app.slack.faults.start(Fault(kind), method)
    card, chart = await _charted(bot_app, f"/stats {video}")
    assert "views" in shown_text(card)
    assert shown_text(chart).startswith("Picture: Views grew")


async def test_a_picture_that_is_never_processed_is_described_and_uploaded_again_next_time(bot_app, video):
    bot_app.slack.processing = timedelta(days=1)
    _, chart = await _charted(bot_app, f"/stats {video}")
    assert shown_text(chart).startswith("Picture: Views grew")
    assert "/invite" not in shown_text(chart)
    bot_app.slack.processing = timedelta(0)
    _, chart = await _charted(bot_app, f"/stats {video}")
    assert _pictures(chart)
    assert len(bot_app.slack.calls_of("upload")) == 2


async def test_without_membership_the_response_url_shows_the_picture_if_it_can(bot_app, video):
    bot_app.slack.shows_files_in_response_urls = True
    _, chart = await _charted(bot_app, f"/stats {video}", RANDOM)
    (picture,) = _pictures(chart)
    assert picture["title"]["text"] == "If you can't see this chart, add this app to the channel with /invite."


@pytest.mark.parametrize("channel", [RANDOM, SECRET])
async def test_if_the_response_url_refuses_a_picture_it_is_sent_by_direct_message(bot_app, video, channel):
    _, chart = await _charted(bot_app, f"/stats {video}", channel)
    assert (chart.via, chart.channel_id) == ("response_url", channel)
    assert "The chart is in your direct messages with this app." in shown_text(chart)
    (shared,) = [file for file in bot_app.slack.files.values() if file.channels]
    assert (shared.name, shared.content[:4]) == ("street-food-in-osaka-you-have-to-try-views-5-hours.png", b"\x89PNG")


async def test_without_direct_messages_the_reply_asks_to_add_the_app(bot_app, video):
    bot_app.slack.faults.start(Fault(FaultKind.ERROR, "cannot_dm_bot"), "conversations.open")
    _, chart = await _charted(bot_app, f"/stats {video}", SECRET)
    assert "Add this app to the channel with /invite to see charts here." in shown_text(chart)


@pytest.mark.parametrize("shows_files", [True, False])
async def test_newer_numbers_replace_a_private_card_but_never_a_public_one(bot_app, video, shows_files):
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
