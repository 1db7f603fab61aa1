"""A reply always arrives, and only to its asker, even if response URLs, channels or direct messages fail."""

import re
from dataclasses import replace

import pytest

from adapters.slack.workspaces import SingleWorkspace
from tests.slack.bot_app import ANN, GENERAL, RANDOM, SECRET, shown_text
from tests.standins.environment import LINK, USAGE
from tests.standins.faults import Fault, FaultKind
from tests.standins.slack.apps import RESPONSE_URL_USES

HOOK = "response_url"


async def test_a_reply_uses_the_response_url_and_no_other_call(bot_app):
    await bot_app.type("/help")
    methods = [call.method for call in bot_app.slack.calls if call.method not in {"auth.test", "apps.connections.open"}]
    assert sorted(methods) == [HOOK, "users.info"]


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.RESET, FaultKind.GARBAGE])
async def test_if_the_response_url_fails_the_reply_is_an_ephemeral_message(bot_app, kind):
    bot_app.slack.faults.add(HOOK, Fault(kind, 404))
    answer = await bot_app.type("/usage")
    assert (answer.via, answer.channel_id, answer.only_for) == ("api", GENERAL, ANN)
    assert bot_app.lines() == []


@pytest.mark.parametrize("channel", [RANDOM, SECRET])
async def test_if_the_bot_cannot_reach_the_channel_the_reply_is_a_direct_message(bot_app, channel):
    bot_app.slack.faults.add(HOOK, Fault(FaultKind.STATUS, 500))
    answer = await bot_app.type("/usage", channel=channel)
    assert answer in bot_app.slack.direct_messages(ANN)
    assert bot_app.lines(channel) == []


@pytest.mark.parametrize(("minutes", "uses"), [(31, 0), (0, RESPONSE_URL_USES)], ids=["expired", "used up"])
async def test_a_reply_whose_response_url_is_spent_is_sent_another_way(bot_app, minutes, uses):
    bot_app.sandbox.faults.add("slow", USAGE, seconds=0.2)
    await bot_app.send("/usage")
    url = next(reversed(bot_app.slack.response_urls.values()))
    bot_app.clock.advance(minutes=minutes)
    url.uses = uses
    await bot_app.slack.until(lambda: bot_app.private(ANN))
    assert bot_app.private(ANN)[0].via == "api"
    assert url.uses == uses


async def test_an_undeliverable_reply_is_logged_and_never_public(bot_app, caplog):
    bot_app.slack.faults.start(Fault(FaultKind.STATUS, 500), HOOK, "chat.postEphemeral", "conversations.open")
    await bot_app.send("/usage")
    await bot_app.close()
    assert bot_app.private(ANN) == []
    assert bot_app.lines() == []
    assert "delivering a reply failed" in caplog.text


@pytest.mark.parametrize("method", ["chat.postEphemeral", "chat.postMessage"])
async def test_a_private_reply_stays_private_if_its_routes_fail(bot_app, method):
    bot_app.slack.faults.start(Fault(FaultKind.ERROR, "channel_not_found"), HOOK, method)
    await bot_app.send("/usage")
    await bot_app.close()
    assert bot_app.lines() == []
    assert [call.args for call in bot_app.slack.calls if call.args.get("response_type") == "in_channel"] == []


async def test_repeated_429s_are_waited_out_and_nothing_is_posted_twice(bot_app):
    card = await bot_app.card(f"/track {LINK} 7")
    bot_app.slack.faults.add("chat.postMessage", Fault(FaultKind.RATE_LIMITED, seconds=1), times=3)
    bot_app.slack.faults.add(HOOK, Fault(FaultKind.RATE_LIMITED, seconds=1), times=2)
    await bot_app.line(bot_app.press(card, "Track 7"))
    await bot_app.close()
    assert len(bot_app.lines()) == 1
    assert card.edits == 1
    assert bot_app.posts() == 1


async def test_a_public_line_with_an_unclear_outcome_is_not_sent_again(bot_app):
    card = await bot_app.card(f"/track {LINK} 7")
    bot_app.slack.faults.add("chat.postMessage", Fault(FaultKind.RESET_AFTER))
    await bot_app.changed(card, bot_app.press(card, "Track 7"))
    await bot_app.close()
    assert len(bot_app.lines()) == 1


async def test_an_undeliverable_public_line_does_not_affect_the_reply(bot_app):
    card = await bot_app.card(f"/track {LINK} 7")
    bot_app.slack.faults.start(Fault(FaultKind.ERROR, "restricted_action"), "chat.postMessage")
    await bot_app.changed(card, bot_app.press(card, "Track 7"))
    assert "Tracking started" in shown_text(card)


async def test_refused_blocks_are_sent_as_text_with_the_same_buttons(bot_app):
    bot_app.slack.faults.add(HOOK, Fault(FaultKind.STATUS, 400))
    bot_app.slack.faults.add("chat.postEphemeral", Fault(FaultKind.ERROR, "invalid_blocks"))
    card = await bot_app.type(f"/track {LINK} 7")
    assert "7 days · up to $2.52" in shown_text(card)
    assert bot_app.label(card, "Track 7")
    assert "table" not in {block["type"] for block in card.blocks}


async def test_a_csv_arrives_by_direct_message_and_the_reply_mentions_it(bot_app):
    bot_app.track(LINK)
    bot_app.clock.advance(hours=3)
    await bot_app.send(f"/export {LINK}")
    await bot_app.slack.until(lambda: bot_app.slack.ephemerals(ANN))
    (answer,) = bot_app.slack.ephemerals(ANN)
    assert "is in your direct messages with this app" in shown_text(answer)
    (document,) = bot_app.slack.direct_messages(ANN)
    (file,) = document.files
    assert file.name.endswith(".csv")
    assert file.content.decode("utf-8-sig").startswith("video_id,")
    assert len(file.content.splitlines()) == 1 + 3


@pytest.mark.parametrize(
    ("method", "fault", "words"),
    [
        (
            "files.getUploadURLExternal",
            Fault(FaultKind.ERROR, "missing_scope"),
            "couldn't be sent to you (missing_scope). The bot lacks a permission.",
        ),
        ("upload", Fault(FaultKind.STATUS, 413), "it's too large for Slack. Export single videos instead."),
    ],
    ids=["refused", "too large"],
)
async def test_a_csv_that_cannot_be_sent_is_reported(bot_app, method, fault, words):
    bot_app.track(LINK)
    bot_app.clock.advance(hours=3)
    bot_app.slack.faults.start(fault, method)
    answer = shown_text(await bot_app.type(f"/export {LINK}"))
    assert words in answer
    assert "✅" not in answer


def _broken(bot_app, command):
    """Make a command's reply impossible to render once the command is done."""
    real = bot_app.bot._by_name[command]

    async def handler(context, args):
        return replace(await real.handler(context, args), parts=("no part",))

    bot_app.bot._by_name[command] = replace(real, handler=handler)


def _assert_reports_an_error(answer, caplog):
    assert answer.only_for == ANN
    reference = re.search(r"reference: (\w{8})", shown_text(answer))
    assert reference, shown_text(answer)
    assert reference[1] in [getattr(record, "reference", "") for record in caplog.records]


async def test_an_unrenderable_reply_is_reported_with_a_reference(bot_app, caplog):
    _broken(bot_app, "usage")
    answer = await bot_app.type("/usage")
    _assert_reports_an_error(answer, caplog)
    assert "try again" in shown_text(answer)
    assert bot_app.lines() == []


async def test_an_unrenderable_reply_to_a_press_is_reported_and_the_card_stays(bot_app, caplog):
    card = await bot_app.card(f"/track {LINK} 7")
    _broken(bot_app, "track.start")
    answer = await bot_app.seen(bot_app.press(card, "Track 7"))
    _assert_reports_an_error(answer, caplog)
    assert "The tracking may be running: check /videos before you try again" in shown_text(answer)
    assert (card.edits, bot_app.posts()) == (0, 1)


async def test_an_unrenderable_reply_to_a_form_is_reported_where_the_form_began(bot_app, caplog):
    form = await bot_app.modal(bot_app.send("/track", channel=RANDOM))
    _broken(bot_app, "track")
    answer = await bot_app.seen(bot_app.slack.send_view_submission(form, {"link": LINK, "days": "7"}))
    _assert_reports_an_error(answer, caplog)
    assert answer.channel_id == RANDOM


async def test_an_unreadable_form_is_reported_by_direct_message(bot_app):
    form = await bot_app.modal(bot_app.send("/track"))
    form.body["private_metadata"] = "from another version"
    answer = await bot_app.seen(bot_app.slack.send_view_submission(form, {"link": LINK, "days": "7"}))
    assert answer in bot_app.slack.direct_messages(ANN)
    assert re.search(r"reference: \w{8}", shown_text(answer))


async def test_an_unrenderable_home_tab_shows_an_error(bot_app):
    _broken(bot_app, "home")
    await bot_app.slack.open_home(ANN)
    await bot_app.slack.until(lambda: bot_app.slack.home(ANN))
    assert re.search(r"reference: \w{8}", shown_text(bot_app.slack.home(ANN)))


async def test_an_error_while_reading_a_request_is_reported_by_the_response_url(bot_app, caplog, monkeypatch):
    monkeypatch.setattr(SingleWorkspace, "find", None)
    _assert_reports_an_error(await bot_app.type("/usage"), caplog)
