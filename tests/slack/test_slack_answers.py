"""An answer always arrives, and only where it may be seen: whichever way of Slack's is closed, used up or broken."""

import re
from dataclasses import replace

import pytest

from adapters.slack.workspaces import SingleWorkspace
from tests.slack.stage import ANN, GENERAL, RANDOM, SECRET, told
from tests.standins.faults import Fault, FaultKind
from tests.standins.scene import LINK, PAGE, USAGE
from tests.standins.slack.apps import RESPONSE_URL_USES

HOOK = "response_url"


@pytest.fixture
def transport():
    return "http"


def _last_url(stage):
    return next(reversed(stage.slack.response_urls.values()))


async def test_an_answer_goes_by_the_response_url_and_needs_no_other_call(stage):
    await stage.type("/help")
    methods = [call.method for call in stage.slack.calls if call.method not in {"auth.test", "apps.connections.open"}]
    assert sorted(methods) == [HOOK, "users.info"]


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.RESET, FaultKind.GARBAGE])
async def test_where_the_response_url_fails_the_answer_is_an_ephemeral_message(stage, kind):
    stage.slack.faults.add(HOOK, Fault(kind, 404))
    answer = await stage.type("/usage")
    assert (answer.via, answer.channel_id, answer.only_for) == ("api", GENERAL, ANN)
    assert stage.lines() == []


@pytest.mark.parametrize("channel", [RANDOM, SECRET])
async def test_where_the_bot_cannot_reach_the_channel_either_the_answer_is_a_direct_message(stage, channel):
    stage.slack.faults.add(HOOK, Fault(FaultKind.STATUS, 500))
    answer = await stage.type("/usage", channel=channel)
    assert answer in stage.slack.direct_messages(ANN)
    assert stage.lines(channel) == []


async def test_an_answer_that_takes_longer_than_the_url_lives_comes_by_another_way(stage):
    stage.sandbox.faults.add("slow", USAGE, seconds=0.2)
    await stage.send("/usage")
    stage.clock.advance(minutes=31)
    await stage.slack.until(lambda: stage.private(ANN))
    assert stage.private(ANN)[0].via == "api"
    assert _last_url(stage).uses == 0


async def test_a_url_that_somebody_used_up_is_given_up(stage):
    stage.sandbox.faults.add("slow", USAGE, seconds=0.2)
    await stage.send("/usage")
    _last_url(stage).uses = RESPONSE_URL_USES
    await stage.slack.until(lambda: stage.private(ANN))
    assert stage.private(ANN)[0].via == "api"


async def test_what_no_way_takes_is_in_the_log_and_nowhere_public(stage, caplog):
    stage.slack.faults.start(Fault(FaultKind.STATUS, 500), HOOK, "chat.postEphemeral", "conversations.open")
    await stage.send("/usage")
    await stage.close()
    assert stage.private(ANN) == []
    assert stage.lines() == []
    assert "delivering a reply failed" in caplog.text


@pytest.mark.parametrize("method", ["chat.postEphemeral", "chat.postMessage"])
async def test_a_private_answer_is_never_made_public_when_ways_close(stage, method):
    stage.slack.faults.start(Fault(FaultKind.ERROR, "channel_not_found"), HOOK, method)
    await stage.send("/usage")
    await stage.close()
    assert stage.lines() == []
    assert [call.args for call in stage.slack.calls if call.args.get("response_type") == "in_channel"] == []


async def test_a_storm_of_429s_is_waited_out_and_nothing_is_said_twice(stage):
    card = await stage.card(f"/track {LINK} 7")
    stage.slack.faults.add("chat.postMessage", Fault(FaultKind.RATE_LIMITED, seconds=1), times=3)
    stage.slack.faults.add(HOOK, Fault(FaultKind.RATE_LIMITED, seconds=1), times=2)
    await stage.line(stage.press(card, "Track 7"))
    await stage.close()
    assert len(stage.lines()) == 1
    assert card.edits == 1
    assert stage.spent() == 1


async def test_a_public_line_whose_fate_is_unclear_is_not_sent_again(stage):
    card = await stage.card(f"/track {LINK} 7")
    stage.slack.faults.add("chat.postMessage", Fault(FaultKind.RESET_AFTER))
    await stage.changed(card, stage.press(card, "Track 7"))
    await stage.close()
    assert len(stage.lines()) == 1


async def test_a_public_line_that_no_way_takes_costs_nobody_their_answer(stage):
    card = await stage.card(f"/track {LINK} 7")
    stage.slack.faults.start(Fault(FaultKind.ERROR, "restricted_action"), "chat.postMessage")
    await stage.changed(card, stage.press(card, "Track 7"))
    assert "Tracking started" in told(card)


async def test_blocks_that_slack_does_not_take_come_as_text_with_the_same_buttons(stage):
    stage.slack.faults.add(HOOK, Fault(FaultKind.STATUS, 400))
    stage.slack.faults.add("chat.postEphemeral", Fault(FaultKind.ERROR, "invalid_blocks"))
    card = await stage.type(f"/track {LINK} 7")
    assert "costs up to $2.52" in told(card)
    assert stage.label(card, "Track 7")
    assert "table" not in {block["type"] for block in card.blocks}


async def test_a_csv_comes_by_direct_message_and_the_answer_says_so(stage):
    stage.track(LINK)
    stage.clock.advance(hours=3)
    await stage.send(f"/export {LINK}")
    await stage.slack.until(lambda: stage.slack.ephemerals(ANN))
    (answer,) = stage.slack.ephemerals(ANN)
    assert "is in your direct messages with this app" in told(answer)
    (document,) = stage.slack.direct_messages(ANN)
    (file,) = document.files
    assert file.name.endswith(".csv")
    assert file.content.decode("utf-8-sig").startswith("video_id,")
    assert len(file.content.splitlines()) == 1 + 3


async def test_a_csv_that_cannot_be_sent_is_told(stage):
    stage.track(LINK)
    stage.clock.advance(hours=3)
    stage.slack.faults.start(Fault(FaultKind.ERROR, "missing_scope"), "files.getUploadURLExternal")
    answer = await stage.type(f"/export {LINK}")
    assert "could not be sent to you (missing_scope)" in told(answer)


async def test_a_csv_that_is_too_large_is_a_warning(stage):
    stage.track(LINK)
    stage.clock.advance(hours=3)
    stage.slack.faults.add("upload", Fault(FaultKind.STATUS, 413))
    answer = await stage.type(f"/export {LINK}")
    assert "it's too large for Slack. Export single videos instead." in told(answer)
    assert "✅" not in told(answer)


async def test_last_known_numbers_come_when_the_api_is_down(stage):
    stage.track(LINK)
    stage.clock.advance(hours=3)
    await stage.type(f"/stats {LINK}")
    stage.clock.advance(hours=2)
    stage.sandbox.faults.add("500", PAGE, times=None)
    answer = await stage.type(f"/stats {LINK}")
    assert "views" in told(answer)


def _broken(stage, command):
    """Have a command's answer be one that cannot be shown, once the command is done."""
    real = stage.bot._by_name[command]

    async def handler(context, args):
        return replace(await real.handler(context, args), parts=("no part",))

    stage.bot._by_name[command] = replace(real, handler=handler)


def _assert_is_told_of_a_fault(answer, caplog):
    assert answer.only_for == ANN
    reference = re.search(r"reference: (\w{8})", told(answer))
    assert reference, told(answer)
    assert reference[1] in [getattr(record, "reference", "") for record in caplog.records]


async def test_an_answer_that_cannot_be_shown_is_told_as_a_fault_with_its_reference(stage, caplog):
    _broken(stage, "usage")
    answer = await stage.type("/usage")
    _assert_is_told_of_a_fault(answer, caplog)
    assert "try again" in told(answer)
    assert stage.lines() == []


async def test_a_press_whose_answer_cannot_be_shown_is_told_and_its_card_stays(stage, caplog):
    card = await stage.card(f"/track {LINK} 7")
    _broken(stage, "track.start")
    answer = await stage.seen(stage.press(card, "Track 7"))
    _assert_is_told_of_a_fault(answer, caplog)
    assert "The tracking may be running: check /videos before you try again" in told(answer)
    assert (card.edits, stage.spent()) == (0, 1)


async def test_a_form_whose_answer_cannot_be_shown_is_told_where_it_was_asked_for(stage, caplog):
    form = await stage.modal(stage.send("/track", channel=RANDOM))
    _broken(stage, "track")
    answer = await stage.seen(stage.slack.send_view_submission(form, {"link": LINK, "days": "7"}))
    _assert_is_told_of_a_fault(answer, caplog)
    assert answer.channel_id == RANDOM


async def test_a_form_that_cannot_be_read_is_told_in_direct_messages(stage):
    form = await stage.modal(stage.send("/track"))
    form.body["private_metadata"] = "from another version"
    answer = await stage.seen(stage.slack.send_view_submission(form, {"link": LINK, "days": "7"}))
    assert answer in stage.slack.direct_messages(ANN)
    assert re.search(r"reference: \w{8}", told(answer))


async def test_a_home_tab_that_cannot_be_shown_says_so(stage):
    _broken(stage, "home")
    await stage.slack.open_home(ANN)
    await stage.slack.until(lambda: stage.slack.home(ANN))
    assert re.search(r"reference: \w{8}", told(stage.slack.home(ANN)))


async def test_a_fault_on_the_way_in_is_told_by_the_response_url(stage, caplog, monkeypatch):
    monkeypatch.setattr(SingleWorkspace, "find", None)
    _assert_is_told_of_a_fault(await stage.type("/usage"), caplog)
