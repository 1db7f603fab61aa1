"""/allowance in Slack: user groups by handle, people chosen in the form, and limits for a group's members."""

from tests.slack.bot_app import ANN, BEN, shown_text
from tests.standins.environment import LINK, YOUTUBE
from tests.standins.faults import Fault, FaultKind


async def test_a_limit_for_a_user_group_binds_its_members(bot_app):
    team = next(iter(bot_app.slack.teams))
    bot_app.slack.user_groups[team] = {"editors": [BEN], "sales": [ANN]}
    answer = await bot_app.type("/allowance @Editors 1")
    assert "Each person with the role @Editors can start up to $1.00 a month." in shown_text(answer)
    assert "$1.00 left of the monthly allowance of @Editors" in shown_text(await bot_app.type(f"/track {LINK} 1", BEN))
    assert "monthly allowance" not in shown_text(await bot_app.type(f"/track {LINK} 1", ANN))


async def test_a_group_limit_binds_everyone_while_its_members_are_unknown(bot_app):
    bot_app.slack.user_groups[next(iter(bot_app.slack.teams))] = {"editors": [BEN]}
    await bot_app.type("/allowance @Editors 1")
    bot_app.clock.advance(minutes=6)
    bot_app.slack.faults.start(Fault(FaultKind.STATUS, 500), "usergroups.list")
    for person in (BEN, ANN):
        assert "monthly allowance of @Editors" in shown_text(await bot_app.type(f"/track {LINK} 1", person))
    bot_app.slack.faults.stop()
    bot_app.clock.advance(minutes=1)
    assert "monthly allowance" not in shown_text(await bot_app.type(f"/track {LINK} 1", ANN))


async def test_without_the_scope_a_typed_group_is_unknown(bot_app):
    for token in bot_app.slack.tokens.values():
        token.scopes = token.scopes - {"usergroups:read"}
    assert "can't tell who" in shown_text(await bot_app.type("/allowance @editors 1"))
    assert "7 days" in shown_text(await bot_app.type(f"/track {LINK}", BEN))


async def test_a_person_is_chosen_in_the_form(bot_app):
    card = await bot_app.type("/allowance")
    form = await bot_app.modal(bot_app.press(card, "Set a limit"))
    answer = await bot_app.seen(bot_app.slack.send_view_submission(form, {"dollars": "1", "who": BEN}))
    assert "can start up to $1.00 a month" in shown_text(answer)
    assert "left of your monthly allowance" in shown_text(await bot_app.type(f"/track {LINK} 1", BEN))
    form = await bot_app.modal(bot_app.press(card, "Instant starts"))
    await bot_app.seen(bot_app.slack.send_view_submission(form, {"dollars": "0.50", "who": BEN}))
    assert "Tracking started" in shown_text(await bot_app.type(f"/track {YOUTUBE} 1", BEN))
    assert bot_app.posts() == 1
