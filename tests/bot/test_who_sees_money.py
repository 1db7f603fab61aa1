"""Who may see money: the chat's default, the workspace's choice, and the refusal for everyone else."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.commands.permissions import MANAGERS, MONEY_READERS, SPENDERS
from bot.commands.registry import COMMANDS
from bot.domain.allowances import EVERYONE
from bot.domain.caller import Permission
from bot.domain.money import DURATIONS
from bot.reply.call import Call
from bot.reply.model import Tone
from bot.reply.plain import plain_text
from bot.reply.spool import opened
from tests.rendering.platforms import Discord, Slack
from tests.standins.environment import ANA, LINK, LOOKER, SPENDER, YOUTUBE, labels

SERVER = replace(ANA.workspace, all_see_money=False)
SLACK, DISCORD = Slack(), Discord()
REFUSED = {
    SPENDERS: "Only people who can start tracking, and admins, can see money here. Ask one of them.",
    MANAGERS: "Only admins can see money here. Ask one of them.",
}


@pytest.mark.parametrize("readers", ["", *MONEY_READERS])
@pytest.mark.parametrize("workspace", [ANA.workspace, SERVER], ids=["open", "server"])
async def test_the_workspaces_choice_overrides_the_chats_default(env, readers, workspace):
    admin, looker, spender = (replace(each, workspace=workspace) for each in (ANA, LOOKER, SPENDER))
    if readers:
        assert (await env.say(f"/allowance money {readers}", admin)).tone is Tone.SUCCESS
    holds = readers or (SPENDERS if workspace is SERVER else EVERYONE)
    expected = {admin: True, spender: holds != MANAGERS, looker: holds == EVERYONE}
    for caller, sees in expected.items():
        for line in ("/usage", "/allowance"):
            reply = await env.say(line, caller)
            has_own = line == "/usage" or Permission.SPEND in caller.permissions
            assert ("$" in plain_text(reply)) is (sees and has_own)
            assert sees or reply.summary == REFUSED[holds]


async def test_only_admins_choose_and_invalid_words_are_refused(env):
    for line in ("/allowance money everyone", "/alerts amounts on"):
        assert "Only admins" in (await env.say(line, SPENDER)).summary
    for line in ("/allowance money", "/allowance money nobody", "/alerts amounts"):
        assert (await env.say(line)).tone is Tone.PROBLEM
    assert "Only admins can see" in plain_text(await env.say("/allowance money admins"))


@pytest.mark.parametrize(("word", "shows"), [("", False), ("amounts", True), ("money", True), ("everything", False)])
async def test_turning_a_digest_on_asks_whether_the_channel_may_see_money(env, word, shows):
    server = replace(ANA, workspace=SERVER)
    on = await env.say(f"/digest on 09:00 UTC {word}", server)
    assert ("Not everyone may see money here" in plain_text(on)) is ("Show amounts" in labels(on)) is not shows
    assert ("$" in plain_text(await env.say("/digest now", server))) is shows
    if not shows:
        assert "Not everyone" not in plain_text(await env.press(on, "Show amounts", server))
        assert "$" in plain_text(await env.say("/digest now", server))
    await env.say("/digest on 10:00 no-amounts", server)
    assert "$" not in plain_text(await env.say("/digest now", server))


async def test_turning_alerts_on_asks_whether_the_channel_may_see_money(env):
    server = replace(ANA, workspace=SERVER)
    on = await env.say("/alerts on", server)
    assert "alerts name no amounts" in on.summary
    assert "No amounts of money are named." in (await env.say("/alerts", server)).summary
    assert "name amounts" in (await env.press(on, "Name amounts", server)).summary
    assert "Leave amounts of money out" in labels(await env.say("/alerts", server))
    assert (await env.say("/alerts amounts", server)).tone is Tone.PROBLEM
    assert "Only admins" in (await env.say("/alerts amounts on", replace(SPENDER, workspace=SERVER))).summary


@pytest.mark.parametrize("dollars", [100, 10, 1], ids=["enough", "not for everything", "short"])
async def test_without_permission_to_see_money_a_start_shows_prices_but_no_balance(env, dollars):
    env.track(YOUTUBE, days=30)
    account = env.sandbox.world.account(env.sandbox.key)
    env.sandbox.world.add_credit(env.sandbox.key, dollars - account.balance)
    await env.say("/allowance money managers")
    cards = {who: await env.say(f"/track {LINK} 7", who) for who in (SPENDER, ANA)}
    prices = {f"${Decimal('0.36') * days}" for days in DURATIONS}
    told = {
        who: set(re.findall(r"\$[\d.]+\d", f"{plain_text(card)} {card.actions}")) - prices
        for who, card in cards.items()
    }
    assert not told[SPENDER]
    assert told[ANA]


@pytest.mark.parametrize(("readers", "reader"), [(SPENDERS, LOOKER), (MANAGERS, SPENDER)])
async def test_no_command_or_button_shows_money_without_permission(env, readers, reader):
    await env.start()
    await env.say("/campaign new launch budget 50")
    await env.say(f"/campaign add {LINK} to launch")
    await env.say("/alerts on")
    await env.say(f"/allowance money {readers}")
    env.clock.advance(hours=30)
    waiting = [Call(each.name) for each in COMMANDS if not each.name.startswith(("track", "approval"))]
    waiting += [Call("stats", {"video": LINK}), Call("campaign", {"campaign": "launch"})]
    waiting += [Call("digest", {"action": "now"})]
    seen: set[str] = set()
    while waiting:
        call = waiting.pop()
        if call.encode() in seen or call.command.startswith(("track", "approval")):
            continue  # a person's own start has its price on the card
        seen.add(call.encode())
        reply = await env.run(call, reader)
        messages = [*SLACK.messages(reply), *DISCORD.messages(reply)]
        assert "$" not in plain_text(reply), call
        assert "$" not in repr(messages), call
        files = [opened(each.content).read() for each in reply.files]
        assert not any(b"$" in each for each in files), call
        waiting += [each for each in SLACK.offered(messages[0]) if each is not None]
    assert len(seen) > len(COMMANDS)
