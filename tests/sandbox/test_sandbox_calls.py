"""The five documented calls over a real socket, as a stranger with only the documentation would use them."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from adapters.sandbox.serve import Sandbox

TIKTOK = "https://www.tiktok.com/@steady/video/7301"


class HandClock:
    """A clock that moves when told to."""

    def __init__(self):
        self.now = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)

    def __call__(self):
        return self.now

    def advance(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def sandbox(clock):
    async with Sandbox(clock) as running:
        yield running


@pytest.fixture
async def api(sandbox):
    async with httpx.AsyncClient(base_url=sandbox.url, headers={"X-API-Key": sandbox.key}) as client:
        yield client


async def test_tracking_a_video_answers_201_with_every_documented_field(api):
    answer = await api.post("/videos/track", json={"video_link": TIKTOK, "duration_days": 7})
    assert answer.status_code == 201
    body = answer.json()
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
