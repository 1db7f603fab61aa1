"""POST /videos/track over a real socket, by the documentation."""

import httpx
import pytest

from adapters.sandbox.serve import Sandbox
from tests.sandbox.conftest import LINKS, TIKTOK


async def test_tracking_a_video_returns_201_with_every_documented_field(api, track):
    body = await track(api)
    assert body.pop("id")
    assert body.pop("job_id")
    assert body == {
        "video_link": TIKTOK,
        "platform": "tiktok",
        "status": "monitoring",
        "monitoring_duration_days": 7,
        "days_remaining": 7.0,
        "estimated_cost": 2.52,
        "created_at": "2026-03-02T10:30:00.000Z",
    }


async def test_the_same_call_twice_starts_and_bills_two_trackings(api, clock, track):
    first, second = await track(api), await track(api)
    assert first["id"] != second["id"]
    assert first["job_id"] != second["job_id"]
    clock.advance(hours=3)
    usage = (await api.get("/usage")).json()
    assert (usage["total_snapshots"], usage["uncharged_usage_usd"]) == (6, 0.09)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["video_link", "duration_days"]),
        ({"video_link": "", "duration_days": 0}, ["video_link", "duration_days"]),
        ({"video_link": 7, "duration_days": "7"}, ["video_link", "duration_days"]),
        ({"video_link": TIKTOK, "duration_days": 31}, ["duration_days"]),
        ({"video_link": TIKTOK, "duration_days": 1.5}, ["duration_days"]),
        ({"video_link": TIKTOK, "duration_days": True}, ["duration_days"]),
        ({"video_link": "https://vimeo.com/1", "duration_days": 7}, ["video_link"]),
        ({"video_link": "not a link", "duration_days": 7}, ["video_link"]),
    ],
)
async def test_a_wrong_field_is_a_400_that_names_it_and_starts_nothing(api, body, fields):
    answer = await api.post("/videos/track", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"] == "Invalid request"
    assert [detail["field"] for detail in answer.json()["details"]] == fields
    assert all(detail["message"] for detail in answer.json()["details"])
    assert (await api.get("/videos")).json()["total"] == 0


async def test_an_estimate_above_what_is_available_is_a_402_with_the_amounts(api, clock, track):
    await track(api, days=13)
    clock.advance(hours=2)
    answer = await api.post("/videos/track", json={"video_link": LINKS["youtube"], "duration_days": 14})
    assert answer.status_code == 402
    assert answer.json() == {"error": "Insufficient balance", "balance": 4.97, "estimated_cost": 5.04, "required": 5.04}
    assert (await api.get("/videos")).json()["total"] == 1


async def test_a_video_beyond_the_plans_limit_is_refused_until_one_stops(clock, track):
    async with Sandbox(clock, concurrent_videos=2) as sandbox:
        headers = {"X-API-Key": sandbox.key}
        async with httpx.AsyncClient(base_url=sandbox.url, headers=headers) as api:
            first = await track(api, days=1)
            await track(api, LINKS["youtube"], days=1)
            refused = await api.post("/videos/track", json={"video_link": LINKS["twitter"], "duration_days": 1})
            assert refused.status_code == 400
            assert refused.json() == {
                "error": "Concurrent video limit reached: your plan allows 2 at a time. "
                "Stop a video or upgrade your plan."
            }
            await api.post(f"/videos/{first['id']}/stop")
            await track(api, LINKS["twitter"], days=1)
