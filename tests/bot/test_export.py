"""The file: every snapshot exactly, and nothing in it that a spreadsheet would run."""

import csv
import io

import pytest

from bot.reply.call import Call
from bot.reply.model import Tone
from bot.reply.plain import plain_text
from bot.reports.exports import HEADER
from bot.wallet.mirror import MOST_UNREAD
from tests.standins.scene import INSTAGRAM, LINK, PAGE, TWITTER, YOUTUBE, button, scene_of


def table(reply):
    (file,) = reply.files
    assert file.media_type == "text/csv"
    assert file.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))


async def test_one_video_comes_with_every_snapshot_to_the_last_digit(scene):
    tracking = scene.sandbox.world.track(scene.sandbox.key, LINK, 7)
    scene.clock.advance(hours=30)
    reply = await scene.say(f"/export {LINK}")
    head, *rows = table(reply)
    assert tuple(head) == HEADER
    assert len(rows) == 30
    for hour, row in enumerate(rows, 1):
        counts = tracking.film.growth.counts(hour)
        assert row[:6] == [tracking.id, "tiktok", LINK, tracking.film.title.removeprefix("'"), "steady", "monitoring"]
        assert row[6].startswith(f"2026-03-0{2 + (10 + hour) // 24}T{(10 + hour) % 24:02}:30:00")
        assert row[6].endswith("+00:00")
        assert row[7:] == [str(counts[metric]) for metric in ("views", "likes", "comments", "shares", "saves")]
    assert reply.tone is Tone.SUCCESS
    assert reply.files[0].name == f"contentstats-{tracking.id}.csv"
    assert f"30 snapshots of 1 video in {reply.files[0].name}." in reply.summary


async def test_what_a_platform_does_not_state_is_an_empty_cell(scene):
    scene.sandbox.world.track(scene.sandbox.key, INSTAGRAM, 7)
    scene.clock.advance(hours=2)
    row = table(await scene.say(f"/export {INSTAGRAM}"))[1]
    assert [bool(cell) for cell in row[7:]] == [False, True, True, False, True]


async def test_all_videos_come_as_the_mirror_has_them_and_what_nobody_read_is_read(scene):
    for link in (LINK, YOUTUBE, TWITTER):
        scene.sandbox.world.track(scene.sandbox.key, link, 7)
    scene.clock.advance(hours=3)
    await scene.say(f"/stats {LINK}")
    await scene.say(f"/stats {TWITTER}")
    scene.clock.advance(hours=2)
    reply = await scene.say("/export")
    assert "11 snapshots of 3 videos in contentstats-all.csv." in reply.summary
    assert {row[1] for row in table(reply)[1:]} == {"tiktok", "twitter", "youtube"}
    assert len(scene.sandbox.calls(PAGE)) == 3


async def test_what_could_not_be_read_yet_is_said_to_be_missing(scene):
    for link in (LINK, YOUTUBE):
        scene.sandbox.world.track(scene.sandbox.key, link, 7)
    scene.clock.advance(hours=3)
    await scene.say("/videos completed")
    scene.sandbox.faults.add("503", PAGE, times=None)
    nothing = await scene.say("/export all")
    assert nothing.summary.startswith("2 videos were not read yet, so their snapshots are missing.")
    assert nothing.files == ()


async def test_more_videos_than_a_page_of_the_store_are_all_there(scene):
    for number in range(52):
        scene.sandbox.world.track(scene.sandbox.key, f"https://www.tiktok.com/@steady/video/{number}", 1)
        scene.sandbox.world.track(scene.sandbox.key, f"https://www.youtube.com/watch?v=steady{number:05}", 1)
        scene.clock.advance(seconds=1)
    scene.clock.advance(hours=1, minutes=2)
    await scene.say("/videos")
    await scene.run(Call("videos", {"page": "11"}))
    reply = await scene.say("/export all")
    links = {row[2] for row in table(reply)[1:]}
    assert len(links) == 14 + MOST_UNREAD
    assert f"{104 - len(links)} videos were not read yet" in plain_text(reply)
    assert {f"https://www.tiktok.com/@steady/video/{number}" for number in (0, 51)} <= links


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "=HYPERLINK(", "\t=", "\r="])
async def test_no_title_becomes_a_formula(sandbox, clock, sqlite_url, start):
    async with scene_of(sandbox, clock, sqlite_url) as scene:
        tracking = sandbox.world.track(sandbox.key, LINK, 7)
        await scene.say("/videos completed")
        page = {
            "id": tracking.id,
            "video_link": LINK,
            "platform": "tiktok",
            "status": "monitoring",
            "current_metadata": {"title": f'{start}cmd|"x",y\nz', "creator": f"{start}1+1"},
            "snapshots": [{"snapshot_time": "2026-03-02T10:00:00Z", "views": "1298000"}],
        }
        sandbox.faults.add("200", PAGE, body=page)
        (_, row) = table(await scene.say(f"/export {tracking.id}"))
    assert row[3][0] == row[4][0] == "'"
    assert row[3].endswith('cmd|"x",y\nz')
    assert row[7] == "1298000"


async def test_the_button_of_a_card_gives_the_file(scene):
    scene.sandbox.world.track(scene.sandbox.key, LINK, 7)
    scene.clock.advance(hours=1)
    card = await scene.say(f"/stats {LINK}")
    assert len(table(await scene.run(button(card, "Export")))) == 2


async def test_words_that_fit_several_let_one_choose(scene):
    for link in (LINK, YOUTUBE):
        scene.sandbox.world.track(scene.sandbox.key, link, 7)
    assert "2 videos match" in (await scene.say("/export steady")).summary


async def test_nothing_to_export_says_when_there_will_be(scene):
    scene.sandbox.world.track(scene.sandbox.key, LINK, 7)
    reply = await scene.say(f"/export {LINK}")
    assert reply.tone is Tone.WARNING
    assert "the first comes within an hour of the start" in plain_text(reply)
