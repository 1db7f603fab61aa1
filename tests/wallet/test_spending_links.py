"""Which links start a tracking: several at once, one that runs already, one that ran before."""

from dataclasses import replace

from bot.reply.model import Tone
from bot.reply.plain import plain_spans, plain_text
from tests.standins.environment import ANA, BEN, INSTAGRAM, LINK, SAME_LINK, TWITTER, YOUTUBE, labels, rows


async def test_several_links_are_offered_in_order_without_invalid_ones(env):
    card = await env.say(f"/track {LINK} https://example.com/cat.mp4 {YOUTUBE} {SAME_LINK} 3")
    states = [row[1] for row in rows(card, "Links")]
    assert [states[0], states[2]] == ["new", "new"]
    assert "example.com isn't a supported site" in states[1]
    assert len(states) == 3
    assert "3 days · up to $2.16, of $100.00 available" in card.summary
    reply = await env.press(card, "Track 3")
    assert "2 of 2 videos started, up to $2.16 in total" in reply.summary
    assert plain_spans(reply.public_line) == "Ana started tracking 2 videos for 3 days, up to $2.16."
    assert (env.posts(), env.trackings()) == (2, 2)


async def test_the_public_line_has_no_cost_in_shared_channels(env):
    shared = replace(ANA, is_shared=True)
    reply = await env.press(await env.say(f"/track {LINK} {YOUTUBE} 3", shared), "Track 3", shared)
    assert "2 of 2 videos started, up to $2.16 in total" in reply.summary
    assert plain_spans(reply.public_line) == "Ana started tracking 2 videos for 3 days."


async def test_links_that_all_run_or_are_invalid_offer_nothing(env):
    await env.start()
    reply = await env.say(f"/track {LINK} https://example.com/x")
    assert reply.tone is Tone.WARNING
    assert "Nothing was spent" in reply.summary
    assert rows(reply)[0][1] == "already tracked, Ana"
    assert labels(reply) == []


async def test_a_link_of_each_platform_is_one_request_each(env):
    card = await env.say(f"/track {LINK} {YOUTUBE} {INSTAGRAM} {TWITTER} 1")
    reply = await env.press(card, "Track 1 day")
    assert "4 of 4 videos started, up to $1.44 in total" in reply.summary
    assert [row[1] for row in rows(reply)] == ["started, up to $0.36"] * 4
    again = await env.press(card, "Track 1 day")
    assert again.public_line == ()
    assert (env.posts(), env.trackings()) == (4, 4)


async def test_a_running_video_gets_its_card_with_its_starter(env):
    env.track(YOUTUBE)
    assert "Started by: outside this bot" in plain_text(await env.say(f"/track {YOUTUBE}"))
    await env.start(caller=BEN)
    reply = await env.say(f"/track {SAME_LINK} 30")
    assert "already being tracked (running). Nothing was spent." in reply.summary
    assert "Started by: Ben" in plain_text(reply)
    assert labels(reply) == ["Stats", "Compare", "Stop"]
    assert (env.posts(), env.trackings()) == (1, 2)


async def test_a_finished_video_can_be_tracked_again(env):
    await env.start(days=1)
    env.clock.advance(days=1, hours=1)
    assert (await env.start(days=1)).tone is Tone.SUCCESS
    assert (env.posts(), env.trackings()) == (2, 2)
