"""Post here: the shared form of a card, and who may share it in which channel."""

from dataclasses import replace

import pytest

from bot.reply.call import Call
from bot.reply.model import Mention, Note, Picture, Tone
from bot.reply.plain import plain_text
from tests.standins.environment import (
    ANA,
    EVE,
    INSTAGRAM,
    LINK,
    LOOKER,
    TWITTER,
    YOUTUBE,
    button,
    labels,
    outbox_states,
)

IN_THREAD = replace(ANA, thread_id="17.5")


@pytest.fixture
async def card(env):
    await env.start(LINK)
    env.clock.advance(hours=6)
    return await env.say(f"/stats {LINK}")


async def _queued(env):
    async with env.store() as (store, _):
        return await store.outbox.claim(env.clock(), ("console",), 9, places={}, each=9)


async def test_a_card_is_posted_once_with_its_sharer_and_freshness(env, card):
    assert (await env.press(card, "Post here")).summary == "I'm posting this card in this channel."
    env.clock.advance(minutes=5)
    assert (await env.press(card, "Post here")).summary == "This card was already posted in this channel."
    (message,) = await _queued(env)
    assert (message.channel_id, message.thread_id, message.owner_id) == ("C-general", None, "U-ana")
    posted = message.reply
    assert (posted.title, posted.summary) == (card.title, card.summary)
    assert [part.png[:4] for part in posted.parts if isinstance(part, Picture)] == [b"\x89PNG"]
    small = posted.parts[-1]
    assert isinstance(small, Note)
    assert small.text[1] == Mention("U-ana", "Ana")
    assert "Shared by Ana. " in plain_text(posted)
    assert "As of Mon 2 Mar, 16:30 UTC" in plain_text(posted)
    assert labels(posted) == ["Open"]
    assert labels(await env.press(posted, "Open", EVE)) == []  # of another workspace
    assert "Post here" in labels(await env.press(posted, "Open", LOOKER))


async def test_a_newer_card_another_person_or_a_thread_makes_a_new_post(env, card):
    for caller in (ANA, ANA, replace(ANA, person=EVE.person), IN_THREAD):
        await env.press(card, "Post here", caller)
    env.clock.advance(minutes=2)
    await env.press(await env.say(f"/stats {LINK}"), "Post here")
    assert sum(key.startswith("share:") for key in await outbox_states(env.database_url)) == 4
    async with env.store() as (store, _):
        (first,) = await _queued(env)
        await store.outbox.sent({first: "1"}, env.clock())
    (second,) = await _queued(env)
    assert (first.thread_id, second.owner_id) == (None, "U-eve")


async def test_a_comparison_of_five_fits_into_a_button(env):
    links = (LINK, YOUTUBE, INSTAGRAM, TWITTER, "https://www.tiktok.com/@flat/video/7301234567890120001")
    env.track(*links)
    env.clock.advance(hours=6)
    compared = await env.say(f"/compare {' '.join(links)}")
    assert button(compared, "Post here").fits
    assert (await env.press(compared, "Post here")).summary == "I'm posting this card in this channel."
    (message,) = await _queued(env)
    assert message.reply.summary == compared.summary


@pytest.mark.parametrize("line", ["/videos", "/usage", "/status", "/help", f"/export {LINK}", f"/track {LINK}"])
@pytest.mark.usefixtures("card")
async def test_private_look_ups_offer_post_here_next_to_at_most_three_buttons(env, line):
    reply = await env.say(line)
    shared = line.removeprefix("/") in {"videos", "usage", "status"}
    assert ("Post here" in labels(reply)) is shared
    assert not shared or len(labels(reply)) <= 4


async def test_money_is_posted_only_by_spenders_and_never_in_shared_channels(env, card):
    wallet = await env.say("/usage")
    assert "Post here" not in labels(await env.say("/usage", LOOKER))
    refused = await env.press(wallet, "Post here", LOOKER)
    assert "Only people who can spend here" in refused.summary
    abroad = await env.press(wallet, "Post here", replace(ANA, is_shared=True))
    assert "People from other companies read this channel" in abroad.summary
    assert (refused.tone, abroad.tone) == (Tone.PROBLEM, Tone.PROBLEM)
    assert (await env.press(card, "Post here", replace(ANA, is_shared=True))).tone is Tone.SUCCESS


async def test_another_workspace_cannot_post_the_card_and_only_cards_can_be_posted(env, card):
    assert "No video here matches" in (await env.press(card, "Post here", EVE)).summary
    forged = Call("share", {"card": "export?video=all", "made": "1"})
    assert "can't be posted" in (await env.run(forged)).summary
    assert button(card, "Post here").fits
    assert await _queued(env) == ()
