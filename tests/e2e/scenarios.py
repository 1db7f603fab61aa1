"""Scenarios for every chat, the console and the page. Each coroutine is one."""

from decimal import Decimal

from bot.app import Bot
from tests.e2e.chats import ANN, BEN, BOB, OPERATOR, Chat, card_for, spent
from tests.standins.environment import INSTAGRAM, LINK, LIST, SAME_LINK, TRACK, TWITTER, YOUTUBE


async def a_press_starts_one_tracking_and_leaves_one_public_line(chat: Chat) -> None:
    started = await chat.press(await card_for(chat), "Track 7", ANN)
    assert "7 days, up to" in started.text
    assert not any(label.startswith("Track 7") for label in started.labels)
    await chat.until(chat.public)
    await chat.restart()
    (line,) = chat.public()
    assert "nn" in line.split()[0]
    assert "started tracking" in line
    assert spent(chat) == (1, 1)


async def a_video_tracked_already_is_not_tracked_again_and_its_starter_is_named(chat: Chat) -> None:
    await chat.press(await card_for(chat), "Track 7", ANN)
    again = await chat.say(BOB, "track", link=SAME_LINK, days="7")
    assert "already being tracked" in again.text
    assert spent(chat) == (1, 1)


async def a_typed_start_within_the_limit_needs_no_press_and_happens_once(chat: Chat) -> None:
    assert "starts at once" in (await chat.say(ANN, "allowance", action="confirm", dollars="5")).text
    assert "That leaves $" in (await chat.say(ANN, "track", link=YOUTUBE, days="30")).text
    started = await chat.say(ANN, "track", link=LINK, days="7")
    assert "7 days, up to $2.52" in started.text, started.text
    again = await chat.say(ANN, "track", link=LINK, days="7")
    assert "Tracking started" in again.text or "already being tracked" in again.text
    await chat.until(chat.public)
    await chat.press(await chat.press(again, "Stop", ANN), "Stop", ANN)
    await chat.restart()
    assert sum("started tracking" in each for each in chat.public()) == 1
    assert spent(chat) == (1, 1)


async def several_links_are_one_card_and_one_line(chat: Chat) -> None:
    card = await card_for(chat, link=f"{LINK} {YOUTUBE}")
    await chat.press(card, "Track 7", ANN)
    await chat.until(chat.public)
    await chat.restart()
    (line,) = chat.public()
    assert "started tracking 2 videos for 7 days" in line
    assert spent(chat) == (2, 2)


async def videos_are_listed_by_creator_and_starter(chat: Chat) -> None:
    card = await card_for(chat, link=f"{LINK} {TWITTER} {YOUTUBE}")
    await chat.press(card, "Track 7", ANN)
    theirs = await chat.say(ANN, "videos", by="@Steady")
    assert "2 videos by @steady" in theirs.text
    assert "YouTube" not in theirs.text
    assert "1 TikTok video by @steady" in (await chat.say(ANN, "videos", by="@steady", platform="tiktok")).text
    assert "3 videos started by" in (await chat.say(ANN, "videos", by="mine")).text
    assert "No videos started by" in (await chat.say(BEN, "videos", by="mine")).text
    assert "2 videos match" in (await chat.say(ANN, "stats", video="@STEADY")).text
    assert "No video here is by @nobody" in (await chat.say(ANN, "videos", by="@nobody")).text


async def a_link_tracked_twice_is_one_curve(chat: Chat) -> None:
    await chat.press(await card_for(chat), "Track 7", ANN)
    chat.clock.advance(hours=30)
    await chat.press(await chat.say(ANN, "stop", video="@steady"), "Stop", ANN)
    chat.clock.advance(days=3)
    await chat.press(await card_for(chat), "Track 7", ANN)
    chat.clock.advance(hours=5)
    card = await chat.say(ANN, "stats", video="@steady")
    shown = card.text.splitlines()[:3]
    details = await chat.press(card, "Details", ANN)
    assert "It wasn't tracked for 3 d between trackings." in details.text, details.text
    before = len(chat.files())
    await chat.say(ANN, "export", video="@steady")
    await chat.until(lambda: len(chat.files()) > before)
    _, *rows = chat.files()[-1].decode().splitlines()
    ids = [row.partition(",")[0] for row in rows]
    assert len(set(ids)) == 2, "the tracking of each row"
    assert len(rows) >= 33
    earlier = await chat.say(ANN, "stats", video=ids[0])
    assert earlier.text.splitlines()[:3] == shown, "an earlier tracking's id finds the curve"


async def a_growing_video_can_be_tracked_on_after_its_end(chat: Chat) -> None:
    chat.sandbox.world.track(OPERATOR, LINK, 1)
    chat.clock.advance(hours=20)
    await chat.say(ANN, "stats", video=LINK)
    digest = await chat.say(ANN, "digest", action="now")
    waits = await chat.press(digest, "Track on", ANN)
    assert "is still being tracked until" in waits.text
    assert spent(chat) == (0, 1)
    chat.clock.advance(days=4)
    card = await chat.press(waits, "Track on", ANN)
    assert "That leaves $" in card.text
    assert spent(chat) == (0, 1)
    await chat.press(card, "Track 7", ANN)
    assert spent(chat) == (1, 2)


async def cancelling_spends_nothing_and_posts_nothing(chat: Chat) -> None:
    cancelled = await chat.press(await card_for(chat), "Cancel", ANN)
    assert "Nothing was started or spent" in cancelled.text
    await chat.restart()
    assert (spent(chat), chat.public()) == ((0, 0), [])


async def a_card_that_has_expired_spends_nothing(chat: Chat) -> None:
    card = await card_for(chat)
    chat.clock.advance(minutes=11)
    refused = await chat.press(card, "Track 7", ANN)
    assert "The offer has expired" in refused.text
    assert spent(chat) == (0, 0)


async def a_person_without_permission_to_spend_is_shown_why(chat: Chat) -> None:
    answer = await chat.say(BEN, "track", link=LINK, days="7")
    assert "can't start tracking" in answer.text
    assert not any(label.startswith("Track") for label in answer.labels)


async def an_unclear_outcome_is_looked_up_and_never_sent_twice(chat: Chat) -> None:
    faults = ("effect-then-hang", "effect-then-500", "effect-then-reset", "effect-then-garbage")
    for link, fault in zip((LINK, YOUTUBE, INSTAGRAM, TWITTER), faults, strict=True):
        chat.sandbox.faults.add(fault, TRACK)
        started = await chat.press(await card_for(chat, link=link), "Track 7", ANN)
        assert "Tracking started" in started.text
    await chat.restart()
    assert spent(chat) == (4, 4)


async def a_start_that_stays_unclear_can_be_looked_up_with_a_button(chat: Chat) -> None:
    card = await card_for(chat)
    chat.sandbox.faults.add("effect-then-hang", TRACK)
    chat.sandbox.faults.add("slow", LIST, seconds=0)
    chat.sandbox.faults.add("500", LIST, times=None)
    unclear = await chat.press(card, "Track 7", ANN)
    assert "Not clear yet" in unclear.text
    assert chat.public() == []
    chat.sandbox.faults.clear()
    assert "Tracking started" in (await chat.press(unclear, "Check again", ANN)).text
    assert spent(chat) == (1, 1)


async def stopping_asks_first_and_notifies_the_channel_once(chat: Chat) -> None:
    chat.sandbox.world.track(OPERATOR, LINK, 7)
    question = await chat.say(ANN, "stop", video=LINK)
    assert chat.public() == []
    await chat.press(question, "Stop", ANN)
    await chat.until(chat.public)
    await chat.restart()
    (line,) = chat.public()
    assert "stopped tracking" in line


async def five_hundred_videos_are_read_page_by_page(chat: Chat) -> None:
    chat.sandbox.world.add_credit(OPERATOR, Decimal(1_000))
    for number in range(125):  # the API lists at most a hundred of one status
        if number == 70:
            chat.clock.advance(days=2)
        for link in _links(number):
            chat.sandbox.world.track(OPERATOR, link, 1 if number < 70 else 7)
    page = await chat.say(BEN, "videos")
    assert "500 videos, page 1 of 50" in page.text
    for number in range(2, 6):
        page = await chat.press(page, "Next", BEN)
        assert f"500 videos, page {number} of 50" in page.text


async def a_digest_is_posted_once_a_day_when_due(chat: Chat) -> None:
    await chat.press(await card_for(chat), "Track 7", ANN)
    await chat.until(chat.public)
    answer = await chat.say(ANN, "digest", action="on", time="09:00", zone="UTC")
    assert "daily at 09:00 (UTC)" in answer.text
    assert "Tue 3 Mar" in answer.text, answer.text
    chat.clock.advance(hours=22, minutes=31)
    async with chat.scheduling():
        await chat.until(lambda: _digests(chat))
    await chat.restart()
    assert len(_digests(chat)) == 1
    chat.clock.advance(days=1)
    async with chat.scheduling():
        await chat.until(lambda: len(_digests(chat)) > 1)
    assert len(_digests(chat)) == 2


async def a_campaign_is_created_filled_by_a_start_and_made_the_channels_own(chat: Chat) -> None:
    assert "Campaign created" in (await chat.say(ANN, "campaign", campaign="launch", action="new")).text
    card = await chat.say(ANN, "track", link=LINK, days="7", campaign="in launch")
    assert "Goes into campaign launch." in card.text
    assert spent(chat) == (0, 0)
    await chat.press(card, "Track 7", ANN)
    await chat.until(chat.public)
    assert "1 video" in (await chat.say(BEN, "campaign", campaign="LAUNCH")).text
    assert "the channel's campaign" in (await chat.say(ANN, "campaign", campaign="launch", action="here")).text
    other = await chat.say(ANN, "track", link=YOUTUBE, days="7")
    assert "Goes into campaign launch, this channel's own." in other.text
    chat.clock.advance(hours=3)
    await chat.say(BEN, "videos")
    assert "Top videos in launch" in (await chat.say(BEN, "leaderboard", campaign="LAUNCH", period="today")).text
    assert "Only this channel's campaign." in (await chat.say(BEN, "leaderboard", by="creators")).text
    assert "can't fill them" in (await chat.say(BEN, "campaign", campaign="launch", action="add", videos=YOUTUBE)).text


async def a_digest_and_alerts_are_about_one_campaign(chat: Chat) -> None:
    await chat.say(ANN, "campaign", campaign="launch", action="new")
    when = {"action": "on", "time": "09:00", "zone": "Europe/Berlin"}
    on = await chat.say(ANN, "digest", **when, show="top-people", campaign="in LAUNCH")
    assert "campaign launch" in on.text
    assert "totals, top people" in on.text
    assert "campaign launch" in (await chat.say(BEN, "digest", action="status")).text
    assert "campaign launch" not in (await chat.say(ANN, "digest", **when, campaign="in all")).text
    given = {"what": "milestones", "switch": "on", "campaign": "in launch"}
    assert "Only campaign launch" in (await chat.say(ANN, "alerts", **given)).text
    assert "Only campaign launch" in (await chat.say(BEN, "alerts")).text


COMMANDS = {
    "track": ({"link": LINK, "days": "7"}, "already being tracked"),
    "videos": ({}, "2 videos"),
    "stats": ({"video": LINK}, "views"),
    "compare": ({"video": LINK, "video2": YOUTUBE}, "hour"),
    "leaderboard": ({"by": "creators", "period": "24h"}, "leads with"),
    "stop": ({"video": LINK}, "stop"),
    "usage": ({}, "available"),
    "campaign": ({}, "totals, ranking and cost"),
    "payout": ({}, "which campaign"),
    "allowance": ({}, "you can start"),
    "digest": ({"action": "status"}, "digest"),
    "alerts": ({}, "alerts"),
    "export": ({"video": LINK}, "snapshots"),
    "disconnect": ({}, "only a record of the deletion stays"),
    "status": ({}, "working"),
    "help": ({"command": "track"}, "/track"),
}


async def every_command_is_answered_to_the_asker_alone(chat: Chat) -> None:
    assert {*COMMANDS, "connect"} == {command.name for command in Bot.commands if command.listed}
    for link in (LINK, YOUTUBE):
        chat.sandbox.world.track(OPERATOR, link, 7)
    chat.clock.advance(hours=3)
    for name, (given, words) in COMMANDS.items():
        answer = await chat.say(ANN, name, **given)
        assert words in answer.text.casefold(), answer.text
    unknown = await chat.say(ANN, "help", command="usag")
    assert "There's no command /usag. Try /help usage." in unknown.text
    assert chat.public() == []


async def a_payout_is_computed_by_the_terms_and_marked_as_paid_once(chat: Chat) -> None:
    chat.sandbox.world.track(OPERATOR, LINK, 1)
    await chat.say(ANN, "campaign", action="new", campaign="Launch", videos=LINK)
    assert "No terms yet" in (await chat.say(ANN, "payout", campaign="launch")).text
    words = "tiktok 2.50 per 1000, from zero, final after 1 day, budget 5000"
    refused = await chat.say(BEN, "payout", campaign="launch", action="terms", terms=words)
    assert "nly " in refused.text, refused.text
    unclear = await chat.say(ANN, "payout", campaign="launch", action="terms", terms="tiktok 2, bonus 20")
    assert "I don't understand “bonus 20”" in unclear.text
    assert "Terms saved" in (await chat.say(ANN, "payout", campaign="launch", action="terms", terms=words)).text
    chat.clock.advance(hours=27)
    await chat.say(BEN, "stats", video=LINK)
    card = await chat.say(ANN, "payout", campaign="launch")
    assert "owed of the $5,000.00 budget" in card.text
    assert "I never move money" in card.text
    handle = "@STEADY"
    paid = await chat.say(ANN, "payout", campaign="launch", action="paid", creator=handle)
    assert "for 1 video on TikTok as paid" in paid.text, paid.text
    assert "unpaid again" in (await chat.press(paid, "Undo", ANN)).text
    for words in ("as paid", "marked as paid already"):
        assert words in (await chat.say(ANN, "payout", campaign="launch", action="paid", creator=handle)).text
    file = await chat.say(ANN, "payout", campaign="launch", action="csv")
    assert "1 line, $" in file.text
    await chat.until(chat.files)
    assert b",paid,," in chat.files()[0]
    assert chat.public() == []


async def the_audit_is_listed_for_admins_and_can_be_exported(chat: Chat) -> None:
    await chat.press(await card_for(chat), "Track 7", ANN)
    await chat.until(chat.public)
    assert "nly " in (await chat.say(BEN, "allowance", action="log")).text
    page = await chat.say(ANN, "allowance", action="log", show="starts")
    assert "$2.52" in page.text, page.text
    before = len(chat.files())
    await chat.press(page, "CSV", ANN)
    await chat.until(lambda: len(chat.files()) > before)
    assert b",2.520000,tracking" in chat.files()[-1]


async def a_card_is_posted_to_the_channel_with_who_shared_it(chat: Chat) -> None:
    chat.sandbox.world.track(OPERATOR, LINK, 7)
    chat.clock.advance(hours=3)
    assert not any(each == "Post here" for each in (await chat.say(BEN, "usage")).labels)
    card = await chat.say(BEN, "videos")
    assert "posting this card in this channel" in (await chat.press(card, "Post here", BEN)).text
    async with chat.scheduling():
        await chat.until(chat.public)
    (posted,) = chat.public()
    assert "1 video" in posted
    assert "Shared by" in posted


def _links(number: int) -> tuple[str, ...]:
    return (
        f"https://www.tiktok.com/@steady/video/73012345678901{number:05d}",
        f"https://www.youtube.com/watch?v=steady{number:05d}",
        f"https://www.instagram.com/p/steady{number:05d}/",
        f"https://twitter.com/steady/status/19886372439792{number:05d}",
    )


def _digests(chat: Chat) -> list[str]:
    return [each for each in chat.public() if "digest" in each.casefold()]
