"""What people confirm in Discord is started once, whatever happens around the press; the channel hears of it once."""

import asyncio

import pytest

from tests.discord_app.discord_stage import labels, lines, new_server, stage_of, told
from tests.standins.discord_server.faults import Fault, FaultKind
from tests.standins.discord_server.markdown import mentions
from tests.standins.discord_server.permissions import Permission
from tests.standins.scene import LINK, LIST, SAME_LINK, YOUTUBE


async def test_one_press_starts_one_tracking_replaces_the_card_and_leaves_one_public_line(stage, server):
    card = await stage.card(server.ann, server.general, LINK, days=7)
    line = await stage.line(stage.press(card, "Track 7", server.ann), server.general)
    assert "Tracking started for 7 days" in told(card)
    assert "Track 7 days · $2.52" not in labels(card)
    assert told(line).startswith("Ann Acme started tracking ")
    assert "up to $2.52" in told(line)
    assert len(server.general.messages) == 1
    assert (stage.spent(), stage.trackings()) == (1, 1)


async def test_a_public_line_notifies_nobody(stage, server):
    server.ann.name = "@everyone <@1> ann"
    line = await stage.line(
        stage.press(await stage.card(server.ann, server.general, LINK, days=7), "Track 7", server.ann), server.general
    )
    assert line.notified == set()
    assert mentions(line.sent, is_answer=False) == set()


async def test_a_double_click_starts_one_tracking_and_one_public_line(stage, server):
    card = await stage.card(server.ann, server.general, LINK, days=7)
    presses = [stage.press(card, "Track 7", server.ann) for _ in range(2)]
    assert [each.failure for each in await asyncio.gather(*presses)] == ["", ""]
    await stage.close()
    assert (stage.spent(), stage.trackings()) == (1, 1)
    assert len(server.general.messages) == 1
    assert "Tracking started" in told(card)


async def test_a_button_works_after_a_restart(discord, server, sandbox, clock, sqlite_url):
    async with stage_of(discord, sandbox, clock, sqlite_url) as before:
        card = await before.card(server.ann, server.general, LINK, days=7)
    async with stage_of(discord, sandbox, clock, sqlite_url) as after:
        await after.line(after.press(card, "Track 7", server.ann), server.general)
        assert "Tracking started" in told(card)
        assert (after.spent(), after.trackings()) == (1, 1)


async def test_a_press_by_somebody_else_spends_nothing_and_leaves_the_card_to_its_asker(stage, discord, server):
    boss = discord.add_user("boss")
    discord.add_member(server.guild, boss, Permission.ADMINISTRATOR)
    card = await stage.card(server.ann, server.general, LINK, days=7)
    for seen in (boss.id, None):  # as somebody who acts in her place; as in a channel where everybody sees it
        card.only_for = seen
        card.flags = card.flags if seen else card.flags & ~64
        asked = await stage.press(card, "Track 7", boss)
        await discord.until(lambda asked=asked: not asked.is_thinking and asked.seen[-1] is not card)
        assert "nly the person who asked can press this button" in told(asked.seen[-1])
        assert asked.seen[-1].only_for == boss.id
        assert "Nothing is spent until you press a button" in told(card)
        assert stage.spent() == 0


async def test_a_member_may_not_spend_by_discords_own_rule_and_is_told_so(stage, server):
    answer = await stage.type("track", server.ben, server.general, link=LINK)
    assert "but not start trackings" in told(answer)
    assert labels(answer) == []


async def test_members_may_spend_where_the_operator_says_so(discord, server, sandbox, clock, sqlite_url):
    async with stage_of(discord, sandbox, clock, sqlite_url, may_spend="members") as stage:
        card = await stage.card(server.ben, server.general, LINK, days=7)
        line = await stage.line(stage.press(card, "Track 7", server.ben), server.general)
        assert told(line).startswith("Ben Acme started tracking")


@pytest.mark.parametrize("fault", ["effect-then-hang", "effect-then-500", "effect-then-reset", "effect-then-garbage"])
async def test_an_unclear_answer_is_never_sent_twice_and_is_settled_by_looking(stage, server, fault):
    stage.sandbox.faults.add(fault, "POST /videos/track")
    card = await stage.card(server.ann, server.general, LINK, days=7)
    await stage.line(stage.press(card, "Track 7", server.ann), server.general)
    assert "Tracking started" in told(card)
    assert (stage.spent(), stage.trackings()) == (1, 1)


async def test_what_stays_unclear_says_so_and_can_be_looked_up_with_a_button(stage, server):
    card = await stage.card(server.ann, server.general, LINK, days=7)
    stage.sandbox.faults.add("effect-then-hang", "POST /videos/track")
    stage.sandbox.faults.add("slow", LIST, seconds=0)
    stage.sandbox.faults.add("500", LIST, times=None)
    await stage.changed(card, stage.press(card, "Track 7", server.ann))
    assert "Not clear yet" in told(card)
    assert server.general.messages == []
    stage.sandbox.faults.clear()
    await stage.line(stage.press(card, "Look again", server.ann), server.general)
    assert "Tracking started" in told(card)
    assert (stage.spent(), stage.trackings()) == (1, 1)


async def test_a_problem_leaves_the_card_so_that_its_button_can_be_pressed_again(stage, server):
    card = await stage.card(server.ann, server.general, LINK, days=7)
    edits = card.edits
    stage.sandbox.faults.add("500", LIST, times=3)
    problem = await stage.refused(stage.press(card, "Track 7", server.ann))
    assert "⛔" in told(problem)
    assert problem.only_for == server.ann.id
    assert card.edits == edits
    await stage.line(stage.press(card, "Track 7", server.ann), server.general)
    assert (stage.spent(), stage.trackings()) == (1, 1)


async def test_two_people_with_one_link_start_one_tracking(stage, discord, server):
    boss = discord.add_user("boss")
    discord.add_member(server.guild, boss, Permission.MANAGE_GUILD)
    hers, his = (
        await stage.card(server.ann, server.general, LINK, days=7),
        await stage.card(boss, server.general, SAME_LINK, days=7),
    )
    await asyncio.gather(stage.press(hers, "Track 7", server.ann), stage.press(his, "Track 7", boss))
    await stage.close()
    assert (stage.spent(), stage.trackings()) == (1, 1)
    assert len(server.general.messages) == 1


async def test_cancelling_replaces_the_card_and_tells_nobody(stage, server):
    card = await stage.card(server.ann, server.general, LINK, days=7)
    await stage.changed(card, stage.press(card, "Cancel", server.ann))
    assert "nothing was spent" in told(card)
    assert server.general.messages == []


@pytest.mark.parametrize("denied", [Permission.SEND_MESSAGES, Permission.VIEW_CHANNEL])
async def test_where_the_bot_may_not_post_whoever_spent_is_told_that_the_channel_was_not(stage, server, denied):
    card = await stage.card(server.ann, server.general, LINK, days=7)
    server.general.overwrites[stage.discord.app.id] = (0, int(denied))
    asked = await stage.press(card, "Track 7", server.ann)
    await stage.discord.until(lambda: asked.followups)
    assert "this channel was not told of it: I may not post here" in told(asked.followups[0])
    assert asked.followups[0].only_for == server.ann.id
    assert "Tracking started" in told(card)
    assert server.general.messages == []


async def test_stopping_asks_first_and_tells_the_channel_once(stage, server):
    stage.track(LINK)
    question = await stage.type("stop", server.ann, server.general, video=LINK)
    line = await stage.line(stage.press(question, "Stop", server.ann), server.general)
    assert told(line).startswith("Ann Acme stopped")
    assert len(server.general.messages) == 1


async def test_several_links_are_one_card_and_one_line(stage, server):
    card = await stage.card(server.ann, server.general, f"{LINK} {YOUTUBE}", days=3)
    line = await stage.line(stage.press(card, "Track 3", server.ann), server.general)
    assert "started tracking 2 videos for 3 days" in told(line)
    assert stage.spent() == 2


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.RESET_AFTER, FaultKind.STATUS])
async def test_the_public_line_is_said_once_over_a_bad_wire(stage, discord, server, kind):
    card = await stage.card(server.ann, server.general, LINK, days=7)
    discord.faults.add("POST /channels/{channel}/messages", Fault(kind, 503), times=2)
    await stage.press(card, "Track 7", server.ann)
    await discord.until(
        lambda: [each for each in discord.calls_of("POST /channels/{channel}/messages") if each.status == 200]
    )
    await stage.close()
    assert len(lines(server.general)) == 1


async def test_two_servers_share_the_operators_key_but_not_what_each_started(
    discord, server, sandbox, clock, sqlite_url
):
    other = new_server(discord, "Rival")
    async with stage_of(discord, sandbox, clock, sqlite_url) as stage:
        card = await stage.card(server.ann, server.general, LINK, days=7)
        await stage.line(stage.press(card, "Track 7", server.ann), server.general)
        hers, theirs = [await stage.type("videos", each.ann, each.general) for each in (server, other)]
        assert "1 video" in told(hers)
        assert "steady" not in told(theirs)
        assert labels(theirs) == [], told(theirs)
