"""Broken networks and servers: a call that spends is sent once, nothing hangs, and no foreign response is believed."""

import asyncio
import gzip
import json
import socket
import zlib

import pytest

from bot.contentstats.transport import DEFAULT_TIMEOUTS, LARGEST_BODY
from bot.domain.errors import OutcomeUnclear, RateLimited, ServiceUnavailable

TIKTOK = "https://www.tiktok.com/@steady/video/7301"
WORSE = ["hang", "reset", "html", "garbage", "huge"]
BROKEN = [*WORSE, "truncated", "trickle"]


def pairs(call, *others):
    """One call with every fault, and one fault for each other call: one function sends them all."""
    return pytest.mark.parametrize(
        ("any_call", "fault"),
        [*((call, fault) for fault in BROKEN), *((other, "reset") for other in others)],
        indirect=["any_call"],
    )


@pytest.mark.parametrize("fault", [f"effect-then-{worse}" for worse in WORSE])
async def test_a_tracking_with_effect_but_no_response_is_unclear_and_sent_once(client, sandbox, fault):
    sandbox.faults.add(fault, on="POST /videos/track", times=None)
    with pytest.raises(OutcomeUnclear, match=r"unclear whether tracking started\. Don't start it again"):
        await client.track(TIKTOK, 7)
    assert len(sandbox.calls("POST /videos/track")) == 1
    assert [video.link for video in (await client.list_videos()).videos] == [TIKTOK]


@pairs("POST /videos/track", "POST /videos/{id}/stop")
async def test_a_post_without_a_complete_response_is_unclear_and_sent_once(any_call, client, sandbox, fault):
    name, call = any_call
    sandbox.faults.add(fault, on=name, times=None)
    with pytest.raises(OutcomeUnclear, match="unclear whether"):
        await call(client)
    assert len(sandbox.calls(name)) == 1


@pairs("GET /usage", "GET /videos", "GET /videos/{id}")
async def test_a_get_without_a_complete_response_is_tried_three_times(any_call, client, sandbox, fault):
    name, call = any_call
    tracked = sandbox.world.track(sandbox.key, TIKTOK, 1)
    sandbox.faults.add(fault, on=name, times=None)
    with pytest.raises(ServiceUnavailable, match=r"^ContentStats .+ Try again in a minute\.$"):
        await (client.read_video(tracked.id) if name == "GET /videos/{id}" else call(client))
    assert len(sandbox.calls(name)) == 3


@pytest.mark.parametrize("body", [[], {}, {"id": None}, {"videos": 5}, {"error": "odd for a 200"}])
async def test_a_success_with_a_body_of_the_wrong_shape_is_an_error(any_call, client, sandbox, body):
    name, call = any_call
    sandbox.faults.add("status", on=name, times=None, status=200, body=body)
    with pytest.raises(OutcomeUnclear if name.startswith("POST") else ServiceUnavailable, match="isn't from its API"):
        await call(client)


async def test_a_wrong_content_type_is_ignored(client, sandbox):
    sandbox.faults.add("headers", headers={"Content-Type": "text/html"})
    assert (await client.usage()).balance == 5


async def test_an_unreachable_server_is_reported_as_without_effect(any_call, connect):
    name, call = any_call
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    client = connect(f"http://127.0.0.1:{port}/api/v1")
    with pytest.raises(ServiceUnavailable, match="can't be reached") as caught:
        await call(client)
    assert ("nothing was changed" in str(caught.value)) == name.startswith("POST")


async def test_a_failed_handshake_is_reported_as_without_effect(connect, sandbox):
    with pytest.raises(ServiceUnavailable, match="nothing was changed"):
        await connect(sandbox.url.replace("http:", "https:")).track(TIKTOK, 7)
    assert sandbox.requests == ()


async def test_a_cancelled_post_is_not_repeated(connect, client, sandbox):
    sandbox.faults.add("effect-then-hang", on="POST /videos/track")
    task = asyncio.create_task(connect(sandbox.url, timeouts=DEFAULT_TIMEOUTS).track(TIKTOK, 7))
    while not (await client.list_videos()).videos:
        assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(sandbox.calls("POST /videos/track")) == 1


async def test_pauses_between_attempts_grow_randomly_within_the_deadline(connect, client, sandbox, wall):
    sandbox.faults.add("500", times=None)
    for _ in range(20):
        with pytest.raises(ServiceUnavailable):
            await client.usage()
        wall.time += 60
    first, second = wall.naps[::2], wall.naps[1::2]
    assert len(set(wall.naps)) == 40
    assert max(first) <= 0.5 < max(second) <= 1.0
    wall.naps.clear()
    with pytest.raises(ServiceUnavailable):
        await connect(sandbox.url, max_wait=0).usage()
    assert wall.naps == []


@pytest.mark.parametrize("later", ["3", "Thu, 28 May 2026 20:26:43 GMT"])
async def test_retry_after_is_honoured(client, sandbox, wall, later):
    began = wall.time
    sandbox.faults.add("503", headers={"Retry-After": later})
    await client.usage()
    assert began + 3 <= wall.time <= began + 3.5
    assert len(sandbox.requests) == 2


async def test_a_retry_after_beyond_the_deadline_ends_the_attempts(client, sandbox, wall):
    sandbox.faults.add("503", headers={"Retry-After": "30"})
    with pytest.raises(ServiceUnavailable):
        await client.usage()
    assert len(sandbox.requests) == 1
    assert wall.naps == []


async def test_a_429_on_a_call_that_spends_is_a_clear_refusal(client, sandbox):
    sandbox.faults.add("429", on="POST /videos/track")
    with pytest.raises(RateLimited):
        await client.track(TIKTOK, 7)
    assert len(sandbox.calls("POST /videos/track")) == 1


USAGE = json.dumps({"balance_usd": 5, "cost_per_snapshot": 0.015}).encode()


@pytest.fixture
async def answering(connect):
    """A client whose server answers every request with one body under one Content-Encoding."""
    servers = []

    async def start(encoding, body):
        async def answer(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n"
            writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
            await writer.drain()
            writer.close()

        servers.append(await asyncio.start_server(answer, "127.0.0.1", 0))
        return connect(f"http://127.0.0.1:{servers[-1].sockets[0].getsockname()[1]}/api/v1")

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("GZIP", gzip.compress), ("identity", bytes)])
async def test_one_layer_of_gzip_is_read(answering, encoding, pack):
    assert (await (await answering(encoding, pack(USAGE))).usage()).balance == 5


@pytest.mark.parametrize(
    ("encoding", "body", "problem"),
    [
        ("gzip, gzip", gzip.compress(gzip.compress(USAGE)), "in an encoding"),
        ("deflate", zlib.compress(USAGE), "in an encoding"),
        ("br", USAGE, "in an encoding"),
        ("gzip", gzip.compress(bytes(LARGEST_BODY + 1)), "too large"),
        ("identity", bytes(LARGEST_BODY + 1), "too large"),
        ("gzip", USAGE, "can't be decompressed"),
        ("gzip", gzip.compress(USAGE)[:-9], "can't be decompressed"),
        ("gzip", gzip.compress(USAGE) * 2, "can't be decompressed"),
        ("gzip", zlib.compress(USAGE), "can't be decompressed"),
    ],
    ids=("twice", "deflate", "br", "bomb", "large", "plain", "cut", "two members", "zlib"),
)
async def test_other_encodings_and_oversized_bodies_are_refused(answering, encoding, body, problem):
    with pytest.raises(ServiceUnavailable, match=problem):
        await (await answering(encoding, body)).usage()
