"""Limits on a stranger's connections to the web server, over raw sockets."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from adapters.web import Limits, WebServer

SMALL = Limits(head=1_000, body=5_000, timeout=0.3, connections=10)
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"


async def _length(request):
    try:
        return Response(str(len(await request.body())))
    except ClientDisconnect:
        return Response(status_code=400)


@pytest.fixture
async def connect():
    """Opens connections to a server with small limits."""
    writers = []
    app = Starlette(routes=[Route("/", _length, methods=["GET", "POST"])])
    async with WebServer(app, "127.0.0.1", 0, limits=SMALL) as server:

        async def opened(*pieces):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writers.append(writer)
            for piece in pieces:
                writer.write(piece)
            return reader, writer

        yield opened
        for writer in writers:
            writer.close()


async def _status(reader):
    """The response's status, or 0 if the connection ends without one."""
    line = await asyncio.wait_for(reader.readline(), 10)
    return int(line.split()[1]) if line else 0


@asynccontextmanager
async def _closing(reader):
    yield
    await asyncio.wait_for(reader.read(), 10)  # until the server closes the connection


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (POST + b"A: " + b"a" * 2_000, 431),
        (POST + b"A: b\r\n" * 500, 431),
        (POST + b"A: " + b"a" * 2_000 + b"\r\n\r\n", 431),
        (b"GET /" + b"a" * 2_000, 431),
        (b"GET /" + b"a" * 2_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (POST + b"Content-Length: 5001\r\n\r\n", 413),
        (POST + b"Content-Length: 99999999999999999\r\n\r\n", 413),
        (
            POST
            + b"Transfer-Encoding: chunked\r\n\r\n"
            + b"400\r\n"
            + b"a" * 1_024
            + b"\r\n" * 1
            + b"1000\r\n"
            + b"a" * 4_096,
            413,
        ),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nA: " + b"a" * 20_000, 431),
        (b"not HTTP at all\r\n\r\n", 400),
    ],
    ids=[
        "endless header", "many headers", "large header", "endless address", "large address", "large body",
        "huge body", "chunks", "trailers", "no HTTP",
    ],
)  # fmt: skip
async def test_oversized_requests_are_refused_before_they_are_read(connect, sent, status, caplog):
    reader, _ = await connect(sent)
    async with _closing(reader):
        assert await _status(reader) == status
    assert [record.name for record in caplog.records] == ["adapters.web"]


@pytest.mark.parametrize(
    "sent", [b"", b"POST", POST, POST + b"Content-Length: 10\r\n\r\nabc", GET + b"GET /"], ids=lambda sent: sent[-10:]
)
async def test_slow_senders_time_out(connect, sent):
    reader, _ = await connect(sent)
    async with _closing(reader):
        assert await _status(reader) == (200 if sent.startswith(GET) else 408)


async def test_within_the_limits_everything_is_answered(connect):
    reader, writer = await connect(POST + b"Content-Length: 5000\r\n\r\n", b"a" * 5_000)
    assert await _status(reader) == 200
    assert b"5000" in await asyncio.wait_for(reader.readuntil(b"5000"), 10)
    writer.write(GET)
    assert await _status(reader) == 200


async def test_many_slow_connections_block_nobody_else(connect, caplog):
    slow = [await connect(b"POST / HT") for _ in range(60)]
    for _ in range(5):
        reader, _ = await connect(GET)
        assert await _status(reader) == 200
    for reader, _ in slow:
        with suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), 10)  # until the server closes the connection
    refused = [record for record in caplog.records if "refused connections" in record.getMessage()]
    assert len(refused) == 1
