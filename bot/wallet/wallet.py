"""Wallet: one API key's client, its rows in the store, and everything built on both. Also stops trackings."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Self, TypeAlias
from weakref import WeakValueDictionary

from bot.contentstats.client import ContentStatsClient
from bot.contentstats.rate_limit import Sleep
from bot.contentstats.short_links import ShortLinks
from bot.domain.clock import Clock
from bot.domain.commitments import Observation
from bot.domain.errors import ContentStatsError, OutcomeUnclear
from bot.domain.links import ShortLink
from bot.domain.money import Usage, WalletState, wallet_state
from bot.domain.videos import FINISHED, Video
from bot.messages.problems import waiting_for_limit
from bot.reply.model import Reply
from bot.store import Store
from bot.store.videos import StoredVideo
from bot.wallet.backfill import Backfill
from bot.wallet.mirror import Dated, Mirror
from bot.wallet.spending import LOOKS_APART, Spending
from bot.wallet.sync import TURN_WITHIN, WalletSync

STILL_RUNNING = (
    "ContentStats accepted the stop but still reports the video as running, so it's unclear whether it was stopped. "
    "Check it with /stats; stopping it again does no harm."
)
SHORT_LINK_AGE = timedelta(days=30)
"""How long the target of a short link is cached."""
PRICE_AGE = timedelta(hours=1)
"""Maximum age of a price that is used in calculations, not offered."""
PROBE_AGE = timedelta(seconds=5)
"""Maximum age of a response that proves that the API answers now."""
NOTICE_AFTER = 3.0
"""Seconds of waiting before a person is notified."""

Meanwhile: TypeAlias = Callable[[Reply], Awaitable[None]]
"""Shows a person an interim reply. Never raises if the chat fails."""


class Wallet:
    """One API key's account. `id` is its row in the store; `is_test` means that the key charges nothing."""

    def __init__(
        self,
        client: ContentStatsClient,
        short_links: ShortLinks,
        store: Store,
        wallet_id: int,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
        speed: float = 1.0,
    ) -> None:
        self.id = wallet_id
        self.is_test = client.is_test
        self.store = store
        self.mirror = Mirror(client, store, wallet_id, clock, sleep)
        self.spending = Spending(client, store, self.mirror, wallet_id, clock, sleep, speed)
        self.stopping = Stopping(client, self.mirror)
        self.watch = WalletSync(client, store, wallet_id, clock, sleep)
        behind = Mirror(client.in_background(TURN_WITHIN), store, wallet_id, clock, sleep)
        self.backfill = Backfill(behind, clock, sleep)
        self._client = client
        self._short_links = short_links
        self._clock = clock

    async def __aenter__(self) -> Self:
        """Settle requests that a crash left unclear: by looking, never by sending."""
        await self.spending.settle_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.backfill.aclose()
        await self.mirror.aclose()
        await self._client.aclose()

    @property
    def limit_wait(self) -> float | None:
        """Estimated seconds until the rate limit allows people's calls; 0 if unknown, None if none waits."""
        return self._client.limit_wait or (0.0 if self.spending.is_crowded else None)

    async def sweep(self) -> Dated[bool]:
        """Refresh the list of videos, and now and then look up every request whose outcome is open."""
        swept = await self.mirror.sweep()
        await self.spending.settle_all(LOOKS_APART)
        return swept

    async def price(self) -> Decimal | None:
        """Dollars per snapshot; None if the API never reported it and doesn't answer now."""
        try:
            return (await self.mirror.usage(PRICE_AGE, is_needed=False)).value.cost_per_snapshot
        except ContentStatsError:
            return None

    async def follow(self, link: ShortLink) -> str:
        """The target of a short link, resolved once in 30 days. Raises LinkError if that isn't possible safely."""
        now = self._clock()
        known = await self.store.short_links.remembered(link.url, now - SHORT_LINK_AGE)
        if known is not None:
            return known
        target = await self._short_links.follow(link.url)
        await self.store.short_links.remember(link.url, target, now)
        return target

    async def probe(self) -> Dated[Usage | None]:
        """Check whether the API answers now: its usage, or the last known one with the problem."""
        try:
            found = await self.mirror.usage(max_age=PROBE_AGE)
        except ContentStatsError as error:
            return Dated(None, self._clock(), str(error))
        return Dated(found.value, found.as_of, found.problem)


class Stopping:
    """Stops one wallet's trackings. Stopping twice is harmless: collected data is kept."""

    def __init__(self, client: ContentStatsClient, mirror: Mirror) -> None:
        self._client = client
        self._mirror = mirror
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def stop(self, stored: StoredVideo) -> tuple[Video, bool]:
        """Stop a video; returns it, and whether this call ended it: of two clicks, one did.

        Raises OutcomeUnclear if neither the response nor the video's page shows the outcome.
        """
        async with self._turns.setdefault(stored.video.id, asyncio.Lock()):
            now = await self._mirror.current(stored)
            if not now.video.is_running:
                return now.video, False
            return await self._stop(now)

    async def _stop(self, stored: StoredVideo) -> tuple[Video, bool]:
        try:
            answer = await self._client.stop(stored.video.id)
        except OutcomeUnclear as error:
            return await self._look(stored, error), True
        stopped = replace(stored.video, status=answer.status)
        if stopped.is_running:
            return await self._look(stored, OutcomeUnclear(STILL_RUNNING)), True
        await self._mirror.remember((stopped,))
        return stopped, answer.previous not in FINISHED

    async def _look(self, stored: StoredVideo, unclear: OutcomeUnclear) -> Video:
        try:
            video = (await self._client.read_video(stored.video.id)).video
        except ContentStatsError:
            raise unclear from None
        await self._mirror.remember((video,))
        if video.is_running:
            raise unclear
        return video


@asynccontextmanager
async def notify_if_waiting(wallet: Wallet | None, meanwhile: Meanwhile | None) -> AsyncIterator[None]:
    """Notify a person once if they wait for the rate limit during the block. No-op without a wallet or `meanwhile`."""
    if wallet is None or meanwhile is None:
        yield
        return
    loop, notices = asyncio.get_running_loop(), set[asyncio.Task[None]]()
    # Most replies are ready long before: they start no task.
    timer = loop.call_later(NOTICE_AFTER, lambda: notices.add(loop.create_task(_notify(wallet, meanwhile))))
    try:
        yield
    finally:
        timer.cancel()
        for notice in notices:
            notice.cancel()
            await asyncio.wait({notice})


async def _notify(wallet: Wallet, meanwhile: Meanwhile) -> None:
    while True:
        limit_wait = wallet.limit_wait
        if limit_wait is not None:
            await meanwhile(waiting_for_limit(limit_wait))
            return
        await asyncio.sleep(NOTICE_AFTER)


async def live_state(wallet: Wallet) -> tuple[WalletState, tuple[StoredVideo, ...]]:
    """The wallet state as fresh as the mirror keeps it, with the running videos of all its workspaces."""
    stored = await wallet.store.wallets.stored(wallet.id)
    running, fresh = stored.running, await wallet.mirror.fresh(stored)
    if fresh is not None and not stored.has_open_start:
        money, swept = fresh
    else:
        money, swept = await wallet.mirror.usage(), await wallet.sweep()
        running = await wallet.store.videos.running(wallet.id)
    state = wallet_state(
        money.value,
        _observations(running),
        money.as_of,
        complete=swept.value,
        is_test=wallet.is_test,
        as_of=money.as_of,
        problem=money.problem or swept.problem,
    )
    return state, running


async def stored_state(store: Store, wallet_id: int) -> WalletState | None:
    """The wallet state as last stored, computed as of that time; None until balance and videos are known."""
    stored = await store.wallets.stored(wallet_id)
    usage, as_of, sweep, running = stored.usage, stored.usage_at, stored.sweep, _observations(stored.running)
    if usage is None or as_of is None or sweep is None:
        return None
    return wallet_state(usage, running, as_of, complete=sweep.complete, is_test=stored.is_test, as_of=as_of)


def _observations(running: Sequence[StoredVideo]) -> list[Observation]:
    return [each.observation for each in running]
