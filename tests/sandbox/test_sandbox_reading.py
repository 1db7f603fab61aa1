"""Lists, pages and stops over a real socket, and refusals."""

import httpx
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
async def test_each_platform_has_its_own_metrics(api, clock, track, platform, has_and_lacks):
    video = await track(api, LINKS[platform])
    clock.advance(hours=1)
    [snapshot] = (await api.get(f"/videos/{video['id']}")).json()["snapshots"]
    counts = {
        name: snapshot[name] for name in snapshot if name not in {"id", "snapshot_id", "snapshot_time", "provider"}
    }
    has = {name for name, count in counts.items() if count}
    assert (has, {name: counts[name] for name in counts if name not in has}) == has_and_lacks


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


@pytest.mark.parametrize("key", [None, "", "cs_test_other", "Bearer cs_test_demo"])
async def test_a_missing_or_unknown_key_is_a_401_on_every_call(sandbox, key):
    headers = {} if key is None else {"X-API-Key": key}
    async with httpx.AsyncClient(base_url=sandbox.url, headers=headers) as stranger:
        for method, path in [
            ("POST", "/videos/track"),
            ("GET", "/videos"),
            ("GET", "/videos/some-id"),
            ("POST", "/videos/some-id/stop"),
            ("GET", "/usage"),
        ]:
            answer = await stranger.request(method, path)
            assert (answer.status_code, answer.json()) == (401, {"error": "API key required"})


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/videos/no-such-id", 404, "Video not found"),
        ("POST", "/videos/no-such-id/stop", 404, "Video not found"),
        ("GET", "/videos/track", 404, "Video not found"),
        ("GET", "/nothing/here", 404, "Not Found"),
        ("DELETE", "/usage", 405, "Method Not Allowed"),
    ],
)
async def test_unknown_paths_and_videos_are_refused_in_json(api, method, path, status, error):
    answer = await api.request(method, path)
    assert (answer.status_code, answer.json()) == (status, {"error": error})
