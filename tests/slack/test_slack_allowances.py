"""/allowance in Slack: a user group by its handle, a person chosen in the form, and limits that bind who is in it."""

from tests.slack.bot_app import ANN, BEN, told
from tests.standins.environment import LINK, YOUTUBE
from tests.standins.faults import Fault, FaultKind


async def test_a_limit_for_a_user_group_binds_who_is_in_it(bot_app):
    team = next(iter(bot_app.slack.teams))
    bot_app.slack.user_groups[team] = {"editors": [BEN], "sales": [ANN]}
    answer = await bot_app.type("/allowance @Editors 1")
    assert "Each person with the role @Editors can start up to $1.00 a month." in told(answer)
    assert "$1.00 left of the monthly allowance of @Editors" in told(await bot_app.type(f"/track {LINK} 1", BEN))
    assert "monthly allowance" not in told(await bot_app.type(f"/track {LINK} 1", ANN))


async def test_a_limit_for_a_user_group_binds_everybody_while_slack_does_not_say_who_is_in_it(bot_app):
    bot_app.slack.user_groups[next(iter(bot_app.slack.teams))] = {"editors": [BEN]}
    await bot_app.type("/allowance @Editors 1")
    bot_app.clock.advance(minutes=6)
    bot_app.slack.faults.start(Fault(FaultKind.STATUS, 500), "usergroups.list")
    for person in (BEN, ANN):
        assert "monthly allowance of @Editors" in told(await bot_app.type(f"/track {LINK} 1", person))
    bot_app.slack.faults.stop()
    bot_app.clock.advance(minutes=1)
    assert "monthly allowance" not in told(await bot_app.type(f"/track {LINK} 1", ANN))


async def test_without_the_scope_a_typed_group_is_nobody_and_nothing_breaks(bot_app):
    for token in bot_app.slack.tokens.values():
        token.scopes = token.scopes - {"usergroups:read"}
    assert "can't tell who" in told(await bot_app.type("/allowance @editors 1"))
    assert "7 days" in told(await bot_app.type(f"/track {LINK}", BEN))


async def test_a_person_is_chosen_in_the_form(bot_app):
    card = await bot_app.type("/allowance")
    form = await bot_app.modal(bot_app.press(card, "Set a limit"))
    answer = await bot_app.seen(bot_app.slack.send_view_submission(form, {"dollars": "1", "who": BEN}))
    assert "can start up to $1.00 a month" in told(answer)
    assert "left of your monthly allowance" in told(await bot_app.type(f"/track {LINK} 1", BEN))
    form = await bot_app.modal(bot_app.press(card, "Starts without a press"))
    await bot_app.seen(bot_app.slack.send_view_submission(form, {"dollars": "0.50", "who": BEN}))
    assert "Tracking started" in told(await bot_app.type(f"/track {YOUTUBE} 1", BEN))
    assert bot_app.spent() == 1
