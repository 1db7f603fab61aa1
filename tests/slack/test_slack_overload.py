"""More than the program can do: whoever is refused reads so, and no event is lost."""

import json

import pytest

from adapters.chat.background import BackgroundTasks
from adapters.slack.acknowledge import Overload
from adapters.slack.api import Calls, new_session
from bot.messages.problems import busy
from tests.slack.stage import ANN, GENERAL
from tests.standins.scene import LINK


@pytest.fixture
def transport():
    return "http"


@pytest.fixture
async def full():
    """A program without room."""
    async with new_session() as session:
        overload = Overload(BackgroundTasks(limit=0), Calls(session))
        yield overload
        await overload.drain(5)


async def test_everybody_who_is_refused_is_told_so(stage, full):
    card = await stage.card(f"/track {LINK} 7")
    command = await stage.send("/usage")
    answer = full.refusal(command.payload)
    assert (answer.status, answer.body) == (200, busy().summary)

    press = await stage.press(card, "Track 7")
    message = stage.slack.say(ANN, GENERAL, LINK)
    shortcut = await stage.slack.send_message_shortcut("track_message", message, user=ANN)
    for each in (press, shortcut):
        before = _told(stage)
        assert full.refusal(each.payload).status == 200
        await stage.slack.until(lambda before=before: _told(stage) == before + 1)

    modal = await stage.modal(stage.send("/track"))
    submitted = await stage.slack.send_view_submission(modal, {"link": LINK, "days": "7"})
    answer = full.refusal(submitted.payload)
    assert json.loads(answer.body)["response_action"] == "errors"
    assert busy().summary in answer.body


def _told(stage):
    """How often she was told."""
    return sum(busy().summary in message.text for message in stage.slack.ephemerals(ANN))


async def test_what_nobody_can_be_told_of_is_left_to_slack(stage, full):
    for each in (await stage.slack.open_home(ANN), await stage.slack.send_shortcut("track", user=ANN)):
        assert full.refusal(each.payload).status == 503


async def test_what_needs_no_room_goes_on(stage, full):
    modal = await stage.modal(stage.send("/compare"))
    typed = await stage.slack.send_options_request(modal, "Video", "", user=ANN)
    filling = {"type": "block_actions", "view": {"type": "modal"}}
    for each in (typed.payload, filling, {"ssl_check": "1"}, {"type": "url_verification", "challenge": "x"}):
        assert full.refusal(each) is None
