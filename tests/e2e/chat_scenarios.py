"""Scenarios for chats, where cards stay and others can see them. Each coroutine is one."""

import asyncio

from tests.e2e.chats import ANN, BEN, BOB, NORTH, OPERATOR, SOUTH, Chat, card_for, spent
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
        form = await place.open(ANN, "connect")
        assert "The API key is linked to this" in (await form.submit(key=key)).text
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


async def a_press_delivered_again_even_after_a_restart_acts_once(chat: Chat) -> None:
    started = await chat.press(await card_for(chat), "Track 7", ANN)
    press, shown = chat.last_request(), started.text
    await chat.until(chat.public)
    for _ in range(2):
        await chat.deliver_again(press)
        await chat.restart()
    assert (spent(chat), len(chat.public()), started.text) == ((1, 1), 1, shown)


async def a_typed_start_delivered_again_even_after_a_restart_starts_nothing(chat: Chat) -> None:
    await chat.say(ANN, "allowance", action="confirm", dollars="5")
    started = await chat.say(ANN, "track", link=LINK, days="7")
    command = chat.last_request()
    await chat.press(await chat.press(started, "Stop", ANN), "Stop", ANN)
    for _ in range(2):
        await chat.deliver_again(command)
        await chat.restart()
    assert spent(chat) == (1, 1)


async def the_links_of_a_message_are_offered_and_those_beyond_ten_named(chat: Chat) -> None:
    assert "Track 2 videos?" in (await chat.track_message(ANN, f"look at <{LINK}> and {YOUTUBE}!")).text
    links = [f"https://www.tiktok.com/@many/video/{7000000000000000000 + number}" for number in range(12)]
    card = await chat.track_message(ANN, " ".join(f"<{link}>" for link in links))
    assert "Track 10 videos" in card.text
    assert "2 links left out" in card.text
    assert "TikTok video by @many (…000010), TikTok video by @many (…000011)" in card.text


async def a_message_without_a_link_or_from_one_who_may_not_spend_offers_nothing(chat: Chat) -> None:
    reasons = {
        "no link in here, but https://example.com/video": "I see no video link in this message",
        "https://x.com/X/status/16973046227490…": "That link is cut off",
        "See https://www.instagram.com/reels/saved/": "That's a page of Instagram",
    }
    for words, reason in reasons.items():
        assert reason in (await chat.track_message(ANN, words)).text
    refused = await chat.track_message(BEN, LINK)
    assert "ou can't start tracking" in refused.text
    assert refused.labels == []


async def a_refused_key_is_not_shown_and_asked_for_again(chat: Chat) -> None:
    form = await chat.open(ANN, "connect")
    refused = await form.submit(key="cs_live_none_of_ours")
    assert "⛔" in refused.text
    again = await chat.press_for_form(refused, "Open the form again", ANN)
    assert again.title == form.title
    assert "none_of_ours" not in refused.text + again.body


async def a_form_names_its_channel_and_begins_with_the_current_settings(chat: Chat) -> None:
    form = await chat.open(ANN, "digest", action="on")
    assert form.title in {"Post a digest in #general", "Post a digest here"}, "a title has 24 characters in Slack"
    on = await chat.say(ANN, "digest", action="on", time="09:00", zone="Europe/Berlin", every="friday")
    form = await chat.press_for_form(on, "Change", ANN)
    assert form.title == "Change the digest"
    changed = await form.submit()
    assert "every Friday at 09:00 (Europe/Berlin)" in changed.text
    changed = await (await chat.press_for_form(changed, "Change", ANN)).submit(time="10:00")
    assert "every Friday at 10:00 (Europe/Berlin)" in changed.text
    assert "No more digests here" in (await chat.press(changed, "Turn off", ANN)).text


async def a_campaigns_last_day_and_payout_terms_are_set_in_forms(chat: Chat) -> None:
    await chat.say(ANN, "campaign", action="new", campaign="launch")
    dates = await chat.open(ANN, "campaign", campaign="launch", action="dates")
    assert "31 Dec" in (await dates.submit(end="2026-12-31")).text
    saved = await chat.say(ANN, "payout", campaign="launch", action="terms", terms="tiktok 1, cap 200")
    form = await chat.press_for_form(saved, "Change terms", ANN)
    assert "'tiktok 1 per 1000, cap 200'" in form.body
    changed = await form.submit(terms="tiktok 2 per 1000")
    assert "TikTok $2.00 per 1,000 views" in changed.text
    assert "at most" not in changed.text


async def a_start_that_needs_approval_is_decided_by_another_person_and_happens_once(chat: Chat) -> None:
    await chat.say(BOB, "allowance", action="approval", dollars="2")
    card = await chat.say(ANN, "track", link=LINK, days="7")
    form = await chat.press_for_form(card, "Ask for approval", ANN)
    assert "Waiting for approval" in (await form.submit(why="for the launch")).text
    async with chat.scheduling():
        await chat.until(lambda: chat.posted("Approve this"))
        (card,) = chat.posted("Approve this")
        assert "somebody else has to decide" in (await chat.press(card, "Approve", ANN)).text
        await asyncio.gather(*(chat.press(card, "Approve", BOB) for _ in range(2)))
        await chat.until(lambda: spent(chat) == (1, 1))
        await chat.until(lambda: not chat.posted("Approve this"))
        await chat.until(lambda: "started tracking" in "".join(chat.public()))
        await chat.until(lambda: "Approved" in "".join(each.text for each in chat.direct_messages(ANN)))
    (approved,) = [each for each in chat.direct_messages(ANN) if "Approved" in each.text]
    assert "already" in (await chat.press(approved, "Track 7 days", ANN)).text
    assert spent(chat) == (1, 1)
