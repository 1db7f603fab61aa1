from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from bot.domain.videos import HOUR, Metric, Snapshot, VideoReading
from bot.store.videos import Filters, Sort
from tests.store.samples import ADA, BEN, NOW, keyed, proposed, reading, remember_page, started, submitted, video

LATER = NOW + HOUR
FULL = video(
    "v1",
    title="Größe zählt 🎉",
    creator="Ada",
    started_at=NOW - timedelta(days=1),
    days=7,
    days_remaining=Decimal("5.958333333333333"),
    extra={"provider": "x"},
)


async def test_a_video_is_stored_as_received_and_only_new_ones_are_reported(store, wallet_id, workspace):
    assert await store.videos.remember(wallet_id, keyed(FULL), NOW) == ("v1",)
    stored = await store.videos.find(workspace, "v1")
    assert stored.video == FULL
    assert (stored.key, stored.wallet_id) == ("tiktok:v1", wallet_id)
    assert (stored.seen_at, stored.first_seen_at, stored.snapshot_count) == (NOW, NOW, 0)
    unknown = ("workspace_id", "started_by", "read_at", "main_count", "change_24h", "last_snapshot_at")
    assert [getattr(stored, name) for name in unknown] == [None] * 6
    assert await store.videos.remember(wallet_id, keyed(video("v2"), FULL, video("v3")), LATER) == ("v2", "v3")
    assert await store.videos.remember(wallet_id, keyed(video("v2"), video("v3")), LATER) == ()
    assert await store.videos.remember(wallet_id, [], LATER) == ()


async def test_the_store_knows_whether_there_are_at_least_so_many_videos(store, wallet_id):
    assert not await store.videos.are_many(wallet_id, 1)
    await store.videos.remember(wallet_id, keyed(video("v1"), video("v2"), video("v3")), NOW)
    assert [many for many in range(1, 6) if await store.videos.are_many(wallet_id, many)] == [1, 2, 3]


async def test_a_shorter_response_deletes_nothing(store, wallet_id, workspace):
    await store.videos.remember(wallet_id, keyed(FULL), NOW)
    await store.videos.remember(wallet_id, keyed(video("v1")), LATER)
    stored = await store.videos.find(workspace, "v1")
    assert stored.video == FULL
    assert stored.seen_at == NOW, "what remained was counted from the moment it was said"


async def test_a_row_without_link_platform_or_status_deletes_none_of_them(store, wallet_id, workspace):
    await store.videos.remember(wallet_id, keyed(replace(FULL, status="completed")), NOW)
    await store.videos.remember(wallet_id, [(video("v1", link="", platform="", status=""), "")], LATER)
    stored = await store.videos.find(workspace, "v1")
    assert (stored.video.status, stored.video.platform, stored.video.link) == ("completed", "tiktok", FULL.link)
    assert (stored.key, stored.video.is_running) == ("tiktok:v1", False)


async def test_newer_values_replace_older_ones(store, wallet_id, workspace):
    await store.videos.remember(wallet_id, keyed(FULL), NOW)
    news = replace(FULL, title="New", status="paused", days_remaining=Decimal(5), extra={"a": "b"}, link="https://new")
    await store.videos.remember(wallet_id, keyed(news), LATER)
    stored = await store.videos.find(workspace, "v1")
    assert (stored.video, stored.seen_at, stored.first_seen_at) == (news, LATER, NOW)


async def test_an_outdated_response_changes_nothing(store, wallet_id, workspace):
    await store.videos.remember(wallet_id, keyed(FULL), NOW)
    stopped = replace(FULL, status="completed")
    await store.videos.remember(wallet_id, keyed(stopped), LATER)
    await store.videos.remember(wallet_id, keyed(FULL), LATER - timedelta(seconds=1))
    assert (await store.videos.find(workspace, "v1")).video == stopped
    _, total = await store.videos.page(workspace, Filters(status="monitoring"), Sort.NEWEST, 0, 10)
    assert total == 0


async def test_an_outdated_page_adds_its_snapshots_but_no_status(store, wallet_id, workspace):
    stopped = replace(FULL, status="completed")
    await store.videos.remember(wallet_id, keyed(stopped), NOW + timedelta(seconds=1))
    await remember_page(store, wallet_id, reading(FULL, 1, 2))
    stored = await store.videos.find(workspace, "v1")
    assert (stored.video, stored.snapshot_count, stored.read_at) == (stopped, 2, NOW)


async def test_only_a_page_restores_a_deleted_video(store, wallet_id, workspace):
    await store.videos.remember(wallet_id, keyed(replace(FULL, is_deleted=True)), NOW)
    await store.videos.remember(wallet_id, keyed(FULL), NOW)
    assert (await store.videos.find(workspace, "v1")).video.is_deleted
    await remember_page(store, wallet_id, reading(FULL, 1))
    assert not (await store.videos.find(workspace, "v1")).video.is_deleted


async def test_a_tracking_that_resumes_is_read_again(store, wallet_id, workspace):
    await remember_page(store, wallet_id, reading(replace(FULL, status="paused"), 1, 2))
    assert (await store.videos.find(workspace, "v1")).due_at is None, "its page is complete"
    await store.videos.remember(wallet_id, keyed(FULL), LATER)
    assert NOW < (await store.videos.find(workspace, "v1")).due_at <= LATER


async def test_a_hostile_title_is_stored_as_far_as_possible(store, wallet_id, workspace):
    hostile = video("v1", title="a\0b \ud83d <!channel> @everyone '); --", creator="\0", link="https://x/\udc00")
    await store.videos.remember(wallet_id, keyed(hostile, video("v2")), NOW)
    stored = (await store.videos.find(workspace, "v1")).video
    assert (stored.title, stored.creator, stored.link) == ("ab ? <!channel> @everyone '); --", "", "https://x/?")
    assert await store.videos.find(workspace, "v2") is not None
    assert [each.video.id for each in await store.videos.search(workspace, "b\0 \ud83d", 25)] == ["v1"]


async def test_a_video_twice_in_one_list_counts_once(store, wallet_id, workspace):
    await store.videos.remember(wallet_id, keyed(FULL, replace(FULL, status="completed")), NOW)
    rows, total = await store.videos.page(workspace, Filters(), Sort.NEWEST, 0, 10)
    assert (len(rows), total, rows[0].video.status) == (1, 1, "completed")


async def test_every_snapshot_of_a_page_is_stored_even_with_missing_metrics(store, wallet_id, workspace):
    taken = (
        Snapshot(
            NOW - HOUR, {Metric.VIEWS: 10, Metric.LIKES: 1, Metric.COMMENTS: 2, Metric.SHARES: 3, Metric.SAVES: 4}
        ),
        Snapshot(NOW, {Metric.LIKES: 5_000_000_000}),
        Snapshot(NOW + HOUR, {}),
    )
    await remember_page(store, wallet_id, VideoReading(FULL, taken), count=10, day=-3)
    assert await store.videos.snapshots(wallet_id, "v1") == taken
    stored = await store.videos.find(workspace, "v1")
    assert (stored.snapshot_count, stored.last_snapshot_at) == (3, NOW + HOUR)
    assert (stored.main_metric, stored.main_count, stored.change_24h) == (Metric.VIEWS, 10, -3)
    assert stored.read_at == NOW


async def test_a_page_corrects_and_adds_snapshots_but_deletes_none(store, wallet_id, workspace):
    for page in ((1, 2, 3), (1, 20, 3, 4), (1,)):
        await remember_page(store, wallet_id, reading(FULL, *page))
    views = [snapshot.counts[Metric.VIEWS] for snapshot in await store.videos.snapshots(wallet_id, "v1")]
    assert views == [1, 20, 3, 4]
    assert (await store.videos.find(workspace, "v1")).snapshot_count == 4


async def test_a_list_does_not_change_a_pages_data(store, wallet_id, workspace):
    await remember_page(store, wallet_id, reading(FULL, 1, 2), count=2, day=1)
    before = await store.videos.find(workspace, "v1")
    await store.videos.remember(wallet_id, keyed(replace(FULL, status="completed")), LATER)
    after = await store.videos.find(workspace, "v1")
    assert after == replace(
        before, video=replace(FULL, status="completed"), seen_at=LATER, ended_at=LATER, due_at=LATER
    )


async def test_only_one_process_reads_a_known_page_even_after_another_list(store, wallet_id):
    await store.videos.remember(wallet_id, keyed(video("v1")), NOW)
    terms = (NOW, NOW - HOUR, timedelta(seconds=30))
    assert not await store.videos.claim_read(wallet_id, "unknown", *terms)
    assert await store.videos.claim_read(wallet_id, "v1", *terms)
    await store.videos.remember(wallet_id, keyed(video("v1", status="completed")), NOW)
    assert not await store.videos.claim_read(wallet_id, "v1", *terms)


async def test_snapshots_are_counted_by_the_day_in_utc(store, wallet_id, workspace):
    start = NOW.replace(hour=22)
    await remember_page(store, wallet_id, reading(FULL, 1, 2, 3, 4, 5, start=start))
    await remember_page(store, wallet_id, reading(FULL, 1, 2, 9, 4, 5, start=start))
    await remember_page(store, wallet_id, reading(video("v2"), 1, start=start))
    assert await store.videos.snapshots_per_day(workspace, date(2026, 3, 1)) == {
        date(2026, 3, 10): 3,
        date(2026, 3, 11): 3,
    }
    assert await store.videos.snapshots_per_day(workspace, date(2026, 3, 11)) == {date(2026, 3, 11): 3}


async def test_a_video_keeps_its_owner_when_the_workspace_takes_another_key(store, workspace, neighbour):
    await started(store, workspace, video("v1"))
    rotated = await store.wallets.ensure_wallet("rotated", NOW)
    mine = replace(workspace, wallet_id=rotated)
    theirs = replace(neighbour, wallet_id=rotated)
    await store.videos.remember(rotated, keyed(video("v1"), video("outside")), LATER)
    assert (await store.videos.find(mine, "v1")).started_by == ADA
    assert await store.videos.find(theirs, "v1") is None
    assert await store.videos.find(theirs, "outside") is not None


async def test_a_video_listed_before_its_start_returns_is_never_shown_to_others(store, wallet_id, workspace, neighbour):
    (request,) = await proposed(store, workspace, "tiktok:v1", person=BEN)
    await submitted(store, request, Decimal(1))
    finished = video("old", status="completed")
    await store.videos.remember(wallet_id, [(video("v1"), "tiktok:v1"), (finished, "tiktok:v1")], NOW)
    assert await store.videos.find(neighbour, "v1") is None
    assert (await store.videos.find(workspace, "v1")).started_by == BEN
    assert await store.videos.find(neighbour, "old") is not None


async def test_a_video_found_to_be_a_workspaces_own_leaves_the_others_sums(store, wallet_id, workspace, neighbour):
    (request,) = await proposed(store, workspace, "tiktok:other-spelling")
    await submitted(store, request, Decimal(1))
    await remember_page(store, wallet_id, reading(video("v1"), 1, 2, start=NOW))
    assert await store.videos.snapshots_per_day(neighbour, NOW.date()) == {NOW.date(): 2}
    await store.tracking.mark_tracking(request.id, video("v1"), NOW)
    assert await store.videos.snapshots_per_day(workspace, NOW.date()) == {NOW.date(): 2}
    assert await store.videos.snapshots_per_day(neighbour, NOW.date()) == {}
    assert (await store.videos.page(neighbour, Filters(), Sort.NEWEST, 0, 10)) == ((), 0)
    assert (await store.videos.page(workspace, Filters(), Sort.NEWEST, 0, 10))[1] == 1
