"""The most important promise: a start that is confirmed once is made, and billed, once."""

import asyncio
from decimal import Decimal

import pytest

from bot.domain.tracking import StartTerms
from bot.reply.call import Call
from bot.reply.model import Tone
from bot.reply.plain import plain_spans, plain_text
from tests.standins.environment import (
    ANA,
    BEN,
    EVE,
    LINK,
    LIST,
    SAME_LINK,
    TRACK,
    YOUTUBE,
    button,
    environment_of,
    labels,
    steady,
)


async def test_the_card_offers_one_length_and_a_menu_of_others_with_price_and_effect(env):
    card = await env.say(f"/track {LINK}")
    lengths = ["1 day · $0.36", "3 days · $1.08", "14 days · $5.04", "30 days · $10.80"]
    assert labels(card) == ["Track 7 days · $2.52", "Cancel", *lengths]
    own = await env.say(f"/track {LINK} 5")
    assert labels(own) == ["Track 5 days · $1.80", "Cancel", *lengths[:2], "7 days · $2.52", *lengths[2:]]
    env.sandbox.world.add_credit(env.sandbox.key, Decimal(-90))
    await env.start(YOUTUBE, 14)
    env.clock.advance(minutes=2)
    poor = await env.say(f"/track {LINK}")
    assert "That leaves $2.44 after paying for 1 running video." in poor.summary
    assert "14 days: pauses others Mon 16 Mar\n30 days: not enough credit\n" in plain_text(poor)
    longer = await env.run(button(poor, "14 days · $5.04"))
    assert "tracking would pause Mon 16 Mar" in longer.summary
    assert longer.summary.endswith(", for 1 other video too.")


async def test_another_length_reuses_the_offer_and_starts_once(env_on_each):
    env = env_on_each
    card = await env.say(f"/track {LINK}")
    call = button(card, "14 days · $5.04")
    assert call.in_place
    env.clock.advance(minutes=9)
    longer = await env.run(call)
    assert longer.summary.startswith("14 days · up to $5.04")
    assert (env.posts(), labels(longer)[0]) == (0, "Track 14 days · $5.04")
    assert "nly the person who asked" in (await env.run(call, BEN)).summary
    replies = await asyncio.gather(env.press(longer, "Track 14"), env.press(card, "Track 7"))
    assert sum(bool(reply.public_line) for reply in replies) == 1
    assert (env.posts(), env.trackings()) == (1, 1)
    assert (await env.run(call)).title == "Tracking started"


async def test_the_typed_length_stays_on_offer(env):
    card = await env.say(f"/track {LINK} 10")
    longer = await env.run(button(card, "14 days · $5.04"))
    again = await env.run(button(longer, "10 days · $3.60"))
    assert labels(again)[0] == "Track 10 days · $3.60"


async def test_an_offer_for_another_length_ends_when_the_first_one_does(env):
    card = await env.say(f"/track {LINK} {YOUTUBE}")
    longer = await env.run(button(card, "3 days · $2.16"))
    await env.start(YOUTUBE, 1)
    assert "Some of these videos are tracked by now" in (await env.run(button(card, "1 day · $0.72"))).summary
    env.clock.advance(minutes=10)
    assert "The offer has expired" in (await env.run(button(card, "1 day · $0.72"))).summary
    assert (await env.press(longer, "Track 3 days")).summary.startswith("0 of 2 videos started")
    assert env.posts() == 1


async def test_the_price_comes_from_the_api(env):
    body = {"balance_usd": 50, "uncharged_usage_usd": 1.5, "total_charged_usd": 0, "cost_per_snapshot": 0.02}
    env.sandbox.faults.add("200", "GET /usage", body=body)
    card = await env.say(f"/track {LINK} 7")
    assert "up to $3.36, of $48.50 available" in card.summary


async def test_a_press_on_a_used_button_starts_and_announces_nothing(env_on_each):
    env = env_on_each
    card = await env.say(f"/track {LINK} 7")
    await env.press(card, "Track 7")
    again, others = await env.press(card, "Track 7"), await env.press(card, "Track 7", BEN)
    cancelled = await env.press(card, "Cancel")
    assert "already used" in again.summary
    assert "nly the person who asked" in others.summary
    assert cancelled.title == "Tracking started"
    assert (again.public_line, others.public_line, cancelled.public_line) == ((), (), ())
    assert (env.posts(), env.trackings()) == (1, 1)


async def _submitted(env, card):
    """A first press of the card that has reached its call to the API."""
    batch = button(card, "Track 7").arguments["batch"]
    async with env.store() as (store, wallet_id):
        workspace = await store.workspaces.ensure_workspace(ANA.workspace, wallet_id)
        (request,) = await store.tracking.batch(workspace.id, batch)
        now, cost = env.clock(), Decimal("2.52")
        await store.tracking.submit(request.id, StartTerms(ANA.person, 7, cost, Decimal(100)), now)


async def test_a_press_during_the_first_one_gets_a_separate_reply(env):
    card = await env.say(f"/track {LINK} 7")
    await _submitted(env, card)
    again = await env.press(card, "Track 7")
    asked = await env.say(f"/track {LINK} 7")
    for reply in (again, asked):
        assert "Tracking is starting" in reply.summary
        assert "start it or charge for it twice" in reply.summary
        assert reply.public_line == ()
    assert again.tone is Tone.PROBLEM  # so that it never replaces the card, and with it the first press's reply
    env.track(LINK)
    assert "7 days, up to" in (await env.press(asked, "Check again")).summary
    assert env.posts() == 0


async def test_a_submission_without_a_response_is_unclear_after_a_minute(env):
    card = await env.say(f"/track {LINK} 7")
    await _submitted(env, card)
    env.clock.advance(minutes=1)
    assert (await env.press(card, "Track 7")).title == "Not clear yet"
    assert env.posts() == 0


async def test_two_buttons_of_an_older_card_start_one_tracking(env):
    batch = button(await env.say(f"/track {LINK}"), "Track 7").arguments["batch"]
    calls = [Call.decode(f"track.start?batch={batch}&days={days}") for days in (1, 30)]
    await asyncio.gather(*map(env.run, calls))
    assert (env.posts(), env.trackings()) == (1, 1)


async def test_a_sixth_offer_ends_only_the_oldest_of_its_person(env_on_each):
    env = env_on_each
    links = steady(9)
    bens = await env.say(f"/track {links[0]} 1", BEN)
    waiting = await env.say(f"/track {links[1]} 1")
    await env.run(Call("approval.ask", {**button(waiting, "Track 1").arguments, "why": "launch"}))
    first = await env.say(f"/track {links[2]} 1")
    await asyncio.gather(*(env.say(f"/track {link} 1") for link in links[3:8]))
    ended = "This offer ended, because only your 5 newest ones stay open. Send /track again."
    for label in ("Track 1", "3 days", "Cancel"):
        assert ended in plain_text(await env.press(first, label))
    assert env.posts() == 0
    for card, caller in ((bens, BEN), (waiting, ANA)):
        assert (await env.press(card, "Track 1", caller)).tone is Tone.SUCCESS


async def test_the_outbox_reports_a_start_whose_reply_was_lost(env_on_each):
    env = env_on_each

    async def started(link):
        """The reply to a press that nobody has seen yet."""
        call = button(await env.say(f"/track {link} 7"), "Track 7")
        return await env.bot.run(call.command, call.arguments, ANA)

    reply = await started(LINK)
    assert (reply.reports, reply.announces) == (("unclear:1", "settled:1:asker"), ("settled:1",))
    await env.bot.confirm_delivery(reply, shown=True, announced=False)
    env.sandbox.faults.add("400", TRACK)
    assert (await started(YOUTUBE)).reports == ("unclear:2", "settled:2:failed")
    other = await env.say(f"/track {LINK}", BEN)
    assert (other.reports, other.announces) == ((), ())
    async with env.store() as (store, _):
        assert await store.outbox.claim(env.clock(), ("console",), 10, places={}, each=10) == ()
        env.clock.advance(minutes=3)
        due = await store.outbox.claim(env.clock(), ("console",), 10, places={}, each=10)
    assert [each.key for each in due] == ["settled:1", "settled:2:failed"]


async def test_a_cancelled_offer_cannot_be_started(env):
    card = await env.say(f"/track {LINK} 7")
    assert "Nothing was started or spent" in (await env.press(card, "Cancel")).summary
    late = await env.press(card, "Track 7")
    assert late.tone is Tone.PROBLEM
    assert "already used: cancelled. To retry, send /track again" in late.summary
    assert env.posts() == 0


async def test_two_bots_on_one_database_start_one_tracking(sandbox, clock, database_url):
    async with environment_of(sandbox, clock, database_url) as one, environment_of(sandbox, clock, database_url) as two:
        card = await one.say(f"/track {LINK} 7")
        other = await two.say(f"/track {SAME_LINK} 7", BEN)
        replies = await asyncio.gather(
            one.press(card, "Track 7"), two.press(card, "Track 7"), two.press(other, "Track 7", BEN)
        )
        assert (one.posts(), one.trackings()) == (1, 1)
        assert sum(bool(reply.public_line) for reply in replies) == 1


async def test_two_workspaces_that_share_a_key_start_one_tracking(env_on_each):
    env = env_on_each
    hers, theirs = await env.say(f"/track {LINK} 7"), await env.say(f"/track {LINK} 7", EVE)
    replies = await asyncio.gather(env.press(hers, "Track 7"), env.press(theirs, "Track 7", EVE))
    assert (env.posts(), env.trackings()) == (1, 1)
    assert sum(bool(reply.public_line) for reply in replies) == 1


async def test_the_account_is_listed_right_before_a_start_to_prevent_a_second_one(env):
    card = await env.say(f"/track {LINK} 7")
    env.track(f"https://{SAME_LINK}")
    reply = await env.press(card, "Track 7")
    assert reply.tone is Tone.PROBLEM
    assert "already being tracked" in reply.summary
    assert (env.posts(), env.trackings()) == (0, 1)


async def test_without_a_list_of_the_account_nothing_is_offered_or_started(env):
    env.sandbox.faults.add("500", LIST, times=3)
    refused = await env.say(f"/track {LINK} 7")
    assert refused.tone is Tone.PROBLEM
    assert labels(refused) == []
    card = await env.say(f"/track {LINK} 7")
    env.sandbox.faults.add("500", LIST, times=3)
    late = await env.press(card, "Track 7")
    assert late.tone is Tone.PROBLEM
    assert env.posts() == 0
    assert (await env.press(card, "Track 7")).tone is Tone.SUCCESS


async def test_a_start_is_audited_with_person_channel_link_and_cost_but_no_card_or_refusal(env_on_each):
    env = env_on_each
    card = await env.say(f"/track {LINK} 7", BEN)
    await env.press(card, "Track 7", ANA)
    assert await env.audit() == ()
    await env.press(card, "Track 7", BEN)
    (entry,) = await env.audit()
    assert (entry.person, entry.channel_id) == (BEN.person, "C-random")
    assert (entry.action, entry.link, entry.cost) == ("track", LINK, Decimal("2.52"))
    assert entry.video_id in env.sandbox.world.account(env.sandbox.key).trackings
    assert (entry.outcome, entry.at) == ("tracking", env.clock())
    assert await env.audit(EVE) == ()


@pytest.mark.parametrize(
    ("status", "title", "words"),
    [
        ("monitoring", "Tracking started", "The first snapshot arrives within an hour."),
        ("paused", "Tracking started", "ContentStats reports its status as paused."),
        ("error", "Tracking failed", "ContentStats reports its status as error."),
        ("queued", "Tracking started", "The first snapshot arrives within an hour."),
    ],
)
async def test_the_card_and_the_public_line_state_the_outcome_of_the_start(env, status, title, words):
    card = await env.say(f"/track {LINK} 1")
    body = {"id": "7", "video_link": LINK, "platform": "tiktok", "status": status, "estimated_cost": 0.36}
    env.sandbox.faults.add("status", TRACK, status=201, body=body)
    started = await env.press(card, "Track 1 day")
    assert started.title == title
    assert words in started.summary
    assert ("reports its status" in plain_spans(started.public_line)) == (status == "error")
