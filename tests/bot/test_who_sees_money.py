"""Who may see money: the chat's own rule, the workspace's choice, and what the rest get."""

from dataclasses import replace

import pytest

from bot.commands.permissions import EVERYONE, MANAGERS, MONEY_READERS, SPENDERS
from bot.commands.registry import COMMANDS
from bot.domain.caller import Permission, Role
from bot.reply.call import Call
from bot.reply.model import Tone
from bot.reply.plain import plain_spans, plain_text
from bot.reply.spool import opened
from tests.rendering.platforms import Discord, Slack
from tests.standins.environment import ANA, LINK

LOOKER = replace(ANA, permissions=frozenset({Permission.LOOK}), role=Role.MEMBER)
SPENDER = replace(LOOKER, permissions=frozenset({Permission.LOOK, Permission.SPEND, Permission.STOP}))
SERVER = replace(ANA.workspace, all_see_money=False)
SLACK, DISCORD = Slack(), Discord()
REFUSED = {
    SPENDERS: "Only people who can start tracking, and admins, can see money here. Ask one of them.",
    MANAGERS: "Only admins can see money here. Ask one of them.",
}


@pytest.mark.parametrize("readers", ["", *MONEY_READERS])
@pytest.mark.parametrize("workspace", [ANA.workspace, SERVER], ids=["open", "server"])
async def test_the_workspaces_choice_holds_else_the_chats_own_rule(env, readers, workspace):
    admin, looker, spender = (replace(each, workspace=workspace) for each in (ANA, LOOKER, SPENDER))
    if readers:
        assert (await env.say(f"/allowance money {readers}", admin)).tone is Tone.SUCCESS
    holds = readers or (SPENDERS if workspace is SERVER else EVERYONE)
    expected = {admin: True, spender: holds != MANAGERS, looker: holds == EVERYONE}
    for caller, sees in expected.items():
        for line in ("/usage", "/allowance"):
            reply = await env.say(line, caller)
            assert ("$" in plain_text(reply)) is sees
            assert sees or reply.summary == REFUSED[holds]


async def test_only_admins_choose_and_the_words_are_checked(env):
    assert "Only admins" in (await env.say("/allowance money everyone", SPENDER)).summary
    for line in ("/allowance money", "/allowance money nobody"):
        assert (await env.say(line)).tone is Tone.PROBLEM
    assert "Only admins can see" in plain_text(await env.say("/allowance money admins"))


async def test_a_digest_leaves_money_out_where_not_all_see_it_unless_it_is_named(env):
    await env.say("/allowance money spenders")
    hidden = plain_text(await env.say("/digest on 09:00 UTC"))
    assert "Not everyone may see money here" in hidden
    named = plain_text(await env.say("/digest on 09:00 UTC everything"))
    assert "Not everyone may see money here" not in named
    assert "$" in plain_text(await env.say("/digest now", SPENDER))
    assert "$" not in plain_text(await env.say("/digest now", LOOKER))


@pytest.mark.parametrize(("readers", "shows"), [(EVERYONE, True), (SPENDERS, False)])
async def test_what_the_channel_reads_shows_no_money_where_not_all_see_it(env, readers, shows):
    await env.say("/campaign new launch budget 50")
    await env.say(f"/campaign add {LINK} to launch")
    await env.say(f"/allowance money {readers}")
    card = await env.say("/campaign launch")
    assert "$" in plain_text(card)
    await env.press(card, "Post here")
    async with env.store() as (store, _):
        (posted,) = await store.outbox.claim(env.clock(), ("console",), 9, places={}, each=9)
    assert ("$" in plain_text(posted.reply)) is shows
    assert ("$" in plain_spans((await env.start()).public_line)) is shows


async def test_no_command_and_no_button_of_its_reply_shows_money_to_who_may_not_see_it(env):
    await env.start()
    await env.say("/campaign new launch budget 50")
    await env.say(f"/campaign add {LINK} to launch")
    await env.say("/alerts on")
    await env.say("/allowance money managers")
    env.clock.advance(hours=30)
    waiting = [Call(each.name) for each in COMMANDS if not each.name.startswith(("track", "approval"))]
    waiting += [Call("stats", {"video": LINK}), Call("campaign", {"campaign": "launch"})]
    waiting += [Call("digest", {"action": "now"})]
    seen: set[str] = set()
    while waiting:
        call = waiting.pop()
        if call.encode() in seen or call.command.startswith(("track", "approval")):
            continue  # what a person starts themselves has its price on the card
        seen.add(call.encode())
        reply = await env.run(call, SPENDER)
        messages = [*SLACK.messages(reply), *DISCORD.messages(reply)]
        assert "$" not in plain_text(reply), call
        assert "$" not in repr(messages), call
        files = [opened(each.content).read() for each in reply.files]
        assert not any(b"$" in each for each in files), call
        waiting += [each for each in SLACK.offered(messages[0]) if each is not None]
    assert len(seen) > len(COMMANDS)
