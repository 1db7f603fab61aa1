"""Lists, pages, stops and wallets over a real socket."""

import pytest

from tests.sandbox.conftest import LINKS, TIKTOK


async def test_a_row_of_the_list_has_the_documented_fields_and_no_snapshots(api, clock, track):
    started = await track(api)
    clock.advance(hours=18)
    [row] = (await api.get("/videos")).json()["videos"]
    metadata = row.pop("current_metadata")
    assert metadata["title"]
    assert metadata["creator"] == "steady"
    assert row == {
        "id": started["id"],
        "job_id": started["job_id"],
        "video_link": TIKTOK,
        "platform": "tiktok",
        "status": "monitoring",
        "monitoring_started": "2026-03-02T10:30:00.000Z",
        "monitoring_duration_days": 7,
        "days_remaining": 6.25,
        "created_at": "2026-03-02T10:30:00.000Z",
    }


async def test_the_list_filters_by_platform_and_status_and_total_counts_this_answer_only(api, track):
    ids = {platform: (await track(api, link, days=1))["id"] for platform, link in LINKS.items()}
    await api.post(f"/videos/{ids['youtube']}/stop")

    async def listed(**query):
        body = (await api.get("/videos", params=query)).json()
        assert body["total"] == len(body["videos"])
        return [row["platform"] for row in body["videos"]], body["limit"]

    assert await listed() == (["twitter", "instagram", "youtube", "tiktok"], 50)
    assert await listed(platform="instagram") == (["instagram"], 50)
    assert await listed(status="completed") == (["youtube"], 50)
    assert await listed(status="cancelled") == ([], 50)
    assert await listed(platform="youtube", status="monitoring") == ([], 50)
    assert await listed(limit=2) == (["twitter", "instagram"], 2)
    assert await listed(limit=100) == (["twitter", "instagram", "youtube", "tiktok"], 100)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("platform", "vimeo"),
        ("status", "running"),
        ("limit", "0"),
        ("limit", "101"),
        ("limit", ""),
        ("limit", "9" * 5000),
    ],
)
async def test_an_invalid_filter_or_limit_is_a_400_that_names_it(api, field, value):
    answer = await api.get("/videos", params={field: value})
    assert answer.status_code == 400
    assert [detail["field"] for detail in answer.json()["details"]] == [field]


async def test_a_video_comes_with_every_snapshot_in_strings_an_hour_apart(api, clock, track):
    video = await track(api)
    clock.advance(minutes=59)
    assert (await api.get(f"/videos/{video['id']}")).json()["snapshots"] == []
    clock.advance(hours=2, minutes=1)
    page = (await api.get(f"/videos/{video['id']}")).json()
    assert [snapshot["snapshot_time"] for snapshot in page["snapshots"]] == [
        "2026-03-02T11:30:00.000Z",
        "2026-03-02T12:30:00.000Z",
        "2026-03-02T13:30:00.000Z",
    ]
    assert page["last_updated"] == "2026-03-02T13:30:00.000Z"
    assert page["is_deleted"] is False
    for snapshot in page["snapshots"]:
        assert snapshot["id"]
        assert snapshot["snapshot_id"]
        assert snapshot["provider"] == "sandbox"
        assert all(
            isinstance(snapshot[metric], str) and int(snapshot[metric]) > 0
            for metric in ("views", "likes", "comments", "shares", "saves")
        )


@pytest.mark.parametrize(
    ("platform", "has_and_lacks"),
    [
        ("tiktok", ({"views", "likes", "comments", "shares", "saves"}, {})),
        ("youtube", ({"views", "likes", "comments"}, {"shares": None, "saves": None})),
        ("instagram", ({"likes", "comments", "saves"}, {})),
        ("twitter", ({"views", "likes", "retweets", "replies"}, {"comments": "", "shares": "", "saves": ""})),
    ],
)
async def test_each_platform_states_its_own_metrics(api, clock, track, platform, has_and_lacks):
    video = await track(api, LINKS[platform])
    clock.advance(hours=1)
    [snapshot] = (await api.get(f"/videos/{video['id']}")).json()["snapshots"]
    counts = {
        name: snapshot[name] for name in snapshot if name not in {"id", "snapshot_id", "snapshot_time", "provider"}
    }
    has = {name for name, count in counts.items() if count}
    assert (has, {name: counts[name] for name in counts if name not in has}) == has_and_lacks


async def test_a_private_video_turns_to_error_has_no_title_and_costs_nothing_further(api, clock, track):
    video = await track(api, "https://www.tiktok.com/@error/video/1")
    clock.advance(days=2)
    page = (await api.get(f"/videos/{video['id']}")).json()
    assert (page["status"], page["is_deleted"], page["current_metadata"]) == ("error", False, None)
    assert (await api.get("/usage")).json()["total_snapshots"] == len(page["snapshots"]) == 6


async def test_a_deleted_video_says_so_and_keeps_what_was_collected(api, clock, track):
    video = await track(api, "https://www.tiktok.com/@deleted/video/1")
    clock.advance(days=2)
    page = (await api.get(f"/videos/{video['id']}")).json()
    assert (page["status"], page["is_deleted"], page["days_remaining"]) == ("error", True, 0)
    assert (await api.get("/usage")).json()["total_snapshots"] == len(page["snapshots"]) == 20


async def test_stopping_keeps_the_snapshots_ends_the_cost_and_may_be_repeated(api, clock, track):
    video = await track(api)
    clock.advance(hours=5)
    answer = await api.post(f"/videos/{video['id']}/stop")
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "id": video["id"],
        "job_id": video["job_id"],
        "video_link": TIKTOK,
        "previous_status": "monitoring",
        "new_status": "completed",
    }
    clock.advance(days=3)
    page = (await api.get(f"/videos/{video['id']}")).json()
    assert (page["status"], page["days_remaining"], len(page["snapshots"])) == ("completed", 0, 5)
    assert (await api.get("/usage")).json()["total_snapshots"] == 5
    again = (await api.post(f"/videos/{video['id']}/stop")).json()
    assert (again["previous_status"], again["new_status"]) == ("completed", "completed")


async def test_usage_states_the_wallet(api, clock, track):
    await track(api)
    clock.advance(hours=20)
    assert (await api.get("/usage")).json() == {
        "balance_usd": 4.805,
        "total_snapshots": 20,
        "active_videos": 1,
        "uncharged_usage_usd": 0.105,
        "total_charged_usd": 0.195,
        "estimated_snapshots_remaining": 313,
        "cost_per_snapshot": 0.015,
    }
