"""Trackings that end, stand still or break off: the final report with its file, and what it means for money."""

import csv
import io
import re

import pytest

from bot.reply.model import Picture, Tone
from tests.standins.environment import ANA, EVE, INSTAGRAM, LINK, TRACK, YOUTUBE, button

GAPS = "https://www.tiktok.com/@gaps.hostile/video/7301234567890000009"
DELETED = "https://www.tiktok.com/@deleted.clip/video/7301234567890000010"
FAILED = "https://www.tiktok.com/@error.clip/video/7301234567890000011"


def rows_of(reply):
    (file,) = reply.files
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


async def test_a_tracking_that_ends_is_reported_once_with_chart_and_file(play):
    await play.alerts("on")
    video_id = play.track(GAPS, 2)
    assert await play.live(44, every=4) == []
    (report,) = await play.live(6, every=2)
    assert report.key == f"done:1:{play.wallet.id}:{video_id}"
    assert report.reply.summary.startswith("Completed: ")
    assert report.reply.tone is Tone.SUCCESS
    assert len(rows_of(report.reply)) == play.world.account(play.env.sandbox.key).total_snapshots
    assert any(isinstance(part, Picture) for part in report.reply.parts)
    assert re.search(r" of 48 snapshots · \$0\.\d\d · \$\S+ per 1,000 views\.", report.text)
    assert await play.live(3) == []


async def test_a_report_in_a_channel_without_low_balance_alerts_shows_no_money(play):
    await play.alerts("on")
    await play.alerts("balance off")
    play.track(LINK, 1)
    (report,) = await play.live(28, every=4)
    assert report.reply.summary.startswith("Completed: ")
    assert "$" not in report.text


async def test_a_report_waits_two_hours_for_the_last_page(play):
    await play.alerts("on")
    play.track(LINK, 1)
    play.env.clock.advance(hours=23)
    await play.look()
    play.env.clock.advance(hours=1)
    await play.wallet.mirror.read_list()
    for _ in range(7):
        await play.engine.react_due()
        play.env.clock.advance(minutes=15)
    assert await play.posted() == []
    play.env.clock.advance(minutes=20)
    await play.engine.react_due()
    (report,) = await play.posted()
    assert "the last page of this video could not be read yet" in report.text
    assert report.reply.tone is Tone.WARNING


async def test_the_report_of_a_stopped_tracking_names_who_stopped_it(play):
    await play.env.start(LINK, 7)
    assert await play.live(5, every=5) == []
    (video_id,) = await play.ids()
    await play.env.say(f"/stats {video_id}")
    await play.env.press(await play.env.say(f"/stop {video_id}"), "Stop tracking")
    (report,) = await play.live(2)
    assert report.reply.summary.startswith("Stopped: ")
    assert " · by Ana" in report.text
    assert len(rows_of(report.reply)) == 5


async def test_a_tracking_that_was_stopped_elsewhere_is_stopped_too(play):
    await play.alerts("on")
    video_id = play.track(LINK, 7)
    await play.live(5, every=5)
    play.world.account(play.env.sandbox.key).stop(play.world.find(play.env.sandbox.key, video_id), play.env.clock())
    (report,) = await play.live(2)
    assert report.reply.summary.startswith("Stopped: ")
    assert " · by " not in report.text


async def test_a_report_on_instagram_is_of_likes(play):
    await play.alerts("on")
    play.track(INSTAGRAM, 1)
    (report,) = await play.live(28, every=4)
    assert "likes" in report.reply.summary
    assert "per 1,000" not in report.text


async def test_many_that_end_at_once_are_all_reported_in_time(play):
    await play.alerts("on")
    for number in range(7):
        play.track(f"https://www.tiktok.com/@steady/video/{number}", 1)
    await play.live(22, every=22)
    assert await play.live(2) == []
    posted = []
    for _ in range(3):
        play.env.clock.advance(minutes=1)
        posted.append(len(await play.look()))
    assert sum(posted) == 7
    assert max(posted) == 5


async def test_only_the_workspace_that_started_it_gets_the_report(play):
    await play.env.start(LINK, 1)
    await play.env.start(YOUTUBE, 1, EVE)
    posted = await play.live(28, every=4)
    assert {each.channel_id: each.reply.title.startswith("One-pan") for each in posted} == {
        "C-general": False,
        "C-x": False,
    }
    assert len(posted) == 2


@pytest.mark.parametrize(
    ("link", "finding"),
    [
        (DELETED, "Was deleted from TikTok, so tracking ended."),
        (FAILED, "Failed: ContentStats reports its status as error."),
    ],
)
async def test_what_breaks_off_is_trouble_for_those_who_want_to_know(play, link, finding):
    await play.alerts("trouble on")
    await play.alerts("on", EVE)
    play.track(link, 7)
    (posted,) = await play.live(24, every=6)
    assert posted.channel_id == "C-general"
    assert posted.reply.summary == finding
    assert "Data is kept; nothing more is charged." in posted.text


async def test_a_pause_is_trouble_and_going_on_edits_its_message(play):
    await play.alerts("trouble on")
    video_id = play.track(LINK, 7)
    await play.live(2)
    tracking = play.world.find(play.env.sandbox.key, video_id)
    tracking.status = "paused"
    (paused,) = await play.live(1)
    assert paused.reply.summary == "Paused: no snapshots until it resumes."
    assert await play.live(2) == []
    tracking.status = "monitoring"
    (on,) = await play.live(1)
    assert on.edits == paused.key
    assert on.reply.tone is Tone.SUCCESS
    tracking.status = "paused"
    (again,) = await play.live(1)
    assert again.edits is None
    tracking.status = "error"
    (failed,) = await play.live(1)
    assert failed.edits == again.key
    assert failed.reply.summary.startswith("Failed: ")


async def test_a_pause_for_lack_of_credit_is_left_to_the_low_balance(play):
    await play.alerts("trouble on")
    for number in range(3):
        play.track(f"https://www.tiktok.com/@steady/video/{number}", 7)
    play.available("0.10")
    posted = await play.live(6)
    assert {each.key.split(":")[0] for each in posted} == {"balance.low"}
    assert posted[-1].reply.title == "Out of credit"
    play.credit("20")
    assert {each.key.split(":")[0] for each in await play.live(2)} == {"balance.low"}


async def test_the_findings_of_quiet_hours_are_listed_in_the_low_balance_if_that_is_open(play):
    await play.alerts("quiet 10:00-20:00 UTC")
    await play.alerts("balance 5")
    play.track(LINK, 1)
    play.track(YOUTUBE, 30)
    await play.look()
    play.env.clock.advance(hours=23)  # 09:30
    await play.look()
    await play.posted()
    play.available("4.00")
    assert await play.live(10, every=5) == []
    (morning,) = await play.live(1)
    assert morning.key == "balance.low:1:1"
    assert morning.reply.title.startswith("Low balance")
    assert "1 other alert from quiet hours" in morning.text
    assert "completed: " in morning.text
    play.available("30")
    (resolved,) = await play.live(1)
    assert resolved.edits == morning.key
    assert "completed: " in resolved.text


async def test_a_low_balance_that_came_and_went_in_quiet_hours_is_listed_once(play):
    await play.alerts("quiet 10:00-20:00 UTC")
    await play.alerts("balance 5")
    play.available("4.00")
    assert await play.live(2) == []
    play.available("30")
    assert await play.live(7) == []
    (summary,) = await play.live(2)
    assert summary.reply.title == "Alerts held back"
    assert "The balance was low but is fine again" in summary.text
    assert await play.live(20, every=10) == []


async def test_a_pause_before_the_night_ends_is_forecast_at_once(play):
    await play.alerts("on")
    await play.alerts("quiet 10:00-20:00 UTC")
    play.track(LINK, 7)
    play.available("0.10")
    (forecast,) = await play.look()
    assert forecast.reply.title == "Under 24 hours of credit"
    (paused,) = await play.live(8, every=2)
    assert paused.edits == forecast.key
    (woken,) = await play.live(3)
    assert (woken.key, woken.replies_to) == (f"{forecast.key}:paused", forecast.key)


async def test_the_first_tracking_turns_the_default_alerts_on(play):
    reply = await play.env.start(LINK, 7)
    assert "Alerts for low balance and finished videos are on in this channel" in str(reply.parts)
    again = await play.env.start(YOUTUBE, 7)
    assert "Alerts about" not in str(again.parts)
    elsewhere = await play.alerts("", ANA)
    assert "Alerts on in this channel: low balance, finished videos." in elsewhere.summary
    assert play.env.posts(TRACK) == 2
    assert button(elsewhere, "Quiet hours…")
