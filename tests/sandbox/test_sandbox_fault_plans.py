"""Which call meets which fault, what the headers then say, and which faults make no sense."""

import httpx
import pytest

from adapters.sandbox.faults import FaultKind, Faults
from adapters.sandbox.serve import Sandbox

TRACK = "POST /videos/track"


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        ("past", "1699996460"),
        ("tomorrow", "1700086460"),
        ("milliseconds", "1700000060000"),
        ("relative", "60"),
        ("nonsense", "soon"),
    ],
)
async def test_rate_limit_headers_can_lie_about_the_reset(clock, lie, told):
    async with Sandbox(clock, wall=lambda: 1_700_000_000.0) as sandbox, httpx.AsyncClient() as client:
        sandbox.faults.add("headers", lie=lie)
        sandbox.faults.add("429", lie=lie)
        for status in (200, 429):
            answer = await client.get(f"{sandbox.url}/usage", headers={"X-API-Key": sandbox.key})
            assert (answer.status_code, answer.headers["X-RateLimit-Reset"]) == (status, told)
            assert answer.headers["X-RateLimit-Limit"] == "60"


async def test_rate_limit_headers_can_be_missing(sandbox, api):
    sandbox.faults.add("headers", lie="missing")
    answer = await api.get("/usage")
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.lower().startswith("x-ratelimit")]
    assert "X-RateLimit-Reset" in (await api.get("/usage")).headers


async def test_a_fault_waits_for_its_own_call_as_often_as_told(sandbox, api):
    sandbox.faults.add("503", "GET /videos/{id}", times=2)
    assert (await api.get("/usage")).status_code == 200
    assert [(await api.get("/videos/some-id")).status_code for _ in range(3)] == [503, 503, 404]


async def test_faults_come_in_the_order_in_which_they_were_added(sandbox, api):
    sandbox.faults.add("500")
    sandbox.faults.add("503", times=None)
    assert [(await api.get("/usage")).status_code for _ in range(4)] == [500, 503, 503, 503]
    sandbox.faults.clear()
    assert (await api.get("/usage")).status_code == 200


async def test_a_call_over_the_rate_limit_uses_up_no_fault(clock):
    async with Sandbox(clock, requests_per_minute=1) as sandbox, httpx.AsyncClient() as client:
        await client.get(f"{sandbox.url}/usage")
        sandbox.faults.add("500")
        assert (await client.get(f"{sandbox.url}/usage")).status_code == 429
        assert sandbox.faults.waiting() == [{"fault": "500", "on": "*", "times": 1}]


@pytest.mark.parametrize("kind", FaultKind)
async def test_no_fault_brings_the_server_down(sandbox, api, kind):
    sandbox.faults.add(kind, seconds=0.01, location="/elsewhere")
    try:
        answer = await api.get("/usage")
    except httpx.TransportError:
        answer = None
    assert answer is None or answer.content is not None
    assert (await api.get("/usage")).json()["balance_usd"] == 5.0


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
def test_a_fault_that_makes_no_sense_is_refused_in_a_sentence(arguments, sentence):
    faults = Faults([TRACK])
    with pytest.raises(ValueError, match="must be") as refusal:
        faults.add(**arguments)
    assert str(refusal.value).startswith(sentence)
    assert faults.waiting() == []
