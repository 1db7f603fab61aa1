"""Limits of following a short link: time, trust, cookies and memory."""

import asyncio
import socket

import pytest

from bot.contentstats.short_links import ShortLinks, https_origin
from bot.domain.errors import LinkError
from tests.standins.redirector import Redirector, following, localhost

VIDEO = "https://www.tiktok.com/@dancer/video/7301234567890123456"


@pytest.mark.parametrize(("hops", "found"), [(1, True), (5, True), (6, False)])
async def test_five_hops_are_followed_and_a_sixth_is_not(hops, found):
    pages = {f"t.co/{n}": f"https://t.co/{n + 1}" for n in range(1, hops)} | {f"t.co/{hops}": VIDEO}
    server = Redirector(pages)
    async with following(server) as links:
        if found:
            assert await links.follow("https://t.co/1") == VIDEO
        else:
            with pytest.raises(LinkError, match="redirects too often"):
                await links.follow("https://t.co/1")
    assert len(server.heard) == min(hops, 5)


async def test_a_silent_host_times_out():
    async with following(Redirector({"t.co/a": None}), within=0.1) as links:
        with pytest.raises(LinkError, match="didn't answer in time"):
            await links.follow("https://t.co/a")


async def test_the_time_out_covers_all_hops():
    server = Redirector({f"t.co/{n}": f"https://t.co/{n + 1}" for n in range(9)}, pause=0.4)
    async with following(server, within=1) as links:
        with pytest.raises(LinkError, match="didn't answer in time"):
            await links.follow("https://t.co/0")
    assert 1 <= len(server.heard) <= 3


async def test_no_cookie_and_no_referrer_is_ever_sent():
    pages = {"t.co/a": "https://t.co/b", "t.co/b": "https://vm.tiktok.com/c", "vm.tiktok.com/c": VIDEO}
    server = Redirector(pages, head="Set-Cookie: id=42; Path=/\r\n")
    async with following(server) as links:
        assert await links.follow("https://t.co/a") == VIDEO
        assert await links.follow("https://t.co/a") == VIDEO
    names = {line.split(":")[0].lower() for request in server.heard for line in request.split("\r\n")[1:] if line}
    assert len(server.heard) == 6
    assert names == {"host", "accept", "user-agent"}


async def test_the_body_of_a_redirect_is_not_read():
    open_ended = f"HTTP/1.1 302 Found\r\nLocation: {VIDEO}\r\nContent-Length: 1000000000000\r\n\r\nxxx".encode()
    async with following(Redirector({"t.co/a": open_ended})) as links:
        assert await links.follow("https://t.co/a") == VIDEO


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        f"HTTP/1.1 200 OK\r\nLocation: {VIDEO}\r\nContent-Length: 0\r\n\r\n".encode(),
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: \r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: https://\xff\xfe\x80/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        b"not HTTP at all\r\n\r\n",
        b"",
    ],
)
async def test_a_response_without_a_target_asks_for_the_full_link(answer):
    async with following(Redirector({"t.co/a": answer})) as links:
        with pytest.raises(LinkError, match="paste the full link"):
            await links.follow("https://t.co/a")


@pytest.mark.parametrize("failure", [socket.gaierror("no such host"), UnicodeError("label too long"), None])
async def test_an_unresolvable_host_asks_for_the_full_link(failure):
    async def resolve(_host):
        if failure:
            raise failure
        return []

    async with following(Redirector({}), resolve=resolve) as links:
        with pytest.raises(LinkError, match="can't be followed right now"):
            await links.follow("https://t.co/a")


async def test_tls_verifies_the_hosts_name_although_its_address_is_dialled():
    heard = asyncio.get_running_loop().create_future()

    async def listen(reader, writer):
        heard.set_result(await reader.read(4096))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    links = ShortLinks(resolve=localhost, is_allowed=lambda _: True, origin=lambda a: f"{https_origin(a)}:{port}")
    with pytest.raises(LinkError):
        await links.follow("https://vm.tiktok.com/a")
    hello = await heard
    assert hello[0] == 0x16
    assert b"vm.tiktok.com" in hello
    await links.aclose()
    server.close()
    await server.wait_closed()
