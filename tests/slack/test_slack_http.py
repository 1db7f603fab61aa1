"""The web server for Slack: unsigned requests are refused, and malformed ones break nothing."""

from datetime import timedelta
from urllib.parse import urlencode

import aiohttp
import pytest

from adapters.slack.listeners import is_ssl_check
from tests.slack.bot_app import ANN, bot_app_of, signed
from tests.standins.faults import Fault, FaultKind


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


def _root(bot_app):
    return bot_app.app.request_url.removesuffix("/slack/events")


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another secret"},
        {"age": timedelta(minutes=5, seconds=1)},
        {"age": -timedelta(minutes=5, seconds=1)},
        {"timestamp": "yesterday"},
        {"timestamp": "1e3"},
        {"timestamp": "²"},
    ],
    ids=str,
)
async def test_a_request_without_a_fresh_valid_signature_is_refused(bot_app, wrong):
    with bot_app.slack.forging(**wrong):
        delivery = await bot_app.send("/usage")
    assert delivery.status == 401
    await bot_app.close()
    assert bot_app.private(ANN) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Request-Timestamp": "1"},
        {"X-Slack-Signature": "v0=0"},
        {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=\xe9"},
    ],
    ids=str,
)
@pytest.mark.parametrize("body", [b"", b"command=%2Fusage", b"\xff\xfe", b"{", b"payload={"])
async def test_an_unsigned_request_is_refused_whatever_its_body(bot_app, session, headers, body):
    async with session.post(bot_app.app.request_url, data=body, headers=headers) as answer:
        assert answer.status == 401


async def test_a_malformed_signed_request_is_a_bad_request(bot_app, session):
    for broken in (b"[1]", b"{"):
        async with session.post(bot_app.app.request_url, data=broken, headers=signed(bot_app, broken)) as answer:
            assert answer.status == 400


async def test_an_oversized_body_is_not_read(bot_app, session):
    async with session.post(bot_app.app.request_url, data=b"x" * 1_000_001) as answer:
        assert answer.status == 413


async def test_health_checks_the_process_and_readiness_the_database_and_slack(bot_app, session):
    async with session.get(f"{_root(bot_app)}/healthz") as answer:
        assert (answer.status, await answer.text()) == (200, "ok")
    async with session.get(f"{_root(bot_app)}/readyz") as answer:
        assert (answer.status, await answer.json()) == (200, {"database": True, "slack": True})
    bot_app.slack.faults.start(Fault(FaultKind.ERROR, "token_revoked"), "auth.test")
    async with session.get(f"{_root(bot_app)}/readyz") as answer:
        assert answer.status == 200  # cached from a moment ago
    bot_app.clock.advance(seconds=10)
    async with session.get(f"{_root(bot_app)}/readyz") as answer:
        assert (answer.status, await answer.json()) == (503, {"database": True, "slack": False})
    async with session.get(f"{_root(bot_app)}/healthz") as answer:
        assert answer.status == 200


async def test_environment_variables_of_slacks_library_have_no_effect(
    slack, app, token, sandbox, clock, sqlite_url, monkeypatch, caplog
):
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, "of-something-else")
    async with bot_app_of(slack, app, token, sandbox, clock, sqlite_url) as bot_app:
        assert "available" in (await bot_app.type("/usage")).text
    assert caplog.text == ""


async def test_slacks_check_of_the_url_is_answered(bot_app):
    assert (await bot_app.slack.send_url_verification()).failure == ""


async def test_a_certificate_check_needs_no_signature_and_does_nothing(bot_app, session):
    check = {"ssl_check": "1", "token": "t"}
    async with session.post(bot_app.app.request_url, data=check) as answer:
        assert (answer.status, await answer.text()) == (200, "")
    async with session.get(bot_app.app.request_url, params=check) as answer:
        assert answer.status == 200
    await bot_app.close()
    assert bot_app.slack.calls_of("users.info") == []
    padded = {"ssl_check": "1", "command": "/track", "text": "x" * 1_000}
    assert not is_ssl_check(urlencode(padded).encode())
