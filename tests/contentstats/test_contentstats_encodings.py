"""Compressed responses: one gzip layer is read, up to a limit of its content; anything else is refused."""

import asyncio
import gzip
import json
import zlib

import pytest

from bot.contentstats.transport import LARGEST_BODY
from bot.domain.errors import ServiceUnavailable

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
