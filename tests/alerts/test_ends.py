"""Trackings that end, pause or fail: the final report with its file, and the effect on money."""

import csv
import io
import re

import pytest

from bot.reply.model import Picture, Tone
from tests.standins.environment import ANA, EVE, INSTAGRAM, LINK, TRACK, YOUTUBE, button, steady

GAPS = "https://www.tiktok.com/@gaps.hostile/video/7301234567890000009"
DELETED = "https://www.tiktok.com/@deleted.clip/video/7301234567890000010"
FAILED = "https://www.tiktok.com/@error.clip/video/7301234567890000011"


def rows_of(reply):
    (file,) = reply.files
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


async def test_a_tracking_that_ends_is_reported_once_with_chart_and_file(alert_env, account):
    await alert_env.alerts("on")
    video_id = alert_env.track(GAPS, 2)
    assert await alert_env.live(44, every=4) == []
    (report,) = await alert_env.live(6, every=2)
    assert report.key == f"done:1:{alert_env.wallet.id}:{video_id}"
    assert report.reply.summary.startswith("Completed: ")
    assert report.reply.tone is Tone.SUCCESS
    assert len(rows_of(report.reply)) == account.total_snapshots
    assert any(isinstance(part, Picture) for part in report.reply.parts)
    assert re.search(r" of 48 snapshots · \$0\.\d\d · \$\S+ per 1,000 views\.", report.text)
    assert await alert_env.live(3) == []


async def test_a_report_in_a_channel_without_low_balance_alerts_shows_no_money(alert_env):
    await alert_env.alerts("on")
    await alert_env.alerts("balance off")
    alert_env.track(LINK, 1)
    (report,) = await alert_env.live(28, every=4)
    assert report.reply.summary.startswith("Completed: ")
    assert "$" not in report.text


async def test_a_report_waits_two_hours_for_the_last_page(alert_env):
    await alert_env.alerts("on")
    alert_env.track(LINK, 1)
    alert_env.env.clock.advance(hours=23)
    await alert_env.look()
    alert_env.env.clock.advance(hours=1)
    await alert_env.wallet.mirror.read_list()
    for _ in range(7):
        await alert_env.engine.react_due()
        alert_env.env.clock.advance(minutes=15)
    assert await alert_env.posted() == []
    alert_env.env.clock.advance(minutes=20)
    await alert_env.engine.react_due()
    (report,) = await alert_env.posted()
    assert "the last page of this video could not be read yet" in report.text
    assert report.reply.tone is Tone.WARNING


async def test_the_report_of_a_stopped_tracking_names_who_stopped_it(alert_env):
    await alert_env.env.start(LINK, 7)
    assert await alert_env.live(5, every=5) == []
    (video_id,) = await alert_env.ids()
    await alert_env.env.say(f"/stats {video_id}")
    await alert_env.env.press(await alert_env.env.say(f"/stop {video_id}"), "Stop tracking")
    (report,) = await alert_env.live(2)
    assert report.reply.summary.startswith("Stopped: ")
    assert " · by Ana" in report.text
    assert len(rows_of(report.reply)) == 5


async def test_a_tracking_that_was_stopped_elsewhere_is_stopped_too(alert_env, account):
    await alert_env.alerts("on")
    video_id = alert_env.track(LINK, 7)
    await alert_env.live(5, every=5)
    account.stop(account.trackings[video_id], alert_env.env.clock())
    (report,) = await alert_env.live(2)
    assert report.reply.summary.startswith("Stopped: ")
    assert " · by " not in report.text


async def test_a_report_on_instagram_is_of_likes(alert_env):
    await alert_env.alerts("on")
    alert_env.track(INSTAGRAM, 1)
    (report,) = await alert_env.live(28, every=4)
    assert "likes" in report.reply.summary
    assert "per 1,000" not in report.text


async def test_many_simultaneous_endings_are_all_reported_in_time(alert_env):
    await alert_env.alerts("on")
    alert_env.env.track(*steady(7), days=1)
    await alert_env.live(22, every=22)
    assert await alert_env.live(2) == []
    posted = []
    for _ in range(3):
        alert_env.env.clock.advance(minutes=1)
        posted.append(len(await alert_env.look()))
    assert sum(posted) == 7
    assert max(posted) == 5


async def test_only_the_starting_workspace_gets_the_report(alert_env):
    await alert_env.env.start(LINK, 1)
    await alert_env.env.start(YOUTUBE, 1, EVE)
    posted = await alert_env.live(28, every=4)
    assert sorted(each.channel_id for each in posted) == ["C-general", "C-x"]


@pytest.mark.parametrize(
    ("link", "finding"),
    [
        (DELETED, "Was deleted from TikTok, so tracking ended."),
        (FAILED, "Failed: ContentStats reports its status as error."),
    ],
)
async def test_a_failed_tracking_is_posted_if_the_channel_wants_it(alert_env, link, finding):
    await alert_env.alerts("trouble on")
    await alert_env.alerts("on", EVE)
    alert_env.track(link, 7)
    (posted,) = await alert_env.live(24, every=6)
    assert posted.channel_id == "C-general"
    assert posted.reply.summary == finding
    assert "Data is kept; nothing more is charged." in posted.text


async def test_a_pause_is_posted_and_its_message_edited_on_resuming(alert_env):
    await alert_env.alerts("trouble on")
    video_id = alert_env.track(LINK, 7)
    await alert_env.live(2)
    tracking = alert_env.world.find(alert_env.env.sandbox.key, video_id)
    tracking.status = "paused"
    (paused,) = await alert_env.live(1)
    assert paused.reply.summary == "Paused: no snapshots until it resumes."
    assert await alert_env.live(2) == []
    tracking.status = "monitoring"
    (on,) = await alert_env.live(1)
    assert on.edits == paused.key
    assert on.reply.tone is Tone.SUCCESS
    tracking.status = "paused"
    (again,) = await alert_env.live(1)
    assert again.edits is None
    tracking.status = "error"
    (failed,) = await alert_env.live(1)
    assert failed.edits == again.key
    assert failed.reply.summary.startswith("Failed: ")


async def test_a_pause_for_lack_of_credit_is_left_to_the_low_balance(alert_env):
    await alert_env.alerts("trouble on")
    alert_env.env.track(*steady(3))
    alert_env.available("0.10")
    posted = await alert_env.live(6)
    assert {each.key.split(":")[0] for each in posted} == {"balance.low"}
    assert posted[-1].reply.title == "Out of credit"
    alert_env.credit("20")
    assert {each.key.split(":")[0] for each in await alert_env.live(2)} == {"balance.low"}


async def test_findings_of_quiet_hours_are_listed_in_an_open_low_balance_alert(alert_env):
    await alert_env.alerts("quiet 10:00-20:00 UTC")
    await alert_env.alerts("balance 5")
    alert_env.track(LINK, 1)
    alert_env.track(YOUTUBE, 30)
    await alert_env.look()
    alert_env.env.clock.advance(hours=23)  # 09:30
    await alert_env.look()
    await alert_env.posted()
    alert_env.available("4.00")
    assert await alert_env.live(10, every=5) == []
    (morning,) = await alert_env.live(1)
    assert morning.key == "balance.low:1:1"
    assert morning.reply.title.startswith("Low balance")
    assert "1 other alert from quiet hours" in morning.text
    assert "completed: " in morning.text
    alert_env.available("30")
    (resolved,) = await alert_env.live(1)
    assert resolved.edits == morning.key
    assert "completed: " in resolved.text


async def test_a_low_balance_that_resolved_in_quiet_hours_is_listed_once(alert_env):
    await alert_env.alerts("quiet 10:00-20:00 UTC")
    await alert_env.alerts("balance 5")
    alert_env.available("4.00")
    assert await alert_env.live(2) == []
    alert_env.available("30")
    assert await alert_env.live(7) == []
    (summary,) = await alert_env.live(2)
    assert summary.reply.title == "Alerts held back"
    assert "The balance was low but is fine again" in summary.text
    assert await alert_env.live(20, every=10) == []


async def test_a_pause_before_the_night_ends_is_forecast_at_once(alert_env):
    await alert_env.alerts("on")
    await alert_env.alerts("quiet 10:00-20:00 UTC")
    alert_env.track(LINK, 7)
    alert_env.available("0.10")
    (forecast,) = await alert_env.look()
    assert forecast.reply.title == "Under 24 hours of credit"
    (paused,) = await alert_env.live(8, every=2)
    assert paused.edits == forecast.key
    (woken,) = await alert_env.live(3)
    assert (woken.key, woken.replies_to) == (f"{forecast.key}:paused", forecast.key)


async def test_the_first_tracking_turns_the_default_alerts_on(alert_env):
    reply = await alert_env.env.start(LINK, 7)
    assert "Alerts for low balance and finished videos are on in this channel" in str(reply.parts)
    again = await alert_env.env.start(YOUTUBE, 7)
    assert "Alerts about" not in str(again.parts)
    elsewhere = await alert_env.alerts("", ANA)
    assert "Alerts on in this channel: low balance, finished videos." in elsewhere.summary
    assert alert_env.env.posts(TRACK) == 2
    assert button(elsewhere, "Quiet hours…")
