"""The rate limit: a minute of real time, reported on every response."""

import httpx
import pytest

from adapters.sandbox.rates import RateLimit
from adapters.sandbox.serve import Sandbox

HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


class HandWall:
    """A real-time clock that is set by hand."""

    def __init__(self):
        self.now = 1_700_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def wall():
    return HandWall()


async def test_over_the_limit_is_a_429_without_effect_until_the_window_ends(clock, wall):
    async with (
        Sandbox(clock, requests_per_minute=2, wall=wall) as sandbox,
        httpx.AsyncClient(base_url=sandbox.url, headers={"X-API-Key": sandbox.key}) as api,
    ):
        body = {"video_link": "https://youtu.be/steady-0001", "duration_days": 1}
        answers = [await api.post("/videos/track", json=body) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert answers[2].json() == {"error": "Rate limit exceeded", "limit": 2, "reset": 1_700_000_060}
        assert [answers[2].headers[name] for name in HEADERS] == ["2", "0", "1700000060"]
        assert len(sandbox.world.account(sandbox.key).trackings) == 2
        clock.advance(hours=5)
        assert (await api.get("/usage")).status_code == 429
        wall.now += 60
        answer = await api.get("/usage")
        assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (200, "1")


def test_a_window_opens_with_the_first_call(wall):
    rate_limit = RateLimit(3, wall)
    wall.now += 0.5
    assert rate_limit.spend("a").reset == 1_700_000_061
    wall.now += 59.4
    assert (rate_limit.spend("a").remaining, rate_limit.spend("a").remaining) == (1, 0)
    assert rate_limit.spend("a").is_exceeded
    wall.now += 0.6
    assert rate_limit.spend("a").remaining == 2
