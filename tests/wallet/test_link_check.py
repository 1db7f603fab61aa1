"""From typed links to videos; short links are followed rarely, and only if that is safe."""

from datetime import timedelta

import pytest

from bot.contentstats.client import ContentStatsClient, key_fingerprint
from bot.domain.caller import WorkspaceRef
from bot.domain.errors import LinkError
from bot.store import Store
from bot.store.database import Database
from bot.wallet.link_check import check_links, resolve
from bot.wallet.wallet import Wallet
from tests.standins.environment import LINK, SAME_LINK, YOUTUBE, nap
from tests.standins.redirector import Redirector, following

SHORT, SHORT_PAGE = "https://vm.tiktok.com/ZMabc123/", "vm.tiktok.com/ZMabc123"


@pytest.fixture
def redirects():
    """The target of the short link; none so far."""
    return Redirector({SHORT_PAGE: b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"})


@pytest.fixture
async def wallet(sandbox, clock, sqlite_url, redirects):
    database = Database(sqlite_url)
    store = Store(database)
    client = ContentStatsClient(sandbox.url, sandbox.key, store.rates, sleep=nap)
    wallet_id = await store.wallets.ensure_wallet(key_fingerprint(sandbox.url, sandbox.key), clock())
    async with following(redirects) as links, Wallet(client, links, store, wallet_id, clock, nap) as opened:
        yield opened
    await database.close()


@pytest.fixture
async def workspace(wallet):
    return await wallet.store.workspaces.ensure_workspace(WorkspaceRef("console", "acme", "Acme"), wallet.id)


async def test_a_short_link_is_followed_once_in_thirty_days(wallet, redirects, clock):
    redirects.pages[SHORT_PAGE] = f"{LINK}?_r=1"
    for _ in range(3):
        assert (await resolve(wallet, SHORT)).url == LINK
    assert len(redirects.asked) == 1
    clock.now += timedelta(days=30, seconds=1)
    assert (await resolve(wallet, SHORT)).key == "tiktok:7301234567890123456"
    assert len(redirects.asked) == 2


async def test_a_dead_short_link_asks_for_the_full_link_and_is_not_remembered(wallet, redirects):
    with pytest.raises(LinkError, match="paste the full link"):
        await resolve(wallet, SHORT)
    redirects.pages[SHORT_PAGE] = LINK
    assert (await resolve(wallet, SHORT)).url == LINK


async def test_a_remembered_target_that_is_no_video_is_refused(wallet, clock):
    await wallet.store.short_links.remember("https://vm.tiktok.com/ZMabc123", "https://vm.tiktok.com/other", clock())
    with pytest.raises(LinkError, match="leads to another short link"):
        await resolve(wallet, SHORT)


async def test_equal_links_are_merged_in_the_order_typed(wallet, workspace, redirects):
    redirects.pages[SHORT_PAGE] = LINK
    found = await check_links(wallet, workspace, (YOUTUBE, "https://example.com", SHORT, SAME_LINK, LINK, YOUTUBE))
    assert [each.link.url if each.link else each.problem[:11] for each in found] == [YOUTUBE, "example.com", LINK]
    assert [each.is_new for each in found] == [True, False, True]


async def test_the_account_is_listed_once_for_all_links_and_not_for_invalid_ones(wallet, workspace, sandbox):
    (found,) = await check_links(wallet, workspace, ("https://example.com",))
    assert not found.is_new
    assert sandbox.requests == ()
    await check_links(wallet, workspace, (LINK, "https://www.tiktok.com/@a/video/7301234567890120001", YOUTUBE))
    assert [dict(call.query) for call in sandbox.calls("GET /videos")] == [{"limit": "100"}]
