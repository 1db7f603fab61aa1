"""Counts of links at given moments: joined over their trackings, without those of other workspaces."""

from datetime import timedelta

import pytest

from bot.domain.videos import HOUR, Metric, Snapshot, VideoReading
from bot.messages.csv_format import SUMMARY_HEADER, summary_moments, summary_rows
from tests.store.samples import NOW, keyed, reading, remember_page, started, video

DAY = timedelta(days=1)


async def remember(store, wallet_id, of, *views, key=None, start=NOW - DAY):
    key = key or f"tiktok:{of.id}"
    await store.videos.remember(wallet_id, [(of, key)], NOW)
    await remember_page(store, wallet_id, reading(of, *views, start=start), key=key)


def views(snapshot):
    return None if snapshot is None else snapshot.counts[Metric.VIEWS]


async def test_each_moment_has_the_newest_snapshot_by_then(store, wallet_id, workspace):
    await remember(store, wallet_id, video("1"), 10, 20, 30)
    start = NOW - DAY
    moments = (start - HOUR, start, start + HOUR * 1.5, NOW)
    (found,) = await store.readings.at(workspace, moments, ["tiktok:1", "tiktok:none"])
    assert [views(each) for each in found.at] == [None, 10, 20, 30]
    assert views(found.first) == 10
    assert found.at[2].taken_at == start + HOUR


@pytest.mark.parametrize("keys", [["tiktok:1"], None], ids=["by key", "every recent link"])
async def test_the_trackings_of_a_link_are_one_row(store, wallet_id, workspace, keys):
    old = video("1", status="completed", started_at=NOW - 9 * DAY)
    await remember(store, wallet_id, old, 10, 20, start=NOW - 9 * DAY)
    await remember(store, wallet_id, video("2", started_at=NOW - DAY), 70, 90, key="tiktok:1")
    (found,) = await store.readings.at(workspace, (NOW - 5 * DAY, NOW), keys)
    assert ([each.video.id for each in found.trackings], found.newest.video.id) == (["1", "2"], "2")
    assert (views(found.first), [views(each) for each in found.at]) == (10, [20, 90])


async def test_a_video_without_snapshots_is_included_without_counts(store, wallet_id, workspace):
    await store.videos.remember(wallet_id, keyed(video("1")), NOW)
    (found,) = await store.readings.at(workspace, (NOW,), None)
    assert (found.first, found.at) == (None, (None,))


async def test_without_keys_only_links_with_recent_counts_are_included(store, wallet_id, workspace):
    await remember(store, wallet_id, video("1", status="completed"), 10, 20, start=NOW - 9 * DAY)
    await remember(store, wallet_id, video("2"), 5)
    found = await store.readings.at(workspace, (NOW - 5 * DAY, NOW))
    assert [each.key for each in found] == ["tiktok:2"]


async def test_a_missing_count_is_read_from_the_neighbouring_snapshot(store, wallet_id, workspace):
    start, counts = NOW - DAY, [{}, {"views": 10, "likes": 1}, {"likes": 2}, {"views": 40}, {}]
    taken = tuple(
        Snapshot(start + HOUR * hour, {Metric(name): count for name, count in each.items()})
        for hour, each in enumerate(counts)
    )
    page = VideoReading(video("1"), taken)
    await remember_page(store, wallet_id, page, count=40)
    (found,) = await store.readings.at(workspace, (start, start + 2 * HOUR, NOW), ["tiktok:1"])
    stated = [found.stating(Metric.VIEWS, place) for place in (None, 0, 1, 2)]
    assert [each and (views(each), each.taken_at) for each in stated] == [
        (10, start + HOUR),
        None,
        (10, start + HOUR),
        (40, start + 3 * HOUR),
    ]
    assert found.stating(Metric.LIKES, 2).counts == {Metric.LIKES: 2}
    (now,) = await store.readings.at(workspace, summary_moments(NOW), ["tiktok:1"])
    (row,) = summary_rows([now])
    assert [row[SUMMARY_HEADER.index(metric)] for metric in ("views", "likes", "saves")] == ["40", "2", ""]
    then = await store.readings.at_own_moments(workspace, {"tiktok:1": start + 2 * HOUR})
    assert then["tiktok:1"].taken_at == start + HOUR


async def test_another_workspace_gets_no_reading_of_this_ones_videos(store, wallet_id, workspace, neighbour):
    await started(store, workspace, video("1"))
    await remember(store, wallet_id, video("1"), 10)
    assert len(await store.readings.at(workspace, (NOW,), ["tiktok:1"])) == 1
    assert await store.readings.at(neighbour, (NOW,), ["tiktok:1"]) == ()


async def test_each_link_can_have_its_own_moment(store, wallet_id, workspace):
    for number in ("1", "2", "3"):
        await remember(store, wallet_id, video(number), 10, 20, 30)
    start = NOW - DAY
    moments = {"tiktok:1": start + HOUR, "tiktok:2": start + 1.9 * HOUR, "tiktok:3": start - HOUR, "tiktok:x": NOW}
    found = await store.readings.at_own_moments(workspace, moments)
    assert {key: (views(taken), taken.taken_at) for key, taken in found.items()} == {
        "tiktok:1": (20, start + HOUR),
        "tiktok:2": (20, start + HOUR),
    }
    assert await store.readings.at_own_moments(workspace, {}) == {}
