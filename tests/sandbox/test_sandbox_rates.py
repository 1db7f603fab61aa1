"""The rate limit: a minute by the wall clock, told on every answer."""

import httpx
import pytest

from adapters.sandbox.rates import RateLimit
from adapters.sandbox.serve import Sandbox

HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


class HandWall:
    """A wall clock that moves when told to."""

    def __init__(self):
        self.now = 1_700_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def wall():
    return HandWall()


async def test_every_answer_tells_what_is_left_refusals_too(api):
    answers = [
        await api.get("/usage"),
        await api.get("/videos", params={"limit": 0}),
        await api.post("/videos/track", json={"video_link": "https://youtu.be/steady-0001", "duration_days": 30}),
        await api.get("/videos/no-such-id"),
        await api.get("/nothing"),
        await api.put("/usage"),
    ]
    assert [answer.status_code for answer in answers] == [200, 400, 402, 404, 404, 405]
    assert [answer.headers["X-RateLimit-Limit"] for answer in answers] == ["60"] * 6
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["59", "58", "57", "56", "55", "54"]
    assert len({answer.headers["X-RateLimit-Reset"] for answer in answers}) == 1


async def test_a_call_without_a_key_is_told_the_limit_too(sandbox):
    async with httpx.AsyncClient() as stranger:
        answer = await stranger.get(f"{sandbox.url}/usage")
    assert answer.status_code == 401
    assert all(name in answer.headers for name in HEADERS)


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


async def test_each_key_has_its_own_window(clock):
    async with (
        Sandbox(clock, keys={"cs_test_a": "A", "cs_test_b": "A"}, requests_per_minute=1) as sandbox,
        httpx.AsyncClient(base_url=sandbox.url) as api,
    ):
        answers = [await api.get("/usage", headers={"X-API-Key": f"cs_test_{key}"}) for key in "aabb"]
        assert [answer.status_code for answer in answers] == [200, 429, 200, 429]


def test_a_window_opens_with_the_first_call_and_not_before(wall):
    rate_limit = RateLimit(3, wall)
    wall.now += 0.5
    assert rate_limit.spend("a").reset == 1_700_000_061
    wall.now += 59.4
    assert (rate_limit.spend("a").remaining, rate_limit.spend("a").remaining) == (1, 0)
    assert rate_limit.spend("a").is_exceeded
    wall.now += 0.6
    assert rate_limit.spend("a").remaining == 2


async def test_an_upgrade_of_the_plan_is_told_with_the_next_answer(sandbox, api):
    await api.get("/usage")
    sandbox.rate_limit.per_minute = 300
    answer = await api.get("/usage")
    assert [answer.headers[name] for name in HEADERS[:2]] == ["300", "298"]
