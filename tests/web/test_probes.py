"""Responses to probes and Prometheus, over a socket."""

import socket

import aiohttp
import pytest
from starlette.applications import Starlette

from adapters.web import Readiness, WebServer, probe_routes
from bot.domain.errors import DatabaseUnavailable, NotConfigured
from bot.metrics import LiveFigures, Metrics, exposition


@pytest.fixture
async def ask():
    """The status, body and content type of a path's response, with these probes."""

    async def asked(path, is_alive=lambda: True, probes=None, numbers=None, needed=("database", "slack")):
        routes = probe_routes(is_alive, Readiness(probes or {}, needed), numbers or _numbers)
        async with (
            WebServer(Starlette(routes=routes), "127.0.0.1", 0) as server,
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{server.port}{path}") as answer,
        ):
            return answer.status, await answer.text(), answer.headers.get("Content-Type", "")

    return asked


async def _numbers():
    metrics = Metrics()
    metrics.api_calls.update({"200": 3, "429": 1})
    metrics.rate_left["0a1b2c3d"] = 41
    metrics.lag.update({1: 12.5, 2: 3.0})
    metrics.backlog.update({1: 4, 2: 1})
    metrics.posts["slack", "posted"] += 2
    metrics.jobs["poll"] += 1
    metrics.failures["poll"] += 1
    return exposition(metrics, LiveFigures(waiting=3, due=2, late=1, dead=5, silence=0.5))


async def test_prometheus_gets_every_number(ask):
    status, body, kind = await ask("/metrics")
    assert status == 200
    assert kind.startswith("text/plain")
    lines = set(body.splitlines())
    for line in (
        'contentstats_bot_api_calls_total{code="200"} 3.0',
        'contentstats_bot_api_calls_total{code="429"} 1.0',
        'contentstats_bot_rate_left{key="0a1b2c3d"} 41.0',
        "contentstats_bot_poll_lag_seconds 12.5",
        "contentstats_bot_poll_backlog 5.0",
        'contentstats_bot_posts_total{chat="slack",outcome="posted"} 2.0',
        'contentstats_bot_job_runs_total{name="poll"} 1.0',
        'contentstats_bot_job_failures_total{name="poll"} 1.0',
        "contentstats_bot_messages_waiting 3.0",
        "contentstats_bot_messages_due 2.0",
        "contentstats_bot_messages_late 1.0",
        "contentstats_bot_messages_dead 5.0",
        "contentstats_bot_tick_age_seconds 0.5",
    ):
        assert line in lines, line


async def test_a_stalled_scheduler_fails_the_liveness_probe(ask):
    assert (await ask("/healthz"))[:2] == (200, "ok")
    assert (await ask("/healthz", is_alive=lambda: False))[0] == 503


async def test_readiness_names_failing_parts(ask):
    async def well():
        return True

    async def away():
        return False

    assert (await ask("/readyz", probes={"database": well}))[0] == 200
    status, body, _ = await ask("/readyz", probes={"database": well, "slack": away})
    assert (status, body) == (503, '{"database":true,"slack":false}')
    status, body, _ = await ask("/readyz", probes={"database": well, "discord": away})
    assert (status, body) == (200, '{"database":true,"discord":false}')


async def test_without_the_database_metrics_are_replaced_by_an_explanation(ask):
    async def numbers():
        raise DatabaseUnavailable("The bot's database does not answer.")

    assert (await ask("/metrics", numbers=numbers))[:2] == (503, "The bot's database does not answer.")


async def test_a_taken_port_is_named_with_its_setting():
    app = Starlette()
    async with WebServer(app, "127.0.0.1", 0) as server:
        with pytest.raises(NotConfigured, match="PROBE_PORT"):
            async with WebServer(app, "127.0.0.1", server.port, "PROBE_PORT"):
                pass


def test_a_response_waits_for_no_acknowledgement_of_its_first_packet():
    with (
        WebServer(Starlette(), "127.0.0.1", 0)._listening() as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
