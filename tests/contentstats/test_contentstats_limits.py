"""The rate limit of a key: learned from the server, shared through the store, never misled by a header."""

import sqlite3
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contentstats.rate_limit import LONGEST_WAIT, read_moment, read_retry_after, resume_at
from bot.domain.errors import RateLimited
from bot.metrics import Metrics

NOW = 1_780_000_000.0


async def test_a_burst_is_sent_at_once_and_the_rest_evenly_at_the_plans_rate(connect, sandbox, wall):
    client = connect(sandbox.url)
    for _ in range(10):
        await client.usage()
    assert wall.naps == []
    for _ in range(5):
        await client.usage()
    assert wall.naps == pytest.approx([1.2] * 5, abs=0.01)


@pytest.mark.parametrize("per_minute", [60, 120])
async def test_a_key_used_by_nobody_else_is_never_refused(connect, sandbox, wall, per_minute):
    sandbox.rate_limit.per_minute = per_minute
    metrics = Metrics()
    client = connect(sandbox.url, metrics=metrics)
    for _ in range(2 * per_minute):
        await client.usage()
    assert metrics.api_calls == {"200": 2 * per_minute}
    assert wall.time - NOW <= 60 * 2 * 6 / 5


async def test_a_bigger_plan_is_learned_from_the_first_response(connect, sandbox, wall):
    sandbox.rate_limit.per_minute = 300
    client = connect(sandbox.url)
    for _ in range(40):
        await client.usage()
    assert wall.naps == []
    for _ in range(20):
        await client.usage()
    assert wall.naps[-1] == pytest.approx(0.24, abs=0.01)


async def test_a_wait_beyond_the_deadline_is_reported_at_once_without_a_call(connect, sandbox, wall):
    client = connect(sandbox.url, max_wait=1)
    for _ in range(10):
        await client.usage()
    for call in (client.usage, lambda: client.track("https://youtu.be/dQw4w9WgXcQ", 1)):
        with pytest.raises(RateLimited, match="Try again in 2 seconds") as caught:
            await call()
        assert caught.value.retry_at.timestamp() == pytest.approx(wall.time + 1.2, abs=0.01)
    assert len(sandbox.requests) == 10
    wall.time += 1.2
    await client.usage()
    assert wall.naps == []


async def test_a_429_pauses_every_call_of_the_key_until_the_reset(any_call, connect, sandbox, wall):
    name, call = any_call
    sandbox.faults.add("429", on=name)
    with pytest.raises(RateLimited) as caught:
        await call(connect(sandbox.url))
    assert caught.value.retry_at == datetime.fromtimestamp(NOW + 60, UTC)
    other = connect(sandbox.url)
    for _ in range(20):
        with pytest.raises(RateLimited):
            await other.usage()
    assert len(sandbox.requests) == 1
    wall.time += 60
    assert (await other.usage()).balance == 5


async def test_a_short_429_is_waited_out(connect, sandbox, wall):
    sandbox.faults.add("429", headers={"Retry-After": "4"})
    await connect(sandbox.url).usage()
    assert NOW + 4 <= wall.time <= NOW + 4.5
    assert len(sandbox.requests) == 2


async def test_the_reset_in_a_429s_body_counts_without_a_header(connect, sandbox):
    sandbox.faults.add("429", lie="missing")
    with pytest.raises(RateLimited) as caught:
        await connect(sandbox.url).usage()
    assert caught.value.retry_at == datetime.fromtimestamp(NOW + 60, UTC)


@pytest.mark.parametrize("lie", ["past", "tomorrow", "milliseconds", "relative", "nonsense", "missing"])
async def test_a_storm_of_lying_429s_is_abandoned_at_once_and_over_within_two_minutes(connect, sandbox, wall, lie):
    sandbox.faults.add("429", times=None, lie=lie, body={"error": "Slow down"})
    client = connect(sandbox.url)
    with pytest.raises(RateLimited, match="Slow down") as caught:
        await client.usage()
    assert len(sandbox.requests) <= 3
    assert 0 < caught.value.retry_at.timestamp() - wall.time <= LONGEST_WAIT
    asked = len(sandbox.requests)
    for _ in range(20):
        with pytest.raises(RateLimited):
            await connect(sandbox.url, max_wait=0).usage()
    assert len(sandbox.requests) == asked
    sandbox.faults.clear()
    wall.time = caught.value.retry_at.timestamp()
    assert (await client.usage()).balance == 5


async def test_a_window_nearly_used_up_by_others_is_left_alone(connect, sandbox, wall):
    sandbox.faults.add("headers", headers={"X-RateLimit-Remaining": "2", "X-RateLimit-Reset": str(NOW + 5)})
    client = connect(sandbox.url)
    await client.usage()
    await client.usage()
    assert wall.time == NOW + 5
    assert len(sandbox.requests) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"X-RateLimit-Remaining": "3"},
        {"X-RateLimit-Remaining": "-1"},
        {"X-RateLimit-Remaining": "none"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOW - 5)},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon"},
        {"X-RateLimit-Limit": "0"},
        {"X-RateLimit-Limit": "-60"},
        {"X-RateLimit-Limit": "many"},
        {"X-RateLimit-Limit": "1e30"},
    ],
)
async def test_meaningless_headers_change_nothing(connect, sandbox, wall, headers):
    sandbox.faults.add("headers", times=None, headers=headers)
    client = connect(sandbox.url)
    for _ in range(10):
        await client.usage()
    assert wall.naps == []
    await client.usage()
    assert wall.naps == pytest.approx([1.2], abs=0.01)


class FailingStore(httpx.AsyncHTTPTransport):
    """A failing store: while a response travels, it loses its table."""

    def __init__(self, file):
        super().__init__()
        self.file = file

    async def handle_async_request(self, request):
        response = await super().handle_async_request(request)
        with sqlite3.connect(self.file) as connection:
            connection.execute("DROP TABLE rates")
        connection.close()
        return response


async def test_a_response_is_returned_even_if_its_reset_cannot_be_stored(connect, sandbox, sqlite_url, caplog):
    client = connect(sandbox.url, transport=FailingStore(sqlite_url.removeprefix("sqlite:///")))
    sandbox.faults.add("headers", headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOW + 5)})
    assert (await client.track("https://www.tiktok.com/@steady/video/7301", 1)).status == "monitoring"
    assert "storing the rate limit reset failed" in caplog.text


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        (str(int(NOW) + 30), NOW + 30), (int(NOW) + 30, NOW + 30), (str((int(NOW) + 30) * 1000), NOW + 30),
        ("30", NOW + 30), (str(int(NOW) - 30), NOW - 30), (str(int(NOW) + 86_400), NOW + 120), ("-5", None),
        ("soon", None), ("", None), (None, None), ({}, None),
    ],
)  # fmt: skip
def test_a_reset_is_read_in_any_unit_and_never_far_away(sent, moment):
    assert read_moment(sent, NOW) == moment


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("30", NOW + 30), ("0", NOW), ("1.5", NOW + 1.5), ("86400", NOW + 120),
        ("Thu, 28 May 2026 20:27:10 GMT", NOW + 30), ("Fri, 29 May 2026 20:27:10 GMT", NOW + 120), ("-1", None),
        ("soon", None), ("", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(sent, moment):
    assert read_retry_after({"Retry-After": sent}, NOW) == moment


@given(st.text(), st.text(), st.none() | st.text() | st.integers() | st.floats())
def test_any_429_waits_between_a_second_and_two_minutes(retry_after, reset, body_reset):
    headers = {"Retry-After": retry_after, "X-RateLimit-Reset": reset}
    assert NOW + 1 <= resume_at(headers, body_reset, NOW) <= NOW + LONGEST_WAIT
