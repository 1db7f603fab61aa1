"""Approvals: who may approve, how often one counts, and how its asker is notified."""

import asyncio
from dataclasses import replace

import pytest

from adapters.discord.forms import form as discord_form
from adapters.slack.forms import form as slack_form
from bot.commands.forms import filled_in, form_for
from bot.commands.registry import by_name
from bot.domain.allowances import ApprovalState
from bot.domain.caller import Person
from bot.reply.call import Call
from bot.reply.plain import plain_text
from bot.wallet.approvals import ApprovalMaintenance, decided_news
from tests.standins.environment import (
    ANA,
    BEN,
    LINK,
    SPENDER,
    USAGE,
    YOUTUBE,
    button,
    environment_of,
    labels,
    outbox_states,
)

CAT = replace(SPENDER, person=Person("U-cat", "Cat"))
DAN = replace(CAT, person=Person("U-dan", "Dan"), roles=frozenset({"77"}))
YES = Call("approval.decide", {"approval": "1", "answer": "yes"})
NO = Call("approval.decide", {"approval": "1", "answer": "no"})


async def asked(env, links=LINK):
    """Cat's request for approval of a week, above the limit of two dollars."""
    assert "Starts above $2.00 need approval" in (await env.say("/allowance approval above 2")).summary
    card = await env.say(f"/track {links} 7", CAT)
    assert not any(label.startswith("Track 7") for label in labels(card))
    call = button(card, "Ask for approval")
    waiting = await env.run(Call(call.command, {**call.arguments, "why": "for the launch"}), CAT)
    assert waiting.title == "Waiting for approval", plain_text(waiting)
    assert env.posts() == 0
    return card


async def test_one_approval_starts_the_tracking_and_notifies_the_asker(env):
    await asked(env)
    assert "somebody else has to decide" in (await env.run(YES, CAT)).summary
    assert "a second account of the same person can't be detected" in plain_text(await env.say("/allowance approval"))
    assert "Only approvers" in (await env.run(YES, DAN)).summary
    assert "Approver added" in (await env.say("/allowance approval by <@&77|Editors>")).summary
    cards = await asyncio.gather(*(env.run(YES, each) for each in (DAN, BEN, DAN, BEN)))
    assert (env.posts(), env.trackings()) == (1, 1), [card.summary for card in cards]
    assert (await env.run(NO, BEN)).title == "Approved", "what is decided stays"
    states = await outbox_states(env.database_url)
    assert {"approval:1", "approval:1:approved", "approval:1:approved:asker"} <= states.keys()
    assert "Approver added: Editors" in [each.outcome for each in await env.audit()]
    actions = [(each.action, each.person.name) for each in reversed(await env.audit())]
    assert [each for each in actions if each[0] == "approval"][1:3] == [("approval", "Cat"), ("approval", "Ana")]
    assert [each for each in actions if each[0] == "track"] == [("track", "Cat")], "the ledger has who asked"


async def test_a_request_whose_card_is_lost_is_found_and_approved_from_the_settings(env):
    await asked(env)
    again = await env.press(await env.say("/allowance approval", BEN), "Cat", BEN)
    assert "for the launch" in plain_text(again)
    assert "Tracking started" in plain_text(await env.press(again, "Approve", BEN))
    assert "Waiting" not in plain_text(await env.say("/allowance approval", BEN))
    assert env.trackings() == 1


async def test_an_approved_request_keeps_its_campaign(env):
    await env.say("/campaign create Launch")
    card = await asked(env)
    moved = Call("track.length", {**button(card, "Ask for approval").arguments, "campaign": "1"})
    assert "as it is" in (await env.run(moved, CAT)).summary
    async with env.store() as (store, _):
        assert [each.campaign_id for each in await store.tracking.batch(1, moved.arguments["batch"])] == [None]


async def test_a_declined_or_expired_request_never_starts(env):
    await asked(env)
    assert (await env.run(NO, BEN)).title == "Declined"
    assert (await env.run(YES, BEN)).title == "Declined"
    await env.say(f"/track {YOUTUBE} 7", CAT)
    call = button(await env.say(f"/track {YOUTUBE} 7", CAT), "Ask for approval")
    await env.run(call, CAT)
    env.clock.advance(hours=24)
    late = Call("approval.decide", {"approval": "2", "answer": "yes"})
    assert (await env.run(late, BEN)).title == "Not approved in time"
    assert env.posts() == 0


async def test_a_request_that_nobody_answers_ends_and_its_asker_is_notified(env):
    await asked(env)
    env.clock.advance(hours=24)
    async with env.store() as (store, _):
        await asyncio.gather(*(ApprovalMaintenance(store, env.clock).run() for _ in range(3)))
    states = await outbox_states(env.database_url)
    ended = [key for key in states if key.startswith("approval:1:")]
    assert ended == ["approval:1:expired", "approval:1:expired:asker"]
    assert (await env.run(YES, BEN)).title == "Not approved in time"
    assert env.posts() == 0


async def test_an_approval_interrupted_by_a_crash_is_reported_once_and_can_still_start(env):
    batch = button(await asked(env, f"{LINK} {YOUTUBE}"), "Ask for approval").arguments["batch"]
    async with env.store() as (store, _):
        await store.approvals.decide(1, 1, ApprovalState.APPROVED, BEN.person, env.clock(), decided_news)
        env.clock.advance(minutes=4)
        await ApprovalMaintenance(store, env.clock).run()
        assert "approval:1:refused" not in await outbox_states(env.database_url)
        env.clock.advance(hours=9)
        await asyncio.gather(*(ApprovalMaintenance(store, env.clock).run() for _ in range(3)))
        assert (await outbox_states(env.database_url))["approval:1:refused"] == "pending"
        start = Call("track.start", {"batch": batch, "days": "7"})
        assert "2 of 2 videos started" in (await env.run(start, CAT)).summary
        assert await store.approvals.unstarted(env.clock(), env.clock()) == ()
    assert env.trackings() == 2


async def test_approval_is_requested_only_in_the_workspaces_own_channels(env):
    guests = replace(ANA, channel_id="C-shared", is_shared=True)
    assert "People from other companies" in (await env.say("/allowance approval here", guests)).summary
    assert "Channel saved" in (await env.say("/allowance approval here", replace(ANA, channel_id="C-money"))).summary
    await asked(env)
    async with env.store() as (store, _):
        assert (await store.approvals.find(1, 1)).channel_id == "C-money"
    await env.bot.accounts.leave_money_out(ANA.workspace, "C-money")
    call = button(await env.say(f"/track {YOUTUBE} 7", replace(CAT, channel_id="", is_direct=True)), "Ask for approval")
    assert "can't ask for approval here" in (await env.run(call, replace(CAT, channel_id="", is_direct=True))).summary


async def test_price_balance_and_cancellation_are_checked_again_at_approval(env):
    card = await asked(env)
    for hours, usage, words in (
        (20, {"balance_usd": 50, "cost_per_snapshot": 0.15}, "The price has gone up"),
        (1, {"balance_usd": 2, "cost_per_snapshot": 0.015}, "Only $2.00 is available, and this costs up to $2.52."),
    ):
        env.clock.advance(hours=hours)
        env.sandbox.faults.add("200", USAGE, body={"uncharged_usage_usd": 0} | usage)
        assert words in (await env.run(YES, BEN)).summary
    env.clock.advance(hours=1)
    await env.press(card, "Cancel", CAT)
    assert "cancelled or used since" in (await env.run(YES, BEN)).summary
    assert env.posts() == 0


async def test_only_an_approval_can_exceed_a_used_up_allowance(env):
    await env.say("/allowance everyone 1")
    card = await env.say(f"/track {LINK} {YOUTUBE} 7", CAT)
    call = button(card, "Ask for approval")
    assert "That's $4.04 too much. Somebody else can approve it." in card.summary
    assert (await env.run(call, CAT)).title == "Waiting for approval"
    assert "2 of 2 videos started" in (await env.run(YES, BEN)).summary
    assert env.trackings() == 2


async def test_a_repeated_approval_at_a_higher_price_exceeds_no_allowance(env):
    editor = replace(CAT, roles=frozenset({"77"}))
    await env.say("/allowance <@&77|Editors> 1")
    call = button(await env.say(f"/track {LINK} 7", editor), "Ask for approval")
    usage = {"balance_usd": 50, "uncharged_usage_usd": 0, "cost_per_snapshot": 0.01}
    env.clock.advance(minutes=4)
    env.sandbox.faults.add("status", "GET /usage", status=200, body=usage)
    card = await env.run(call, editor)
    assert card.title == "Waiting for approval", plain_text(card)
    async with env.store() as (store, _):  # as after a crash between the approval and the start
        await store.approvals.decide(1, 1, ApprovalState.APPROVED, BEN.person, env.clock(), decided_news)
    env.clock.advance(hours=1)
    assert "The price has gone up since this was approved" in (await env.run(YES, BEN)).summary
    assert env.posts() == 0
    env.clock.advance(hours=1)
    env.sandbox.faults.add("status", "GET /usage", status=200, body=usage)
    assert "Tracking started" in plain_text(await env.run(YES, BEN))
    assert env.posts() == 1


@pytest.mark.parametrize("links", [LINK, f"{LINK} {YOUTUBE}"])
async def test_requests_that_nobody_can_approve_are_not_offered(sandbox, clock, sqlite_url, links):
    async with environment_of(sandbox, clock, sqlite_url, monthly_cap_usd=1) as env:
        card = await env.say(f"/track {links} 7", CAT)
        assert not any(label.startswith(("Track", "Ask")) for label in labels(card)), labels(card)


def test_the_form_only_asks_for_the_reason_and_keeps_the_offer():
    command, given = by_name()["approval.ask"], {"batch": "x" * 12, "days": "7"}
    begun = form_for(command, given)
    assert begun == given
    for id_ in (discord_form(command, begun)["custom_id"], slack_form(command, "", begun)["callback_id"]):
        assert len(id_) <= 100
        assert filled_in(id_, {"why": "launch"}) == ("approval.ask", {**given, "why": "launch"})
