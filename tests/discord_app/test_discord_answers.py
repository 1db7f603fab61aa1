"""A reply reaches its asker despite network errors, expired tokens and deleted messages."""

import os
import re
import signal
from dataclasses import replace

import pytest

from bot.reply.model import Reply
from tests.discord_app.bot_app import CALLBACK, EDIT, FOLLOW_UP, labels, lines, shown_text
from tests.standins.environment import LINK, PAGE, USAGE, YOUTUBE
from tests.standins.faults import Fault, FaultKind

WRONG = [
    Fault(FaultKind.STATUS, 500),
    Fault(FaultKind.STATUS, 503),
    Fault(FaultKind.RESET),
    Fault(FaultKind.RESET_AFTER),
    Fault(FaultKind.GARBAGE),
    Fault(FaultKind.GARBAGE_AFTER),
    Fault(FaultKind.SILENCE_AFTER),
    Fault(FaultKind.RATE_LIMITED, seconds=0.2),
]


@pytest.mark.parametrize(
    ("route", "fault"),
    [(route, fault) for route in (EDIT, CALLBACK) for fault in WRONG],
    ids=lambda each: f"{each.kind}-{each.value}" if isinstance(each, Fault) else each.split()[0],
)
async def test_a_single_failure_is_retried(bot_app, discord, server, route, fault):
    discord.faults.add(route, fault)
    answer = await bot_app.type("usage", server.ben)
    assert "available" in shown_text(answer)
    await bot_app.close()
    assert len(discord.ephemerals(server.ben)) == 1
    assert discord.failures == []


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_an_initial_response_is_retried_until_the_deadline(bot_app, discord, server, status):
    discord.faults.add(CALLBACK, Fault(FaultKind.STATUS, status), times=6)
    assert "available" in shown_text(await bot_app.type("usage", server.ben))


async def test_without_a_response_in_time_nothing_is_done(bot_app, discord, server):
    card = await bot_app.card(LINK, days=7)
    discord.faults.add(CALLBACK, Fault(FaultKind.ERROR, 10062))
    discord.answer_seconds = 0.2
    interaction = await bot_app.press(card, "Track 7")
    assert interaction.failure == "timeout"
    await bot_app.close()
    assert (bot_app.posts(), server.general.messages) == (0, [])


@pytest.mark.parametrize("code", [10008, 10015, 50027])
async def test_if_the_message_is_gone_the_reply_is_a_new_message(bot_app, discord, server, code):
    discord.faults.add(EDIT, Fault(FaultKind.ERROR, code))
    interaction = await bot_app.send("usage", server.ben)
    await discord.until(lambda: not interaction.is_thinking or interaction.followups)
    await bot_app.close()
    assert "available" in shown_text(interaction.seen[-1])
    assert interaction.seen[-1].only_for == server.ben.id


@pytest.mark.parametrize(("command", "slow", "words"), [("usage", USAGE, "available"), ("videos", PAGE, "TikTok")])
async def test_a_reply_that_outlasts_the_token_is_a_direct_message_without_buttons(
    bot_app, discord, server, command, slow, words
):
    bot_app.sandbox.world.track(bot_app.sandbox.key, LINK, 3)
    bot_app.sandbox.faults.add("slow", slow, seconds=0.15)
    interaction = await discord.send_command(command, {}, user=server.ben, channel=server.general)
    bot_app.clock.advance(minutes=16)
    await discord.until(lambda: discord.direct_messages(server.ben))
    (message,) = discord.direct_messages(server.ben)
    assert words in shown_text(message)
    assert labels(message) == []
    assert interaction.is_thinking
    assert lines(server.general) == []


async def test_spending_is_announced_even_if_the_token_has_expired(bot_app, discord, server):
    card = await bot_app.card(LINK, days=7)
    bot_app.sandbox.faults.add("slow", "POST /videos/track", seconds=0.15)
    await bot_app.press(card, "Track 7")
    await discord.until(bot_app.posts)
    bot_app.clock.advance(minutes=16)
    await discord.until(lambda: discord.direct_messages(server.ann) and server.general.messages)
    assert "Tracking started" in shown_text(discord.direct_messages(server.ann)[0])
    assert (bot_app.posts(), len(server.general.messages)) == (1, 1)


async def test_an_undeliverable_reply_is_logged(bot_app, discord, server, caplog):
    server.ben.takes_dms = False
    for route in (EDIT, FOLLOW_UP):
        discord.faults.start(Fault(FaultKind.ERROR, 50027), route)
    await bot_app.send("usage", server.ben)
    await bot_app.close()
    assert "delivering a reply failed" in caplog.text


async def test_a_refused_picture_does_not_affect_the_text(bot_app, discord):
    bot_app.track(LINK)
    bot_app.clock.advance(hours=30)
    discord.faults.add(EDIT, Fault(FaultKind.SLOW, seconds=0))
    discord.faults.add(EDIT, Fault(FaultKind.ERROR, 40005))
    answer = await bot_app.type("stats", video=LINK)
    await discord.until(lambda: [call.route for call in discord.calls].count(EDIT) == 2)
    assert "views" in shown_text(answer)
    assert answer.attachments == []
    assert "Refresh" in labels(answer)


async def test_a_late_picture_does_not_restore_older_numbers(bot_app, discord):
    bot_app.track(LINK, YOUTUBE)
    bot_app.clock.advance(hours=3)
    charted = await bot_app.type("stats", video=YOUTUBE)
    await discord.until(lambda: charted.attachments)
    worker = bot_app.bot._charts.worker_pid
    os.kill(worker, signal.SIGSTOP)
    card = await bot_app.type("stats", video=LINK)
    edits = card.edits
    await bot_app.changed(card, bot_app.press(card, "Refresh"))
    os.kill(worker, signal.SIGCONT)
    await discord.until(lambda: card.attachments)
    await bot_app.close()
    assert card.edits == edits + 2


@pytest.mark.parametrize(("command", "label"), [("videos", "Next"), ("usage", "Refresh"), ("stats", "Refresh")])
async def test_the_next_page_and_newer_numbers_replace_a_private_card(bot_app, command, label):
    for number in range(10):
        bot_app.track(f"https://www.tiktok.com/@flat/video/73012345678901234{number:02}")
    bot_app.track(LINK)
    bot_app.clock.advance(hours=3)
    options = {"video": LINK} if command == "stats" else {}
    card = await bot_app.type(command, **options)
    before = len(bot_app.discord.interactions)
    await bot_app.changed(card, bot_app.press(card, label))
    (interaction,) = [*bot_app.discord.interactions.values()][before:]
    assert (interaction.callback, interaction.followups) == (6, [])
    await bot_app.discord.until(lambda: len(card.attachments) == (1 if command == "stats" else 0))
    card.flags, card.only_for = card.flags & ~64, None  # so does a public card
    again = await bot_app.pressed(card, label if command != "videos" else "Previous")
    assert again is not card


@pytest.mark.parametrize("knows", [True, False], ids=["as Discord says", "unlike Discord says"])
async def test_a_file_that_is_too_large_is_a_warning_and_never_a_success(bot_app, discord, knows):
    bot_app.track(LINK)
    bot_app.clock.advance(hours=30)
    if knows:
        discord.max_file_bytes = 1_000
    else:
        discord.faults.add(EDIT, Fault(FaultKind.ERROR, 40005))
    answer = await bot_app.type("export", video=LINK)
    assert "✅" not in shown_text(answer)
    assert "⚠️ Export" in shown_text(answer)
    assert ("is too large" if knows else "Discord refused contentstats-") in shown_text(answer)
    assert "Export single videos instead." in shown_text(answer)
    assert answer.attachments == []


async def test_an_unrenderable_reply_is_reported_with_a_reference(bot_app, server, caplog):
    async def broken(*_):
        return Reply("Look:", parts=("no part",))

    bot_app.bot._by_name["usage"] = replace(bot_app.bot._by_name["usage"], handler=broken)
    answer = await bot_app.type("usage", server.ben)
    reference = re.search(r"reference: (\w{8})", shown_text(answer))
    assert reference, shown_text(answer)
    assert reference[1] in [getattr(record, "reference", "") for record in caplog.records]


async def test_under_overload_everyone_gets_a_reply_and_nothing_is_spent(bot_app, discord, server):
    card = await bot_app.card(LINK, days=7)
    bot_app.program._background._limit = 0
    interaction = await bot_app.send("usage", server.ben)
    assert "I'm busy right now" in shown_text(interaction.message)
    pressed = await bot_app.press(card, "Track 7")
    assert "I'm busy right now" in shown_text(pressed.message)
    typed = await discord.send_autocomplete("stats", "video", user=server.ben, channel=server.general)
    assert (typed.failure, typed.choices, bot_app.posts()) == ("", [], 0)
