"""What people confirm in Slack is started once, whatever happens around the press, and the channel hears of it once."""

import asyncio

import pytest

from tests.slack.stage import ANN, BEN, GENERAL, GIL, RANDOM, SECRET, stage_of, told
from tests.standins.scene import LINK, LIST, SAME_LINK, TRACK, YOUTUBE
from tests.standins.slack.mrkdwn import mentions


async def test_one_press_starts_one_tracking_replaces_the_card_and_leaves_one_public_line(stage):
    card = await stage.card(f"/track {LINK} 7")
    line = await stage.line(stage.press(card, "Track 7"))
    assert "Tracking started for 7 days" in told(card)
    assert "Track 7 days · $2.52" not in stage.labels(card)
    assert line.text.startswith("Ann started tracking ")
    assert "up to $2.52" in line.text
    assert stage.lines() == [line.text]
    assert (stage.spent(), stage.trackings()) == (1, 1)


async def test_a_public_line_mentions_nobody_and_unfurls_nothing(stage):
    line = await stage.line(stage.press(await stage.card(f"/track {LINK} 7"), "Track 7"))
    assert mentions(line.sent) == set()
    assert (line.sent["unfurl_links"], line.sent["unfurl_media"]) in {(False, False), ("0", "0")}


async def test_a_double_click_starts_one_tracking_and_one_public_line(stage):
    card = await stage.card(f"/track {LINK} 7")
    label = stage.label(card, "Track 7")
    presses = [stage.slack.send_action(card, label, user=ANN) for _ in range(2)]
    assert [each.failure for each in await asyncio.gather(*presses)] == ["", ""]
    await stage.slack.until(lambda: card.edits >= 2)
    await stage.close()
    assert (stage.spent(), stage.trackings()) == (1, 1)
    assert len(stage.lines()) == 1
    assert "Tracking started" in told(card)


async def test_a_button_works_after_a_restart(slack, app, token, sandbox, clock, sqlite_url):
    async with stage_of(slack, app, token, sandbox, clock, sqlite_url) as before:
        card = await before.card(f"/track {LINK} 7")
    async with stage_of(slack, app, token, sandbox, clock, sqlite_url) as after:
        await after.line(after.press(card, "Track 7"))
        assert "Tracking started" in told(card)
        assert (after.spent(), after.trackings()) == (1, 1)


async def test_a_press_by_somebody_else_spends_nothing_and_leaves_the_card_to_its_asker(stage):
    card = await stage.card(f"/track {LINK} 7")
    card.only_for = None  # as in a channel where everybody sees it
    refusal = await stage.seen(stage.press(card, "Track 7", user=BEN), BEN)
    assert "nly the person who asked can press this button" in refusal.text
    assert "Nothing is spent until you press a button" in told(card)
    assert (stage.spent(), stage.lines()) == (0, [card.text])


async def test_a_guest_may_not_spend_and_is_told_so(stage):
    answer = await stage.type(f"/track {LINK} 7", GIL)
    assert "but not start trackings" in answer.text
    assert stage.labels(answer) == []


async def test_a_member_may_spend(stage):
    card = await stage.card(f"/track {LINK} 7", BEN)
    line = await stage.line(stage.press(card, "Track 7", user=BEN))
    assert line.text.startswith("Ben started tracking")


@pytest.mark.parametrize("fault", ["effect-then-hang", "effect-then-500", "effect-then-reset", "effect-then-garbage"])
async def test_an_unclear_answer_is_never_sent_twice_and_is_settled_by_looking(stage, fault):
    stage.sandbox.faults.add(fault, TRACK)
    card = await stage.card(f"/track {LINK} 7")
    await stage.line(stage.press(card, "Track 7"))
    assert "Tracking started" in told(card)
    assert (stage.spent(), stage.trackings()) == (1, 1)


async def test_what_stays_unclear_says_so_and_can_be_looked_up_with_a_button(stage):
    card = await stage.card(f"/track {LINK} 7")
    stage.sandbox.faults.add("effect-then-hang", TRACK)
    stage.sandbox.faults.add("slow", LIST, seconds=0)
    stage.sandbox.faults.add("500", LIST, times=None)
    await stage.changed(card, stage.press(card, "Track 7"))
    assert "Not clear yet" in told(card)
    assert stage.lines() == []
    stage.sandbox.faults.clear()
    await stage.line(stage.press(card, "Look again"))
    assert "Tracking started" in told(card)
    assert (stage.spent(), stage.trackings()) == (1, 1)


async def test_a_problem_leaves_the_card_so_that_its_button_can_be_pressed_again(stage):
    card = await stage.card(f"/track {LINK} 7")
    stage.sandbox.faults.add("500", LIST, times=3)
    problem = await stage.seen(stage.press(card, "Track 7"))
    assert "⛔" in problem.text
    assert card.edits == 0
    await stage.line(stage.press(card, "Track 7"))
    assert (stage.spent(), stage.trackings()) == (1, 1)


async def test_two_people_with_one_link_start_one_tracking(stage):
    hers, his = await stage.card(f"/track {LINK} 7"), await stage.card(f"/track {SAME_LINK} 7", BEN)
    await asyncio.gather(stage.press(hers, "Track 7"), stage.press(his, "Track 7", user=BEN))
    await stage.close()
    assert (stage.spent(), stage.trackings()) == (1, 1)
    assert len(stage.lines()) == 1


async def test_cancelling_replaces_the_card_and_tells_nobody(stage):
    card = await stage.card(f"/track {LINK} 7")
    await stage.changed(card, stage.press(card, "Cancel"))
    assert "nothing was spent" in told(card)
    assert stage.lines() == []


@pytest.mark.parametrize("channel", [RANDOM, SECRET])
async def test_where_the_bot_is_no_member_the_channel_still_hears_of_spending(stage, channel):
    card = await stage.card(f"/track {LINK} 7", channel=channel)
    line = await stage.line(stage.press(card, "Track 7"), channel)
    assert line.text.startswith("Ann started tracking")
    assert stage.lines(GENERAL) == []


async def test_in_direct_messages_there_is_no_channel_to_tell(stage, slack, token):
    direct = slack.conversation(token, slack.users[ANN])
    card = await stage.card(f"/track {LINK} 7", channel=direct.id)
    await stage.changed(card, stage.press(card, "Track 7"))
    await stage.close()
    assert "Tracking started" in told(card)
    assert [message for message in direct.messages if "Ann started" in message.text] == []


async def test_stopping_asks_first_and_tells_the_channel_once(stage):
    stage.track(LINK)
    question = await stage.type(f"/stop {LINK}")
    line = await stage.line(stage.press(question, "Stop"))
    assert line.text.startswith("Ann stopped")
    assert stage.lines() == [line.text]


async def test_several_links_are_one_card_and_one_line(stage):
    card = await stage.card(f"/track {LINK} {YOUTUBE} 3")
    line = await stage.line(stage.press(card, "Track 3"))
    assert "started tracking 2 videos for 3 days" in line.text
    assert stage.spent() == 2
