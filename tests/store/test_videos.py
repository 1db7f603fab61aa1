import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest

from bot.domain.commitments import ends_at
from bot.domain.links import creator_of
from bot.domain.videos import HOUR, Metric
from bot.store.video_lists import SEARCHED
from bot.store.videos import Filters, Sort
from tests.store.samples import ADA, BEN, NOW, keyed, reading, remember_page, started, video


async def test_a_workspace_never_sees_a_video_that_another_one_started(store, wallet_id, workspace, neighbour):
    await started(store, neighbour, video("secret", title="Secret launch"))
    await store.videos.remember(wallet_id, keyed(video("outside", title="Open")), NOW)
    assert await store.videos.find(workspace, "secret") is None
    assert await store.videos.search(workspace, "secret", 25) == ()
    for sort in Sort:
        rows, total = await store.videos.page(workspace, Filters(), sort, 0, 10)
        assert ([row.video.id for row in rows], total) == (["outside"], 1)
    rows, total = await store.videos.page(neighbour, Filters(), Sort.NEWEST, 0, 10)
    assert ({row.video.id for row in rows}, total) == ({"outside", "secret"}, 2)


async def test_the_check_before_spending_includes_every_workspace_of_the_wallet(store, wallet_id, workspace, neighbour):
    await started(store, neighbour, video("v1"), person=BEN)
    (stored,) = await store.videos.by_key(wallet_id, "tiktok:v1")
    assert (stored.workspace_id, stored.started_by) == (neighbour.id, BEN)
    assert stored.workspace_id != workspace.id


async def test_every_tracking_of_a_link_is_found_newest_first(store, wallet_id):
    old = video("old", started_at=NOW - timedelta(days=9), status="completed")
    new = video("new", started_at=NOW - timedelta(days=1))
    await store.videos.remember(wallet_id, [(old, "tiktok:1"), (new, "tiktok:1"), (video("other"), "tiktok:2")], NOW)
    assert [stored.video.id for stored in await store.videos.by_key(wallet_id, "tiktok:1")] == ["new", "old"]


async def test_running_videos_include_paused_ones_and_undocumented_states(store, wallet_id):
    states = ("monitoring", "paused", "queued", "completed", "error", "cancelled")
    await store.videos.remember(wallet_id, keyed(*(video(state, status=state) for state in states)), NOW)
    assert {stored.video.id for stored in await store.videos.running(wallet_id)} == {"monitoring", "paused", "queued"}


@pytest.mark.parametrize(
    "typed",
    [
        "grosse", "GRÖSSE", "Große", "ﬁnale", "FINALE", "ИВАН", "日本", "🎉", "100%_sure", "v-77", "video/v-77",
        "  iván\u0301  ",
    ],
)  # fmt: skip
async def test_any_part_of_title_creator_id_or_link_finds_a_video_in_any_case(store, wallet_id, workspace, typed):
    match = video("v-77", title="Größe, Große Finale 🎉 日本 100%_sure grosse", creator="Иван Iva\u0301n\u0301")
    await store.videos.remember(wallet_id, keyed(match, video("other", title="nothing of it")), NOW)
    assert [stored.video.id for stored in await store.videos.search(workspace, typed, 25)] == ["v-77"]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "/%", "a%z", "'", '"', "; drop table videos"])
async def test_wildcards_and_quotes_mean_themselves(store, wallet_id, workspace, typed):
    await store.videos.remember(wallet_id, keyed(video("v1", title="abcz", link="abcz")), NOW)
    assert await store.videos.search(workspace, typed, 25) == ()


async def test_a_search_offers_running_videos_first_then_the_newest(store, wallet_id, workspace):
    ages = {"a": 1, "b": 2, "c": 3, "d": 4}
    states = {"a": "completed", "b": "monitoring", "c": "completed", "d": "monitoring"}
    rows = [video(name, started_at=NOW - HOUR * age, status=states[name]) for name, age in ages.items()]
    await store.videos.remember(wallet_id, keyed(*rows), NOW)
    assert [stored.video.id for stored in await store.videos.search(workspace, "", 25)] == ["b", "d", "a", "c"]
    assert [stored.video.id for stored in await store.videos.search(workspace, "", 3)] == ["b", "d", "a"]


async def test_a_search_reaches_every_running_video_behind_thousands_of_finished_ones(store, wallet_id, workspace):
    finished = [video(f"f{n}", status="completed", started_at=NOW) for n in range(SEARCHED + 1)]
    running = video("needle", started_at=NOW - timedelta(days=20))
    await store.videos.remember(wallet_id, keyed(*finished, running), NOW)
    assert [stored.video.id for stored in await store.videos.search(workspace, "needle", 25)] == ["needle"]


async def test_every_page_of_every_order_and_filter_is_sorted(store, wallet_id, workspace, neighbour):
    rng = random.Random(7)
    rows = [any_video(rng, n) for n in range(120)]
    await store.videos.remember(wallet_id, keyed(*rows), NOW)
    for row in rows[::3]:
        count, day = rng.choice([None, 0, 5, 9, 10**12]), rng.choice([None, -4, 0, 7])
        await remember_page(store, wallet_id, reading(row, 1, 2), count=count, day=day)
    for row in rows[::5]:
        await started(store, rng.choice([workspace, neighbour]), row, key=f"new:{row.id}", cost=Decimal(0))
    mine = [
        stored
        for row in rows
        for key in (f"tiktok:{row.id}", f"new:{row.id}")
        for stored in await store.videos.by_key(wallet_id, key)
        if stored.workspace_id in {None, workspace.id}
    ]
    assert 100 < len(mine) < 120
    narrow = ((), {"handles": ("ada",)}, {"started_by": ADA.id}, {"handles": ("ben", "ada"), "started_by": ADA.id})
    choices = product((None, "tiktok", "vimeo"), (None, "monitoring", "queued"), Sort, map(dict, narrow))
    unread = 0
    ascending = {Sort.ENDING, Sort.LOWEST, Sort.SLOWEST}
    for platform, status, sort, more in choices:
        filters = Filters(platform, status, **more)
        fit = [each for each in mine if passes(each, filters)]
        expected = [
            each.video.id for each in sorted(fit, key=lambda each: each.video.id, reverse=sort not in ascending)
        ]
        ranked = {each.video.id: rank(each, sort) for each in fit}
        expected.sort(key=ranked.__getitem__)
        listed = []
        for offset in range(0, len(fit) + 10, 10):
            page, total = await store.videos.page(workspace, filters, sort, offset, 10)
            assert total == len(fit)
            listed += [each.video.id for each in page]
        assert listed == expected
        if sort is Sort.NEWEST:
            found = await store.videos.list_page(workspace, filters, sort, 0, 1)
            assert found.unread == await store.videos.unread_history(workspace, filters)
            unread += found.unread
    assert unread


def passes(stored, filters):
    """Whether a video passes these filters; undocumented states count as running."""
    row, by = stored.video, stored.started_by
    has_status = row.is_running if filters.status == "monitoring" else filters.status in {None, row.status}
    is_of = creator_of(row).handle in (filters.handles or {creator_of(row).handle})
    is_by = not filters.started_by or (by is not None and by.id == filters.started_by)
    return filters.platform in {None, row.platform} and has_status and is_of and is_by


def any_video(rng, number):
    return video(
        f"v{number:03}",
        creator=f"@{rng.choice(['Ada', 'ben'])}",
        platform=rng.choice(["tiktok", "youtube", "instagram"]),
        status=rng.choice(["monitoring", "completed", "error", "queued"]),
        started_at=rng.choice([None, NOW - HOUR * rng.randrange(9)]),
        days=rng.choice([None, 3, 7]),
        days_remaining=rng.choice([None, Decimal("1.5"), Decimal(2)]),
    )


def rank(stored, sort):
    """The sort key of a video, smallest first; unknown values come last."""
    row = stored.video
    if sort in {Sort.LOWEST, Sort.SLOWEST}:
        known = stored.main_count if sort is Sort.LOWEST else stored.change_24h
        return sort is Sort.SLOWEST and not row.is_running, float("inf") if known is None else known
    match sort:
        case Sort.NEWEST:
            return -(row.started_at or stored.first_seen_at).timestamp()
        case Sort.COUNT:
            return float("inf") if stored.main_count is None else -stored.main_count
        case Sort.CHANGE_24H:
            return not row.is_running, float("inf") if stored.change_24h is None else -stored.change_24h
        case Sort.COST:
            return -stored.snapshot_count
    end = ends_at(row, stored.seen_at) if row.is_running else None
    return float("inf") if end is None else end.timestamp()


async def test_a_handle_finds_its_creator_under_old_and_new_names(store, wallet_id, workspace):
    tiktok = "https://www.tiktok.com/@Old.Name/video/730123456789012345{}"
    rows = [
        video("renamed", link=tiktok.format(1), creator="@New.Name"),
        video("before", link=tiktok.format(2), creator="New Name"),
        video("nameless", link="https://youtu.be/abcdefghijk", platform="youtube", creator="Küche"),
    ]
    await store.videos.remember(wallet_id, keyed(*rows), NOW)
    handles = {name: await store.videos.handles(workspace, name) for name in ("@NEW.name", "Old.Name", "kuche", "@x")}
    assert handles == {"@NEW.name": ("new.name",), "Old.Name": ("old.name",), "kuche": ("kuche",), "@x": ()}
    await store.videos.remember(wallet_id, keyed(replace(rows[1], creator="@New.Name")), NOW + HOUR)
    assert await store.videos.handles(workspace, "@old.name") == ("new.name",), "every video has the new name now"
    _, total = await store.videos.page(workspace, Filters(handles=("new.name",)), Sort.NEWEST, 0, 10)
    assert total == 2


async def test_a_creators_sum_counts_the_newest_tracking_of_each_link(store, wallet_id, workspace):
    early = video("early", status="completed", started_at=NOW - timedelta(days=9))
    late, other = video("late", started_at=NOW), video("other", started_at=NOW)
    for row, key, count, day in ((early, "a", 50, 9), (late, "a", 90, 7), (other, "b", 10, None)):
        page = reading(replace(row, creator="@Ada"), 1)
        await remember_page(store, wallet_id, page, key=key, count=count, day=day)
    assert await store.videos.sums(workspace, Filters(handles=("ada",))) == ((Metric.VIEWS, 2, 100, 7),)


async def test_videos_without_a_link_are_not_trackings_of_one_video(store, wallet_id, workspace):
    rows = [(video(name, link="", creator="@Ada"), "") for name in ("a", "b")]
    await store.videos.remember(wallet_id, rows, NOW)
    stored = await store.videos.find(workspace, "a")
    assert [each.video.id for each in await store.videos.trackings(stored, workspace.id)] == ["a"]


async def test_a_curve_leaves_out_another_workspaces_trackings(store, wallet_id, workspace, neighbour):
    await started(store, neighbour, video("theirs"))
    await store.videos.remember(wallet_id, [(video("open"), "tiktok:theirs")], NOW)
    stored = await store.videos.find(workspace, "open")
    for asker, seen in ((workspace, {"open"}), (neighbour, {"open", "theirs"})):
        assert {each.video.id for each in await store.videos.trackings(stored, asker.id)} == seen
