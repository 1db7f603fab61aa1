"""The low balance from end to end: one message through its stages, on the sandbox's account."""

import re

from bot.domain.money import dollars
from bot.reply.model import Button, LinkButton, Tone
from tests.standins.environment import EVE, LINK, USAGE, YOUTUBE

HERS = "https://www.tiktok.com/@recipe.steady/video/7301234567890000001"


async def test_one_message_opens_worsens_pauses_and_resolves(play):
    await play.alerts("balance 1.20")
    play.track(LINK, 30)
    play.available("1.25")
    assert await play.look() == []
    opened = await play.live(4)
    assert [each.key for each in opened] == ["balance.low:1:1"]
    assert re.match(r"Tracking pauses .+ UTC\. \$1\.19 left; add ", opened[0].reply.summary)
    path = await play.live(88, every=4)
    assert {each.edits or each.replies_to for each in path} == {"balance.low:1:1"}
    assert [(each.key.removeprefix("balance.low:1:1:"), each.edits is None) for each in path] == [
        ("edit:1", False),
        ("edit:2", False),
        ("urgent", True),
        ("edit:3", False),
        ("paused", True),
    ]
    assert [each.reply.title for each in path] == [
        "Under 3 days of credit",
        *["Under 24 hours of credit"] * 2,
        *["Out of credit"] * 2,
    ]
    assert await play.live(5) == []
    play.credit("20")
    (resolved,) = await play.live(1)
    assert (resolved.key, resolved.edits) == ("balance.low:1:1:edit:4", "balance.low:1:1")
    assert resolved.reply.tone is Tone.SUCCESS
    assert resolved.reply.summary.startswith("Resolved: ")
    assert await play.live(3) == []


async def test_the_message_shows_when_tracking_pauses_and_what_to_add(play):
    play.track(HERS, 30)
    play.track(YOUTUBE, 1)
    play.available("1.00")
    await play.alerts("on")
    (low,) = await play.look()
    assert low.channel_id == "C-general"
    assert re.fullmatch(
        r"Tracking pauses (by )?.+ UTC\. \$1\.00 left; add .*\$\S+ to finish all 2\.", low.reply.summary
    )
    labels = [each.label for each in low.reply.actions]
    assert labels == ["Add credit", "Usage", "Snooze"]
    assert isinstance(low.reply.actions[0], LinkButton)
    assert low.reply.actions[0].url.startswith("https://contentstats.io/")
    assert "Test key" in low.text


async def test_the_balance_is_checked_once_the_running_videos_are_known(play):
    play.track(HERS, 30)
    play.available("1.00")
    await play.alerts("on")
    await play.wallet.mirror.read_usage()
    await play.engine.react_due()
    assert await play.posted() == []
    (low,) = await play.look()
    assert "to finish the video" in low.text


async def test_it_arms_again_only_a_fifth_above_the_threshold(play):
    await play.alerts("balance 5")
    play.available("4.99")
    (opened,) = await play.look()
    play.available("5.90")
    assert await play.live(1) == []
    play.available("4.90")
    assert await play.live(1) == []
    play.available("6.10")
    assert [each.edits for each in await play.live(1)] == [opened.key]
    play.available("4.90")
    assert [each.key for each in await play.live(1)] == ["balance.low:1:2"]


async def test_a_wallet_without_figures_raises_nothing(play):
    await play.alerts("balance 5")
    play.env.sandbox.faults.add("500", USAGE, times=None)
    play.available("0.10")
    await play.wallet.mirror.read_list()
    await play.engine.react_due()
    assert await play.posted() == []


async def test_while_the_api_is_down_nothing_is_raised_or_resolved(play):
    await play.alerts("balance 5")
    play.track(LINK, 30)
    play.available("20")
    await play.look()
    play.env.sandbox.faults.add("500", times=None)
    play.available("0.10")
    for _ in range(30):
        play.env.clock.advance(hours=1)
        await play.engine.react_due()
    assert await play.posted() == []


async def test_each_workspace_of_a_shared_key_gets_the_alert(play):
    await play.env.start(HERS, 30)
    await play.env.start(YOUTUBE, 30, EVE)
    await play.posted()
    play.available("1.00")
    low = await play.live(1)
    assert {each.channel_id for each in low} == {"C-general", "C-x"}
    assert all("to finish all 2" in each.text for each in low)


async def test_a_snoozed_alert_is_edited_and_posts_nothing_until_the_end(play):
    await play.alerts("balance 5")
    play.track(LINK, 30)
    play.available("4.50")
    (opened,) = await play.look()
    button = next(each for each in opened.reply.actions if isinstance(each, Button) and each.label == "Snooze")
    answer = await play.env.run(button.call)
    assert "Snoozed until Tue 3 Mar, 10:30 UTC" in answer.summary
    play.available("0.30")
    assert [each.edits for each in await play.live(1)] == [opened.key]
    assert await play.live(5) == []
    play.available("0.30")
    assert [(each.key, each.replies_to) for each in await play.live(18, every=6)] == [
        (f"{opened.key}:urgent", opened.key)
    ]


async def test_an_alert_that_is_open_when_a_mute_ends_is_posted_once(play):
    await play.alerts("balance 5")
    await play.alerts("mute 8h")
    play.available("4.50")
    assert await play.live(7) == []
    assert [each.key for each in await play.live(3)] == ["balance.low:1:1"]
    await play.alerts("mute 8h")
    play.available("20")
    assert len(await play.live(2)) == 1
    play.available("1")
    assert await play.live(3) == []
    play.available("20")
    assert await play.live(8) == []


async def test_turned_off_and_on_again_it_edits_the_same_message(play):
    await play.alerts("balance 5")
    play.available("4.50")
    assert len(await play.look()) == 1
    await play.alerts("off")
    play.available("20")
    assert await play.live(2) == []
    await play.alerts("on")
    assert [each.edits for each in await play.look()] == ["balance.low:1:1"]


async def test_a_new_threshold_is_looked_at_at_once(play):
    await play.alerts("on")
    play.available("8")
    assert await play.look() == []
    await play.alerts("balance 10")
    await play.engine.react_due()
    assert [each.key for each in await play.posted()] == ["balance.low:1:1"]
    assert dollars(play.world.account(play.env.sandbox.key).available) == "$8.00"
