"""A sandbox on a free port, a clock set by hand, and a client that knows the key."""

import httpx
import pytest

from adapters.sandbox.serve import Sandbox

TIKTOK = "https://www.tiktok.com/@steady/video/7301"
LINKS = {
    "tiktok": TIKTOK,
    "youtube": "https://www.youtube.com/watch?v=steady-0001",
    "instagram": "https://www.instagram.com/p/steady0001/",
    "twitter": "https://twitter.com/steady/status/1901",
}


@pytest.fixture
async def sandbox(clock):
    async with Sandbox(clock) as running:
        yield running


@pytest.fixture
async def api(sandbox):
    async with httpx.AsyncClient(base_url=sandbox.url, headers={"X-API-Key": sandbox.key}, timeout=5) as client:
        yield client


@pytest.fixture
def track():
    """Start a tracking; returns the response's body."""

    async def start(api, link=TIKTOK, days=7):
        answer = await api.post("/videos/track", json={"video_link": link, "duration_days": days})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return start
