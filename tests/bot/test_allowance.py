"""/allowance: managers' rules, the sums that are left, and the starts that are refused."""

from dataclasses import replace

import pytest

from bot.domain.allowances import Scope
from bot.reply.model import Menu, Tone
from bot.reply.plain import plain_text
from tests.standins.environment import ANA, BEN, LINK, LOOKER, SPENDER, YOUTUBE, labels, rows


@pytest.mark.parametrize(
    ("typed", "scope", "target", "said"),
    [
        ("everyone 5", Scope.EVERYONE, "", "Each person can start up to $5.00 a month."),
        ("everyone $7.50/mo", Scope.EVERYONE, "", "Each person can start up to $7.50 a month."),
        ("everyone 7 / month", Scope.EVERYONE, "", "Each person can start up to $7.00 a month."),
        ("5 for each person", Scope.EVERYONE, "", "Each person"),
        ("everyone ten", Scope.EVERYONE, "", "up to $10.00"),
        ("$20 a month for <@U-ben|Ben>", Scope.PERSON, "U-ben", "Ben can start up to $20.00 a month."),
        ("<@&77|Editors> 20", Scope.ROLE, "77", "Each person with the role Editors can start"),
        ("<!subteam^S7|@editors> 20", Scope.ROLE, "S7", "Each person with the role @editors can start"),
        ("<#C9|videos> 50", Scope.CHANNEL, "C9", "That channel can start up to $50.00"),
        ("here 50", Scope.CHANNEL, ANA.channel_id, "That channel"),
        ("me 1", Scope.PERSON, ANA.person.id, "can start up to $1.00"),
        ("launch 100", Scope.CAMPAIGN, "1", "Campaign launch can start up to $100.00 a month."),
        ("campaign launch 0", Scope.CAMPAIGN, "1", "up to $0.00 a month."),
        (
            "confirm above 5",
            Scope.EVERYONE,
            "",
            "up to $5.00 starts at once, unless its card would show a warning",
        ),
        ("launch confirm above $2.50", Scope.CAMPAIGN, "1", "that costs up to $2.50 starts at once (launch)"),
        ("here always confirm", Scope.CHANNEL, ANA.channel_id, "Every start needs confirmation (that channel)."),
        ("<@U-ben|Ben> confirm above five", Scope.PERSON, "U-ben", "up to $5.00 starts at once (Ben)"),
    ],
)
async def test_a_rule_is_set_shown_and_removed(env, typed, scope, target, said):
    await env.say("/campaign new launch")
    reply = await env.say(f"/allowance {typed}")
    assert (reply.tone, said in reply.summary) == (Tone.SUCCESS, True), reply.summary
    assert len(rows(reply)) == 1
    async with env.store() as (store, _):
        (rule,) = await store.allowances.all(1)
        assert (rule.scope, rule.target) == (scope, target)
    option = next(action for action in reply.actions if isinstance(action, Menu)).options[0]
    assert "Removed the allowance for" in (await env.run(option.call)).summary
    again = await env.run(option.call)
    assert (again.summary, again.tone) == ("There's no such allowance, so nothing was changed.", Tone.INFO)
    assert not again.changes_settings


@pytest.mark.parametrize(
    ("typed", "said"),
    {
        "everyone": "How many dollars a month?",
        "everyone -5": "can't read “-5” as an amount",
        "everyone 1e9": "can't read “1e9” as an amount",
        "everyone nan": "I can't read “nan” as an amount. Write it like 10 or 2.50.",
        "here infinity": "can't read “infinity” as an amount",
        "everyone 0.001": "“0.001” has part of a cent",
        "everyone confirm above 0.005": "“0.005” has part of a cent",
        "everyone 20 euros": "Amounts are in US dollars",
        "everyone 20 per week": "Allowances are for a month",
        "bob 5": "A person or role is named with @",
        "everyone here 5": "One rule at a time",
        "nosuch 5": "campaign",
        "everyone confirm off": "Above which sum",
        "everyone confirm": "Above which sum",
        "everyone confirm always above 5": "Above which sum",
        "everyone confirm above -5": "can't read “-5” as an amount",
        "everyone 20 confirm above 5": "One rule at a time",
        "zone Atlantis": "Atlantis",
    }.items(),
)
async def test_invalid_rules_are_refused_with_the_next_step(env, typed, said):
    reply = await env.say(f"/allowance {typed}")
    assert reply.tone is Tone.PROBLEM, reply.summary
    assert said in reply.summary


async def test_an_allowance_of_nothing_starts_nothing_and_a_renamed_channel_keeps_its_one_rule(env):
    await env.say("/allowance <#C-general|videos> 0")
    card = await env.say(f"/track {LINK} 7")
    assert "Track 7" not in str(labels(card))
    assert "$0.00 left" in card.summary
    (renamed,) = rows(await env.say("/allowance <#C-general|clips> 50"))
    assert renamed[1] == "$50.00 a month"
    assert "Track 7 days · $2.52" in labels(await env.say(f"/track {LINK} 7"))


async def test_members_only_see_what_is_left_and_guests_nothing(env):
    await env.say("/allowance everyone 5")
    assert "You can start $5.00 more" in (await env.say("/allowance", SPENDER)).summary
    reply = await env.say("/allowance", LOOKER)
    assert "you can't start tracking" in reply.summary
    assert "$" not in plain_text(reply)
    assert labels(reply) == []
    assert (await env.say("/allowance everyone 50", LOOKER)).tone is Tone.PROBLEM


async def test_the_card_offers_nothing_beyond_the_tightest_limit_and_a_press_is_refused_by_name(env):
    early = await env.say(f"/track {YOUTUBE} 7")
    await env.say("/allowance everyone 3")
    await env.start(LINK, 7)
    card = await env.say(f"/track {YOUTUBE}")
    assert "$0.48 left of your monthly allowance" in card.summary
    assert labels(card)[0] == "Track 1 day · $0.36"
    refused = await env.press(early, "Track 7")
    assert "nly $0.48 of your $3.00 monthly allowance is left" in refused.summary
    assert "/allowance" in refused.summary
    assert env.posts() == 1


async def test_a_limit_and_its_press_threshold_are_set_separately_and_removed_together(env):
    for typed in ("everyone 20", "everyone confirm above 5", "everyone 30"):
        reply = await env.say(f"/allowance {typed}")
    assert rows(reply) == [["Everyone", "$30.00 a month, confirm above $5.00", "each person"]]
    mine = plain_text(await env.say("/allowance", BEN))
    assert "A /track <link> 7 that you type starts at once if it costs up to $5.00." in mine
    assert [each.outcome for each in (await env.audit())[:2]] == [
        "Allowance of everyone: $30.00 a month",
        "Allowance of everyone: confirm above $5.00",
    ]
    await env.say("/allowance everyone off")
    assert "starts at once" not in plain_text(await env.say("/allowance", LOOKER))


async def test_a_reply_points_out_a_used_up_limit_an_unconfirmed_name_and_when_months_begin(env):
    await env.start(LINK, 7)
    chat = replace(ANA, workspace=replace(ANA.workspace, chat="slack"))
    for typed, caller, words in (
        (f"<@{ANA.person.id}|Ana> 1", ANA, "$2.52 is used already, so nothing more can start"),
        ("@anna 5", chat, "can't tell who “@anna” is"),
        ("zone Europe/Berlin", ANA, "Months begin at midnight, Europe/Berlin."),
    ):
        assert words in plain_text(await env.say(f"/allowance {typed}", caller))


async def test_the_callers_roles_bind(env):
    editor = replace(BEN, roles=frozenset({"77"}))
    await env.say("/allowance <@&77|Editors> 1")
    assert "left of the monthly allowance of Editors" in (await env.say(f"/track {LINK} 1", editor)).summary
    assert "monthly allowance" not in (await env.say(f"/track {LINK} 1", BEN)).summary
