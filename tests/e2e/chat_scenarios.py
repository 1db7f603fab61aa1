"""Scenarios for chats, where cards stay and others can see them. Each coroutine is one."""

import asyncio

from tests.e2e.chats import ANN, BOB, NORTH, OPERATOR, SOUTH, Chat, card_for, spent
from tests.standins.environment import LINK, LIST, SAME_LINK, YOUTUBE


async def a_double_press_starts_one_tracking_and_leaves_one_public_line(chat: Chat) -> None:
    card = await card_for(chat)
    await asyncio.gather(*(chat.press(card, "Track 7", ANN) for _ in range(2)))
    await chat.restart()
    assert (spent(chat), len(chat.public())) == ((1, 1), 1)


async def a_failed_start_leaves_the_card_for_another_press(chat: Chat) -> None:
    card = await card_for(chat)
    chat.sandbox.faults.add("500", LIST, times=3)
    assert "⛔" in (await chat.press(card, "Track 7", ANN)).text
    assert "That leaves $" in card.text
    await chat.press(card, "Track 7", ANN)
    await chat.until(chat.public)
    assert spent(chat) == (1, 1)


async def only_the_asker_can_press_a_cards_buttons(chat: Chat) -> None:
    card = await card_for(chat)
    chat.share(card)
    refused = await chat.press(card, "Track 7", BOB)
    assert "nly the person who asked can press this button" in refused.text
    assert "That leaves $" in card.text
    assert spent(chat) == (0, 0)


async def two_people_with_one_link_start_one_tracking(chat: Chat) -> None:
    hers, his = await card_for(chat), await card_for(chat, BOB, SAME_LINK)
    await asyncio.gather(chat.press(hers, "Track 7", ANN), chat.press(his, "Track 7", BOB))
    await chat.restart()
    assert (spent(chat), len(chat.public())) == ((1, 1), 1)


async def a_button_works_after_a_restart(chat: Chat) -> None:
    card = await card_for(chat)
    await chat.restart()
    assert "Tracking started" in (await chat.press(card, "Track 7", ANN)).text
    assert spent(chat) == (1, 1)


async def two_workspaces_never_see_each_others_data(chat: Chat) -> None:
    other = await chat.neighbour()
    for place, key, link in ((chat, NORTH, LINK), (other, SOUTH, YOUTUBE)):
        assert "The API key is linked to this" in (await place.link(key)).text
        await place.press(await card_for(place, link=link), "Track 7", ANN)
        await place.until(place.public)
    await chat.restart()
    for place, link, foreign in ((chat, LINK, YOUTUBE), (other, YOUTUBE, LINK)):
        assert "1 video" in (await place.say(ANN, "videos")).text
        assert "views" in (await place.say(ANN, "stats", video=link)).text.casefold()
        assert "isn't tracked here" in (await place.say(ANN, "stats", video=foreign)).text
        assert len(place.public()) == 1
    assert [spent(chat, key)[1] for key in (OPERATOR, NORTH, SOUTH)] == [0, 1, 1]


async def pressing_post_here_twice_posts_one_card(chat: Chat) -> None:
    chat.sandbox.world.track(OPERATOR, LINK, 7)
    card = await chat.say(ANN, "videos")
    await asyncio.gather(*(chat.press(card, "Post here", ANN) for _ in range(2)))
    await chat.restart()
    assert "already posted" in (await chat.press(card, "Post here", ANN)).text
    async with chat.scheduling():
        await chat.until(chat.public)
        await asyncio.sleep(0.3)
    assert len(chat.public()) == 1


async def a_card_shared_in_a_thread_is_posted_there(chat: Chat) -> None:
    chat.sandbox.world.track(OPERATOR, LINK, 7)
    card = await chat.say_in_thread(ANN, "videos")
    assert "posting this card in this" in (await chat.press(card, "Post here", ANN)).text
    async with chat.scheduling():
        await chat.until(chat.thread)
    assert "Shared by" in chat.thread()[0]


async def without_permission_to_post_sharing_shows_the_fix(chat: Chat) -> None:
    chat.sandbox.world.track(OPERATOR, LINK, 7)
    card = await chat.say(ANN, "videos")
    chat.shut_out()
    refused = await chat.press(card, "Post here", ANN)
    assert any(each in refused.text for each in ("Invite the bot with", "Ask a server admin")), refused.text
    assert "1 video" in card.text
    assert chat.public() == []
