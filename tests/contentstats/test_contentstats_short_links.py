"""Short links, followed over real sockets, and where they may not lead."""

import socket

import pytest

from bot.contentstats.short_links import ShortLinks, https_origin, is_public, resolve
from bot.domain.errors import LinkError
from tests.standins.redirector import Redirector, following

PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
ID = "7301234567890123456"
VIDEO = f"https://www.tiktok.com/@dancer/video/{ID}"
REEL = "www.instagram.com/share/reel/BAabc123"


@pytest.mark.parametrize(
    ("pages", "video"),
    [
        ({"vm.tiktok.com/ZMabc": f"{VIDEO}?_r=1&_t=x"}, VIDEO),
        ({"vt.tiktok.com/ZSabc": f"https://m.tiktok.com/v/{ID}.html"}, f"https://www.tiktok.com/@_/video/{ID}"),
        ({"www.tiktok.com/t/ZTabc": f"/@dancer/video/{ID}"}, VIDEO),
        ({REEL: "https://www.instagram.com/reel/CuXyZ_1-aBc/?igsh=1"}, "https://www.instagram.com/p/CuXyZ_1-aBc/"),
        ({"t.co/abc": "http://youtu.be/dQw4w9WgXcQ?si=1"}, "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ({"t.co/a": "https://vm.tiktok.com/b", "vm.tiktok.com/b": VIDEO}, VIDEO),
        ({"t.co/a": "http://tiktok.com/t/b", "www.tiktok.com/t/b": VIDEO}, VIDEO),
        ({"t.co/a": "http://t.co/b?x=1#f", "t.co/b?x=1": VIDEO}, VIDEO),
    ],
)
async def test_a_short_link_leads_to_the_clean_link_of_its_video(pages, video):
    server = Redirector(pages)
    async with following(server) as links:
        assert await links.follow(f"https://{next(iter(pages))}") == video
    assert server.asked == list(pages)


@pytest.mark.parametrize(
    ("short", "target", "reason"),
    [
        ("vm.tiktok.com/a", "https://www.tiktok.com/?_r=1", "removed or is private.*a page of TikTok"),
        ("vm.tiktok.com/a", "https://www.tiktok.com/@dancer", "removed or is private.*TikTok profile"),
        ("vm.tiktok.com/a", "https://m.tiktok.com/@dancer", "removed or is private.*TikTok profile"),
        (REEL, "https://www.instagram.com/accounts/login/", "removed or is private.*a page of Instagram"),
        (REEL, "/accounts/login/?next=/share/reel/BAabc123", "can't be followed without logging in"),
        ("t.co/a", "https://x.com/account/suspended", "removed or is private.*a page of X"),
        ("t.co/a", "https://www.youtube.com/playlist?list=PL1", "leads to a YouTube playlist"),
        ("vt.tiktok.com/a", "https://www.tiktok.com/music/a-1", "leads to a TikTok sound"),
        ("t.co/a", "https://vimeo.com/1", "doesn't lead to a video that can be tracked"),
        ("t.co/a", PAGE, "doesn't lead anywhere"),
    ],
)
async def test_a_short_link_to_something_else_is_refused_with_the_reason(short, target, reason):
    pages = {short: target} if target is PAGE else {short: target, target.removeprefix("https://"): PAGE}
    async with following(Redirector(pages)) as links:
        with pytest.raises(LinkError, match=reason):
            await links.follow(f"https://{short}")


async def test_the_video_itself_is_never_requested():
    async with following(Redirector({})) as links:
        assert await links.follow(VIDEO) == VIDEO


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://{stranger}/steal", "https://{stranger}/steal", "//{stranger}/steal", "https://t.co@{stranger}/",
        "https://t.co:{port}/", "https://evil.example/@a/video/1", "https://www.tiktok.com.evil.example/t/x",
        "https://www.tiktok.com.evil.example/@a/video/1", "https://www.youtube.com/playlist?list=1",
        "javascript:alert(1)", "file:///etc/passwd", "snssdk1233://aweme/detail/7301", "https://[::",
        "https://t.co\\@{stranger}/",
    ],
)  # fmt: skip
async def test_a_foreign_host_is_never_contacted(elsewhere):
    stranger, resolved = Redirector({}), []

    async def resolve(host):
        resolved.append(host)
        return ["127.0.0.1"]

    async with stranger.running() as port:
        server = Redirector({"vm.tiktok.com/a": elsewhere.format(stranger=f"127.0.0.1:{port}", port=port)})
        async with following(server, resolve=resolve) as links:
            with pytest.raises(LinkError, match="paste the full link"):
                await links.follow("https://vm.tiktok.com/a")
    assert stranger.heard == []
    assert set(resolved) <= {"vm.tiktok.com"}


@pytest.mark.parametrize(
    "url", ["https://evil.example/a", "ftp://t.co/a", "https://t.co:8443/a", "https://u@t.co/a", "", "t.co"]
)
async def test_other_links_are_not_followed(url):
    server = Redirector({})
    async with following(server) as links:
        with pytest.raises(LinkError):
            await links.follow(url)
    assert server.heard == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001:0:7f00:1::",
    ],
)  # fmt: skip
async def test_a_private_address_is_never_connected_to(address):
    async def resolve(_host):
        return ["93.184.215.14", address]

    server = Redirector({"t.co/a": VIDEO})
    async with following(server, resolve=resolve, is_allowed=is_public) as links:
        with pytest.raises(LinkError, match="not on the public internet"):
            await links.follow("https://t.co/a")
    assert server.heard == []


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4001:80e::200e"])
def test_a_public_address_is_reached_over_https(address):
    assert is_public(address)
    assert https_origin(address) in {f"https://{address}", f"https://[{address}]"}


async def test_the_address_is_checked_on_every_hop():
    answers = {"t.co": ["127.0.0.1"], "vm.tiktok.com": ["10.0.0.1"]}

    async def resolve(host):
        return answers[host]

    server = Redirector({"t.co/a": "https://vm.tiktok.com/b", "vm.tiktok.com/b": VIDEO})
    async with following(server, resolve=resolve, is_allowed=lambda address: address == "127.0.0.1") as links:
        with pytest.raises(LinkError):
            await links.follow("https://t.co/a")
    assert server.asked == ["t.co/a"]


async def test_the_connection_goes_to_the_address_that_was_checked():
    turns = iter([["127.0.0.1"], ["10.0.0.1"]])
    checked = []

    async def resolve(_host):
        return next(turns)

    def is_allowed(address):
        checked.append(address)
        return True

    server = Redirector({"t.co/a": VIDEO})
    async with following(server, resolve=resolve, is_allowed=is_allowed) as links:
        assert await links.follow("https://t.co/a") == VIDEO
    assert checked == ["127.0.0.1"]


async def test_after_a_dead_address_the_next_one_is_tried():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = closed.getsockname()[1]
    server = Redirector({"t.co/a": VIDEO})

    async def resolve(_host):
        return ["dead", "alive"]

    async with server.running() as port:
        links = ShortLinks(
            resolve=resolve,
            is_allowed=lambda _: True,
            origin=lambda address: f"http://127.0.0.1:{dead if address == 'dead' else port}",
        )
        assert await links.follow("https://t.co/a") == VIDEO
        await links.aclose()


async def test_the_systems_resolver_finds_this_machine_and_it_is_refused():
    addresses = await resolve("localhost")
    assert addresses
    assert not any(is_public(address) for address in addresses)
