"""Each fault as a client on a real socket meets it, and what the account then holds."""

import asyncio
import json

import httpx
import pytest

from adapters.sandbox.serve import Sandbox
from tests.sandbox.conftest import TIKTOK

TRACK = "POST /videos/track"
BODY = {"video_link": TIKTOK, "duration_days": 7}


async def post(api, **options):
    return await api.post("/videos/track", json=BODY, **options)


def others():
    """Every task that runs beside the test: the requests that the server still works on."""
    return asyncio.all_tasks() - {asyncio.current_task()}


def trackings(sandbox):
    return len(sandbox.world.account(sandbox.key).trackings)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (402, {"error": "Insufficient balance", "balance": 0.5, "estimated_cost": 2.52}),
        (418, {"error": "Status 418"}),
    ],
)
async def test_a_status_answers_with_its_documented_body_and_has_no_effect(sandbox, api, status, body):
    sandbox.faults.add("status", TRACK, status=status)
    answer = await post(api)
    assert (answer.status_code, answer.json()) == (status, body)
    assert trackings(sandbox) == 0
    assert (await post(api)).status_code == 201


async def test_a_status_may_be_written_as_a_number_and_bring_its_own_body_and_headers(sandbox, api):
    sandbox.faults.add("503", body={"error": "Down for repairs"}, headers={"Retry-After": "7"})
    answer = await api.get("/usage")
    assert (answer.status_code, answer.json()) == (503, {"error": "Down for repairs"})
    assert answer.headers["Retry-After"] == "7"
    assert answer.headers["X-RateLimit-Limit"] == "60"


async def test_a_429_states_the_limit_and_when_it_ends(sandbox, api):
    sandbox.faults.add("429")
    answer = await api.get("/usage")
    assert answer.status_code == 429
    assert answer.json() == {
        "error": "Rate limit exceeded",
        "limit": 60,
        "reset": int(answer.headers["X-RateLimit-Reset"]),
    }


@pytest.mark.parametrize(("given", "status"), [({"status": 302}, 302), ({"status": 308}, 308), ({}, 307)])
async def test_a_redirect_leads_where_it_was_told_to(sandbox, api, given, status):
    sandbox.faults.add("redirect", "GET /usage", location="https://www.contentstats.io/api/v1/usage", **given)
    answer = await api.get("/usage")
    assert (answer.status_code, answer.headers["Location"]) == (status, "https://www.contentstats.io/api/v1/usage")


async def test_a_slow_answer_is_true(sandbox, api):
    sandbox.faults.add("slow", TRACK, seconds=0.05)
    assert (await post(api)).status_code == 201
    assert trackings(sandbox) == 1


async def test_a_slow_call_takes_effect_after_its_caller_has_left(sandbox, api):
    sandbox.faults.add("slow", TRACK, seconds=0.6)
    with pytest.raises(httpx.ReadTimeout):
        await post(api, timeout=httpx.Timeout(20, read=0.05))
    assert trackings(sandbox) == 0
    async with asyncio.timeout(5):
        await asyncio.gather(*others())
    assert trackings(sandbox) == 1


@pytest.mark.parametrize(("fault", "effect"), [("hang", 0), ("effect-then-hang", 1)])
async def test_a_hang_outlasts_the_patience_of_its_caller(sandbox, api, fault, effect):
    sandbox.faults.add(fault, TRACK, seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        await post(api, timeout=httpx.Timeout(20, read=0.1))
    assert trackings(sandbox) == effect


async def test_a_hang_ends_in_a_broken_connection(sandbox, api):
    sandbox.faults.add("hang", seconds=0.05)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await api.get("/usage")


async def test_closing_the_sandbox_leaves_nobody_waiting(clock):
    async with httpx.AsyncClient() as client:
        async with Sandbox(clock) as sandbox:
            sandbox.faults.add("hang", seconds=600)
            with pytest.raises(httpx.ReadTimeout):
                await client.get(f"{sandbox.url}/usage", timeout=0.1)
            assert others()
        async with asyncio.timeout(5):
            await asyncio.gather(*others())
    assert not others()


@pytest.mark.parametrize(("fault", "effect"), [("reset", 0), ("effect-then-reset", 1)])
async def test_a_reset_breaks_the_connection_the_hard_way(sandbox, fault, effect):
    sandbox.faults.add(fault, TRACK)
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(sandbox.url).port)
    body = json.dumps(BODY)
    writer.write(
        f"POST /api/v1/videos/track HTTP/1.1\r\nHost: sandbox\r\nX-API-Key: {sandbox.key}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()
    assert trackings(sandbox) == effect


@pytest.mark.parametrize(
    ("fault", "status", "kind", "begins"),
    [
        ("500", 500, "application/json", b'{"error": "Internal server error"}'),
        ("garbage", 200, "application/json", b'{"id": "\xff\xfe\x00'),
        ("html", 200, "text/html", b"<!doctype html>"),
    ],
)
async def test_an_answer_that_is_none_may_come_before_or_after_the_effect(sandbox, api, fault, status, kind, begins):
    for effect, name in enumerate((fault, f"effect-then-{fault}")):
        sandbox.faults.add(name, TRACK)
        answer = await post(api)
        assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (status, kind)
        assert answer.content.startswith(begins)
        assert trackings(sandbox) == effect


async def test_a_truncated_answer_takes_effect_and_ends_before_its_length(sandbox, api):
    sandbox.faults.add("truncated", TRACK)
    with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|peer closed"):
        await post(api)
    assert trackings(sandbox) == 1


async def test_a_trickle_brings_the_whole_true_answer_piece_by_piece(sandbox, api):
    sandbox.faults.add("trickle", TRACK, seconds=0.2)
    async with api.stream("POST", "/videos/track", json=BODY) as answer:
        pieces = [piece async for piece in answer.aiter_raw()]
    assert len(pieces) > 1
    assert json.loads(b"".join(pieces))["video_link"] == TIKTOK


async def test_a_short_body_has_only_the_fields_that_every_page_shows_and_leaves_a_refusal_as_it_is(sandbox, api):
    sandbox.faults.add("short-body", TRACK, times=2)
    answer = await post(api)
    assert (answer.status_code, trackings(sandbox)) == (200, 1)
    assert set(answer.json()) == {"id", "video_link", "platform", "status", "estimated_cost"}
    refused = await api.post("/videos/track", json={})
    assert (refused.status_code, set(refused.json())) == (400, {"error", "details"})


async def test_a_huge_answer_is_ten_megabytes(sandbox, api):
    sandbox.faults.add("huge")
    assert len((await api.get("/usage")).content) > 10_000_000
