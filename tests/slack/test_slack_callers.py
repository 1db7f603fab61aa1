"""Permissions come from Slack's answers about a person; without one, workspace members may look."""

import pytest

from tests.slack.bot_app import ANN, BEN, GENERAL
from tests.standins.environment import LINK
from tests.standins.faults import Fault, FaultKind


async def test_a_person_is_looked_up_once_in_ten_minutes(bot_app):
    await bot_app.type("/help", BEN)
    await bot_app.card(f"/track {LINK} 7", BEN)
    assert len(bot_app.slack.calls_of("users.info")) == 1
    bot_app.slack.users[BEN].is_restricted = True
    bot_app.clock.advance(minutes=10)
    assert "can't start tracking" in (await bot_app.type(f"/track {LINK} 7", BEN)).text
    assert len(bot_app.slack.calls_of("users.info")) == 2


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(FaultKind.STATUS), ""),
        (Fault(FaultKind.RESET), ""),
        (Fault(FaultKind.GARBAGE), ""),
        (Fault(FaultKind.ERROR, "unknown_method"), " (unknown_method)"),
        (Fault(FaultKind.ERROR, "missing_scope"), " (missing_scope)"),
    ],
)
async def test_a_person_who_cannot_be_looked_up_may_look_but_not_spend_and_is_shown_why(bot_app, fault, reason):
    bot_app.slack.faults.start(fault, "users.info")
    assert "available" in (await bot_app.type("/usage")).text
    answer = await bot_app.type(f"/track {LINK} 7")
    assert f"Slack couldn't identify you{reason}" in answer.text
    assert bot_app.labels(answer) == []
    bot_app.slack.faults.stop()
    await bot_app.card(f"/track {LINK} 7")


async def test_a_429_about_a_person_is_waited_out(bot_app):
    bot_app.slack.faults.add("users.info", Fault(FaultKind.RATE_LIMITED, seconds=2))
    await bot_app.card(f"/track {LINK} 7")
    assert len(bot_app.slack.calls_of("users.info")) == 2


async def test_nobody_waits_half_a_minute_for_slack_to_say_who_they_are(bot_app):
    bot_app.slack.faults.start(Fault(FaultKind.RATE_LIMITED, seconds=30), "users.info")
    assert "available" in (await bot_app.type("/usage")).text
    assert "Slack couldn't identify you (ratelimited)" in (await bot_app.type(f"/track {LINK} 7")).text
    assert len(bot_app.slack.calls_of("users.info")) == 2


async def test_a_person_is_called_by_their_display_name(bot_app):
    bot_app.slack.users[ANN].display_name = "Queen Ann"
    card = await bot_app.card(f"/track {LINK} 7")
    line = await bot_app.line(bot_app.press(card, "Track 7"), GENERAL)
    assert line.text.startswith("Queen Ann started tracking")


@pytest.mark.parametrize("word", ["user_not_found", "user_not_visible"])
async def test_a_person_unknown_to_the_workspace_sees_nothing(bot_app, word):
    bot_app.slack.faults.start(Fault(FaultKind.ERROR, word), "users.info")
    assert f"Slack couldn't identify you ({word})" in (await bot_app.type("/usage")).text
