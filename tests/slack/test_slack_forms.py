"""Forms, menus and shortcuts: opened while the trigger lasts, checked before they close, answered where they began."""

import pytest
from pydantic import SecretStr

from tests.slack.stage import ANN, BEN, GENERAL, GIL, RANDOM, stage_of, told
from tests.standins.faults import Fault, FaultKind
from tests.standins.scene import LINK, TWITTER, YOUTUBE

HOT = "https://www.tiktok.com/@plain/video/7301234567890123456"
COLD = "https://www.tiktok.com/@plain/video/7301234567890123457"
"""Another video of the same title."""


async def test_track_without_a_link_opens_a_form_whose_answer_comes_back_to_the_channel(stage):
    form = await stage.modal(stage.send("/track", channel=RANDOM))
    card = await stage.seen(stage.slack.send_view_submission(form, {"link": LINK, "days": "7"}))
    assert "costs up to $2.52" in card.text
    assert (card.channel_id, card.only_for) == (RANDOM, ANN)
    assert not form.is_open
    line = await stage.line(stage.press(card, "Track 7"), RANDOM)
    assert line.text.startswith("Ann started tracking")


@pytest.mark.parametrize(
    ("answers", "field", "sentence"),
    [
        ({"link": "https://example.com/cat.mp4"}, "link", "example.com is not a site"),
        ({"link": "my cat"}, "link", "not a link"),
        ({"link": f"{LINK} " * 11}, "link", "10 values at most"),
    ],
)
async def test_what_is_wrong_is_told_at_its_field_and_the_form_stays_open(stage, answers, field, sentence):
    form = await stage.modal(stage.send("/track"))
    delivery = await stage.slack.send_view_submission(form, answers)
    assert delivery.failure == ""
    assert list(form.errors) == [field]
    assert sentence in form.errors[field]
    assert form.is_open
    card = await stage.seen(stage.slack.send_view_submission(form, {"link": LINK}))
    assert "Nothing is spent" in card.text


async def test_a_form_that_slack_does_not_open_is_answered_with_how_to_type_it(stage):
    stage.slack.faults.add("views.open", Fault(FaultKind.ERROR, "expired_trigger_id"))
    answer = await stage.type("/track")
    assert "/track needs a link" in answer.text
    assert "/track <link>" in told(answer)


async def test_connect_asks_for_the_key_in_a_form_and_shows_it_nowhere(stage):
    form = await stage.modal(stage.send("/connect cs_live_typed_by_mistake"))
    assert "typed_by_mistake" not in str(form.body)
    answer = await stage.seen(stage.slack.send_view_submission(form, {"key": "cs_live_none_of_ours"}))
    assert "⛔" in answer.text
    assert "cs_live_none_of_ours" not in str(stage.slack.calls)


async def test_nobody_types_a_key_who_may_not_send_it(stage):
    answer = await stage.type("/connect", BEN)
    assert "Only admins can change that" in answer.text
    assert stage.slack.calls_of("views.open") == []


@pytest.mark.parametrize("line", ["/track", "/digest", "/digest on", "/alerts mute", "/alerts quiet", "/connect"])
async def test_a_form_does_not_open_for_somebody_who_may_not_use_it(stage, line):
    answer = await stage.type(line, GIL)
    assert stage.slack.calls_of("views.open") == []
    assert ("digest" if line == "/digest" else "⛔") in told(answer)


@pytest.mark.parametrize(
    ("line", "answers", "field"),
    [
        ("/alerts mute", {"time": "soon"}, "time"),
        ("/alerts mute", {"what": "spike", "time": "8h"}, "switch"),
        ("/alerts quiet", {"time": "8h"}, "time"),
        ("/alerts balance", {"dollars": "0"}, "dollars"),
        ("/alerts quiet", {"what": "balance"}, "dollars"),
    ],
)
async def test_a_change_that_makes_no_sense_keeps_the_form_open(stage, line, answers, field):
    form = await stage.modal(stage.send(line))
    assert (await stage.slack.send_view_submission(form, answers)).failure == ""
    assert list(form.errors) == [field]
    assert form.is_open


async def test_what_only_the_api_can_tell_is_answered_with_a_button_that_opens_the_form_as_it_was(stage):
    form = await stage.modal(stage.send("/track"))
    links = f"{LINK} {YOUTUBE} {TWITTER}"
    stage.sandbox.faults.add("500", "GET /usage", times=None)
    answer = await stage.seen(stage.slack.send_view_submission(form, {"link": links, "days": "3"}))
    assert "⛔" in answer.text
    again = await stage.modal(stage.press(answer, "Open the form again"))
    assert links in str(again.body)


async def test_a_video_is_chosen_from_a_menu_while_typing(stage):
    stage.track(HOT, YOUTUBE)
    await stage.type("/videos")
    form = await stage.modal(stage.send("/stats"))
    offered = await stage.slack.send_options_request(form, "video", "kitchen", user=ANN)
    assert [option["text"]["text"] for option in offered.options] != []
    answer = await stage.seen(stage.slack.send_view_submission(form, {"video": offered.options[0]["value"]}))
    assert "kitchen sink" in told(answer)


async def test_a_menu_offers_nothing_rather_than_failing(stage, slack):
    form = await stage.modal(stage.send("/stats"))
    offered = await slack.send_options_request(form, "video", "nothing is called so", user=ANN)
    assert (offered.failure, offered.options) == ("", [])


async def test_an_ambiguous_title_is_answered_with_a_menu_and_the_choice_with_the_video(stage):
    stage.track(HOT, COLD)
    await stage.type("/videos")
    question = await stage.type("/stats kitchen")
    assert "2 videos match" in question.text
    (menu,) = (each for block in question.blocks for each in block.get("elements", ()) if "options" in each)
    assert len(menu["options"]) == 2
    choice = menu["options"][1]["value"]
    answer = await stage.seen(stage.slack.send_action(question, menu["action_id"], user=ANN, choice=choice))
    assert "kitchen sink" in told(answer)


async def test_the_shortcut_on_a_message_finds_its_links_and_shows_the_card(stage):
    message = stage.slack.say(BEN, GENERAL, f"Look: <{LINK}|this> and {YOUTUBE}!")
    card = await stage.seen(stage.slack.send_message_shortcut("track_message", message, user=ANN))
    assert "Tracking 2 videos" in card.text
    assert card.only_for == ANN


async def test_the_shortcut_finds_links_in_blocks_and_attachments_too(stage):
    message = stage.slack.say(BEN, GENERAL, "nothing here")
    section = {"type": "rich_text_section", "elements": [{"type": "link", "url": LINK}]}
    message.blocks = [{"type": "rich_text", "block_id": "b", "elements": [section]}]
    message.attachments = [{"fallback": "a preview", "from_url": TWITTER}]
    card = await stage.seen(stage.slack.send_message_shortcut("track_message", message, user=ANN))
    assert "Tracking 2 videos" in card.text


async def test_the_shortcut_names_the_links_beyond_ten(stage):
    links = [f"https://www.tiktok.com/@many/video/{7000000000000000000 + number}" for number in range(12)]
    message = stage.slack.say(BEN, GENERAL, " ".join(f"<{link}>" for link in links))
    card = await stage.seen(stage.slack.send_message_shortcut("track_message", message, user=ANN))
    assert "2 more links than fit" in card.text
    assert links[11] in card.text


async def test_the_shortcut_on_a_message_without_a_link_says_so_kindly(stage):
    message = stage.slack.say(BEN, GENERAL, "good morning")
    answer = await stage.seen(stage.slack.send_message_shortcut("track_message", message, user=ANN))
    assert "I see no video link in this message" in answer.text


async def test_a_guests_shortcut_spends_nothing(stage):
    message = stage.slack.say(BEN, GENERAL, LINK)
    answer = await stage.seen(stage.slack.send_message_shortcut("track_message", message, user=GIL), GIL)
    assert "can't start tracking" in answer.text


async def test_the_global_shortcut_asks_in_a_form_and_answers_by_direct_message(stage):
    form = await stage.modal(stage.slack.send_shortcut("track", user=ANN))
    card = await stage.seen(stage.slack.send_view_submission(form, {"link": LINK, "days": "7"}))
    assert card in stage.slack.direct_messages(ANN)
    await stage.changed(card, stage.press(card, "Track 7"))
    assert "Tracking started" in told(card)
    assert stage.spent() == 1
    assert stage.lines() == []


async def test_an_unknown_shortcut_is_acknowledged_and_left(stage):
    assert (await stage.slack.send_shortcut("nothing_of_ours", user=ANN)).failure == ""
    await stage.close()
    assert stage.private(ANN) == []


async def test_a_workspaces_own_key_is_linked_in_the_form(slack, app, token, sandbox, clock, sqlite_url):
    keys = SecretStr("k" * 32)
    async with stage_of(slack, app, token, sandbox, clock, sqlite_url, secret_keys=keys) as stage:
        form = await stage.modal(stage.send("/connect"))
        answer = await stage.seen(stage.slack.send_view_submission(form, {"key": stage.sandbox.key}))
        assert "linked to this workspace" in answer.text
        await stage.close()
        assert stage.sandbox.key not in str([call.args for call in slack.calls])
