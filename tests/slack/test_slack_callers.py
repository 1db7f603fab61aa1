"""Who may do what in Slack is what Slack says of them; if it says nothing, members of the workspace may look."""

import pytest

from tests.slack.stage import ANN, BEN, GENERAL
from tests.standins.faults import Fault, FaultKind
from tests.standins.scene import LINK


@pytest.fixture
def transport():
    return "http"


async def test_somebody_is_asked_for_once_in_ten_minutes(stage):
    await stage.type("/help")
    await stage.type("/usage")
    assert len(stage.slack.calls_of("users.info")) == 1
    stage.clock.advance(minutes=10)
    await stage.type("/usage")
    assert len(stage.slack.calls_of("users.info")) == 2


async def test_what_slack_says_anew_counts_after_ten_minutes(stage):
    await stage.card(f"/track {LINK} 7", BEN)
    stage.slack.users[BEN].is_restricted = True
    stage.clock.advance(minutes=10)
    assert "can't start tracking" in (await stage.type(f"/track {LINK} 7", BEN)).text


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.ERROR, FaultKind.RESET, FaultKind.GARBAGE])
async def test_where_slack_does_not_say_who_somebody_is_they_may_look_and_not_spend(stage, kind):
    stage.slack.faults.start(Fault(kind), "users.info")
    assert "available" in (await stage.type("/usage")).text
    answer = await stage.type(f"/track {LINK} 7")
    assert "Slack doesn't tell me who you are" in answer.text
    assert stage.labels(answer) == []
    stage.slack.faults.stop()
    await stage.card(f"/track {LINK} 7")


async def test_a_429_about_a_person_is_waited_out(stage):
    stage.slack.faults.add("users.info", Fault(FaultKind.RATE_LIMITED, seconds=2))
    await stage.card(f"/track {LINK} 7")
    assert len(stage.slack.calls_of("users.info")) == 2


@pytest.mark.parametrize("flag", ["is_restricted", "is_ultra_restricted"])
async def test_guests_of_every_kind_may_only_look(stage, flag):
    setattr(stage.slack.users[ANN], flag, True)
    assert "can't start tracking" in (await stage.type(f"/track {LINK} 7")).text


@pytest.mark.parametrize("flag", ["is_admin", "is_owner", "is_primary_owner"])
async def test_those_who_manage_the_workspace_may_change_it(stage, flag):
    setattr(stage.slack.users[BEN], flag, True)
    assert "Disconnect" in (await stage.type("/disconnect", BEN)).text


async def test_a_member_may_not_change_the_workspace(stage):
    assert "Only admins can change that" in (await stage.type("/disconnect", BEN)).text


async def test_a_person_is_called_by_the_name_that_they_chose(stage):
    stage.slack.users[ANN].display_name = "Queen Ann"
    card = await stage.card(f"/track {LINK} 7")
    line = await stage.line(stage.press(card, "Track 7"), GENERAL)
    assert line.text.startswith("Queen Ann started tracking")


@pytest.mark.parametrize("word", ["unknown_method", "missing_scope"])
async def test_without_a_method_or_a_scope_to_ask_by_people_may_look_and_are_told_why_not_more(stage, word):
    stage.slack.faults.start(Fault(FaultKind.ERROR, word), "users.info")
    assert "available" in (await stage.type("/usage")).text
    answer = await stage.type(f"/track {LINK} 7")
    assert f"Slack doesn't tell me who you are ({word})" in answer.text
    assert stage.spent() == 0


@pytest.mark.parametrize("word", ["user_not_found", "user_not_visible"])
async def test_whom_slack_does_not_know_in_this_workspace_sees_nothing(stage, word):
    stage.slack.faults.start(Fault(FaultKind.ERROR, word), "users.info")
    assert f"Slack doesn't tell me who you are ({word})" in (await stage.type("/usage")).text
