"""Faults on a real socket: which call each affects, in which order, and which are invalid."""

import asyncio

import httpx
import pytest

from adapters.sandbox.faults import Faults
from adapters.sandbox.serve import Sandbox
from tests.sandbox.conftest import TIKTOK

TRACK = "POST /videos/track"
BODY = {"video_link": TIKTOK, "duration_days": 7}


async def post(api, **options):
    return await api.post("/videos/track", json=BODY, **options)


def others():
    """Every other running task: the requests that the server still handles."""
    return asyncio.all_tasks() - {asyncio.current_task()}


def trackings(sandbox):
    return len(sandbox.world.account(sandbox.key).trackings)


async def test_a_slow_call_takes_effect_even_if_its_caller_left(sandbox, api):
    sandbox.faults.add("slow", TRACK, seconds=0.6)
    with pytest.raises(httpx.ReadTimeout):
        await post(api, timeout=httpx.Timeout(20, read=0.05))
    assert trackings(sandbox) == 0
    async with asyncio.timeout(5):
        await asyncio.gather(*others())
    assert trackings(sandbox) == 1


async def test_closing_the_sandbox_ends_every_wait(clock):
    async with httpx.AsyncClient() as client:
        async with Sandbox(clock) as sandbox:
            sandbox.faults.add("hang", seconds=600)
            with pytest.raises(httpx.ReadTimeout):
                await client.get(f"{sandbox.url}/usage", timeout=0.1)
            assert others()
        async with asyncio.timeout(5):
            await asyncio.gather(*others())
    assert not others()


@pytest.mark.parametrize(
    ("lie", "reset"),
    [
        ("past", "1699996460"),
        ("tomorrow", "1700086460"),
        ("milliseconds", "1700000060000"),
        ("relative", "60"),
        ("nonsense", "soon"),
    ],
)
async def test_rate_limit_headers_can_lie_about_the_reset(clock, lie, reset):
    async with Sandbox(clock, wall=lambda: 1_700_000_000.0) as sandbox, httpx.AsyncClient() as client:
        sandbox.faults.add("headers", lie=lie)
        sandbox.faults.add("429", lie=lie)
        for status in (200, 429):
            answer = await client.get(f"{sandbox.url}/usage", headers={"X-API-Key": sandbox.key})
            assert (answer.status_code, answer.headers["X-RateLimit-Reset"]) == (status, reset)
            assert answer.headers["X-RateLimit-Limit"] == "60"


async def test_a_fault_affects_its_own_call_as_often_as_planned(sandbox, api):
    sandbox.faults.add("503", "GET /videos/{id}", times=2)
    assert (await api.get("/usage")).status_code == 200
    assert [(await api.get("/videos/some-id")).status_code for _ in range(3)] == [503, 503, 404]


async def test_faults_are_applied_in_the_order_added(sandbox, api):
    sandbox.faults.add("500")
    sandbox.faults.add("503", times=None)
    assert [(await api.get("/usage")).status_code for _ in range(4)] == [500, 503, 503, 503]
    sandbox.faults.clear()
    assert (await api.get("/usage")).status_code == 200


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"fault": "explode"}, "fault must be one of status, "),
        ({"fault": "500", "on": "GET /nothing"}, "on must be one of *, POST /videos/track"),
        ({"fault": "500", "times": 0}, "times must be more than 0"),
        ({"fault": "99"}, "status must be from 200 to 599"),
        ({"fault": "hang", "seconds": 601}, "seconds must be from 0 to 600"),
        ({"fault": "hang", "seconds": float("nan")}, "seconds must be from 0 to 600"),
        ({"fault": "redirect"}, "location must be where a redirect leads"),
        ({"fault": "headers", "lie": "white"}, "lie must be one of past, "),
        ({"fault": "effect-then-slow"}, "fault must be slow, which takes effect anyway"),
    ],
)
def test_an_invalid_fault_is_refused_with_an_explanation(arguments, sentence):
    faults = Faults([TRACK])
    with pytest.raises(ValueError, match="must be") as refusal:
        faults.add(**arguments)
    assert str(refusal.value).startswith(sentence)
    assert faults.pending() == []
