"""/digest in Slack: a form where it lacks something, the person's own time zone, and answers for them alone."""

import pytest

from tests.slack.stage import ANN, BEN, GENERAL, told


@pytest.fixture
def transport():
    return "http"


async def test_what_is_missing_is_asked_for_in_a_form_that_keeps_what_was_given(stage):
    form = await stage.modal(stage.send("/digest on weekly fri skip"))
    await stage.slack.send_options_request(form, "zone", "berlin", user=ANN)
    answers = {"time": "09:30", "zone": "Europe/Berlin"}
    answer = await stage.seen(stage.slack.send_view_submission(form, answers))
    assert "every Friday at 09:30 (Europe/Berlin)" in told(answer)
    assert "skipped when there is nothing to report" in told(answer)
    assert (answer.channel_id, answer.only_for) == (GENERAL, ANN)
    assert "every Friday at 09:30" in told(await stage.type("/digest status"))


async def test_zones_are_offered_while_typing(stage):
    form = await stage.modal(stage.send("/digest"))
    offered = await stage.slack.send_options_request(form, "zone", "new y", user=ANN)
    assert [option["value"] for option in offered.options] == ["America/New_York"]


async def test_a_digest_without_a_zone_comes_by_the_clock_of_whoever_asked(stage):
    stage.slack.users[ANN].tz = "America/New_York"
    answer = await stage.type("/digest on 9am")
    assert "daily at 09:00 (America/New_York)" in told(answer)
    assert "The time zone is your own" in told(answer)


async def test_only_those_who_manage_the_workspace_set_it_and_everybody_sees_it(stage):
    assert "Only admins can change that" in told(await stage.type("/digest on 09:00 UTC", BEN))
    assert "Preview of the digest" in told(await stage.type("/digest now", BEN))


async def test_the_buttons_of_the_answer_change_it_and_switch_it_off(stage):
    answer = await stage.type("/digest on 09:00 Europe/Berlin weekly fri")
    form = await stage.modal(stage.press(answer, "Change"))
    changed = await stage.seen(stage.slack.send_view_submission(form, {}))  # it begins with how it is
    assert "every Friday at 09:00 (Europe/Berlin)" in told(changed)
    form = await stage.modal(stage.press(changed, "Change"))
    changed = await stage.seen(stage.slack.send_view_submission(form, {"time": "10:00"}))
    assert "every Friday at 10:00 (Europe/Berlin)" in told(changed)
    off = await stage.seen(stage.press(changed, "Turn off"))
    assert "No more digests here" in told(off)
