"""Overload: everyone who is refused gets a reply, and no event is lost."""

import json

import pytest

from adapters.chat.conversation import BackgroundTasks
from adapters.slack.api import Calls, new_session
from adapters.slack.listeners import Overload
from bot.messages.problems import busy
from tests.slack.bot_app import ANN, GENERAL
from tests.standins.environment import LINK


@pytest.fixture
async def full():
    """A program without free slots."""
    async with new_session() as session:
        overload = Overload(BackgroundTasks(limit=0), Calls(session))
        yield overload
        await overload.drain(5)


async def test_everyone_who_is_refused_gets_a_reply(bot_app, full):
    card = await bot_app.card(f"/track {LINK} 7")
    command = await bot_app.send("/usage")
    answer = full.refusal(command.payload)
    assert (answer.status, answer.body) == (200, busy().summary)

    press = await bot_app.press(card, "Track 7")
    message = bot_app.slack.say(ANN, GENERAL, LINK)
    shortcut = await bot_app.slack.send_message_shortcut("track_message", message, user=ANN)
    for each in (press, shortcut):
        before = _overload_replies(bot_app)
        assert full.refusal(each.payload).status == 200
        await bot_app.slack.until(lambda before=before: _overload_replies(bot_app) == before + 1)

    modal = await bot_app.modal(bot_app.send("/track"))
    submitted = await bot_app.slack.send_view_submission(modal, {"link": LINK, "days": "7"})
    answer = full.refusal(submitted.payload)
    assert json.loads(answer.body)["response_action"] == "errors"
    assert busy().summary in answer.body


def _overload_replies(bot_app):
    """How many overload replies ann got."""
    return sum(busy().summary in message.text for message in bot_app.slack.ephemerals(ANN))


async def test_a_refusal_without_an_audience_is_left_to_slack(bot_app, full):
    for each in (await bot_app.slack.open_home(ANN), await bot_app.slack.send_shortcut("track", user=ANN)):
        assert full.refusal(each.payload).status == 503


async def test_requests_that_need_no_slot_are_still_handled(bot_app, full):
    modal = await bot_app.modal(bot_app.send("/compare"))
    typed = await bot_app.slack.send_options_request(modal, "Videos", "", user=ANN)
    press = {"type": "block_actions", "view": {"type": "modal"}}
    for each in (typed.payload, press, {"ssl_check": "1"}, {"type": "url_verification", "challenge": "x"}):
        assert full.refusal(each) is None
