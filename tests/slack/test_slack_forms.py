"""Forms, menus and shortcuts: opened before the trigger expires, validated, and answered where they began."""

import pytest

from tests.slack.bot_app import ANN, BEN, GENERAL, GIL, RANDOM, on_each_transport, shown_text
from tests.standins.environment import LINK, TWITTER, YOUTUBE
from tests.standins.faults import Fault, FaultKind

HOT = "https://www.tiktok.com/@plain/video/7301234567890123456"
COLD = "https://www.tiktok.com/@plain/video/7301234567890123457"
"""Another video with the same title."""


@on_each_transport
async def test_track_without_a_link_opens_a_form_that_is_answered_in_the_channel(bot_app):
    form = await bot_app.modal(bot_app.send("/track", channel=RANDOM))
    card = await bot_app.seen(bot_app.slack.send_view_submission(form, {"link": LINK, "days": "7"}))
    assert "7 days · up to $2.52" in card.text
    assert (card.channel_id, card.only_for) == (RANDOM, ANN)
    assert not form.is_open
    line = await bot_app.line(bot_app.press(card, "Track 7"), RANDOM)
    assert line.text.startswith("Ann started tracking")


@on_each_transport
@pytest.mark.parametrize(
    ("line", "field", "wrong", "sentence", "right"),
    [
        ("/track", "link", "https://example.com/cat.mp4", "example.com isn't a supported site", LINK),
        ("/track", "link", "my cat", "I see no video link there", LINK),
        ("/track", "link", f"{LINK} " * 11, "takes at most 10 links; 11 were given", LINK),
        ("/alerts mute", "time", "soon", "", "8h"),
        ("/alerts quiet", "time", "8h", "", "22:00-07:00"),
        ("/alerts balance", "dollars", "0", "", "5"),
        ("/alerts balance", "dollars", "5 EUR", "", "5"),
    ],
)
async def test_an_invalid_value_is_marked_at_its_field_and_the_form_stays_open(
    bot_app, line, field, wrong, sentence, right
):
    form = await bot_app.modal(bot_app.send(line))
    assert (await bot_app.slack.send_view_submission(form, {field: wrong})).failure == ""
    assert list(form.errors) == [field]
    assert sentence in form.errors[field]
    assert form.is_open
    assert "⛔" not in (await bot_app.seen(bot_app.slack.send_view_submission(form, {field: right}))).text


async def test_if_a_form_cannot_open_the_reply_shows_the_typed_command(bot_app):
    bot_app.slack.faults.add("views.open", Fault(FaultKind.ERROR, "expired_trigger_id"))
    answer = await bot_app.type("/track")
    assert "/track needs a link" in answer.text
    assert "/track <link>" in shown_text(answer)


async def test_connect_takes_the_key_in_a_form_and_never_shows_it(bot_app):
    form = await bot_app.modal(bot_app.send("/connect cs_live_typed_by_mistake"))
    assert "typed_by_mistake" not in str(form.body)
    answer = await bot_app.seen(bot_app.slack.send_view_submission(form, {"key": "cs_live_none_of_ours"}))
    assert "⛔" in answer.text
    assert "cs_live_none_of_ours" not in str(bot_app.slack.calls)


async def test_people_without_permission_see_the_digest_without_a_form(bot_app):
    assert "digest" in shown_text(await bot_app.type("/digest", GIL))
    assert bot_app.slack.calls_of("views.open") == []


async def test_an_api_error_after_a_form_offers_to_reopen_it_as_submitted(bot_app):
    form = await bot_app.modal(bot_app.send("/track"))
    links = f"{LINK} {YOUTUBE} {TWITTER}"
    bot_app.sandbox.faults.add("500", "GET /usage", times=None)
    answer = await bot_app.seen(bot_app.slack.send_view_submission(form, {"link": links, "days": "3"}))
    assert "⛔" in answer.text
    again = await bot_app.modal(bot_app.press(answer, "Open the form again"))
    assert links in str(again.body)


@on_each_transport
async def test_videos_are_suggested_while_typing(bot_app):
    bot_app.track(HOT, YOUTUBE)
    await bot_app.type("/videos")
    form = await bot_app.modal(bot_app.send("/stats"))
    offered = await bot_app.slack.send_options_request(form, "video", "kitchen", user=ANN)
    assert [option["text"]["text"] for option in offered.options] != []
    answer = await bot_app.seen(bot_app.slack.send_view_submission(form, {"video": offered.options[0]["value"]}))
    assert "kitchen sink" in shown_text(answer)


async def test_suggestions_are_empty_if_they_cannot_be_read(bot_app, slack):
    form = await bot_app.modal(bot_app.send("/stats"))
    offered = await slack.send_options_request(form, "video", "nothing is called so", user=ANN)
    assert (offered.failure, offered.options) == ("", [])


async def test_an_ambiguous_title_offers_a_menu_and_the_choice_shows_the_video(bot_app):
    bot_app.track(HOT, COLD)
    await bot_app.type("/videos")
    question = await bot_app.type("/stats kitchen")
    assert "2 videos match" in question.text
    (menu,) = (each for block in question.blocks for each in block.get("elements", ()) if "options" in each)
    assert len(menu["options"]) == 2
    choice = menu["options"][1]["value"]
    answer = await bot_app.seen(bot_app.slack.send_action(question, menu["action_id"], user=ANN, choice=choice))
    assert "kitchen sink" in shown_text(answer)


@on_each_transport
async def test_the_shortcut_on_a_message_finds_its_links_and_shows_the_card(bot_app):
    message = bot_app.slack.say(BEN, GENERAL, f"Look: <{LINK}|this> and {YOUTUBE}!")
    card = await bot_app.seen(bot_app.slack.send_message_shortcut("track_message", message, user=ANN))
    assert "Track 2 videos?" in card.text
    assert card.only_for == ANN


async def test_the_shortcut_finds_links_in_blocks_and_attachments_too(bot_app):
    message = bot_app.slack.say(BEN, GENERAL, "nothing here")
    section = {"type": "rich_text_section", "elements": [{"type": "link", "url": LINK}]}
    message.blocks = [{"type": "rich_text", "block_id": "b", "elements": [section]}]
    message.attachments = [{"fallback": "a preview", "from_url": TWITTER}]
    card = await bot_app.seen(bot_app.slack.send_message_shortcut("track_message", message, user=ANN))
    assert "Track 2 videos?" in card.text


async def test_the_global_shortcut_opens_a_form_and_replies_by_direct_message(bot_app):
    form = await bot_app.modal(bot_app.slack.send_shortcut("track", user=ANN))
    card = await bot_app.seen(bot_app.slack.send_view_submission(form, {"link": LINK, "days": "7"}))
    assert card in bot_app.slack.direct_messages(ANN)
    await bot_app.changed(card, bot_app.press(card, "Track 7"))
    assert "Tracking started" in shown_text(card)
    assert bot_app.posts() == 1
    assert bot_app.lines() == []


async def test_an_unknown_shortcut_is_acknowledged_and_ignored(bot_app):
    assert (await bot_app.slack.send_shortcut("nothing_of_ours", user=ANN)).failure == ""
    await bot_app.close()
    assert bot_app.private(ANN) == []
