"""The low balance from end to end: one message through its stages, on the sandbox's account."""

import re
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from bot.domain.errors import DatabaseUnavailable
from bot.domain.money import dollars
from bot.reply.model import Button, LinkButton, Tone
from tests.standins.environment import EVE, LINK, USAGE, YOUTUBE

HERS = "https://www.tiktok.com/@recipe.steady/video/7301234567890000001"


async def test_one_message_opens_worsens_pauses_and_resolves(alert_env):
    await alert_env.alerts("balance 1.20")
    alert_env.track(LINK, 30)
    alert_env.available("1.25")
    assert await alert_env.look() == []
    opened = await alert_env.live(4)
    assert [each.key for each in opened] == ["balance.low:1:1"]
    assert re.match(r"Tracking pauses .+ UTC\. \$1\.19 left; add ", opened[0].reply.summary)
    path = await alert_env.live(88, every=4)
    assert {each.edits or each.replies_to for each in path} == {"balance.low:1:1"}
    assert [(each.key.removeprefix("balance.low:1:1:"), each.edits is None) for each in path] == [
        ("edit:1", False), ("edit:2", False), ("urgent", True), ("edit:3", False), ("paused", True),
    ]  # fmt: skip
    titles = ("Under 3 days of credit", *["Under 24 hours of credit"] * 2, *["Out of credit"] * 2)
    assert tuple(each.reply.title for each in path) == titles
    assert await alert_env.live(5) == []
    alert_env.credit("20")
    (resolved,) = await alert_env.live(1)
    assert (resolved.key, resolved.edits) == ("balance.low:1:1:edit:4", "balance.low:1:1")
    assert resolved.reply.tone is Tone.SUCCESS
    assert resolved.reply.summary.startswith("Resolved: ")
    assert await alert_env.live(3) == []


async def test_the_message_shows_when_tracking_pauses_and_what_to_add(alert_env):
    alert_env.track(HERS, 30)
    alert_env.track(YOUTUBE, 1)
    alert_env.available("1.00")
    await alert_env.alerts("on")
    (low,) = await alert_env.look()
    assert low.channel_id == "C-general"
    assert re.fullmatch(
        r"Tracking pauses (by )?.+ UTC\. \$1\.00 left; add .*\$\S+ to finish all 2\.", low.reply.summary
    )
    labels = [each.label for each in low.reply.actions]
    assert labels == ["Add credit", "Usage", "Snooze"]
    assert isinstance(low.reply.actions[0], LinkButton)
    assert low.reply.actions[0].url.startswith("https://contentstats.io/")
    assert "Test key" in low.text


async def test_the_balance_is_checked_once_the_running_videos_are_known(alert_env):
    alert_env.track(HERS, 30)
    alert_env.available("1.00")
    await alert_env.alerts("on")
    await alert_env.wallet.mirror.read_usage()
    await alert_env.engine.react_due()
    assert await alert_env.posted() == []
    (low,) = await alert_env.look()
    assert "to finish the video" in low.text


async def test_a_wallet_without_figures_raises_nothing(alert_env):
    await alert_env.alerts("balance 5")
    alert_env.env.sandbox.faults.add("500", USAGE, times=None)
    alert_env.available("0.10")
    await alert_env.wallet.mirror.read_list()
    await alert_env.engine.react_due()
    assert await alert_env.posted() == []


async def test_while_the_api_is_down_nothing_is_raised_or_resolved(alert_env):
    await alert_env.alerts("balance 5")
    alert_env.track(LINK, 30)
    alert_env.available("20")
    await alert_env.look()
    alert_env.env.sandbox.faults.add("500", times=None)
    alert_env.available("0.10")
    for _ in range(30):
        alert_env.env.clock.advance(hours=1)
        await alert_env.engine.react_due()
    assert await alert_env.posted() == []


async def test_each_workspace_of_a_shared_key_gets_the_alert(alert_env):
    await alert_env.env.start(HERS, 30)
    await alert_env.env.start(YOUTUBE, 30, EVE)
    await alert_env.posted()
    alert_env.available("1.00")
    low = await alert_env.live(1)
    assert {each.channel_id for each in low} == {"C-general", "C-x"}
    assert all("to finish all 2" in each.text for each in low)


async def test_a_snoozed_alert_is_edited_and_posts_nothing_until_the_end(alert_env):
    await alert_env.alerts("balance 5")
    alert_env.track(LINK, 30)
    alert_env.available("4.50")
    (opened,) = await alert_env.look()
    button = next(each for each in opened.reply.actions if isinstance(each, Button) and each.label == "Snooze")
    answer = await alert_env.env.run(button.call)
    assert "Snoozed until Tue 3 Mar, 10:30 UTC" in answer.summary
    alert_env.available("0.30")
    assert [each.edits for each in await alert_env.live(1)] == [opened.key]
    assert await alert_env.live(5) == []
    alert_env.available("0.30")
    assert [(each.key, each.replies_to) for each in await alert_env.live(18, every=6)] == [
        (f"{opened.key}:urgent", opened.key)
    ]


async def test_an_alert_that_is_open_when_a_mute_ends_is_posted_once(alert_env):
    await alert_env.alerts("balance 5")
    await alert_env.alerts("mute 8h")
    alert_env.available("4.50")
    assert await alert_env.live(7) == []
    assert [each.key for each in await alert_env.live(3)] == ["balance.low:1:1"]
    await alert_env.alerts("mute 8h")
    alert_env.available("20")
    assert len(await alert_env.live(2)) == 1
    alert_env.available("1")
    assert await alert_env.live(3) == []
    alert_env.available("20")
    assert await alert_env.live(8) == []


async def test_turned_off_and_on_again_it_edits_the_same_message(alert_env):
    await alert_env.alerts("balance 5")
    alert_env.available("4.50")
    assert len(await alert_env.look()) == 1
    await alert_env.alerts("off")
    alert_env.available("20")
    assert await alert_env.live(2) == []
    await alert_env.alerts("on")
    assert [each.edits for each in await alert_env.look()] == ["balance.low:1:1"]


async def test_a_new_threshold_is_checked_at_once(alert_env):
    await alert_env.alerts("on")
    alert_env.available("8")
    assert await alert_env.look() == []
    await alert_env.alerts("balance 10")
    await alert_env.engine.react_due()
    assert [each.key for each in await alert_env.posted()] == ["balance.low:1:1"]
    assert dollars(alert_env.world.account(alert_env.env.sandbox.key).available) == "$8.00"


async def test_an_alert_that_could_not_be_written_is_posted_later(alert_env, url):
    await alert_env.alerts("balance 5")
    alert_env.available("4.50")
    await alert_env.poll()
    async with alert_env.database.writing() as connection:
        await connection.execute(text("PRAGMA busy_timeout = 1"))
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable):
            await alert_env.engine.react_due()
    assert await alert_env.posted() == []
    await alert_env.engine.react_due()
    assert [each.key for each in await alert_env.posted()] == ["balance.low:1:1"]
