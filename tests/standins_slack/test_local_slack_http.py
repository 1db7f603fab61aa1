"""Signatures, retries and checks of a request URL, with the official framework as the judge of the signatures."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest
from aiohttp import web


class Address:
    """A request URL that answers what it is told to, and keeps the headers of what it was sent."""

    def __init__(self) -> None:
        self.answer: dict = {"status": 200}
        self.headers: list[Mapping[str, str]] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.headers.append(request.headers)
        return web.Response(**self.answer)


@pytest.fixture
async def address(app) -> AsyncIterator[Address]:
    """The app's request URL."""
    address = Address()
    server = web.Application()
    server.router.add_post("/", address.handle)
    runner = web.AppRunner(server, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield address
    await runner.cleanup()


@pytest.mark.usefixtures("over_http")
async def test_a_right_signature_is_taken_and_a_wrong_or_old_one_is_not(slack, bolt):
    @bolt.command("/track")
    async def track(ack):
        await ack()

    async def status() -> int | None:
        return (await slack.send_command("/track", user="U2", channel="C1")).status

    assert await status() == 200
    with slack.forging(secret="wrong"):
        assert await status() == 401
    with slack.forging(age=timedelta(minutes=6)):
        assert await status() == 401
    with slack.forging(age=timedelta(minutes=-6)):
        assert await status() == 401
    assert await status() == 200
    assert [failure.reason for failure in slack.failures] == ["http_error"] * 3


@pytest.mark.usefixtures("over_http")
async def test_the_checks_of_an_address_are_passed_by_the_framework(slack):
    assert (await slack.send_ssl_check()).status == 200
    assert (await slack.send_url_verification()).failure == ""


async def test_a_wrong_answer_to_the_challenge_is_noticed(slack, address):
    address.answer = {"text": "hello"}
    assert (await slack.send_url_verification()).failure == "bad_answer"


async def test_an_app_that_does_not_listen_fails_for_the_person(slack, app):
    app.request_url = "http://127.0.0.1:9/"
    await slack.send_command("/track", user="U2", channel="C1")
    assert [failure.reason for failure in slack.failures] == ["connection_failed"]


@pytest.mark.parametrize("answer", [{"status": 500}, {"status": 302, "headers": {"Location": "https://example.com"}}])
async def test_anything_but_200_is_a_failure_and_redirects_are_not_followed(slack, address, answer):
    address.answer = answer
    delivery = await slack.send_command("/track", user="U2", channel="C1")
    assert (delivery.status, delivery.failure) == (answer["status"], "http_error")


async def test_an_acknowledgement_in_broken_json_is_a_failure(slack, address):
    address.answer = {"text": "{", "content_type": "application/json"}
    assert (await slack.send_command("/track", user="U2", channel="C1")).failure == "bad_answer"


async def test_a_failed_event_comes_again_with_its_number_and_reason(slack, address, team):
    address.answer = {"status": 500}
    first = await slack.send_event({"type": "tokens_revoked"}, team)
    again = await slack.redeliver(first)
    assert "X-Slack-Retry-Num" not in address.headers[0]
    assert address.headers[1]["X-Slack-Retry-Num"] == "1"
    assert address.headers[1]["X-Slack-Retry-Reason"] == "http_error"
    assert again.payload["event_id"] == first.payload["event_id"]


async def test_an_app_can_refuse_redelivery(slack, address, team):
    address.answer = {"status": 500, "headers": {"x-slack-no-retry": "1"}}
    delivery = await slack.send_event({"type": "tokens_revoked"}, team)
    with pytest.raises(ValueError, match="not sent again"):
        await slack.redeliver(delivery)


@pytest.mark.usefixtures("app")
async def test_an_app_without_an_address_cannot_be_reached(slack):
    with pytest.raises(ValueError, match="no request_url"):
        await slack.send_command("/track", user="U2", channel="C1")
