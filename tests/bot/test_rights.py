"""Who may look, spend, stop and configure: by the platform's word, unless the operator's setting says otherwise."""

import dataclasses

import pytest

from bot.commands.rights import allowed, refusal
from bot.domain.caller import Need, Standing
from bot.reply.model import Tone
from tests.standins.scene import ANA, LINK, STOP, scene_of

LOOKER = dataclasses.replace(ANA, rights=frozenset({Need.LOOK}), standing=Standing.MEMBER)
SPENDER = dataclasses.replace(LOOKER, rights=frozenset({Need.LOOK, Need.SPEND, Need.STOP}))


def who(standing, *rights):
    return dataclasses.replace(ANA, standing=standing, rights=frozenset({Need.LOOK, *rights}))


@pytest.mark.parametrize("need", Need)
def test_by_default_the_platforms_rights_decide(need):
    assert allowed(need, who(Standing.GUEST, need), "default")
    assert not allowed(need, dataclasses.replace(ANA, rights=frozenset(Need) - {need}), "default")


@pytest.mark.parametrize("need", [Need.SPEND, Need.STOP])
@pytest.mark.parametrize(
    ("may_spend", "standings"),
    {
        "members": {Standing.MEMBER, Standing.MANAGER},
        "managers": {Standing.MANAGER},
        "nobody": set(),
        "something new": set(),
    }.items(),
)
def test_a_setting_opens_spending_to_some_and_closes_it_to_the_rest(need, may_spend, standings):
    for standing in Standing:
        assert allowed(need, who(standing), may_spend) is (standing in standings)
        assert allowed(need, who(standing, Need.SPEND, Need.STOP), may_spend) is (standing in standings)


@pytest.mark.parametrize("may_spend", ["default", "members", "managers", "nobody"])
def test_no_setting_about_spending_touches_looking_and_configuring(may_spend):
    assert allowed(Need.LOOK, LOOKER, may_spend)
    assert not allowed(Need.CONFIGURE, LOOKER, may_spend)
    assert allowed(Need.CONFIGURE, ANA, may_spend)


@pytest.mark.parametrize("need", Need)
@pytest.mark.parametrize("may_spend", ["default", "members", "managers", "nobody"])
def test_a_refusal_says_what_is_not_allowed_and_whom_to_ask(need, may_spend):
    words = refusal(need, may_spend)
    assert words.endswith(".")
    if need in {Need.SPEND, Need.STOP}:
        assert "Nothing was spent" in words
    else:
        assert "Ask one of" in words


async def test_who_may_not_spend_sees_no_card_and_presses_no_button(scene):
    refused = await scene.say(f"/track {LINK} 7", LOOKER)
    assert refused.tone is Tone.PROBLEM
    assert "not start trackings" in refused.summary
    card = await scene.say(f"/track {LINK} 7", SPENDER)
    for label in ("Track 7", "Cancel"):
        assert "not start trackings" in (await scene.press(card, label, LOOKER)).summary
    assert scene.posts() == 0
    assert (await scene.press(card, "Track 7", SPENDER)).tone is Tone.SUCCESS


async def test_who_loses_the_right_between_card_and_button_spends_nothing(scene):
    card = await scene.say(f"/track {LINK} 7")
    assert "not start trackings" in (await scene.press(card, "Track 7", LOOKER)).summary
    assert scene.posts() == 0


async def test_the_setting_reaches_the_commands(sandbox, clock, sqlite_url):
    async with scene_of(sandbox, clock, sqlite_url, may_spend="nobody") as scene:
        reply = await scene.say(f"/track {LINK} 7")
        assert "switched off here for everyone (MAY_SPEND)" in reply.summary
    async with scene_of(sandbox, clock, sqlite_url, may_spend="members") as scene:
        assert (await scene.start(caller=LOOKER)).tone is Tone.SUCCESS
        assert scene.posts(STOP) == 0
