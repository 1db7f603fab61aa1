"""Requests, and the key in them, go only to the documented hosts, whatever a response says."""

import asyncio
import io
import logging
import traceback

import httpx
import pytest

from bot.contentstats.transport import redirect_target
from bot.domain.errors import BotError, OutcomeUnclear, ServiceUnavailable

TIKTOK = "https://www.tiktok.com/@steady/video/7301"
DOCUMENTED = "https://contentstats.io/api/v1"
ABSOLUTE = "https://www.contentstats.io/api/v1"


class DocumentedHosts(httpx.AsyncHTTPTransport):
    """A network in which the sandbox serves the two documented hosts; `asked` are the requested URLs."""

    def __init__(self, sandbox):
        super().__init__()
        self.sandbox = sandbox
        self.asked = []

    async def handle_async_request(self, request):
        self.asked.append(str(request.url))
        there = httpx.URL(self.sandbox.root)
        request.url = request.url.copy_with(scheme="http", host=there.host, port=there.port)
        return await super().handle_async_request(request)


@pytest.fixture
def network(sandbox):
    return DocumentedHosts(sandbox)


@pytest.fixture
async def stranger():
    """A server that records every byte it receives."""
    heard = bytearray()

    async def listen(reader, writer):
        heard.extend(await reader.read(65_536))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_to_the_other_documented_host_keeps_method_body_and_key(connect, sandbox, network, status):
    sandbox.faults.add("redirect", status=status, location=f"{ABSOLUTE}/videos/track")
    video = await connect(DOCUMENTED, transport=network).track(TIKTOK, 7)
    assert video.link == TIKTOK
    assert network.asked == [f"{DOCUMENTED}/videos/track", f"{ABSOLUTE}/videos/track"]
    first, second = sandbox.requests
    assert (second.method, second.body, second.key) == (first.method, first.body, first.key)
    assert (second.method, second.key) == ("POST", sandbox.key)
    assert TIKTOK in second.body


async def test_a_relative_redirect_with_a_query_is_followed_on_a_documented_host(connect, sandbox, network):
    sandbox.faults.add("redirect", location="/api/v1/videos?limit=7")
    assert (await connect(DOCUMENTED, transport=network).list_videos()).videos == ()
    assert network.asked[-1] == f"{DOCUMENTED}/videos?limit=7"


async def test_three_hops_are_followed_and_a_fourth_is_not(reading_call, connect, sandbox, network):
    name, call = reading_call
    sandbox.faults.add("redirect", on=name, times=None, location=f"{DOCUMENTED}/usage")
    sandbox.faults.add("redirect", on="GET /usage", times=None, location=f"{ABSOLUTE}/usage")
    with pytest.raises(ServiceUnavailable, match="in a loop"):
        await call(connect(DOCUMENTED, transport=network, max_wait=0))
    assert len(sandbox.requests) == 4
    sandbox.faults.clear()
    sandbox.faults.add("redirect", on="GET /usage", times=3, location=f"{ABSOLUTE}/usage")
    assert (await connect(DOCUMENTED, transport=network).usage()).balance == 5


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_other_host_ever_gets_the_key(any_call, connect, sandbox, network, stranger, status):
    name, call = any_call
    address, heard = stranger
    for base, transport in ((DOCUMENTED, network), (sandbox.url, None)):
        sandbox.faults.add("redirect", times=None, status=status, location=f"{address}/api/v1/usage")
        client = connect(base, transport=transport)
        with pytest.raises(OutcomeUnclear if name.startswith("POST") else ServiceUnavailable):
            await call(client)
    assert heard == b""


async def test_redirects_of_a_custom_base_url_are_not_followed(connect, sandbox):
    sandbox.faults.add("redirect", location=f"{sandbox.url}/usage")
    with pytest.raises(ServiceUnavailable, match="redirected to another address, which wasn't followed"):
        await connect(sandbox.url, max_wait=0).usage()
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://www.contentstats.io/api/v1/usage", "https://www.contentstats.io/api/v1/usage"),
        ("https://CONTENTSTATS.io:443/api/v1/usage", "https://contentstats.io/api/v1/usage"),
        ("//www.contentstats.io/x?a=b", "https://www.contentstats.io/x?a=b"),
        ("/login", "https://contentstats.io/login"),
        ("http://www.contentstats.io/api/v1/usage", None),
        ("https://www.contentstats.io:8443/api/v1/usage", None),
        ("https://user@www.contentstats.io/api/v1/usage", None),
        ("https://api.contentstats.io/api/v1/usage", None),
        ("https://contentstats.io.evil.example/", None),
        ("https://evil.example/contentstats.io", None),
        ("https://contentstats.io@evil.example/", None),
        ("https://contentstats.io\\@evil.example/", None),
        ("https://contentstats.io./", None),
        ("https://127.0.0.1/", None),
        ("javascript:alert(1)", None),
        ("https://[::", None),
    ],
)
def test_redirects_may_only_lead_to_the_two_documented_hosts_over_https(location, target):
    found = redirect_target(httpx.URL("https://contentstats.io/api/v1/usage"), location)
    assert (None if found is None else str(found)) == target


def test_no_redirect_leads_from_a_custom_base_url_to_a_documented_host():
    assert redirect_target(httpx.URL("http://127.0.0.1:8000/api/v1/usage"), "https://contentstats.io/") is None
    assert redirect_target(httpx.URL("http://contentstats.io/api/v1/usage"), "https://contentstats.io/") is None


async def test_the_key_is_never_in_an_error_log_or_repr(any_call, connect, sandbox, caplog):
    name, call = any_call
    caplog.set_level(logging.DEBUG)
    client = connect(sandbox.url, max_wait=0)
    leak = {"error": f"key {sandbox.key} is odd", "details": [{"field": sandbox.key, "message": f"{sandbox.key}!"}]}
    told = io.StringIO()
    statuses = (200, 400, 401, 402, 403, 404, 409, 500, 429)
    for status in statuses:
        sandbox.faults.add("status", on=name, status=status, body=leak)
        with pytest.raises(BotError) as caught:
            await call(client)
        print(repr(caught.value), caught.value, vars(caught.value), file=told)
        traceback.print_exception(caught.value, file=told)
    assert [request.key for request in sandbox.calls(name)] == [sandbox.key] * len(statuses)
    for text in (told.getvalue(), caplog.text, repr(client), str(client)):
        assert sandbox.key not in text
