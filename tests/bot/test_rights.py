"""Who may look, spend, stop and configure: the platform's roles, unless the operator's setting overrides them."""

import dataclasses

import pytest

from bot.commands.permissions import MANAGERS, MEMBERS, NO_ONE, PERMISSIONS, permissions, refusal
from bot.domain.caller import Permission, Role
from bot.reply.model import Tone
from bot.reply.plain import plain_text
from tests.standins.environment import ANA, BEN, LINK, LOOKER, SPENDER, STOP, YOUTUBE, environment_of, labels

SPENDING = {Permission.SPEND, Permission.STOP, Permission.STOP_ANY}
MANAGING = {Role.OWNER, Role.ADMIN}


def who(role, rule):
    return dataclasses.replace(ANA, role=role, permissions=PERMISSIONS[role][rule])


@pytest.mark.parametrize("role", Role)
def test_only_managers_stop_others_trackings_and_change_settings_and_bots_do_nothing(role):
    assert set(PERMISSIONS[role]) == {MEMBERS, MANAGERS, NO_ONE}
    for rule, granted in PERMISSIONS[role].items():
        assert (Permission.CONFIGURE in granted) is (role in MANAGING)
        assert (Permission.STOP_ANY in granted) is (role in MANAGING and rule != "nobody")
        assert granted or role in {Role.OUTSIDER, Role.BOT}
        assert not (granted and role in {Role.OUTSIDER, Role.BOT})


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("rule", ["members", "managers"])
def test_a_setting_overrides_the_chats_default_rule(role, rule):
    assert permissions(who(role, rule), "default") == PERMISSIONS[role][rule]
    for setting in ("members", "managers", "nobody"):
        assert permissions(who(role, rule), setting) == PERMISSIONS[role][setting]
    assert not permissions(who(role, rule), "something new") & SPENDING


@pytest.mark.parametrize("need", Permission)
@pytest.mark.parametrize("may_spend", ["default", MEMBERS, MANAGERS, NO_ONE])
def test_a_refusal_names_the_missing_permission_and_the_next_step(need, may_spend):
    words = refusal(need, may_spend)
    assert words.endswith(".")
    assert need is Permission.LOOK or "Ask " in words


async def test_a_reply_offers_only_what_its_reader_may_do(env):
    env.track(LINK)
    await env.say(f"/campaign new launch {LINK}")
    await env.say("/allowance money managers")
    lines = ("/help", "/campaign", "/campaign launch", f"/stats {LINK}", "/digest", "/digest now")
    offered = {who: [plain_text(await env.say(line, who)) for line in lines] for who in (LOOKER, SPENDER, ANA)}
    for label, who_may in {
        "[Track a video]": (SPENDER, ANA),
        "[New campaign]": (SPENDER, ANA),
        "Add videos": (SPENDER, ANA),
        "Rename": (ANA,),
        "Stop": (ANA,),
        "[Turn on digest]": (ANA,),
        "[Wallet]": (ANA,),
        "[Preview]": (LOOKER, SPENDER, ANA),
        "Export": (LOOKER, SPENDER, ANA),
    }.items():
        assert {who for who, cards in offered.items() if any(label in card for card in cards)} == set(who_may), label


async def test_a_member_stops_their_own_videos_and_an_admin_stops_any(env):
    await env.start(caller=SPENDER)
    outside = dataclasses.replace(SPENDER, person=BEN.person)
    env.track(YOUTUBE)
    env.clock.advance(minutes=6)
    offered = {who: "Stop" in labels(await env.say(f"/stats {LINK}", who)) for who in (SPENDER, outside, ANA)}
    assert offered == {SPENDER: True, outside: False, ANA: True}
    question = await env.say(f"/stop {LINK}", SPENDER)
    for reply in (
        await env.say(f"/stop {LINK}", outside),
        await env.press(question, "Stop tracking", outside),
        await env.say(f"/stop {YOUTUBE}", SPENDER),
    ):
        assert reply.tone is Tone.PROBLEM
        assert reply.summary.startswith("You can stop only the videos that you started.")
    assert env.posts(STOP) == 0
    assert (await env.press(await env.say(f"/stop {YOUTUBE}", BEN), "Stop tracking", BEN)).tone is Tone.SUCCESS
    assert (await env.press(question, "Stop tracking", SPENDER)).tone is Tone.SUCCESS
    assert env.posts(STOP) == 2


async def test_a_person_who_lost_the_permission_after_the_card_spends_nothing(env):
    card = await env.say(f"/track {LINK} 7")
    assert "can't start tracking" in (await env.press(card, "Track 7", LOOKER)).summary
    assert env.posts() == 0


async def test_the_setting_reaches_the_commands(sandbox, clock, sqlite_url):
    async with environment_of(sandbox, clock, sqlite_url, may_spend="nobody") as env:
        reply = await env.say(f"/track {LINK} 7")
        assert "turned off here for everyone" in reply.summary
    async with environment_of(sandbox, clock, sqlite_url, may_spend="members") as env:
        assert (await env.start(caller=LOOKER)).tone is Tone.SUCCESS
        assert env.posts(STOP) == 0
